import Testing

/// A page of HTML taken apart by hand: its elements in order, and what is wrong about its form.
struct Page {
  struct Element {
    let name: String
    let attributes: [String: String]
    /// Names of the elements around it, the outermost first.
    let path: [String]
    /// Its own text, without that of elements in it.
    var text = ""
  }

  private(set) var elements: [Element] = []
  private(set) var problems: [String] = []

  private static let void: Set = ["meta", "br", "hr", "img", "link"]

  init(_ html: String) {
    var open: [Int] = []
    var rest = Substring(html)
    while let start = rest.firstIndex(of: "<") {
      let text = rest[..<start]
      check(text)
      if let last = open.last { elements[last].text += text }
      guard let end = rest[start...].firstIndex(of: ">") else {
        problems.append("a tag without an end")
        break
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("!") { continue }
      if tag.hasPrefix("/") {
        let name = String(tag.dropFirst())
        if open.last.map({ elements[$0].name }) == name {
          open.removeLast()
        } else {
          problems.append("</\(name)> in \(open.map { elements[$0].name })")
        }
        continue
      }
      let isClosed = tag.hasSuffix("/")
      let name = String(tag.prefix { $0 != " " && $0 != "\n" && $0 != "/" })
      let attributes = attributes(tag.dropFirst(name.count).dropLast(isClosed ? 1 : 0), of: name)
      elements.append(
        Element(name: name, attributes: attributes, path: open.map { elements[$0].name }))
      if !isClosed, !Page.void.contains(name) { open.append(elements.count - 1) }
    }
    if !open.isEmpty { problems.append("not closed: \(open.map { elements[$0].name })") }
  }

  /// Those with a name, and in an element with another one.
  func all(_ name: String, in outer: String? = nil) -> [Element] {
    elements.filter { $0.name == name && (outer == nil || $0.path.contains(outer!)) }
  }

  /// The rows of its tables, the heads among them, cell by cell.
  var tableRows: [[String]] {
    var rows: [[String]] = []
    for element in elements {
      if element.name == "tr" { rows.append([]) }
      if element.name == "td" || element.name == "th" { rows[rows.count - 1].append(element.text) }
    }
    return rows
  }

  private mutating func check(_ text: Substring) {
    for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    where !["amp;", "lt;", "gt;", "quot;", "#39;"].contains(where: part.hasPrefix) {
      problems.append("a bare & before '\(part.prefix(10))'")
    }
  }

  private mutating func attributes(_ text: Substring, of name: String) -> [String: String] {
    var found: [String: String] = [:]
    var rest = text.drop { $0 == " " || $0 == "\n" }
    while !rest.isEmpty {
      let key = rest.prefix { $0 != "=" }
      rest = rest.dropFirst(key.count)
      guard rest.hasPrefix("=\""), let end = rest.dropFirst(2).firstIndex(of: "\"") else {
        problems.append("an attribute of \(name) without quotes: \(key)")
        break
      }
      let value = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
      check(value)
      if found.updateValue(String(value), forKey: String(key)) != nil {
        problems.append("\(name) has \(key) twice")
      }
      rest = rest[rest.index(after: end)...].drop { $0 == " " || $0 == "\n" }
    }
    return found
  }
}
