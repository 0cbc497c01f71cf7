import Kernels
import Tensors

/// A part of an objective that is a function of the parameters alone.
protocol WeightTerm: Sendable {
  /// Whether biases count, beside the weight matrices.
  var includesBiases: Bool { get }
  func prepared<S: TensorScalar>(as type: S.Type) -> PreparedWeightTerm<S>

  // The same where the number type is known, as in `SlopeTerm`.
  func preparedSingle() -> PreparedWeightTerm<Float>
  func preparedDouble() -> PreparedWeightTerm<Double>
}

extension WeightTerm {
  func preparedSingle() -> PreparedWeightTerm<Float> { prepared(as: Float.self) }
  func preparedDouble() -> PreparedWeightTerm<Double> { prepared(as: Double.self) }

  /// `prepared`, specialised.
  func ready<S: TensorScalar>(as type: S.Type) -> PreparedWeightTerm<S> {
    S.self == Float.self
      ? preparedSingle() as! PreparedWeightTerm<S> : preparedDouble() as! PreparedWeightTerm<S>
  }
}

struct PreparedWeightTerm<S: TensorScalar>: Sendable {
  let includesBiases: Bool
  /// Adds the weighted derivatives by some parameters to their gradients, and returns the value.
  let add:
    @Sendable (
      _ parameters: UnsafePointer<S>, _ gradients: UnsafeMutablePointer<S>, _ count: Int,
      _ weight: S
    ) -> Double

  /// The same for all parameters of a network.
  func addAll(
    _ layout: ParameterLayout, _ parameters: UnsafePointer<S>, _ gradients: UnsafeMutablePointer<S>,
    weight: S
  ) -> Double {
    var value = 0.0
    for layer in 0..<layout.layers {
      let start = layout.weights[layer]
      let weights = layout.biases[layer] - start
      // A layer's biases lie behind its weights.
      let count = weights + (includesBiases ? layout.sizes[layer + 1] : 0)
      value += add(parameters + start, gradients + start, count, weight)
    }
    return value
  }
}

/// l1 · Σ |w| + l2/2 · Σ w² over the weight matrices, and over the biases where they count.
struct WeightPenalty: WeightTerm {
  let l1: Double
  let l2: Double
  let includesBiases: Bool

  func prepared<S: TensorScalar>(as type: S.Type) -> PreparedWeightTerm<S> {
    let (l1, l2) = (S(l1), S(l2))
    return PreparedWeightTerm(includesBiases: includesBiases) {
      parameters, gradients, count, weight in
      Kernels.weightPenalty(
        parameters, l1: l1, l2: l2, weight: weight, into: gradients, count: count)
    }
  }
}
