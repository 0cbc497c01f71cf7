import Charts
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

  public mutating func figure(_ chart: Chart, caption: String) {
    // For a phone: panels one below the other, and narrow, so that the letters are not small.
    var chart = chart
    chart.columns = 1
    body +=
      "<figure>\n\(SVGRenderer(width: 460).render(chart))\n"
      + "<figcaption>\(Table.escaped(caption))</figcaption>\n</figure>\n"
  }

  /// What is too wide for a phone is moved under the finger, or with the keyboard.
  private mutating func scrolling(_ html: String, _ label: String) {
    body +=
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"\(Report.attribute(label))\">\n"
      + "\(html)</div>\n"
  }

  private static func attribute(_ text: String) -> String {
    Table.escaped(text).replacing("\"", with: "&quot;")
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

  private static let style = """
    :root { color-scheme: light dark; --text: #1f2328; --back: #ffffff; --line: #c8ccd0; --soft: #f3f4f6; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e6e8ea; --back: #16181b; --line: #4a4f55; --soft: #22262a; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; color: var(--text); background: var(--back);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
    main { max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
    h1 { font-size: 1.6rem; line-height: 1.2; }
    h2 { font-size: 1.2rem; margin-top: 2rem; border-bottom: 1px solid var(--line); }
    .wide { overflow-x: auto; }
    .wide:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
    table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
    th, td { padding: 0.25rem 0.6rem; text-align: right; white-space: nowrap;
      border-bottom: 1px solid var(--line); }
    th:first-child, td:first-child { text-align: left; }
    pre { margin: 0; padding: 0.75rem; background: var(--soft); font-size: 0.85rem; overflow-wrap: normal; }
    figure { margin: 1rem 0; }
    figure svg { display: block; width: 100%; max-width: 44rem; height: auto; }
    figcaption { font-size: 0.9rem; }
    dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.2rem 1rem; margin: 0; }
    dt { font-weight: 600; }
    dd { margin: 0; }
    @media (max-width: 30rem) { dl { grid-template-columns: 1fr; } }
    @media print { body { font-size: 10pt; } .wide { overflow: visible; } figure { break-inside: avoid; } }

    """
}
