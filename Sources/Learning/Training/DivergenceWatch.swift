import Tensors

/// Recognises a loss that explodes without overflowing, which is more than one that is merely large:
/// Adam with a huge learning rate moves among huge weights and never reaches infinity.
///
/// A run diverges when its residuals are `threshold` times as large as those of the prediction 0 where
/// the target is largest, or as those of the first batch, whichever are larger. A squared loss is
/// compared with the square of the threshold.
struct DivergenceWatch: Sendable, Equatable, Codable {
  /// The threshold unless an option gives another.
  static let threshold = 1e5

  /// How many times larger the loss is when residuals are `threshold` times larger.
  private let growth: Double
  /// The loss of the prediction 0 where the target is largest, or that of the first batch.
  private var scale: Double
  private var isFirst = true

  /// - largest: The largest absolute target.
  /// - loss: What one residual costs.
  init(largest: Double, threshold: Double, loss: (Double) -> Double) {
    scale = loss(largest)
    let (unit, many) = (loss(1), loss(threshold))
    growth = unit > 0 && many.isFinite ? many / unit : .infinity
  }

  /// How many times the targets' own size, or the first loss, the loss is, in words, if that is too
  /// much.
  mutating func growth(of loss: Double) -> String? {
    guard loss.isFinite else { return nil }
    if isFirst {
      isFirst = false
      scale = max(scale, abs(loss))
    }
    guard loss > scale * growth else { return nil }
    return "\((loss / scale).rounded(toPlaces: 2))"
  }
}

extension Sequence where Element: TensorScalar {
  /// The largest absolute value; 0 of none.
  var largestMagnitude: Double { reduce(0.0) { Swift.max($0, abs(Double($1))) } }
}

extension Double {
  /// With so many significant digits.
  fileprivate func rounded(toPlaces places: Int) -> Double {
    Double(Table.format("%.\(places - 1)e", self)) ?? self
  }
}
