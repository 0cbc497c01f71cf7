import Foundation
import Testing

@testable import Charts

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct SVGTests {
  @Test(arguments: Samples.all.map(\.name))
  func golden(name: String) throws {
    try Golden.check(SVGRenderer().render(Samples.chart(name)), "\(name).svg")
  }

  @Test func goldenThemes() throws {
    var chart = Samples.chart("sweep")
    chart.theme = .dark
    try Golden.check(SVGRenderer(width: 320).render(chart), "sweep-dark-320.svg")
    chart.theme = .light
    try Golden.check(SVGRenderer(width: 1000).render(chart), "sweep-light-1000.svg")
  }

  @Test(arguments: Samples.all.map(\.name))
  func isXMLWithoutReferences(name: String) throws {
    let text = SVGRenderer().render(Samples.chart(name))
    let document = try Document(text)
    #expect(document.names.first == "svg")
    #expect(!text.contains("href") && !text.contains("url(") && !text.contains("@import"))
    #expect(text.components(separatedBy: "http").count == 2, "only the name space")
    #expect(!text.contains(" id="), "pictures in one page would share them")
  }

  @Test func themes() {
    var chart = Chart(panels: [])
    chart.theme = .automatic
    let automatic = SVGRenderer().render(chart)
    #expect(automatic.contains("prefers-color-scheme:dark"))
    #expect(automatic.contains(Palette.light.background.hex))
    #expect(automatic.contains(Palette.dark.background.hex))
    chart.theme = .dark
    let dark = SVGRenderer().render(chart)
    #expect(!dark.contains("prefers-color-scheme"))
    #expect(!dark.contains(Palette.light.background.hex))
    #expect(dark.contains(Palette.dark.background.hex))
  }

  @Test func textsAreEscaped() throws {
    let nasty = "<b>&amp;\"'\u{0}\u{8}\u{1b}]]>\u{fffe}\u{202e}\r\n\u{85}é漢🎉"
    let x = [1.0, 2]
    let chart = Chart(
      title: nasty,
      panels: [
        Panel(
          title: nasty, xAxis: Axis(label: nasty, scale: .category([nasty, nasty])),
          yAxis: Axis(label: nasty),
          marks: [
            try .line(x: x, y: x, name: nasty, tooltips: [nasty, "1 < 2"]),
            try .bars(x: x, heights: x, name: nasty, tooltips: [nasty, nasty]),
            try .text([nasty, nasty], x: x, y: x),
          ])
      ])
    let document = try Document(SVGRenderer().render(chart))
    #expect(!document.names.contains("b"))
    #expect(document.texts.contains("1 < 2"))
    #expect(document.texts.contains { $0.hasPrefix("<b>&amp;\"'") })
    for text in document.texts {
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0.value == 10 || $0.value == 9 })
    }
  }

  @Test func tooltipsBelongToTheirElements() throws {
    let mark = try Mark.points(
      x: [1, .nan, 3], y: [1, 2, 3], tooltips: ["first", "second", "third"])
    let text = SVGRenderer().render(Chart(panels: [Panel(marks: [mark])]))
    #expect(text.contains("<title>first</title></circle>"))
    #expect(text.contains("<title>third</title></circle>"))
    #expect(!text.contains("second"))
    // Those of a line are shown at its points, which are not painted.
    let line = try Mark.line(x: [1, 2], y: [1, 2], tooltips: ["a", ""])
    let lines = SVGRenderer().render(Chart(panels: [Panel(marks: [line])]))
    #expect(lines.contains("fill=\"none\" pointer-events=\"all\""))
    #expect(lines.components(separatedBy: "<title>").count == 2)
  }

  @Test(arguments: [-1, 0, .nan, .infinity, 1e9, 80])
  func strangeSizes(width: Double) throws {
    for (_, chart) in Samples.all {
      _ = try Document(SVGRenderer(width: width, panelHeight: width).render(chart))
    }
  }

  /// Texts of samples and of narrow pictures stay inside and apart from each other.
  @Test(arguments: [320.0, 480, 640, 1200])
  func textsAreNeitherClippedNorOverlapping(width: Double) {
    for (name, chart) in Samples.all {
      let scene = SVGRenderer(width: width).scene(chart)
      let texts = scene.items.compactMap { item -> (Scene.Text, Scene.Item)? in
        if case .text(let text) = item.shape { (text, item) } else { nil }
      }
      for (text, _) in texts {
        for corner in text.corners {
          #expect(
            Rect(-0.5, -0.5, scene.width + 0.5, scene.height + 0.5).contains(corner),
            "'\(text.string)' of \(name) at \(width)")
        }
      }
      let upright = texts.map(\.0).filter { $0.angle != 45 }
      for (index, text) in upright.enumerated() {
        for other in upright[..<index] {
          let shared = text.box.intersection(other.box)
          #expect(
            shared == nil || shared!.width < 0.5 || shared!.height < 2.5,
            "'\(text.string)' and '\(other.string)' of \(name) at \(width)")
        }
      }
    }
  }
}

extension Scene.Text {
  var corners: [Point] {
    let width = LayoutMetrics.picture.width(string, role)
    let half = role.fontSize / 2
    let start = anchor == .start ? 0 : anchor == .middle ? -width / 2 : -width
    let root = 0.5.squareRoot()
    let (cosine, sine) = angle == 0 ? (1, 0) : angle == 90 ? (0, 1) : (root, root)
    return [(start, -half), (start + width, -half), (start, half), (start + width, half)].map {
      Point(place.x + $0.0 * cosine + $0.1 * sine, place.y - $0.0 * sine + $0.1 * cosine)
    }
  }

  var box: Rect {
    Rect(
      corners.map(\.x).min()!, corners.map(\.y).min()!, corners.map(\.x).max()!,
      corners.map(\.y).max()!)
  }
}

/// The names and the texts of a document's elements.
final class Document: NSObject, XMLParserDelegate {
  private(set) var names: [String] = []
  private(set) var texts: [String] = []
  private var text = ""

  /// - Throws: the parser's error.
  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    names.append(name)
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    texts.append(text)
    text = ""
  }
}
