/// A laid-out chart: primitives at places, in drawing order. The origin is at the top left, y grows
/// downward. The unit is that of the layout: a pixel of CSS, or one column and one row of a
/// terminal.
struct Scene: Sendable, Equatable {
  var width: Double
  var height: Double
  /// The areas between the axes.
  var plots: [Rect] = []
  var items: [Item] = []
  /// What a renderer with three dimensions draws in another way.
  var surfaces: [Surface] = []

  struct Item: Sendable, Equatable {
    var role: Role
    var shape: Shape
    var fill: Paint?
    var stroke: Stroke?
    /// One for each element of the shape, or none.
    var tooltips: [String] = []
  }

  /// What an item is for. The terminal draws axes with characters of their own.
  enum Role: Sendable, Equatable {
    case grid, xAxis, yAxis, xTick, yTick, minorTick, mark, lyingBar, label
  }

  enum Shape: Sendable, Equatable {
    case polyline([Point])
    case polygon([Point])
    case rectangles([Rect])
    case markers([Point], Marker?, radius: Double)
    case raster(Raster)
    case text(Text)
  }

  struct Text: Sendable, Equatable {
    var string: String
    /// The height of the place is the middle of the line.
    var place: Point
    var anchor: Mark.Anchor
    var role: TextRole
    /// Degrees, against the clock: 0, 45 or 90.
    var angle: Double = 0
    /// The whole text where `string` is shortened.
    var whole: String?
  }

  /// Cells between edges, coloured by values of 0 to 1, NaN for none; row by row from the edge that
  /// comes first.
  struct Raster: Sendable, Equatable {
    var x: [Double]
    var y: [Double]
    var values: [Double]
  }

  struct Surface: Sendable, Equatable {
    var grid: Grid
    var frame: Rect
    var panel: Panel
    /// The items of its panel, in place of which it is drawn.
    var items: Range<Int>
  }
}

struct Stroke: Sendable, Equatable {
  var paint: Paint
  var width: Double
  var dash: Dash = .solid
  /// The place of the mark's colour in the list, by which renderers without colours tell lines
  /// apart.
  var series: Int?
}

/// A colour that the theme determines.
struct Paint: Sendable, Equatable {
  enum Source: Sendable, Equatable {
    case text, mutedText, axis, grid, background
    case series(Int)
    case own(Color)
    /// A place on the scale of colours, 0 to 1.
    case scale(Double)
    case transparent
  }

  var source: Source
  var opacity = 1.0

  init(_ source: Source, opacity: Double = 1) { (self.source, self.opacity) = (source, opacity) }
}

enum TextRole: String, Sendable, Equatable, CaseIterable {
  case title, panelTitle, axisLabel, tickLabel, legend, annotation
}

struct Point: Sendable, Equatable {
  var x: Double
  var y: Double
  init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// An area between sides that are parallel to the axes.
struct Rect: Sendable, Equatable {
  var minX: Double
  var minY: Double
  var maxX: Double
  var maxY: Double

  init(_ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double) {
    (self.minX, self.minY, self.maxX, self.maxY) = (minX, minY, maxX, maxY)
  }

  var width: Double { maxX - minX }
  var height: Double { maxY - minY }

  func contains(_ point: Point) -> Bool {
    minX <= point.x && point.x <= maxX && minY <= point.y && point.y <= maxY
  }

  /// What both cover; nil for nothing.
  func intersection(_ other: Rect) -> Rect? {
    let rect = Rect(
      max(minX, other.minX), max(minY, other.minY), min(maxX, other.maxX), min(maxY, other.maxY))
    return rect.minX <= rect.maxX && rect.minY <= rect.maxY ? rect : nil
  }
}
