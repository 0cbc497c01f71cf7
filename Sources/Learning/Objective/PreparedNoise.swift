import Kernels
import Tensors

/// The noise of a run: resolved for its features, with the keys of its random numbers.
///
/// The numbers are hashes of a key, the batch's number, the row's place in the batch and the unit or
/// feature: the same bits however a batch is split, and nothing to save but the batch's number.
struct PreparedNoise: Sendable {
  let dropout: (masks: HashedDropout, key: HashKey)?
  let inputs: [Feature]
  let adversarial: (epsilon: Double, rows: HashedChoice, key: HashKey)?

  /// The noise of a feature.
  struct Feature: Sendable, Equatable {
    let index: Int
    /// In the feature's own units; times x where it is multiplicative.
    let sigma: Double
    let rows: HashedChoice
    let isMultiplicative: Bool
    /// Of all batches.
    let key: HashKey
  }

  /// nil when there is no noise.
  ///
  /// - x: the training rows, [rows][inputs].
  /// - Throws: `UnknownFeature`; `ArgumentError` for a name that names a feature again, for noise in
  ///   units of a constant feature's deviation, for noise that S cannot hold, and for a dropout
  ///   without hidden layers.
  init?<S: TensorScalar>(
    _ noise: ForwardNoise, x: [S], sizes: [Int], features: [String]?, seed: UInt64
  ) throws {
    guard noise != .none else { return nil }
    if noise.dropout > 0, sizes.count < 3 {
      throw ArgumentError(
        "dropout", mustBe: "0 for a network without hidden layers", got: noise.dropout)
    }
    func key(_ stream: RandomGenerator.Stream) -> HashKey {
      var generator = RandomGenerator(seed: seed, stream: stream)
      return HashKey(generator.next())
    }
    func check(_ value: Double, _ label: String) throws {
      guard S(value).isNormal else {
        let range = "\(S.leastNormalMagnitude) to \(S.greatestFiniteMagnitude)"
        throw ArgumentError(label, mustBe: "\(range) in \(S.dtype.rawValue)", got: value)
      }
    }
    dropout =
      noise.dropout > 0 ? (HashedDropout(probability: noise.dropout), key(.dropout)) : nil
    adversarial = noise.adversarial.map {
      ($0.epsilon, HashedChoice(probability: $0.share), key(.adversarial))
    }
    if let adversarial { try check(adversarial.epsilon, "adversarial.epsilon") }
    let inputs = sizes[0]
    let given = try noise.inputs?.resolved(features: features, count: inputs) ?? []
    let inputKey = key(.inputNoise)
    self.inputs = try given.enumerated().compactMap { index, entry in
      guard let noise = entry.noise else { return nil }
      var sigma = noise.sigma
      if !noise.isMultiplicative {
        let column = stride(from: index, to: x.count, by: inputs).map { Double(x[$0]) }
        let isConstant = column.allSatisfy { $0 == column[0] }
        sigma *= isConstant ? 0 : column.variance.squareRoot()
        if sigma == 0, let name = entry.name {
          throw ArgumentError(
            "\(InputNoise.label).\(name)",
            mustBe: "multiplicative, or left out, as the feature is constant",
            got: "\(noise)")
        }
      }
      guard sigma > 0 else { return nil }
      try check(sigma, "\(InputNoise.label).\(entry.name ?? "default")")
      return Feature(
        index: index, sigma: sigma, rows: HashedChoice(probability: noise.share),
        isMultiplicative: noise.isMultiplicative, key: inputKey.part(index))
    }
  }
}

/// Some rows of a run's batch, as hashes know them.
struct BatchPlace {
  var seed: UInt64 = 0
  /// Batches of the run before this one.
  var batch: UInt64 = 0
  /// The place in the batch of the first of the rows.
  var firstRow = 0

  /// The key of a stream's numbers for this batch.
  func key(_ stream: RandomGenerator.Stream) -> HashKey {
    var generator = RandomGenerator(seed: seed, stream: stream)
    return HashKey(generator.next()).part(batch)
  }
}
