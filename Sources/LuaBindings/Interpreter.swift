import CLai
import Platform
import Tensors

/// A Lua 5.4 state of its own, with Lai's tensors, networks and training in the global `lai`.
///
/// Calls are synchronous and stay on the thread of the caller; an interpreter may be used on one
/// thread at a time. Its end releases all that its scripts hold.
public final class Interpreter {
  package let state: LuaState
  /// What a call may take.
  public let limits: Limits
  /// What scripts can reach.
  public let libraries: Libraries
  private let usesTerminal: Bool
  package let budget: MemoryBudget?
  private let allowance: UnsafeMutablePointer<lai_limits>?
  /// Whether a call is on its way.
  private(set) var isRunning = false
  /// Whether Ctrl-C is an error in Lua now.
  private var isWatching = false
  /// Whether the collector rests while Ctrl-C is not watched, and if so, whether it is to run when
  /// it is.
  private var restingCollector: Bool?

  /// Makes a state.
  ///
  /// - Parameters:
  ///   - limits: What a call may take; nothing is limited by default.
  ///   - libraries: What scripts can reach; `.sandboxed` for scripts of strangers.
  ///   - usesTerminal: Whether Ctrl-C (SIGINT) ends a call with an error and training shows its
  ///     progress on standard error. Only for programs that leave their terminal to Lua, and for
  ///     one interpreter at a time; signals are left alone otherwise.
  ///
  /// Throws: `LuaFailure` when there is not enough memory.
  public convenience init(
    limits: Limits = .none, libraries: Libraries = .all, usesTerminal: Bool = false
  ) throws(LuaFailure) {
    do {
      try self.init(
        limits: limits, libraries: libraries, usesTerminal: usesTerminal,
        ignoringEnvironment: false, configure: { _ in })
      try pushModule()
      try state.setGlobal("lai")
    } catch let failure as LuaFailure {
      throw failure
    } catch {
      throw LuaFailure("\(error)", reason: .memory, status: LAI_ERRMEM.status)
    }
  }

  /// For programs that are a Lua interpreter: `lai` is left to `require`.
  ///
  /// `configure` sees the bare state before anything is opened in it, to set its allocator.
  ///
  /// Throws: `LuaFailure` when there is not enough memory.
  package convenience init(
    ignoringEnvironment: Bool, configure: (OpaquePointer) -> Void = { _ in }
  ) throws {
    try self.init(
      limits: .none, libraries: .all, usesTerminal: true,
      ignoringEnvironment: ignoringEnvironment, configure: configure)
  }

  private init(
    limits: Limits, libraries: Libraries, usesTerminal: Bool, ignoringEnvironment: Bool,
    configure: (OpaquePointer) -> Void
  ) throws {
    guard let pointer = lai_new_state() else { throw NoMemory() }
    state = LuaState(pointer)
    (self.limits, self.libraries, self.usesTerminal) = (limits, libraries, usesTerminal)
    allowance = limits.allowance
    budget = limits.memory.map {
      MemoryBudget(limit: $0, used: Int(lai_memory_bytes(pointer)), freeGarbage: lai_reclaim)
    }
    if let budget { Interpreter.count(pointer, in: budget) }
    configure(pointer)
    // Should these throw, deinit closes the state: every stored property is set.
    try state.check(
      lai_open_libraries(pointer, libraries.rawValue, limits != .none, ignoringEnvironment))
    if usesTerminal { try state.check(lai_watch_output(pointer)) }
    try preload()
    try HostFunction.prepare(state)
  }

  /// Makes operations on large tensors faster for a program that does little else.
  package static func keepFreedMemory() { Storage.keepFreedMemory() }

  /// Closes the state: every object that Lua holds is released.
  deinit {
    lai_close(state.pointer)
    allowance?.deallocate()
  }

  struct NoMemory: Error, CustomStringConvertible {
    var description: String { "cannot create state: not enough memory" }
  }

  /// Has Lua's own memory counted; the budget outlives the state.
  private static func count(_ pointer: OpaquePointer, in budget: MemoryBudget) {
    lai_set_allocator(
      pointer,
      { context, block, old, new in
        Unmanaged<MemoryBudget>.fromOpaque(context!)._withUnsafeGuaranteedRef { budget in
          let old = block == nil ? 0 : old
          guard new > 0 else {
            free(block)
            budget.giveBack(old)
            return nil
          }
          if new > old && !budget.take(new - old) { return nil }
          let result = realloc(block, new)
          if new > old && result == nil { budget.giveBack(new - old) }
          if new < old { budget.giveBack(old - new) }
          // Lua counts on shrinking never to fail.
          return result ?? (new > old ? nil : block)
        }
      }, Unmanaged.passUnretained(budget).toOpaque())
  }

  /// Opens the module once and puts it where `require` finds it.
  private func preload() throws {
    try state.check(lai_push_package_table(state.pointer, false))
    try LuaModule.shared.open(in: state, allowing: libraries)
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
    let mode = libraries.contains(.binaryChunks) ? nil : "t"
    let status = source.withUnsafeBytes {
      lai_load(
        state.pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, name, mode)
    }
    try state.check(status)
  }

  /// Compiles a file and pushes it; standard input for nil.
  package func load(file path: String?) throws(LuaFailure) {
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_load_file(state.pointer, path))
    }
  }

  /// The same for a name that need be no UTF-8.
  package func load(file path: [UInt8]) throws(LuaFailure) {
    let path = path.map { CChar(bitPattern: $0) } + [0]
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_load_file(state.pointer, path))
    }
  }

  /// Pushes what the global table `arg` says are the script's arguments, and returns how many.
  package func pushScriptArguments() throws(LuaFailure) -> Int32 {
    let top = state.top
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_push_script_arguments(state.pointer))
    }
    return state.top - top
  }

  /// Calls the function below the arguments, every result left on the stack, within the limits,
  /// and while Ctrl-C is an error in Lua if the terminal is ours.
  ///
  /// Throws: `LuaFailure`, with a traceback in its message.
  package func call(arguments: Int32) throws(LuaFailure) {
    let isOutermost = beginWatching()
    isRunning = true
    defer {
      isRunning = false
      if isOutermost { endWatching() }
    }
    let refusals = budget?.refusals
    let before = lai_begin_limits(state.pointer, allowance)
    let status = MemoryBudget.with(budget) { lai_call_traced(state.pointer, arguments, -1) }
    let exceeded = lai_end_limits(state.pointer, before)
    do throws(LuaFailure) {
      try state.check(status)
    } catch {
      throw error.explained(by: exceeded, limits, refused: budget?.refusals != refusals)
    }
    if exceeded != 0 {
      throw LuaFailure("").explained(by: exceeded, limits, refused: false)
    }
  }

  /// From now on Ctrl-C is an error in Lua, if the terminal is ours; false if it was before.
  func beginWatching() -> Bool {
    guard usesTerminal, !isWatching else { return false }
    isWatching = true
    lai_watch_interrupts(state.pointer)
    if restingCollector == true { lai_wake_collector(state.pointer) }
    return true
  }

  func endWatching() {
    if restingCollector != nil { restingCollector = lai_rest_collector(state.pointer) }
    lai_unwatch_interrupts()
    isWatching = false
  }

  /// From now on finalisers run only while Ctrl-C is watched, so that at a prompt an endless one
  /// can be ended.
  package func restCollectorBetweenCalls() {
    if restingCollector == nil { restingCollector = lai_rest_collector(state.pointer) }
  }

  /// Compiles and runs a chunk; its results are dropped.
  ///
  /// - Parameter name: What errors call it: "=name" as it is, "@path" for a file.
  ///
  /// Throws: `LuaFailure`: the script's error, or a limit that it has exceeded. The interpreter
  /// can be used on; globals are as the script left them.
  public func run(_ source: String, name: String = "=(swift)") throws(LuaFailure) {
    try use { () throws(LuaFailure) in
      try load(source, name: name)
      try call(arguments: 0)
    }
  }

  /// Frees all that scripts cannot reach any more.
  public func collectGarbage() {
    guard !isRunning else { return }
    let isOutermost = beginWatching()
    lai_collect(state.pointer)
    if isOutermost { endWatching() }
  }

  /// Lua's generational collector, which `lua` uses for scripts.
  package func useGenerationalCollector() { lai_generational(state.pointer) }

  /// "@on" and "@off" switch warnings.
  package func warn(_ message: String) { lai_warning(state.pointer, message) }

  /// The line that `lua -v` prints.
  package static var luaCopyright: String { String(cString: lai_lua_copyright()) }
}
