import Charts
import Learning
import Tensors

/// How steep a network is in a feature, compared with the slope at which its Lai loss bends.
public struct SlopeAtKink: Sendable, Equatable {
  public let feature: String
  /// Mean |∂ŷ/∂x|, in the units of the loss.
  public let slope: Double
  /// That of the kink, in the same units.
  public let kink: Double
  /// The share of slopes above the kink, 0 to 1.
  public let above: Double

  public init(feature: String, slope: Double, kink: Double, above: Double) {
    (self.feature, self.slope, self.kink, self.above) = (feature, slope, kink, above)
  }
}

/// Measures slopes of a network in training on some rows, always the same.
public struct SlopeMeter {
  private static let mostRows = 256
  /// Of rows and parameters.
  private static let mostProducts = 4_000_000
  private let x: Tensor
  private let rows: Int
  private let features: [String]
  private let kinks: [Double?]
  private let units: SlopeUnits

  /// - loss: nil if there is none: there is no meter then.
  /// - data: Rows are taken from it at equal distances.
  /// - Throws: `ArgumentError` for λ that do not fit the features; `AllocationError`.
  public init?(_ loss: LaiLoss?, on data: Dataset) throws {
    guard let loss, data.count > 0 else { return nil }
    features = data.features
    kinks = try loss.kinks(features: features)
    units = loss.units
    rows = min(Self.mostRows, data.count)
    let places = (0..<rows).map { [rows] in $0 * data.count / rows }
    x = try data.rows(places).x
  }

  /// Mean slopes and shares above the kinks, of all features that the loss includes. Large networks
  /// are measured on fewer rows.
  ///
  /// - Throws: as `MLP.inputGradient`.
  public func measure(_ net: MLP) throws -> [SlopeAtKink] {
    let rows = max(1, min(rows, Self.mostProducts / net.parameterCount))
    let x = try x.narrowed(axis: 0, from: 0, length: rows)
    let slopes = try net.inputGradient(x, units: units).elements(as: Double.self)
    let (inputs, count) = (features.count, Double(rows * net.outputs))
    guard slopes.count == rows * net.outputs * inputs else { return [] }
    return features.indices.compactMap { feature -> SlopeAtKink? in
      guard let kink = kinks[feature] else { return nil }
      var (sum, above) = (0.0, 0.0)
      for place in stride(from: feature, to: slopes.count, by: inputs) {
        sum += abs(slopes[place])
        if abs(slopes[place]) > kink { above += 1 }
      }
      return SlopeAtKink(
        feature: features[feature], slope: sum / count, kink: kink, above: above / count)
    }
  }
}

extension [SlopeAtKink] {
  /// So many of them, those that are steepest by their kink, in the order of the features.
  func steepest(_ most: Int) -> [SlopeAtKink] {
    let places = indices.sorted { self[$0].slope / self[$0].kink > self[$1].slope / self[$1].kink }
    return places.prefix(most).sorted().map { self[$0] }
  }
}

extension SlopeAtKink {
  /// A bar whose middle is the kink, with the numbers; without the slopes where there is little room.
  ///
  ///     X4  ━━━━━━━━━━━━━━━━┃━━━━━━╌╌╌╌╌╌╌╌╌╌  63 % above  0.142, kink 0.1
  ///
  /// Never wider than the renderer, for widths of at least 40.
  func row(nameWidth: Int, _ renderer: TerminalRenderer) -> String {
    let hasSlopes = renderer.width >= 68
    var numbers = "  \(percent) % above"
    if hasSlopes {
      numbers += "  \(Table.shortNumber(slope)), kink \(Table.shortNumber(kink))"
    }
    let room = renderer.width - nameWidth - 3 - (hasSlopes ? 40 : 13)
    let half = max(1, min(16, room / 2))
    let ratio = slope / kink
    let filled = ratio.isFinite ? Int((min(2, ratio) * Double(half)).rounded()) : 2 * half
    return renderer.fitted(feature, columns: nameWidth, padding: nameWidth) + "  "
      + renderer.bar(filled, of: half, ansi: 34) + (renderer.charset == .ascii ? "|" : "┃")
      + renderer.bar(filled - half, of: half, ansi: 33) + numbers
  }

  private var percent: String {
    let text = String(Int((above * 100).rounded()))
    return String(repeating: " ", count: 3 - text.count) + text
  }
}
