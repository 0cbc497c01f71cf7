/// Draws charts with characters: lines and points with braille dots, bars and heat maps with block
/// elements, or all of it in ASCII. Panels are one below the other. No line is wider than asked
/// for.
public struct TerminalRenderer: Sendable, Equatable {
  public enum Colors: String, Sendable, Equatable, CaseIterable {
    /// No escape sequences. Series differ by dashes and shades instead.
    case none
    /// The terminal's own colours, four of them: others differ by dashes and shades as well.
    case ansi16
    case ansi256
    case trueColor
  }

  public enum Charset: String, Sendable, Equatable, CaseIterable {
    case unicode
    /// Characters from space to ~ only. Greek letters are written out, others are "?". There are no
    /// contours in front of heat maps.
    case ascii
  }

  /// In columns of the terminal, at least 1. Below 20 there are no labels of axes, below 30 no
  /// scale of colours.
  public var width: Int
  /// Rows of each panel with its title and legend; a panel grows where these need more. Nil for a
  /// quarter of the width, from 14 to 24.
  public var height: Int?
  public var colors: Colors
  public var charset: Charset
  /// Whether its background is known to be dark. If not, charts with an automatic theme have colours
  /// that can be read on white and on black.
  public var isDark: Bool

  public init(
    width: Int = 80, height: Int? = nil, colors: Colors = .none, charset: Charset = .unicode,
    isDark: Bool = false
  ) {
    (self.width, self.height, self.colors, self.charset) = (width, height, colors, charset)
    self.isDark = isDark
  }

  /// Lines that each end with a line feed and have no spaces at their ends.
  public func render(_ chart: Chart) -> String {
    let scene = scene(chart)
    var canvas = TerminalCanvas(
      columns: max(1, min(width, 10_000)), rows: Int(scene.height.rounded(.up)), self)
    let isDark = chart.theme == .dark || chart.theme == .automatic && self.isDark
    let palette = isDark ? Palette.dark : .middle
    for plot in scene.plots { canvas.markPlot(plot) }
    for item in scene.items { canvas.draw(item, palette) }
    return TerminalWriter(canvas: canvas, palette: palette, renderer: self, isDark: isDark).text
  }

  /// The chart laid out in columns and rows.
  func scene(_ chart: Chart) -> Scene {
    let width = max(1, min(self.width, 10_000))
    let rows = height.map { max(5, min($0, 1000)) } ?? max(14, min(24, width / 4))
    let isASCII = charset == .ascii
    let chart = isASCII ? chart.inASCII : chart
    return ChartLayout(
      metrics: .terminal(isASCII: isASCII), width: Double(width), panelHeight: Double(rows)
    ).scene(chart)
  }
}
