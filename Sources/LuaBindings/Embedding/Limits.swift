import CLai

extension Interpreter {
  /// Limits on the Lua code of a call from Swift.
  public struct Limits: Sendable, Equatable {
    /// Bytes that the interpreter may hold: everything allocated by Lua, including its libraries
    /// (less than 100 kB), the elements of tensors and networks, and the workspaces of training.
    /// Small Swift objects are not counted, such as texts being converted and the history of a run.
    ///
    /// An allocation beyond the limit frees garbage first. If that does not suffice, it is the
    /// error "not enough memory" in Lua, which a script may catch.
    public var memory: Int?
    /// Instructions of Lua's virtual machine per call, counted in steps of 100. Calling a Swift
    /// function counts as one instruction, whatever the function does.
    public var instructions: Int?
    /// Wall-clock time per call. Lai's long computations, such as training, end soon after it. A
    /// single tensor operation, a function of the host and a function of Lua's string library are
    /// not interrupted.
    public var time: Duration?

    public init(memory: Int? = nil, instructions: Int? = nil, time: Duration? = nil) {
      (self.memory, self.instructions, self.time) = (memory, instructions, time)
    }

    public static let none = Limits()
  }

  /// The libraries that scripts can use besides the language, `coroutine`, `table`, `string`,
  /// `math`, `utf8` and the computations of `lai`.
  public struct Libraries: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `package` and `require`, which can run any Lua file and any dynamic library.
    public static let package = Libraries(rawValue: UInt32(LAI_PACKAGE))
    public static let io = Libraries(rawValue: UInt32(LAI_IO))
    /// `os`, and `lai.args`.
    public static let os = Libraries(rawValue: UInt32(LAI_OS))
    /// `debug`. With limits, only its `traceback` and `getinfo`, because the rest can lift limits.
    /// Without limits, it also gives access to everything that is otherwise closed.
    public static let debug = Libraries(rawValue: UInt32(LAI_DEBUG))
    /// `dofile`, `loadfile`, and the functions of `lai` that read or write files.
    public static let files = Libraries(rawValue: UInt32(LAI_FILES))
    /// `string.dump`, and binary chunks for `load`. A forged chunk can do anything.
    public static let binaryChunks = Libraries(rawValue: UInt32(LAI_BINARY))

    /// As in the program `lai`.
    public static let all: Libraries = [.package, .io, .os, .debug, .files, .binaryChunks]
    /// No access to anything outside the interpreter, except for `print`.
    public static let sandboxed: Libraries = []
  }
}

extension Interpreter.Limits {
  /// The limits for C; nil without limits and budget.
  func allowance(isBudgeted: Bool) -> UnsafeMutablePointer<lai_limits>? {
    guard self != .none || isBudgeted else { return nil }
    let allowance = UnsafeMutablePointer<lai_limits>.allocate(capacity: 1)
    allowance.initialize(to: lai_limits())
    if let instructions { allowance.pointee.instructions = Int64(max(1, instructions)) }
    if let time {
      let nanoseconds = min(max(1, time / .nanoseconds(1)), 9e18)
      allowance.pointee.nanoseconds = Int64(nanoseconds)
    }
    return allowance
  }
}

extension LuaFailure {
  /// The same failure with its reason, if that is a limit.
  func explained(by exceeded: Int32, _ limits: Interpreter.Limits, refused: Bool) -> LuaFailure {
    switch Int(exceeded) {
    case LAI_INSTRUCTIONS_EXCEEDED:
      return withReason(
        .instructions, "limit of \(limits.instructions ?? 0) instructions exceeded")
    case LAI_TIME_EXCEEDED:
      return withReason(.time, "time limit of \(limits.time ?? .zero) exceeded")
    default:
      return refused && message.contains("not enough memory") ? withReason(.memory, "") : self
    }
  }

  private func withReason(_ reason: Reason, _ text: String) -> LuaFailure {
    let isTold = text.isEmpty || message.contains(" exceeded")
    return LuaFailure(
      isTold ? message : message.isEmpty ? text : "\(text)\n\(message)", reason: reason,
      status: status, slot: slot)
  }
}
