import Tensors

extension LaiLoss {
  /// The slope |∂ŷ/∂x| at which the factor bends and is least: λ for residuals of power 1, such as MAE,
  /// and √λ for those of power 2, such as MSE. Source: Lai, arXiv 2405.07884, §2.
  public func kink(_ lambda: Double) -> Double {
    base.power == 2 ? lambda.squareRoot() : lambda
  }

  /// The kinks per feature, in the loss's `units`; nil for a feature that is excluded.
  ///
  /// - Throws: `ArgumentError` for λ that do not fit the features.
  public func kinks(features: [String]) throws -> [Double?] {
    try lambda.resolved(features: features, count: features.count, label: "lambda")
      .map { $0.value.map(kink) }
  }
}
