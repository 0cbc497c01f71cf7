extension Chart {
  /// With all texts in ASCII, and without contours in front of a heat map: its characters show levels.
  var inASCII: Chart {
    var chart = mapTexts(asciiText)
    chart.panels = chart.panels.map { panel in
      var panel = panel
      let hasHeatMap = panel.marks.contains { $0.geometry.isHeatMap }
      panel.marks = panel.marks.compactMap { mark in
        if hasHeatMap && mark.geometry.isContour { return nil }
        guard case .surface(let grid) = mark.geometry else { return mark }
        return Mark(.heatMap(grid), mark.name, mark.style)
      }
      return panel
    }
    return chart
  }
}

/// Greek letters are written out, and dashes, quotes and the like are replaced; what else is not ASCII
/// becomes "?", for each column that it would take.
func asciiText(_ text: String) -> String {
  var result = ""
  for character in cleaned(text) {
    if character.isASCII {
      result.append(character)
    } else if let replacement = replacements[character] {
      result += replacement
    } else {
      result += String(repeating: "?", count: character.displayWidth)
    }
  }
  return result
}

private let replacements: [Character: String] = {
  var table: [Character: String] = [
    "−": "-", "–": "-", "—": "-", "…": "...", "×": "x", "·": "*", "±": "+-", "≤": "<=", "≥": ">=",
    "≠": "!=", "≈": "~", "’": "'", "‘": "'", "“": "\"", "”": "\"", "°": "deg", "µ": "u", "²": "^2",
    "³": "^3", "√": "sqrt", "∞": "inf", "∂": "d", "→": "->", "\u{a0}": " ",
  ]
  let greek = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho s sigma \
    tau upsilon phi chi psi omega
    """.split(separator: " ")
  for (index, name) in greek.enumerated() {
    let lower = Character(Unicode.Scalar(0x3b1 + UInt32(index))!)
    table[lower] = String(name)
    let upper = Character(Unicode.Scalar(0x391 + UInt32(index))!)
    table[upper] = name.prefix(1).uppercased() + name.dropFirst()
  }
  return table
}()
