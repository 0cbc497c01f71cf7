import Charts

/// What is shown of work in progress below its progress bar.
public protocol LivePicture {
  /// Rows of text for a terminal; empty if there is nothing to show yet, or no room for it.
  ///
  /// - most: The largest number of rows.
  /// - renderer: Its width is the largest of a row.
  func rows(most: Int, _ renderer: TerminalRenderer) -> [String]
  /// For notebooks; nil if there is nothing to show yet.
  var chart: Chart? { get }
  /// What the rows have beside the chart.
  func notes(_ renderer: TerminalRenderer) -> [String]
}

extension LivePicture {
  /// The rows of a chart of one panel, with its axes; empty if it needs more than `most`.
  func rows(
    of chart: Chart, height: Int, most: Int, _ renderer: TerminalRenderer
  ) -> [String] {
    var renderer = renderer
    renderer.height = min(height, most)
    let rows = renderer.render(chart).split(separator: "\n", omittingEmptySubsequences: false)
      .dropLast().map(String.init)
    return rows.count <= most ? rows : []
  }
}
