import CLai

/// Whether scripts may name files. Functions that only work with files are replaced where a host does
/// not allow them; this is for options and for parameters that may be something else.
extension LuaState {
  private static var refusal: String { "lai.refuses_files" }

  /// From now on paths are refused in this state.
  func refuseFiles() throws {
    try reserve(4)
    lai_push_registry(pointer)
    push(true)
    try setField(Self.refusal, of: top - 1)
    pop()
  }

  func allowsFiles() throws -> Bool {
    try reserve(4)
    lai_push_registry(pointer)
    let type = try getField(Self.refusal, of: top)
    pop(2)
    return type == .nil
  }
}
