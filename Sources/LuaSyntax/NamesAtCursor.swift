extension LuaText {
  /// The names that help at a position may be about: first the name there with its path, such as
  /// `lai.loss.mse` or `net:save`, then the functions whose calls enclose it, innermost first.
  package func names(at offset: Int) -> [String] {
    var names: [String] = []
    let here = tokens.lastIndex { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }
    // Between two tokens, the cursor belongs to the one that is a name.
    let candidates = [here, here.map { $0 - 1 }].compactMap { $0 }.filter { index in
      tokens.indices.contains(index) && tokens[index].range.upperBound >= offset
    }
    if let word = candidates.first(where: { [.name, .keyword].contains(tokens[$0].kind) }),
      let name = name(endingAt: word)
    {
      names.append(name)
    }
    var depth = 0
    for index in tokens.indices.reversed() where tokens[index].range.upperBound <= offset {
      guard tokens[index].kind == .symbol else { continue }
      switch text(of: tokens[index]) {
      case ")", "]", "}": depth += 1
      case "(", "{":
        depth -= 1
        if depth < 0, index > 0, tokens[index - 1].kind == .name,
          let name = name(endingAt: index - 1)
        {
          names.append(name)
        }
        depth = max(depth, 0)
      case "[": depth = max(depth - 1, 0)
      default: break
      }
    }
    return names
  }

  /// A name with its path; nil for a field of another expression.
  private func name(endingAt index: Int) -> String? {
    if tokens[index].kind == .keyword { return text(of: tokens[index]) }
    guard tokens[index].kind == .name else { return nil }
    var (place, name) = (index, text(of: tokens[index]))
    while place > 0, [".", ":"].contains(text(of: tokens[place - 1])) {
      guard place > 1, tokens[place - 2].kind == .name else { return nil }
      name = text(of: tokens[place - 2]) + text(of: tokens[place - 1]) + name
      place -= 2
    }
    return name
  }
}
