import Charts
import Foundation
import Learning

/// One page of HTML that needs no other file and no network: texts, tables and pictures. It can be read
/// on a phone, in the dark, and on paper.
public struct Report: Sendable {
  public let title: String
  private var body = ""

  public init(title: String) { self.title = title }

  // MARK: Parts

  public mutating func heading(_ text: String) { body += "<h2>\(Table.escaped(text))</h2>\n" }

  public mutating func paragraph(_ text: String) { body += "<p>\(Table.escaped(text))</p>\n" }

  /// Texts in an order; nothing for none.
  public mutating func items(_ texts: [String]) {
    guard !texts.isEmpty else { return }
    body += "<ul>\n" + texts.map { "<li>\(Table.escaped($0))</li>\n" }.joined() + "</ul>\n"
  }

  /// Text in a type of fixed width, such as a script.
  public mutating func code(_ text: String, label: String) {
    scrolling("<pre>\(Table.escaped(text))</pre>\n", label)
  }

  /// Names and values.
  public mutating func list(_ entries: [(name: String, value: String)]) {
    guard !entries.isEmpty else { return }
    body += "<dl>\n"
    for (name, value) in entries {
      body += "<dt>\(Table.escaped(name))</dt><dd>\(Table.escaped(value))</dd>\n"
    }
    body += "</dl>\n"
  }

  /// - html: An element `table`, and what belongs to it.
  public mutating func table(_ html: String, label: String) { scrolling(html, label) }

  /// Pictures, side by side where the page is wide; with the section's heading, or nothing for none.
  public mutating func figures(_ figures: [(chart: Chart, caption: String)]) {
    guard !figures.isEmpty else { return }
    heading("Figures")
    body += "<div class=\"figures\">\n"
    for (chart, caption) in figures {
      // For a phone: panels one below the other, and narrow, so that the letters are not small.
      var chart = chart
      chart.columns = 1
      body +=
        "<figure>\n\(SVGRenderer(width: 460).render(chart))"
        + "<figcaption>\(Table.escaped(caption))</figcaption>\n</figure>\n"
    }
    body += "</div>\n"
  }

  /// What is too wide or high is moved under the finger, or with the keyboard.
  private mutating func scrolling(_ html: String, _ label: String) {
    body +=
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"\(Report.attribute(label))\">\n"
      + "\(html)</div>\n"
  }

  private static func attribute(_ text: String) -> String {
    Table.escaped(text).replacing("\"", with: "&quot;")
  }

  /// A moment in UTC: "2026-03-01 12:30 UTC".
  static func text(_ date: Date) -> String {
    let text = date.formatted(.iso8601)
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  // MARK: Page

  /// The whole page.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(Table.escaped(title))</title>
    <style>
    \(Report.style)</style>
    </head>
    <body>
    <main>
    <h1>\(Table.escaped(title))</h1>
    \(body)</main>
    </body>
    </html>

    """
  }
}
