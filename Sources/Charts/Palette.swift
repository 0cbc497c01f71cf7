import Platform

/// The colours of a theme.
struct Palette: Sendable {
  let text: Color
  let mutedText: Color
  let axis: Color
  let grid: Color
  let background: Color
  let series: [Color]

  /// Each series has a contrast of 3 or more with the background (WCAG 2.2, 1.4.11), and differs from
  /// every other by 16 or more in L*a*b*, also as people without one kind of cone see it. The first
  /// three are of Okabe and Ito; their others are too pale on white.
  static let light = Palette(
    text: Color(0x1F2328), mutedText: Color(0x57606A), axis: Color(0x6E7781),
    grid: Color(0xE6E9ED), background: Color(0xFFFFFF),
    series: [
      Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xAA55FF), Color(0x663311),
      Color(0x5500FF), Color(0x444455),
    ])

  /// All of them are colours of xterm's 256, as those of `middle`.
  static let dark = Palette(
    text: Color(0xE6EDF3), mutedText: Color(0x9DA7B3), axis: Color(0x7D8590),
    grid: Color(0x2A313A), background: Color(0x0F1419),
    series: [
      Color(0x5F87FF), Color(0xFF8700), Color(0x00D787), Color(0xD787D7), Color(0xD7FF87),
      Color(0xFFD7FF), Color(0x808080),
    ])

  /// For a terminal of which nobody knows whether it is light or dark: the contrast of each series is 3
  /// or more with white and with black.
  static let middle = Palette(
    text: Color(0x767676), mutedText: Color(0x767676), axis: Color(0x767676),
    grid: Color(0x767676), background: Color(0xFFFFFF),
    series: [
      Color(0x0087AF), Color(0xD7005F), Color(0xAF8700), Color(0x8700FF), Color(0xD75FFF),
      Color(0x5F5F00), Color(0x949494),
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
