import Tensors

/// A function of the parameters that is part of an objective.
protocol WeightTerm: Sendable {}

/// l1 · Σ |w| + l2/2 · Σ w² over the weight matrices, and over the biases where they count.
struct WeightPenalty: WeightTerm {
  let l1: Double
  let l2: Double
  let biases: Bool
}
