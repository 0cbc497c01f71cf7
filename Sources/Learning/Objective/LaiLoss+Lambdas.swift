import Tensors

extension LaiLoss {
  /// λ of each column of data, by name: of one number for all, of numbers by name, or of wanted slopes.
  ///
  /// A slope is the wanted |∂ŷ/∂x|, and λ its square for a base of power 2, such as MSE, the slope itself
  /// for one of power 1, such as MAE. With a scaler, slopes are in original units of target and feature;
  /// the network has scaled ones, so its slope is s_x/s_y times as large: λ = (slope · s_x/s_y)², where
  /// s_y is 1 for a target that is not scaled.
  ///
  /// - Throws: `ArgumentError` for both or neither of `lambda` and `slope`, for a scaler without slopes,
  ///   and for numbers that are not > 0; `UnknownFeature`; `NameMismatch` for a scaler of other columns.
  public static func lambdas(
    of data: Dataset, lambda: PerFeature? = nil, slope: PerFeature? = nil, base: Residual = .mse,
    scaler: Scaler? = nil
  ) throws -> [(feature: String, lambda: PerFeature.Entry)] {
    let names = data.features
    if scaler != nil && slope == nil {
      throw ArgumentError("scaler", mustBe: "left out without slope", got: "one")
    }
    var entries = try slope?.resolved(features: names, count: names.count, label: "slope")
    if let scaler, let slopes = entries {
      try data.names.check(agreesWith: scaler.names, as: "data", and: "the scaler's data")
      guard scaler.mean.count == names.count else {
        throw ArgumentError(
          "scaler", mustBe: "of \(names.count) features, as the data", got: scaler.mean.count)
      }
      let factors = scaler.slopeFactors
      guard factors.allSatisfy({ $0 == factors[0] }) else {
        throw ArgumentError(
          "scaler", mustBe: "of one scale for all outputs", got: "several")
      }
      entries = zip(slopes, factors[0]).map { slope, factor in slope.mapped { $0 * factor } }
    }
    let loss = try LaiLoss(base: base, lambda: lambda, slope: entries.map { .perFeature($0) })
    let result = try loss.lambda.resolved(features: names, count: names.count, label: "lambda")
    return Array(zip(names, result)).map { (feature: $0, lambda: $1) }
  }
}
