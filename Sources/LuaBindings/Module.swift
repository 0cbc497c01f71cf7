import CLai

/// Pushes the module's table in a state made by another program, for `luaopen_lai` in C. Returns a
/// status of lai.h, with the error object on the top if it is not LAI_OK.
@_cdecl("lai_open_module")
public func openModule(_ pointer: OpaquePointer) -> Int32 {
  let state = LuaState(pointer)
  do {
    try LuaModule.shared.open(in: state)
    return LAI_OK.status
  } catch {
    if let failure = error as? LuaFailure {
      state.push(failure)
    } else {
      try? state.push("lai: \(error)")
    }
    return LAI_ERRRUN.status
  }
}
