/// How a mark looks. What is nil is chosen by the renderer.
public struct Style: Sendable, Equatable {
  public enum ColorChoice: Sendable, Equatable {
    /// A place in the theme's list of colours, from 0; beyond the last one it starts again.
    case index(Int)
    /// The same colour in every theme.
    case own(Color)
    /// The grey of axes, for what is less important than the rest.
    case muted
  }

  /// Nil for the next colour of the list.
  public var color: ColorChoice?
  public var dash: Dash
  /// Nil for circles on points and none on lines. In the terminal points without a marker are
  /// braille dots.
  public var marker: Marker?
  /// Of lines, in SVG units (a chart is 640 wide unless another width is set); the terminal ignores
  /// it.
  public var lineWidth: Double
  /// The radius of markers, in SVG units.
  public var markerRadius: Double

  public init(
    color: ColorChoice? = nil, dash: Dash = .solid, marker: Marker? = nil,
    lineWidth: Double = 1.8, markerRadius: Double = 3
  ) {
    (self.color, self.dash, self.marker) = (color, dash, marker)
    (self.lineWidth, self.markerRadius) = (lineWidth, markerRadius)
  }
}

/// The pattern of a line.
public enum Dash: String, Sendable, Equatable, CaseIterable {
  case solid, dashed, dotted, dashDot
}

/// The shape of a point.
public enum Marker: String, Sendable, Equatable, CaseIterable {
  case circle, square, triangle, diamond, cross, plus, star
}

/// A colour of the sRGB space, 0 to 255 a channel.
public struct Color: Sendable, Equatable, Hashable {
  public let red: UInt8
  public let green: UInt8
  public let blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// The colour 0xRRGGBB.
  public init(_ hex: UInt32) {
    self.init(
      red: UInt8(hex >> 16 & 255), green: UInt8(hex >> 8 & 255), blue: UInt8(hex & 255))
  }
}
