import Tensors

extension LaiLoss {
  /// The slopes |∂ŷ/∂x| at which the factor bends, per feature, in the loss's `units`: λ for residuals of
  /// power 1, such as MAE, and √λ for those of power 2, such as MSE; nil for a feature that is excluded.
  /// Source: Lai, arXiv 2405.07884, §2.
  ///
  /// - Throws: `ArgumentError` for λ that do not fit the features.
  public func kinks(features: [String]) throws -> [Double?] {
    try lambda.resolved(features: features, count: features.count, label: "lambda").map { entry in
      entry.value.map { base.power == 2 ? $0.squareRoot() : $0 }
    }
  }
}
