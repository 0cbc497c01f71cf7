import LineEditor
import LuaBindings
import LuaSyntax

extension Console {
  struct Variable {
    let name: String
    let kind: String
  }

  /// The globals with names, in alphabetic order; no metamethods run.
  func variables() throws -> [Variable] {
    var variables: [Variable] = []
    try state.pushGlobal("_G")
    defer { state.pop() }
    guard state.type(at: -1) == .table else { return [] }
    try state.forEachPair(of: -1) { key, value in
      guard state.type(at: key) == .string, let name = state.string(at: key) else { return }
      variables.append(Variable(name: name, kind: state.kind(of: value)))
    }
    return variables.sorted { $0.name < $1.name }
  }

  /// Lists the user's variables, each with its value on one line. Ctrl-C ends an endless
  /// `__tostring` and the list.
  func showVariables() {
    let width = reader.width
    do {
      let variables = try variables().filter {
        !standardNames.contains($0.name) && !$0.name.isResult
      }
      guard !variables.isEmpty else { return print("you have set no global variables") }
      let (names, kinds) = (variables.map(\.name.count).max()!, variables.map(\.kind.count).max()!)
      for variable in variables {
        let start = "  \(variable.name.padded(to: names))  \(variable.kind.padded(to: kinds))  "
        try state.pushGlobal(variable.name)
        let value = try interpreter.display(-1, width: width).inOneLine
        state.pop()
        print(start + value.clipped(to: max(10, width - start.count - 1)))
      }
    } catch let failure as LuaFailure {
      report(TracedFailure(failure))
    } catch {
      complain("%who: \(error)\n")
    }
    state.top = 0
  }

  /// Removes the user's globals and the results.
  func removeVariables() {
    do {
      let variables = try variables().filter { !standardNames.contains($0.name) }
      try state.pushGlobal("_G")
      for variable in variables {
        try state.push(variable.name)
        state.pushNil()
        try state.set(table: -3)
      }
      state.top = 0
      let names = variables.map { LuaLiteral.string($0.name.utf8) }.joined(separator: ", ")
      script.append(code: "for _, name in ipairs{\(names)} do _G[name] = nil end")
      interpreter.collectGarbage()
      let count = variables.count { !$0.name.isResult }
      print("removed \(count) variable\(count == 1 ? "" : "s") and all results")
    } catch {
      complain("%reset: \(error)\n")
    }
  }
}

extension String {
  /// Whether it names a kept result: `_`, `_1`, …
  fileprivate var isResult: Bool { first == "_" && dropFirst().allSatisfy(\.isNumber) }

  /// Padded with blanks to a width.
  func padded(to columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - reduce(0) { $0 + $1.displayWidth }))
  }

  fileprivate func clipped(to columns: Int) -> String {
    var (text, used) = ("", 0)
    for character in self {
      used += character.displayWidth
      guard used < columns else { return text + "…" }
      text.append(character)
    }
    return text
  }
}
