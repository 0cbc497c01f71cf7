import Foundation
import Testing

@testable import Charts

/// Whether colours can be read and told apart, also by the colour-blind.
@Suite struct PaletteTests {
  private static let white = Color(0xFFFFFF)
  private static let black = Color(0x000000)
  /// Of xterm 390: 31, 35, 90, 91, 93, 94, 96.
  private static let xterm: [Int: Color] = [
    31: Color(0xCD0000), 35: Color(0xCD00CD), 90: Color(0x7F7F7F), 91: Color(0xFF0000),
    93: Color(0xFFFF00), 94: Color(0x5C5CFF), 96: Color(0x00FFFF),
  ]
  private static var ansi: (any: [Color], dark: [Color]) {
    let codes = TerminalWriter.ansi16
    return (codes.any.map { xterm[$0]! }, codes.dark.map { xterm[$0]! })
  }

  /// The colours that a terminal of 256 shows for these.
  private static func of256(_ colors: [Color]) -> [Color] {
    let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
    return colors.map { color in
      let place = UInt32(color.ansi256)
      guard place < 232 else { return Color((8 + 10 * (place - 232)) * 0x010101) }
      let cube = place - 16
      let (red, green, blue) = (
        levels[Int(cube / 36)], levels[Int(cube / 6 % 6)], levels[Int(cube % 6)]
      )
      return Color(red << 16 | green << 8 | blue)
    }
  }

  /// From https://www.w3.org/WAI/GL: 4.54 is the contrast of #767676 on white.
  @Test func contrastIsThatOfWCAG() {
    #expect(abs(Color(0x767676).contrast(with: Self.white) - 4.54) < 0.005)
    #expect(abs(Self.black.contrast(with: Self.white) - 21) < 1e-9)
    #expect(abs(Color(0xFF0000).contrast(with: Self.white) - 4.0) < 0.005)
  }

  /// WCAG 2.2: 3 for graphics (1.4.11), 4.5 for text (1.4.3).
  @Test func everythingContrastsWithItsBackground() {
    for palette in [Palette.light, .dark] {
      let ground = palette.background
      for color in palette.series + [palette.axis] {
        #expect(color.contrast(with: ground) >= 3, "\(color.hex) on \(ground.hex)")
      }
      for color in [palette.text, palette.mutedText] {
        #expect(color.contrast(with: ground) >= 4.5, "\(color.hex) on \(ground.hex)")
      }
    }
  }

  @Test func terminalsAreReadableOnWhiteAndBlack() {
    for colors in [Palette.middle.series, Self.of256(Palette.middle.series), Self.ansi.any] {
      for color in colors {
        #expect(color.contrast(with: Self.white) >= 3, "\(color.hex) on white")
        #expect(color.contrast(with: Self.black) >= 3, "\(color.hex) on black")
      }
    }
    for colors in [Palette.dark.series, Self.of256(Palette.dark.series), Self.ansi.dark] {
      // Black, and dark greys and purples of usual terminals.
      for ground in [Self.black, Color(0x1E1E1E), Color(0x300A24), Color(0x002B36)] {
        for color in colors {
          #expect(color.contrast(with: ground) >= 3, "\(color.hex) on \(ground.hex)")
        }
      }
    }
  }

  /// Distances in L*a*b* (CIE 1976); 2.3 is just noticeable.
  @Test func seriesDifferForTheColorBlind() {
    let lists = [
      ("light", Palette.light.series, 16.0), ("dark", Palette.dark.series, 25),
      ("middle", Palette.middle.series, 21), ("16 colours", Self.ansi.any, 14),
      ("16 colours on black", Self.ansi.dark, 44),
    ]
    for (name, colors, least) in lists {
      for vision in Vision.allCases {
        for (place, color) in colors.enumerated() {
          for other in colors[..<place] {
            let distance = vision.distance(color, other)
            #expect(distance >= least, "\(name), \(vision): \(other.hex) and \(color.hex)")
          }
        }
      }
    }
    #expect(Self.of256(Palette.dark.series) == Palette.dark.series)
    #expect(Self.of256(Palette.middle.series) == Palette.middle.series)
  }

  /// The simulation knows what is known: red and green of equal lightness are one colour to those
  /// without the middle cones, and the first colours are those of Okabe and Ito.
  @Test func theSimulationIsRight() {
    let (red, green) = (Color(0xB94A00), Color(0x6F7F00))
    #expect(Vision.deuteranopia.distance(red, green) < 0.4 * Vision.normal.distance(red, green))
    for vision in Vision.allCases {
      let lab = vision.lab(Self.white)
      #expect(abs(lab[0] - 100) < 0.01 && abs(lab[1]) < 0.05 && abs(lab[2]) < 0.05)
    }
    // Of CIE: the L*a*b* of sRGB's red.
    let lab = Vision.normal.lab(Color(0xFF0000))
    #expect(abs(lab[0] - 53.24) < 0.01 && abs(lab[1] - 80.09) < 0.02 && abs(lab[2] - 67.2) < 0.02)
    let okabeIto = [Color(0x0072B2), Color(0xD55E00), Color(0x009E73)]
    #expect(Array(Palette.light.series.prefix(3)) == okabeIto)
  }

  @Test func themesChooseTheColors() throws {
    var chart = Chart(panels: [Panel(marks: [try .line(x: [0, 1], y: [0, 1])])])
    func code(_ renderer: TerminalRenderer) -> String {
      renderer.render(chart).split(separator: "\u{1b}[").map { String($0.prefix { $0 != "m" }) }
        .first { $0.hasPrefix("38;") || $0.hasPrefix("9") } ?? ""
    }
    let (plain, dark) = (
      TerminalRenderer(colors: .trueColor), TerminalRenderer(colors: .trueColor, isDark: true)
    )
    #expect(code(plain) == "38;2;0;135;175" && code(dark) == "38;2;95;135;255")
    #expect(code(TerminalRenderer(colors: .ansi256, isDark: true)) == "38;5;69")
    chart.theme = .dark
    #expect(code(plain) == "38;2;95;135;255")
    chart.theme = .light
    #expect(code(dark) == "38;2;0;135;175")
  }
}

/// Sight with three or two kinds of cones, by the matrices of Machado, Oliveira and Fernandes (2009) for
/// linear sRGB and a severity of 1.
private enum Vision: CaseIterable {
  case normal, protanopia, deuteranopia, tritanopia

  private var matrix: [[Double]] {
    switch self {
    case .normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritanopia:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }

  func lab(_ color: Color) -> [Double] {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let seen = times(matrix, [color.red, color.green, color.blue].map(linear))
      .map { min(1, max(0, $0)) }
    // Of sRGB to XYZ, with the white D65.
    let xyz = times(
      [
        [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
      ], seen)
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
      let share = value / white
      return share > 216.0 / 24389 ? cbrt(share) : (24389.0 / 27 * share + 16) / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  func distance(_ first: Color, _ second: Color) -> Double {
    zip(lab(first), lab(second)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
