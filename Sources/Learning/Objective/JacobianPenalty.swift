import Tensors

/// weight · (1/n) Σᵢ Σⱼ cⱼ |kᵢⱼ|^power.
struct JacobianPenalty: SlopeTerm {
  let weight: Double
  let isSquared: Bool
  let features: PerFeature?
  /// Between random pairs of rows, not at the rows.
  let isInterpolated: Bool
  let projections: Int?

  init(_ options: OptionValues) throws {
    let power = options.integer("power")
    guard power <= 2 else { throw ArgumentError("power", mustBe: "1 or 2", got: power) }
    (weight, isSquared) = (options.number("weight"), power == 2)
    features = options.features("features")
    isInterpolated = options.text("at") == "interpolated"
    projections = options.contains("projections") ? options.integer("projections") : nil
  }
}
