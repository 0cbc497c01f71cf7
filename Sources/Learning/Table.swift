import Platform
import Tensors

/// Text in aligned columns: the first flush left, the others flush right.
package struct Table: CustomStringConvertible {
  let header: [String]
  let rows: [[String]]
  /// Blanks between columns.
  let gap: Int

  package init(header: [String], rows: [[String]], gap: Int = 2) {
    (self.header, self.rows, self.gap) = (header, rows, gap)
  }

  /// The table in HTML.
  package var html: String {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\(Table.escaped($0))</\(tag)>" }.joined() + "</tr>\n"
    }
    return "<table>\n<thead>\n\(row(header, "th"))</thead>\n<tbody>\n"
      + rows.map { row($0, "td") }.joined() + "</tbody>\n</table>\n"
  }

  /// Text of HTML.
  package static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  package var description: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max()! }
    let lines = all.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 && widths.count > 1 ? row[column] + padding : padding + row[column]
      }
      let line = "  " + cells.joined(separator: String(repeating: " ", count: gap))
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    return lines.joined(separator: "\n")
  }

  /// Four significant digits, or the whole part if it is longer: 0.01235, 12.35, 12346.
  package static func number(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return numberText(value) }
    let exponent = log10(abs(value)).rounded(.down)
    guard (-4..<9).contains(exponent) else { return format("%.3e", value) }
    return format("%.\(max(0, 3 - Int(exponent)))f", value)
  }

  /// The digits that the number has, but no more than `number` shows: 1, 0.5, 0.01235.
  package static func shortNumber(_ value: Double) -> String {
    let (exact, rounded) = (numberText(value), number(value))
    return exact.count < rounded.count ? exact : rounded
  }

  /// One number, formatted by C's printf.
  package static func format(_ format: String, _ value: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
      _ = withVaList([value]) { vsnprintf(buffer.baseAddress!, buffer.count, format, $0) }
      return String(cString: buffer.baseAddress!)
    }
  }
}
