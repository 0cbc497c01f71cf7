import CLai

/// An error of Lua on its way through Swift; the error object itself waits in the Lua state and
/// keeps its identity when the failure is raised again.
package struct LuaFailure: Error, CustomStringConvertible {
  /// LAI_ERRRUN, LAI_ERRMEM, …
  package let status: Int32
  let slot: Int32
  /// What `tostring` would make of a text or number; a description of the type otherwise.
  package let message: String

  package var description: String { message }
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
    return LuaFailure(status: status, slot: lai_keep_failure(pointer), message: message!)
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
