import CLai
import CMapping
import Platform
import Tensors

/// A Lua 5.4 state with Lai's tensors, networks and training in the global `lai`.
///
/// Calls are synchronous and run on the caller's thread. An interpreter may be used by one thread
/// at a time. Deinitialisation releases everything that its scripts hold.
public final class Interpreter {
  package let state: LuaState
  /// The limits of a call.
  public let limits: Limits
  /// The libraries that scripts can use.
  public let libraries: Libraries
  private let usesTerminal: Bool
  package let budget: MemoryBudget?
  private let allowance: UnsafeMutablePointer<lai_limits>?
  /// Whether a call is running.
  private(set) var isRunning = false
  /// Whether Ctrl-C is an error in Lua at present.
  private var isWatching = false
  /// Set if the collector is stopped while Ctrl-C is not watched: whether it was running before.
  private var restingCollector: Bool?

  /// Creates a state.
  ///
  /// - Parameters:
  ///   - limits: The limits of a call; none by default.
  ///   - libraries: What scripts can use; `.sandboxed` for untrusted scripts.
  ///   - usesTerminal: Whether Ctrl-C (SIGINT) ends a call with an error and training shows its
  ///     progress on standard error. Only for programs that leave their terminal to Lua, and for
  ///     one interpreter at a time. Otherwise signals are left alone.
  ///
  /// - Throws: `LuaFailure` when there is not enough memory.
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

  /// For programs that are a Lua interpreter: `lai` is loaded by `require`.
  ///
  /// `configure` receives the state before any library is opened, to set its allocator.
  ///
  /// - Throws: `LuaFailure` when there is not enough memory.
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
    let memory = limits.memory ?? (SystemMemory.isLimited ? .max : nil)
    allowance = limits.allowance(isBudgeted: memory != nil)
    budget = memory.map {
      MemoryBudget(limit: $0, used: Int(lai_memory_bytes(pointer)), freeGarbage: lai_reclaim)
    }
    if let budget { Interpreter.count(pointer, in: budget) }
    configure(pointer)
    // If these throw, deinit closes the state, because every stored property is set.
    try state.check(
      lai_open_libraries(pointer, libraries.rawValue, limits != .none, ignoringEnvironment))
    if usesTerminal {
      try state.check(lai_watch_output(pointer))
      lai_set_cleanup(lai_remove_parts)
    }
    try preload()
    try HostFunction.prepare(state)
  }

  /// Speeds up operations on large tensors in programs that do little else.
  package static func keepFreedMemory() { LiveMemory.keepFreed() }

  /// Closes the state and releases every object that Lua holds.
  deinit {
    lai_close(state.pointer)
    allowance?.deallocate()
  }

  struct NoMemory: Error, CustomStringConvertible {
    var description: String { "cannot create state: not enough memory" }
  }

  /// Counts Lua's own memory. The budget outlives the state.
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
          if new > old && !budget.take(new - old, fromReserve: true) { return nil }
          let result = realloc(block, new)
          if new > old && result == nil { budget.giveBack(new - old) }
          if new < old { budget.giveBack(old - new) }
          // Lua relies on shrinking never to fail.
          return result ?? (new > old ? nil : block)
        }
      }, Unmanaged.passUnretained(budget).toOpaque())
  }

  /// Opens the module and registers it for `require`.
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

  /// The same for bytes that may be invalid UTF-8.
  package func load(_ source: [UInt8], name: String) throws(LuaFailure) {
    let mode = libraries.contains(.binaryChunks) ? nil : "t"
    let status = source.withUnsafeBytes {
      lai_load(
        state.pointer, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, name, mode)
    }
    try state.check(status)
  }

  /// Compiles a file, or standard input for nil, and pushes it.
  package func load(file path: String?) throws(LuaFailure) {
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_load_file(state.pointer, path))
    }
  }

  /// The same for a path that may be invalid UTF-8.
  package func load(file path: [UInt8]) throws(LuaFailure) {
    let path = path.map { CChar(bitPattern: $0) } + [0]
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_load_file(state.pointer, path))
    }
  }

  /// Pushes the script's arguments from the global table `arg` and returns their number.
  package func pushScriptArguments() throws(LuaFailure) -> Int32 {
    let top = state.top
    try interruptibly { () throws(LuaFailure) in
      try state.check(lai_push_script_arguments(state.pointer))
    }
    return state.top - top
  }

  /// Calls the function below the arguments and leaves every result on the stack. The limits apply,
  /// and Ctrl-C is an error in Lua if the interpreter uses the terminal.
  ///
  /// - Throws: `LuaFailure`, with a traceback in its message.
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

  /// From now on Ctrl-C is an error in Lua, if the interpreter uses the terminal. Returns false if
  /// it was one before.
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

  /// From now on finalisers run only while Ctrl-C is watched, so that an endless one can be
  /// interrupted at a prompt.
  package func restCollectorBetweenCalls() {
    if restingCollector == nil { restingCollector = lai_rest_collector(state.pointer) }
  }

  /// Compiles and runs a chunk and discards its results.
  ///
  /// - Parameter name: The chunk's name in errors: "=name" literally, "@path" for a file.
  ///
  /// - Throws: `LuaFailure` for the script's error, or for an exceeded limit. The interpreter stays
  ///   usable; globals are as the script left them.
  public func run(_ source: String, name: String = "=(swift)") throws(LuaFailure) {
    try use { () throws(LuaFailure) in
      try load(source, name: name)
      try call(arguments: 0)
    }
  }

  /// Frees everything that scripts can no longer reach.
  public func collectGarbage() {
    guard !isRunning else { return }
    let isOutermost = beginWatching()
    lai_collect(state.pointer)
    if isOutermost { endWatching() }
  }

  /// Sends a warning. "@on" and "@off" switch warnings on and off.
  package func warn(_ message: String) { lai_warning(state.pointer, message) }

  /// The line printed by `lua -v`.
  package static var luaCopyright: String { String(cString: lai_lua_copyright()) }
}
