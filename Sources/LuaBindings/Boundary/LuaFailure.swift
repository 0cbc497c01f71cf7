import CLai

/// An error that ended a call of Lua code, or a value without a counterpart on the other side.
///
/// On its way through Swift the error object itself waits in the Lua state and keeps its identity
/// when the failure is raised again.
public struct LuaFailure: Error, CustomStringConvertible {
  /// Why a call ended.
  public enum Reason: Sendable {
    /// An error in the script, or in a Swift function that it called.
    case script
    /// The text is not Lua.
    case syntax
    /// Ctrl-C, or what another program does with it.
    case interrupted
    /// No memory, or `Interpreter.Limits.memory` used up.
    case memory
    /// `Interpreter.Limits.instructions` used up.
    case instructions
    /// `Interpreter.Limits.time` over.
    case time
  }

  public let reason: Reason
  /// LAI_ERRRUN, LAI_ERRMEM, …
  package let status: Int32
  let slot: Int32
  /// The error as `lua` prints it, "chunk:line: what happened", and behind it the traceback.
  public let message: String

  public var description: String { message }

  init(
    _ message: String, reason: Reason = .script, status: Int32 = LAI_ERRRUN.status, slot: Int32 = 0
  ) {
    (self.message, self.reason, self.status, self.slot) = (message, reason, status, slot)
  }
}

extension LuaState {
  /// Throws the error object on the top of the stack, popped, unless the status is LAI_OK.
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

  /// The message of a failure as it is, which need be no UTF-8. Once only.
  package func text(of failure: LuaFailure) -> [UInt8] {
    guard (try? reserve(2)) != nil else { return Array(failure.message.utf8) }
    push(failure)
    defer { pop() }
    return bytes(at: -1).map { Array($0) } ?? Array(failure.message.utf8)
  }
}

extension LuaFailure {
  /// Whether a chunk only lacks its end.
  package var isIncompleteChunk: Bool {
    status == LAI_ERRSYNTAX.status && message.hasSuffix("<eof>")
  }
}
