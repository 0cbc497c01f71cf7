import Platform

/// Digits times a power of ten, written the same on every machine and in every locale.
struct Decimal: Equatable {
  /// Not a multiple of ten, or 0.
  private(set) var digits: Int
  private(set) var exponent: Int

  init(_ digits: Int, exponent: Int) {
    (self.digits, self.exponent) = (digits, exponent)
    if digits == 0 { self.exponent = 0 }
    while self.digits != 0, self.digits % 10 == 0 {
      self.digits /= 10
      self.exponent += 1
    }
  }

  var value: Double {
    guard abs(exponent) <= 22 else { return Double("\(digits)e\(exponent)") ?? 0 }
    // Both operands are exact, so that one rounding remains.
    return exponent < 0 ? Double(digits) / tenTo(-exponent) : Double(digits) * tenTo(exponent)
  }

  /// Digits after the point that are needed.
  var decimals: Int { max(0, -exponent) }

  /// "0.050" for 5 hundredths with three decimals, which must be enough.
  func plain(decimals: Int) -> String {
    let zeros = String(repeating: "0", count: max(0, exponent + decimals))
    var text = String(abs(digits)) + (digits == 0 ? "" : zeros)
    if decimals > 0 {
      if text.count <= decimals {
        text = String(repeating: "0", count: decimals + 1 - text.count) + text
      }
      text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals))
    }
    return (digits < 0 ? "-" : "") + text
  }

  /// "2.5e6"; "0".
  var scientific: String {
    guard digits != 0 else { return "0" }
    let text = String(abs(digits))
    let rest = text.dropFirst()
    return (digits < 0 ? "-" : "") + text.prefix(1) + (rest.isEmpty ? "" : "." + rest)
      + "e\(exponent + rest.count)"
  }

  /// Plain texts with the same number of decimals, or exponents where these are shorter and some
  /// plain text is longer than six characters.
  static func texts(_ numbers: [Decimal]) -> [String] {
    let decimals = numbers.map(\.decimals).max() ?? 0
    let scientific = numbers.map(\.scientific)
    // Beyond this no plain text would be chosen.
    guard decimals < 30, numbers.allSatisfy({ $0.exponent < 30 }) else { return scientific }
    let plain = numbers.map { $0.plain(decimals: decimals) }
    func longest(_ texts: [String]) -> Int {
      texts.map { $0.drop { $0 == "-" }.count }.max() ?? 0
    }
    return longest(plain) > 6 && longest(scientific) < longest(plain) ? scientific : plain
  }
}

/// The double nearest to a power of ten.
func tenTo(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 0 }

/// A number with two decimals or fewer, for coordinates.
func coordinateText(_ value: Double) -> String {
  guard abs(value) < 1e15 else { return "0" }
  return Decimal(Int((value * 100).rounded()), exponent: -2).shortest
}

/// A number with a few significant digits, for people.
func shortText(_ value: Double, significant: Int = 4) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  guard value != 0 else { return "0" }
  let exponent = Int(log10(abs(value)).rounded(.down)) - significant + 1
  let scaled = exponent < 0 ? value * tenTo(-exponent) : value / tenTo(exponent)
  guard scaled.isFinite else { return "\(value)" }
  let number = Decimal(Int(scaled.rounded()), exponent: exponent)
  return Decimal.texts([number])[0]
}

extension Decimal {
  /// Plain, with as many decimals as it needs.
  var shortest: String { plain(decimals: decimals) }
}
