/// A value to be shown, before it is broken into lines.
indirect enum DisplayNode: Equatable {
  case leaf(String)
  /// A table. `title` precedes the brace; `rest` says what is left out.
  case table(title: String, entries: [Entry], rest: String?)

  struct Entry: Equatable {
    /// "name = "; empty in a list.
    var label: String
    var value: DisplayNode
  }

  /// On one line if that fits into `width` columns. Otherwise each entry has a line of its own;
  /// short entries of a list share lines.
  func text(width: Int, indent: Int = 0, labelWidth: Int = 0) -> String {
    guard case .table(let title, let entries, let rest) = self else { return oneLine }
    let line = oneLine
    // Inside another table a comma follows.
    if indent + labelWidth + line.count + min(indent, 1) <= width { return line }
    let margin = String(repeating: " ", count: indent + 2)
    var lines: [String] = []
    var isOpen = false
    for entry in entries {
      let text =
        entry.label
        + entry.value.text(width: width, indent: indent + 2, labelWidth: entry.label.count)
      let isShort = entry.label.isEmpty && entry.value.isLeaf
      if isShort, isOpen, lines[lines.count - 1].count + text.count + 2 <= width {
        lines[lines.count - 1] += " " + text + ","
      } else {
        lines.append(margin + text + ",")
      }
      isOpen = isShort
    }
    if let rest { lines.append(margin + rest) }
    return "\(title){\n" + lines.joined(separator: "\n") + "\n"
      + String(repeating: " ", count: indent) + "}"
  }

  var isLeaf: Bool {
    if case .leaf = self { return true }
    return false
  }

  private var oneLine: String {
    switch self {
    case .leaf(let text): text
    case .table(let title, let entries, let rest):
      title + "{"
        + (entries.map { $0.label + $0.value.oneLine } + (rest.map { [$0] } ?? []))
        .joined(separator: ", ") + "}"
    }
  }
}
