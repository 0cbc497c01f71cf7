import Kernels
import Tensors

/// weight · (1/n) Σᵢ of a norm of ∂ℓᵢ/∂xᵢ, or of its square.
struct InputGradientPenalty: SlopeTerm {
  let name: String
  let weight: Double
  let norm: RowNorm
  let isSquared: Bool
  let features: PerFeature?
  /// Whether the features' weights multiply squares of slopes, not slopes.
  let weighsSquares: Bool
  /// h of a finite difference along the gradient's direction instead.
  let step: Double?

  init(_ options: OptionValues) throws {
    (name, weighsSquares) = ("input_gradient", false)
    weight = options.number("weight")
    norm = RowNorm(rawValue: options.text("norm"))!
    isSquared = options.boolean("squared")
    features = options.features("features")
    step = options.contains("steps") ? options.number("steps") : nil
  }

  init(doubleBackprop options: OptionValues) throws {
    (name, weighsSquares) = ("double_backprop", true)
    weight = options.number("weight")
    (norm, isSquared, step) = (.l2, true, nil)
    features = options.features("features")
  }
}

extension InputGradientPenalty {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    try context.requireResidual("penalty.\(name)")
    let (scale, norm, isSquared) = (S(weight), norm, isSquared)
    var weights = try context.weights(features)
    if weighsSquares { weights = weights.map { $0.squareRoot() } }
    let c = weights
    var term = PreparedSlopeTerm<S>()
    term.residualDegree = isSquared ? 2 : 1
    if let step {
      try check(step, c, context)
      let (residuals, c) = (context.doubleResiduals, c.map { Double($0) })
      term.memoryRows = context.inputs
      term.pass = ExtraPass(isInDouble: true) { narrow, batch, weight, accumulate in
        Double(scale)
          * narrow.inDouble(batch, accumulate) {
            $0.gradientDifferences(
              $1, residuals, norm, isSquared: isSquared, features: c, step: step,
              weight: Double(weight * scale), accumulate: $2)
          }
      }
      return term
    }
    term.usesResidual = true
    // Norms, ties and the factor of the norms' slopes.
    term.memoryRows = 3
    term.finish = { output, memory, _, weight, adds in
      let (rows, stride) = (output.rows, output.stride)
      let (norms, ties, outer) = (memory, memory + stride, memory + 2 * stride)
      let isSquareGiven = isSquared && norm == .l2
      c.withUnsafeBufferPointer { c in
        if isSquareGiven {
          Kernels.squaredRowNorms(
            output.slopes, weights: c.baseAddress!, features: output.inputs, stride: stride,
            into: norms, count: rows)
        } else {
          Kernels.rowNorms(
            output.slopes, norm, weights: c.baseAddress!, features: output.inputs, stride: stride,
            into: norms, ties: ties, count: rows)
        }
      }
      let sum = Kernels.lossSlopes(
        norm: norms, isSquareGiven: isSquareGiven, isSquared: isSquared, first: output.first,
        second: output.second, weight: weight * scale / S(output.total), outer: outer, u: output.u,
        count: rows)
      for feature in 0..<output.inputs {
        let place = feature * stride
        if isSquareGiven {
          Kernels.scaledSlopes(
            output.slopes + place, weight: c[feature] * c[feature], outer: outer,
            into: output.v + place, adds: adds, count: rows)
        } else {
          Kernels.rowNormSlopes(
            output.slopes + place, norm, weight: c[feature], norm: norms, ties: ties, outer: outer,
            into: output.v + place, adds: adds, count: rows)
        }
      }
      return TermValue(own: Double(scale) * Double(sum) / Double(output.total))
    }
    return term
  }

  /// Checks that a finite difference, whose rounding errors grow as the step falls, is known to some
  /// digits.
  ///
  /// - Throws: `ArgumentError`.
  private func check<S: TensorScalar>(
    _ step: Double, _ c: [S], _ context: ObjectiveContext<S>
  ) throws {
    let share = 1e-8
    for feature in 0..<context.inputs where c[feature] > 0 {
      let least = share * context.largestInput(feature) / Double(c[feature])
      // As rounded as the number in the error.
      guard step < 0.99 * least else { continue }
      let name = context.features?[feature] ?? "X\(feature + 1)"
      throw ArgumentError(
        "steps",
        mustBe:
          ">= \(Table.format("%.3g", least)), a share of \(numberText(share)) of the largest |\(name)|, "
          + "or left out, for the exact derivative",
        got: step)
    }
  }
}
