/// Single texts in the manner of the renderer, for rows beside its charts.
extension TerminalRenderer {
  /// A text in the renderer's characters, without control characters, cut to some columns and filled
  /// up with spaces to `padding`.
  package func fitted(_ text: String, columns: Int, padding: Int = 0) -> String {
    let text = charset == .ascii ? asciiText(text) : cleaned(text)
    let metrics = LayoutMetrics.terminal(isASCII: charset == .ascii)
    let fitted = metrics.shortened(text, .annotation, width: Double(columns))
    return fitted + String(repeating: " ", count: max(0, padding - fitted.displayWidth))
  }

  /// A row of some columns, of which the first are filled.
  package func bar(_ filled: Int, of columns: Int, ansi color: Int? = nil) -> String {
    let (full, empty) = charset == .ascii ? ("=", "-") : ("━", "╌")
    let filled = max(0, min(filled, columns))
    let part = String(repeating: full, count: filled)
    return (color.map { tinted(part, ansi: $0) } ?? part)
      + String(repeating: empty, count: columns - filled)
  }

  /// A text in one of the terminal's 8 colours, 30 to 37, if there are colours.
  package func tinted(_ text: String, ansi color: Int) -> String {
    colors == .none || text.isEmpty ? text : "\u{1b}[\(color)m\(text)\u{1b}[0m"
  }
}
