import Tensors

/// What an optimizer keeps for one list of parameters.
struct StoredOptimizer: Sendable, Codable {
  /// Updates so far.
  let steps: Int
  /// Numbers per parameter, as the rule has them.
  let slots: [StoredTensor]

  func mismatch(_ optimizer: Optimizer, count: Int, _ dtype: DType) -> ArgumentError {
    ArgumentError(
      "the optimizer's state", mustBe: "what \(optimizer.name) keeps of \(count) \(dtype) numbers",
      got: slots.map { "\($0.dtype) [\($0.shape.shapeText)]" }.joined(separator: ", "))
  }
}
