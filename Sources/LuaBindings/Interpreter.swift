import CLai
import Tensors

/// A Lua state with the standard libraries and `require "lai"`.
package final class Interpreter {
  package let state: LuaState

  /// `configure` sees the bare state before anything is opened in it, to set its allocator.
  ///
  /// Throws: `LuaFailure` when there is not enough memory.
  package init(
    ignoringEnvironment: Bool = false, configure: (OpaquePointer) -> Void = { _ in }
  ) throws {
    guard let pointer = lai_new_state() else { throw NoMemory() }
    state = LuaState(pointer)
    configure(pointer)
    // Should these throw, deinit closes the state: every stored property is set.
    try state.check(lai_open_libraries(pointer, ignoringEnvironment))
    try preload()
  }

  /// Makes operations on large tensors faster for a program that does little else.
  package static func keepFreedMemory() { Storage.keepFreedMemory() }

  /// Closes the state: every object that Lua holds is released.
  deinit { lai_close(state.pointer) }

  struct NoMemory: Error, CustomStringConvertible {
    var description: String { "cannot create state: not enough memory" }
  }

  /// Opens the module once and puts it where `require` finds it.
  private func preload() throws {
    try state.check(lai_push_package_table(state.pointer, false))
    try LuaModule.shared.open(in: state)
    try state.setField("lai", of: -2)
    state.pop()
  }

  /// Pushes the module's table.
  package func pushModule() throws(LuaFailure) {
    try state.check(lai_push_package_table(state.pointer, false))
    try state.getField("lai", of: -1)
    state.remove(-2)
  }

  /// Compiles a chunk and pushes it.
  package func load(_ source: String, name: String) throws(LuaFailure) {
    try load(Array(source.utf8), name: name)
  }

  /// The same for bytes that need be no UTF-8.
  package func load(_ source: [UInt8], name: String) throws(LuaFailure) {
    let status = source.withUnsafeBytes {
      lai_load(state.pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, name)
    }
    try state.check(status)
  }

  /// Compiles a file and pushes it; standard input for nil.
  package func load(file path: String?) throws(LuaFailure) {
    try state.check(lai_load_file(state.pointer, path))
  }

  /// The same for a name that need be no UTF-8.
  package func load(file path: [UInt8]) throws(LuaFailure) {
    let path = path.map { CChar(bitPattern: $0) } + [0]
    try state.check(lai_load_file(state.pointer, path))
  }

  /// Pushes what the global table `arg` says are the script's arguments, and returns how many.
  package func pushScriptArguments() throws(LuaFailure) -> Int32 {
    let top = state.top
    try state.check(lai_push_script_arguments(state.pointer))
    return state.top - top
  }

  /// Calls the function below the arguments, every result left on the stack, while Ctrl-C is an
  /// error in Lua.
  ///
  /// Throws: `LuaFailure`, with a traceback in its message.
  package func call(arguments: Int32) throws(LuaFailure) {
    lai_watch_interrupts(state.pointer)
    defer { lai_unwatch_interrupts() }
    try state.check(lai_call_traced(state.pointer, arguments, -1))
  }

  /// Compiles and runs a chunk; its results are dropped.
  package func run(_ source: String, name: String = "=(swift)") throws(LuaFailure) {
    let top = state.top
    try load(source, name: name)
    try call(arguments: 0)
    state.top = top
  }

  /// Frees all that cannot be reached any more.
  package func collectGarbage() { lai_collect(state.pointer) }

  /// Lua's generational collector, which `lua` uses for scripts.
  package func useGenerationalCollector() { lai_generational(state.pointer) }

  /// "@on" and "@off" switch warnings.
  package func warn(_ message: String) { lai_warning(state.pointer, message) }

  /// The line that `lua -v` prints.
  package static var luaCopyright: String { String(cString: lai_lua_copyright()) }
}
