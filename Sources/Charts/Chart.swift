/// A picture as plain data: panels with marks on axes. It knows nothing of where the data come from
/// and nothing of how it is drawn; see `SVGRenderer`, `TerminalRenderer` and `GnuplotRenderer`.
///
///     let chart = Chart(title: "Training", panels: [
///       Panel(
///         xAxis: Axis(label: "epoch"), yAxis: Axis(label: "RMSE", scale: .log),
///         marks: [try .line(x: epochs, y: errors, name: "validation")])
///     ])
///     try chart.write(to: "training.svg")
public struct Chart: Sendable, Equatable {
  /// The text above all panels; empty for none.
  public var title: String
  /// Drawn row by row.
  public var panels: [Panel]
  /// Panels beside each other in a row, at least 1. The terminal draws all panels one below the
  /// other.
  public var columns: Int
  public var theme: Theme

  public init(
    title: String = "", panels: [Panel], columns: Int = 1, theme: Theme = .automatic
  ) {
    (self.title, self.panels, self.columns, self.theme) = (title, panels, columns, theme)
  }
}

/// One pair of axes with the marks between them.
public struct Panel: Sendable, Equatable {
  /// The text above the panel; empty for none.
  public var title: String
  public var xAxis: Axis
  public var yAxis: Axis
  /// Drawn in this order, later ones in front. Heat maps are always behind all others.
  public var marks: [Mark]
  public var legend: Legend

  public init(
    title: String = "", xAxis: Axis = Axis(), yAxis: Axis = Axis(), marks: [Mark],
    legend: Legend = .automatic
  ) {
    (self.title, self.xAxis, self.yAxis) = (title, xAxis, yAxis)
    (self.marks, self.legend) = (marks, legend)
  }
}

/// Whether a panel lists the names of its marks.
public enum Legend: Sendable, Equatable {
  /// Lists all marks that have a name.
  case automatic
  /// Lists nothing.
  case hidden
}

/// The colours of text and background.
public enum Theme: String, Sendable, Equatable, CaseIterable {
  /// Follows the reader's preference where the format knows it (SVG), else is light.
  case automatic
  case light
  case dark
}
