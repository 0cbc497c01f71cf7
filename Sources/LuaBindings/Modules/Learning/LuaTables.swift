import Tensors

/// A list of tables, read one at a time.
struct LuaTables {
  let state: LuaState
  let index: Int32

  /// The stack of an entry is kept if `keepsStack` says so for its result.
  func map<Result>(
    _ body: (LuaState, Int32) throws -> Result, keepingStack keepsStack: (Result) -> Bool
  ) throws -> [Result] {
    try (0..<state.rawLength(at: index)).map { position in
      try state.reserve(8)
      let top = state.top
      state.getIndex(position + 1, of: index)
      do {
        let result = try body(state, state.top)
        if !keepsStack(result) { state.top = top }
        return result
      } catch let error as ArgumentError {
        throw ArgumentError("[\(position + 1)].\(error.name)", mustBe: error.wanted, got: error.got)
      } catch let error where !(error is LuaFailure) {
        throw EntryError(position: position + 1, error: error)
      }
    }
  }
}

/// An error in one entry of a list.
private struct EntryError: Error, CustomStringConvertible {
  let position: Int
  let error: any Error
  var description: String { "[\(position)]: \(luaText(of: error))" }
}

extension Kind where Value == LuaTables {
  static let tables = Kind("a list of tables", annotation: "table[]") { state, index in
    guard try state.isTable(at: index) else { return nil }
    try state.checkList(at: index, count: state.rawLength(at: index))
    return LuaTables(state: state, index: index)
  }
}
