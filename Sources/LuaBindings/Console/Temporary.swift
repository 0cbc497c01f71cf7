extension Interpreter {
  package func help(for expression: String) -> String { LuaModule.shared.help(for: expression) }
}
extension LuaModule {
  package func search(_ words: String) -> String { "" }
}
