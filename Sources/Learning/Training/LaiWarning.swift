import Tensors

/// A λ that the data do not allow, or a slope on the wrong side of the Lai loss, seen when training
/// ends.
///
/// The data's slope along a feature is that of total least squares, with the other features regressed
/// out: where |k| is below its kink, the Lai loss of a line is least there (arXiv 2405.07884, appendix).
/// Only features are judged whose coefficient in a linear regression is beyond five standard errors.
public struct LaiWarning: Sendable, Equatable {
  public enum Kind: String, Sendable {
    /// λ wants a slope steeper than the data's, and 99 of 100 rows stay below it.
    case ceiling
    /// The mean slope has the other sign than the data's. The Lai loss has a minimum there as soon as
    /// the wanted slope times the data's is above 1.
    case wrongSign
  }
  public let kind: Kind
  public let feature: String
  /// √λ, or λ for residuals of power 1.
  public let wanted: Double
  /// Of total least squares.
  public let data: Double
  /// The network's mean.
  public let network: Double
}

extension LaiWarning: CustomStringConvertible {
  public var description: String {
    func text(_ value: Double) -> String { Table.number(value) }
    return switch kind {
    case .ceiling:
      "lambda of \(feature) wants slopes of \(text(wanted)), and the data have \(text(data)) along it: "
        + "the Lai loss cannot reach more; take a smaller lambda, or false"
    case .wrongSign:
      "the slope of \(feature) is \(text(network)) where the data have \(text(data)): it is on the "
        + "wrong branch of the Lai loss; pre-train longer, or take a smaller lambda"
    }
  }
}

extension LaiWarning {
  /// Rows that are looked at, and the most features.
  private static let mostRows = 2000
  private static let mostFeatures = 64
  /// Standard errors of a coefficient that is judged.
  private static let significance = 5.0
  /// A wanted slope below changes the loss by less than a tenth.
  private static let leastWanted = 1.0 / 3

  /// The warnings about a trained network; none where they would take much time.
  ///
  /// - Throws: `AllocationError`; what the network does.
  static func all<S: TensorScalar>(
    _ objective: Objective, _ net: MLP, _ rows: TrainingRows<S>
  ) throws -> [LaiWarning] {
    let (d, m) = (net.inputs, min(rows.count, mostRows))
    guard let loss = objective.laiLosses.first, d <= mostFeatures, m > d + 2 else { return [] }
    let names = net.names.features ?? ColumnNames.numbered(d)
    let wanted = try loss.kinks(features: names)
    let places = (0..<m).map { $0 * rows.count / m }
    let x = places.flatMap { place in (0..<d).map { Double(rows.x[place * d + $0]) } }
    let slopes = try net.inputGradient(Tensor(x, shape: [m, d], dtype: net.dtype))
      .elements(as: Double.self)
    var warnings: [LaiWarning] = []
    for output in 0..<net.outputs {
      let y = places.map { Double(rows.y[$0 * net.outputs + output]) }
      guard let lines = PartialLines(x, y, features: d) else { continue }
      for (feature, wanted) in wanted.enumerated() {
        guard let wanted, lines.errors[feature] > significance else { continue }
        let own = (0..<m).map { slopes[($0 * net.outputs + output) * d + feature] }
        let (mean, data) = (own.reduce(0, +) / Double(m), lines.slopes[feature])
        func warn(_ kind: Kind) {
          warnings.append(
            LaiWarning(
              kind: kind, feature: names[feature], wanted: wanted, data: data, network: mean))
        }
        if mean * data < 0, abs(mean) > wanted / 2, wanted * abs(data) > 1 {
          warn(.wrongSign)
        } else if wanted > max(abs(data), leastWanted),
          own.count(where: { abs($0) > wanted }) * 100 <= m
        {
          warn(.ceiling)
        }
      }
    }
    return warnings
  }
}

/// The line of total least squares along each feature, with the others regressed out.
struct PartialLines {
  let slopes: [Double]
  /// Each coefficient of the linear regression in its standard errors.
  let errors: [Double]

  /// x is [rows][features]. nil for features that depend on each other.
  ///
  /// With A the covariance of x and b the regression's coefficients, what is left of feature j without
  /// the others has the variance 1/(A⁻¹)ⱼⱼ, and the residuals' variance is that of y − b·x.
  init?(_ x: [Double], _ y: [Double], features d: Int) {
    let n = Double(y.count)
    let mean = (0..<d).map { j in
      stride(from: j, to: x.count, by: d).reduce(0) { $0 + x[$1] } / n
    }
    let middle = y.reduce(0, +) / n
    var a = [Double](repeating: 0, count: d * d)
    var c = [Double](repeating: 0, count: d)
    var total = 0.0
    for (row, value) in y.enumerated() {
      let e = value - middle
      total += e * e / n
      for i in 0..<d {
        let xi = (x[row * d + i] - mean[i]) / n
        c[i] += xi * e
        for j in 0...i { a[i * d + j] += xi * (x[row * d + j] - mean[j]) }
      }
    }
    // A = L·Lᵀ
    let diagonal = (0..<d).map { a[$0 * d + $0] }
    for i in 0..<d {
      for j in 0...i {
        var sum = a[i * d + j]
        for k in 0..<j { sum -= a[i * d + k] * a[j * d + k] }
        if i == j {
          guard sum > 1e-8 * diagonal[i], sum > 0 else { return nil }
          a[i * d + i] = sum.squareRoot()
        } else {
          a[i * d + j] = sum / a[j * d + j]
        }
      }
    }
    func solve(_ right: [Double]) -> [Double] {
      var z = right
      for i in 0..<d {
        for k in 0..<i { z[i] -= a[i * d + k] * z[k] }
        z[i] /= a[i * d + i]
      }
      for i in (0..<d).reversed() {
        for k in (i + 1)..<max(d, i + 1) { z[i] -= a[k * d + i] * z[k] }
        z[i] /= a[i * d + i]
      }
      return z
    }
    let b = solve(c)
    let rest = max(0, total - zip(b, c).reduce(0) { $0 + $1.0 * $1.1 })
    var slopes: [Double] = []
    var errors: [Double] = []
    for j in 0..<d {
      let unit = (0..<d).map { $0 == j ? 1.0 : 0 }
      let xx = 1 / solve(unit)[j]
      let xy = b[j] * xx
      let difference = rest + b[j] * xy - xx
      let root = (difference * difference + 4 * xy * xy).squareRoot()
      // Without cancellation for a difference < 0.
      slopes.append(difference >= 0 ? (difference + root) / (2 * xy) : 2 * xy / (root - difference))
      errors.append(abs(b[j]) / (rest / (xx * (n - Double(d) - 1))).squareRoot())
    }
    (self.slopes, self.errors) = (slopes, errors)
  }
}
