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
