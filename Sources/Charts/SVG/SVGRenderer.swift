/// Draws charts as Scalable Vector Graphics: one element `svg` that needs no other file, can be shown
/// inside of a page of HTML, and is the same text for the same chart on every machine.
public struct SVGRenderer: Sendable, Equatable {
  /// In pixels of CSS. The picture can be scaled to any size, and shrinks on narrow pages.
  public var width: Double
  /// Of each panel with its title and legend, in the same unit; a panel grows where these need more.
  /// Nil for 62 % of its width, from 260 to 420.
  public var panelHeight: Double?

  public init(width: Double = 640, panelHeight: Double? = nil) {
    (self.width, self.panelHeight) = (width, panelHeight)
  }

  /// The text of the picture.
  public func render(_ chart: Chart) -> String {
    SVGWriter.text(of: scene(chart), chart)
  }

  /// - Returns: the chart laid out in pixels of CSS.
  func scene(_ chart: Chart) -> Scene {
    let width = self.width.isFinite ? max(80, min(self.width, 20_000)) : 640
    let columns = Double(max(1, min(chart.columns, chart.panels.count)))
    let height = panelHeight ?? max(260, min(width / columns * 0.62, 420))
    let panelHeight = height.isFinite ? max(60, min(height, 20_000)) : 400
    return ChartLayout(metrics: .picture, width: width, panelHeight: panelHeight).scene(chart)
  }
}
