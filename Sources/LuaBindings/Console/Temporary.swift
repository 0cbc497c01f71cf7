extension Interpreter {
  package func display(_ index: Int32, width: Int) throws(LuaFailure) -> String {
    try state.describe(index)
  }
  package func help(for expression: String) -> String { LuaModule.shared.help(for: expression) }
}
extension LuaModule {
  package func search(_ words: String) -> String { "" }
}
