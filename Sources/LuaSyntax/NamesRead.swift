extension LuaText {
  /// The names that the text reads and does not declare: its globals, as far as tokens alone tell.
  package var namesRead: Set<String> {
    let words = tokens.filter { $0.kind != .comment }
    let texts = words.map { $0.kind == .string ? "" : text(of: $0) }
    var declared: Set<String> = []
    for (place, text) in texts.enumerated() {
      switch text {
      case "local" where place + 1 < texts.count && texts[place + 1] == "function":
        if place + 2 < texts.count { declared.insert(texts[place + 2]) }
      case "local", "for": declared.formUnion(listedNames(texts[(place + 1)...]))
      case "function":
        let list = texts[place...].drop { $0 != "(" }.dropFirst()
        declared.formUnion(listedNames(list))
      default: break
      }
    }
    var names: Set<String> = []
    for (place, word) in words.enumerated() where word.kind == .name {
      let before = place > 0 ? texts[place - 1] : ""
      let after = place + 1 < texts.count ? texts[place + 1] : ""
      if [".", ":", "::", "goto"].contains(before) || after == "=" { continue }
      names.insert(texts[place])
    }
    return names.subtracting(declared)
  }

  /// The comma-separated names at the beginning, without attributes such as `<const>`.
  private func listedNames(_ words: ArraySlice<String>) -> [String] {
    var (names, rest): ([String], ArraySlice<String>) = ([], words)
    while let name = rest.popFirst() {
      names.append(name)
      if rest.first == "<" { rest = rest.dropFirst(3) }
      guard rest.popFirst() == "," else { break }
    }
    return names
  }
}
