import Kernels
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

extension JacobianPenalty {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    if isInterpolated || projections != nil {
      throw ArgumentError(
        isInterpolated ? "at" : "projections", mustBe: "left out: it is not available",
        got: isInterpolated ? "interpolated" : "\(projections!)")
    }
    let (scale, isSquared) = (S(weight), isSquared)
    let weights = try context.weights(features)
    var term = PreparedSlopeTerm<S>()
    term.finish = { output, _, _, weight, adds in
      let c = weight * scale / S(output.total)
      var sum = 0.0
      for feature in 0..<output.inputs {
        let place = feature * output.stride
        let powers = Kernels.slopePowers(
          output.slopes + place, isSquared: isSquared, weight: c * weights[feature],
          into: output.v + place, adds: adds, count: output.rows)
        if weights[feature] != 0 { sum += Double(weights[feature]) * Double(powers) }
      }
      return TermValue(own: Double(scale) * sum / Double(output.total))
    }
    return term
  }
}
