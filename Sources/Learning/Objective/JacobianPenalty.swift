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
    (weight, isSquared) = (options.number("weight"), options.integer("power") == 2)
    features = options.features("features")
    isInterpolated = options.text("at") == "interpolated"
    projections = options.contains("projections") ? options.integer("projections") : nil
    if let projections, !isSquared {
      throw ArgumentError("projections", mustBe: "left out when power is 1", got: projections)
    }
  }
}

extension JacobianPenalty {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    let (scale, isSquared, isInterpolated) = (S(weight), isSquared, isInterpolated)
    let weights = try context.weights(features)
    var term = PreparedSlopeTerm<S>()
    // A single output is known without estimates.
    let projections = context.outputs > 1 ? projections : nil
    if isInterpolated || projections != nil {
      term.memoryRows = isInterpolated ? context.inputs : 0
      term.pass = ExtraPass { step, batch, weight, accumulate in
        Double(scale)
          * step.jacobian(
            at: isInterpolated ? step.interpolated(batch) : batch.x, batch, isSquared: isSquared,
            features: weights, projections: projections, weight: weight * scale,
            accumulate: accumulate)
      }
      return term
    }
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
