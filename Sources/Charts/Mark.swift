/// Data drawn in one way. Marks are made by the functions below `Mark.line`, which check lengths.
///
/// NaN and infinite values are gaps in lines and bands; other marks leave such elements out. On a
/// log axis this holds for values that are not positive, too. None of them widens an axis.
public struct Mark: Sendable, Equatable {
  /// Shown in the legend; empty for none.
  public var name: String
  public var style: Style
  /// Texts shown when a pointer is over an element, one an element, or none (SVG only).
  public let tooltips: [String]
  let geometry: Geometry

  init(_ geometry: Geometry, _ name: String, _ style: Style, _ tooltips: [String] = []) {
    (self.geometry, self.name, self.style) = (geometry, name, style)
    self.tooltips = tooltips
  }
}

/// What a mark draws. All lists of a case have the same length; see `Mark.line` and its neighbours.
enum Geometry: Sendable, Equatable {
  case line(x: [Double], y: [Double])
  case points(x: [Double], y: [Double])
  /// Without edges, all such marks of a panel share the places at x.
  case bars(x: [Double], heights: [Double], edges: [Double]?, errors: Mark.Errors?)
  /// Bars that lie; all such marks of a panel share the places at y.
  case lyingBars(y: [Double], lengths: [Double], errors: Mark.Errors?)
  case band(x: [Double], low: [Double], high: [Double])
  case errorBars(x: [Double], y: [Double], errors: Mark.Errors)
  case heatMap(Grid)
  /// Nil for levels at round numbers.
  case contour(Grid, levels: [Double]?)
  case surface(Grid)
  case text([String], x: [Double], y: [Double], anchor: Mark.Anchor)
  case verticalRule(Double)
  case horizontalRule(Double)
}

extension Mark {
  /// The extent of errors around values, in units of the axis of the values.
  public enum Errors: Sendable, Equatable {
    /// From y - e to y + e.
    case symmetric([Double])
    /// Both ends, as values of the axis.
    case range(low: [Double], high: [Double])
  }

  /// The side of a text that is at its position.
  public enum Anchor: String, Sendable, Equatable {
    case start, middle, end
  }
}

extension Mark.Errors {
  /// The ends of the error bar of the value `y` at `index`.
  func ends(_ y: Double, _ index: Int) -> (low: Double, high: Double) {
    switch self {
    case .symmetric(let sizes): (y - abs(sizes[index]), y + abs(sizes[index]))
    case .range(let low, let high): (low[index], high[index])
    }
  }
}
