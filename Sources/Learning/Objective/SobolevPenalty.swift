import Tensors

/// weight · (1/n) Σᵢ Σⱼ cⱼ (kᵢⱼ − Kᵢⱼ)².
struct SobolevPenalty: SlopeTerm {
  let weight: Double
  /// [n][features] or [n][outputs][features]; nil for those of the data set.
  let targets: OptionTensor?
  let features: PerFeature?

  init(_ options: OptionValues) throws {
    weight = options.number("weight")
    targets = options.tensor("targets")
    features = options.features("features")
  }
}

extension SobolevPenalty {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    let given = try wantedSlopes(context)
    let scale = S(weight)
    let weights = try context.weights(features)
    var term = PreparedSlopeTerm<S>()
    term.finish = { output, _, _, weight, adds in
      let c = 2 * weight * scale / S(output.total)
      var sum = 0.0
      given.withUnsafeBufferPointer { given in
        for feature in 0..<output.inputs {
          let (k, v) = (
            output.slopes + feature * output.stride, output.v + feature * output.stride
          )
          var squares = 0.0
          for row in 0..<output.rows {
            let place = output.place(row) * output.outputs + output.output
            let distance = k[row] - given[place * output.inputs + feature]
            let slope = c * weights[feature] * distance
            v[row] = adds ? v[row] + slope : slope
            squares += Double(distance) * Double(distance)
          }
          sum += Double(weights[feature]) * squares
        }
      }
      return TermValue(own: Double(scale) * sum / Double(output.total))
    }
    return term
  }

  /// K as [rows][outputs][inputs].
  private func wantedSlopes<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> [S] {
    guard let targets else {
      guard !context.slopes.isEmpty else {
        throw ArgumentError(
          "the targets of penalty.sobolev", mustBe: "given, or slopes in the data set",
          got: "neither")
      }
      return context.slopes
    }
    let (rows, inputs, outputs) = (context.rows ?? 0, context.inputs, context.outputs)
    guard
      targets.shape == [rows, outputs, inputs] || outputs == 1 && targets.shape == [rows, inputs]
    else {
      let shape = outputs == 1 ? [rows, inputs] : [rows, outputs, inputs]
      throw ArgumentError(
        "targets", mustBe: "of shape \(shape.shapeText), as the rows are",
        got: targets.shape.shapeText)
    }
    guard let wrong = targets.elements.first(where: { !S($0).isFinite }) else {
      return targets.elements.map { S($0) }
    }
    throw ArgumentError("targets", mustBe: "finite in \(S.dtype.rawValue)", got: wrong)
  }
}
