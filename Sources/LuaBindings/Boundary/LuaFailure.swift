import CLai

/// An error that ended a call of Lua code, or a value that cannot be converted.
///
/// While the failure passes through Swift, the error object waits in the Lua state. It keeps its
/// identity when the failure is raised again.
public struct LuaFailure: Error, CustomStringConvertible {
  /// Why a call ended.
  public enum Reason: Sendable {
    /// An error in the script, or in a Swift function that it called.
    case script
    /// The text does not compile.
    case syntax
    /// Ctrl-C, or its equivalent in another program.
    case interrupted
    /// Out of memory, or `Interpreter.Limits.memory` exceeded.
    case memory
    /// `Interpreter.Limits.instructions` exceeded.
    case instructions
    /// `Interpreter.Limits.time` exceeded.
    case time
  }

  public let reason: Reason
  /// LAI_ERRRUN, LAI_ERRMEM, …
  package let status: Int32
  let slot: Int32
  /// The error as `lua` prints it: "chunk:line: what happened", followed by the traceback.
  public let message: String

  public var description: String { message }

  init(
    _ message: String, reason: Reason = .script, status: Int32 = LAI_ERRRUN.status, slot: Int32 = 0
  ) {
    (self.message, self.reason, self.status, self.slot) = (message, reason, status, slot)
  }
}

extension LuaState {
  /// Pops the error object on the top of the stack and throws it, unless the status is LAI_OK.
  @inline(__always)
  package func check(_ status: Int32) throws(LuaFailure) {
    if status != LAI_OK.status { throw failure(status) }
  }

  @inline(never)
  private func failure(_ status: Int32) -> LuaFailure {
    var message = string(at: -1) ?? number(at: -1).map { "\($0)" }
    if message == nil { message = "(error object is a \(typeName(at: -1)) value)" }
    let reason: LuaFailure.Reason =
      switch Int(status) {
      case LAI_ERRMEM: .memory
      case LAI_ERRSYNTAX: .syntax
      default: lai_is_interruption(pointer, -1) ? .interrupted : .script
      }
    return LuaFailure(
      message!, reason: reason, status: status, slot: lai_keep_failure(pointer))
  }

  /// Pushes the error object of a failure.
  package func push(_ failure: LuaFailure) { lai_push_failure(pointer, failure.slot) }

  /// The message of a failure as raw bytes, which may be invalid UTF-8. Can be called once only.
  package func text(of failure: LuaFailure) -> [UInt8] {
    guard (try? reserve(2)) != nil else { return Array(failure.message.utf8) }
    push(failure)
    defer { pop() }
    return bytes(at: -1).map { Array($0) } ?? Array(failure.message.utf8)
  }
}

extension LuaFailure {
  /// Whether a chunk failed to compile only because its end is missing.
  package var isIncompleteChunk: Bool {
    status == LAI_ERRSYNTAX.status && message.hasSuffix("<eof>")
  }
}
