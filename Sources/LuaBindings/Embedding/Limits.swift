import CLai

extension Interpreter {
  /// What the Lua code of a call from Swift may take.
  public struct Limits: Sendable, Equatable {
    /// Bytes that the interpreter may hold: all that Lua allocates, its libraries included (less than
    /// 100 kB), the elements of its tensors and networks, and the workspaces of training. Small
    /// things of Swift's are not counted: texts on their way, the history of a run.
    ///
    /// What would go beyond is an error in Lua, "not enough memory", after garbage has been freed;
    /// a script may catch it.
    public var memory: Int?
    /// Instructions of Lua's virtual machine a call, counted in steps of 100. A call of a Swift
    /// function is one, whatever it does.
    public var instructions: Int?
    /// Time by the clock a call. Long work of Lai's, such as training, ends soon after it; one
    /// operation on tensors, one function of the host, and one function of Lua's string library
    /// run to their end.
    public var time: Duration?

    public init(memory: Int? = nil, instructions: Int? = nil, time: Duration? = nil) {
      (self.memory, self.instructions, self.time) = (memory, instructions, time)
    }

    public static let none = Limits()
  }

  /// What scripts can reach besides Lua's language, `coroutine`, `table`, `string`, `math`, `utf8`
  /// and what `lai` computes.
  public struct Libraries: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `package` and `require`, with which any file can be run, and any dynamic library.
    public static let package = Libraries(rawValue: UInt32(LAI_PACKAGE))
    public static let io = Libraries(rawValue: UInt32(LAI_IO))
    /// `os`, and `lai.args`.
    public static let os = Libraries(rawValue: UInt32(LAI_OS))
    /// `debug`; with limits, which it could lift, only `traceback` and `getinfo` of it. Without
    /// limits it opens whatever else is closed.
    public static let debug = Libraries(rawValue: UInt32(LAI_DEBUG))
    /// `dofile`, `loadfile`, and the functions of `lai` that read or write files.
    public static let files = Libraries(rawValue: UInt32(LAI_FILES))
    /// `string.dump`, and binary chunks for `load`; a forged one can do anything.
    public static let binaryChunks = Libraries(rawValue: UInt32(LAI_BINARY))

    /// As in the program `lai`.
    public static let all: Libraries = [.package, .io, .os, .debug, .files, .binaryChunks]
    /// Nothing that reaches beyond the interpreter, but `print`.
    public static let sandboxed: Libraries = []
  }
}

extension Interpreter.Limits {
  /// The limits for C; nil without any.
  var allowance: UnsafeMutablePointer<lai_limits>? {
    guard self != .none else { return nil }
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
  /// The same with its reason, if that is a limit.
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
