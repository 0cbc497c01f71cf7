import Platform

/// The colours of a theme.
struct Palette: Sendable {
  let text: Color
  let mutedText: Color
  let axis: Color
  let grid: Color
  let background: Color
  let series: [Color]

  /// The colours of Okabe and Ito, which all kinds of colour blindness can tell apart. Those that
  /// are too pale on white are darker here, so that all have a contrast of 3 or more.
  static let light = Palette(
    text: Color(0x1F2328), mutedText: Color(0x57606A), axis: Color(0x6E7781),
    grid: Color(0xE6E9ED), background: Color(0xFFFFFF),
    series: [
      Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xB8578F), Color(0xA67200),
      Color(0x3A95D0), Color(0x4D4D4D),
    ])

  static let dark = Palette(
    text: Color(0xE6EDF3), mutedText: Color(0x9DA7B3), axis: Color(0x7D8590),
    grid: Color(0x2A313A), background: Color(0x0F1419),
    series: [
      Color(0x3D9BE0), Color(0xF0803C), Color(0x1DBF92), Color(0xDB8FBC), Color(0xE0A526),
      Color(0x8CCBF2), Color(0xC4C4C4),
    ])

  static func of(_ theme: Theme) -> Palette { theme == .dark ? dark : light }

  func color(_ source: Paint.Source) -> Color {
    switch source {
    case .text: text
    case .mutedText: mutedText
    case .axis: axis
    case .grid: grid
    case .background, .transparent: background
    case .series(let index): series[index % series.count]
    case .own(let color): color
    case .scale(let place): Palette.scale(place)
    }
  }

  /// Matplotlib's viridis, whose lightness grows with the value, between nine of its colours.
  static func scale(_ place: Double) -> Color {
    let colors: [UInt32] = [
      0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725,
    ]
    let position = max(0, min(1, place.isNaN ? 0 : place)) * Double(colors.count - 1)
    let index = min(Int(position), colors.count - 2)
    return Color(colors[index]).mixed(with: Color(colors[index + 1]), position - Double(index))
  }
}

extension Color {
  func mixed(with other: Color, _ share: Double) -> Color {
    func mix(_ first: UInt8, _ second: UInt8) -> UInt8 {
      let (first, second) = (Double(first), Double(second))
      return UInt8((first + (second - first) * share).rounded())
    }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }

  /// "#0072b2".
  var hex: String {
    let digits = String(UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The relative luminance of WCAG 2, 0 for black and 1 for white.
  var luminance: Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// The contrast of WCAG 2, 1 to 21.
  func contrast(with other: Color) -> Double {
    let (first, second) = (luminance, other.luminance)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)
  }
}
