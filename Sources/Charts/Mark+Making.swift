extension Mark {
  /// A line through points, in their order.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func line(
    x: [Double], y: [Double], name: String = "", style: Style = Style(), tooltips: [String] = []
  ) throws(ChartError) -> Mark {
    try check(name, ("x", x.count), ("y", y.count))
    try check(name, tooltips, ("x", x.count))
    return Mark(.line(x: x, y: y), name, style, tooltips)
  }

  /// Single points.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func points(
    x: [Double], y: [Double], name: String = "", style: Style = Style(), tooltips: [String] = []
  ) throws(ChartError) -> Mark {
    try check(name, ("x", x.count), ("y", y.count))
    try check(name, tooltips, ("x", x.count))
    return Mark(.points(x: x, y: y), name, style, tooltips)
  }

  /// Bars from 0 (on a log axis: from its lower end) to a height. Marks of this kind at the same
  /// positions stand side by side, in the order of the panel.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func bars(
    x: [Double], heights: [Double], errors: Errors? = nil, name: String = "",
    style: Style = Style(), tooltips: [String] = []
  ) throws(ChartError) -> Mark {
    try check(name, ("x", x.count), ("heights", heights.count))
    if let errors { try check(name, errors, ("x", x.count)) }
    try check(name, tooltips, ("x", x.count))
    return Mark(.bars(x: x, heights: heights, edges: nil, errors: errors), name, style, tooltips)
  }

  /// Bars that lie, from 0 (on a log axis: from its lower end) to a length; their names are on the y
  /// axis, where long ones have room. Marks of this kind at the same positions lie below each other, in
  /// the order of the panel. The panel is as high as its bars need.
  ///
  /// - errors: In units of the x axis.
  /// - Throws: `ChartError.differentLengths`.
  public static func lyingBars(
    y: [Double], lengths: [Double], errors: Errors? = nil, name: String = "",
    style: Style = Style(), tooltips: [String] = []
  ) throws(ChartError) -> Mark {
    try check(name, ("y", y.count), ("lengths", lengths.count))
    if let errors { try check(name, errors, ("y", y.count)) }
    try check(name, tooltips, ("y", y.count))
    return Mark(.lyingBars(y: y, lengths: lengths, errors: errors), name, style, tooltips)
  }

  /// The counts of a histogram, each as wide as its bin.
  public static func histogram(
    _ histogram: Histogram, name: String = "", style: Style = Style()
  ) -> Mark {
    let edges = histogram.edges
    let centres = histogram.counts.indices.map { edges[$0] / 2 + edges[$0 + 1] / 2 }
    let heights = histogram.counts.map(Double.init)
    return Mark(.bars(x: centres, heights: heights, edges: edges, errors: nil), name, style)
  }

  /// The area between two curves, such as an interval of confidence.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func band(
    x: [Double], low: [Double], high: [Double], name: String = "", style: Style = Style()
  ) throws(ChartError) -> Mark {
    try check(name, ("x", x.count), ("low", low.count))
    try check(name, ("x", x.count), ("high", high.count))
    return Mark(.band(x: x, low: low, high: high), name, style)
  }

  /// Points with vertical bars that show errors.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func errorBars(
    x: [Double], y: [Double], errors: Errors, name: String = "", style: Style = Style(),
    tooltips: [String] = []
  ) throws(ChartError) -> Mark {
    try check(name, ("x", x.count), ("y", y.count))
    try check(name, errors, ("x", x.count))
    try check(name, tooltips, ("x", x.count))
    return Mark(.errorBars(x: x, y: y, errors: errors), name, style, tooltips)
  }

  /// A coloured rectangle for each value of a grid, with a scale of the colours.
  public static func heatMap(_ grid: Grid, name: String = "") -> Mark {
    Mark(.heatMap(grid), name, Style())
  }

  /// Lines of equal value through a grid, with the values written on them. In front of a heat map
  /// the lines are black and white and have no texts, since the scale of colours shows the values.
  ///
  /// - levels: nil for about eight round numbers.
  public static func contour(
    _ grid: Grid, levels: [Double]? = nil, name: String = "",
    style: Style = Style(lineWidth: 1.2)
  ) -> Mark {
    Mark(.contour(grid, levels: levels), name, style)
  }

  /// A surface over a grid: in three dimensions in PNG and PDF files; elsewhere a heat map with
  /// contours.
  public static func surface(_ grid: Grid, name: String = "") -> Mark {
    Mark(.surface(grid), name, Style(lineWidth: 1))
  }

  /// Texts at points.
  ///
  /// - Throws: `ChartError.differentLengths`.
  public static func text(
    _ texts: [String], x: [Double], y: [Double], anchor: Anchor = .middle, style: Style = Style()
  ) throws(ChartError) -> Mark {
    try check("", ("texts", texts.count), ("x", x.count))
    try check("", ("texts", texts.count), ("y", y.count))
    return Mark(.text(texts, x: x, y: y, anchor: anchor), "", style)
  }

  /// A line over the whole height of the panel. The axis includes it.
  public static func verticalRule(
    x: Double, name: String = "", style: Style = Style(dash: .dashed, lineWidth: 1.2)
  ) -> Mark {
    Mark(.verticalRule(x), name, style)
  }

  /// A line over the whole width of the panel. The axis includes it.
  public static func horizontalRule(
    y: Double, name: String = "", style: Style = Style(dash: .dashed, lineWidth: 1.2)
  ) -> Mark {
    Mark(.horizontalRule(y), name, style)
  }

  private static func check(
    _ series: String, _ first: (String, Int), _ second: (String, Int)
  ) throws(ChartError) {
    guard first.1 != second.1 else { return }
    throw ChartError.differentLengths(
      series: series, first: first.0, firstCount: first.1, second: second.0,
      secondCount: second.1)
  }

  private static func check(
    _ series: String, _ errors: Errors, _ first: (String, Int)
  ) throws(ChartError) {
    switch errors {
    case .symmetric(let sizes): try check(series, first, ("errors", sizes.count))
    case .range(let low, let high):
      try check(series, first, ("low", low.count))
      try check(series, first, ("high", high.count))
    }
  }

  private static func check(
    _ series: String, _ tooltips: [String], _ first: (String, Int)
  ) throws(ChartError) {
    if !tooltips.isEmpty { try check(series, first, ("tooltips", tooltips.count)) }
  }
}
