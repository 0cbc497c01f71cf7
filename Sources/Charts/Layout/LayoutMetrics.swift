import LineEditor

/// Sizes by which a layout suits a renderer, in the units of its scene.
struct LayoutMetrics: Sendable {
  /// A terminal has whole columns and rows, no slanted or vertical text and no grid lines.
  let isTerminal: Bool
  /// What an axis takes beside the plot.
  let axisThickness: Double
  let tickLength: Double
  /// Between ticks, labels and the like.
  let gap: Double
  /// Between panels.
  let panelGap: (x: Double, y: Double)
  /// Around the whole picture.
  let margin: Double
  let smallestPlot: (width: Double, height: Double)
  /// Between the labels of two ticks of the x axis, at least.
  let labelGap: Double
  /// Between two ticks of the y axis, at least.
  let rowSpacing: Double
  let swatchWidth: Double
  let colorBarWidth: Double
  /// Half the width of the caps of error bars.
  let capWidth: Double
  /// In place of the rest of a text.
  let ellipsis: String
  /// The smallest difference that can be seen.
  let resolution: (x: Double, y: Double)

  func lineHeight(_ role: TextRole) -> Double { isTerminal ? 1 : role.fontSize * 1.3 }

  func width(_ text: String, _ role: TextRole) -> Double {
    isTerminal ? Double(text.displayWidth) : FontWidths.width(text) * role.fontSize
  }

  func wrap(_ text: String, _ role: TextRole, width: Double) -> [String] {
    WrappedText(measure: { self.width($0, role) }).lines(text, width: width)
  }

  func shortened(_ text: String, _ role: TextRole, width: Double) -> String {
    WrappedText(measure: { self.width($0, role) })
      .shortened(text, width: width, ellipsis: ellipsis)
  }

  /// The unit is a pixel of CSS.
  static let picture = LayoutMetrics(
    isTerminal: false, axisThickness: 0, tickLength: 4, gap: 6, panelGap: (24, 22), margin: 12,
    smallestPlot: (60, 90), labelGap: 10, rowSpacing: 28, swatchWidth: 24, colorBarWidth: 14,
    capWidth: 4, ellipsis: "…", resolution: (1, 1))

  /// The units are a column and a row; a cell has 2 × 4 dots with braille.
  static func terminal(isASCII: Bool) -> LayoutMetrics {
    let dots = isASCII ? (x: 1.0, y: 1.0) : (x: 2, y: 4)
    return LayoutMetrics(
      isTerminal: true, axisThickness: 1, tickLength: 0, gap: 0, panelGap: (0, 1), margin: 0,
      smallestPlot: (1, 3), labelGap: 2, rowSpacing: 3, swatchWidth: 4, colorBarWidth: 2,
      capWidth: isASCII ? 0 : 0.5, ellipsis: isASCII ? "~" : "…",
      resolution: (1 / dots.x, 1 / dots.y))
  }
}

extension TextRole {
  /// In pixels of CSS.
  var fontSize: Double {
    switch self {
    case .title: 16
    case .panelTitle: 13.5
    case .axisLabel, .legend: 12
    case .tickLabel, .annotation: 11
    }
  }
}

extension String {
  /// The columns that a terminal uses for it.
  package var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }
}
