import Learning
import Tensors

/// Options of training that make its forward passes random.
enum NoiseOptions {
  private static let dropout = [ForwardNoise.dropoutRecord]
  private static let inputs = Option(
    "input_noise", Kind<InputNoise>.inputNoise.optional,
    "Noise on features in training, by name: {X8 = {sigma = 1, share = 0.1}}; multiplicative = true is x·(1 + σε). A number is sigma, in standard deviations of the feature; default is for features not named."
  )
  private static let adversarial = Option(
    "adversarial", Kind<AdversarialRows>.adversarialRows.optional,
    "{epsilon =, share = 1}: a share of the rows becomes x + epsilon·sign(dloss/dx), target unchanged."
  )

  static let records =
    dropout.map(\.record) + [
      inputs.record, adversarial.record.with(options: AdversarialRows.records.map(\.record)),
    ]

  static func noise(_ options: OptionTable) throws -> ForwardNoise {
    ForwardNoise(
      dropout: try dropout.values(options).number("dropout"), inputs: try options(inputs),
      adversarial: try options(adversarial))
  }
}

extension Kind where Value == InputNoise {
  /// A number, or a table by feature name.
  static let inputNoise = Kind(
    "a number > 0, or a table by feature name of numbers > 0 and tables {sigma, share, multiplicative}",
    annotation:
      "number|table<string, number|false|{sigma?: number, share?: number, multiplicative?: boolean}>"
  ) { state, index in
    if let sigma = state.number(at: index) {
      return InputNoise(default: .noisy(FeatureNoise(sigma: sigma)))
    }
    guard try state.isTable(at: index) else { return nil }
    var noise = InputNoise()
    var isEmpty = true
    try state.forEachPair(of: index) { key, value in
      guard let name = state.string(at: key) else {
        throw ArgumentError(
          "", mustBe: "a table whose keys are feature names", got: state.account(of: key))
      }
      let entry = try Kind<InputNoise.Entry>.entry.value(in: state, at: value, named: ".\(name)")
      if name == "default" { noise.fallback = entry } else { noise.named[name] = entry }
      isEmpty = false
    }
    return isEmpty ? nil : noise
  }
}

extension Kind where Value == InputNoise.Entry {
  /// σ, a table of options, or false for none.
  fileprivate static let entry = Kind(
    "a number > 0, a table {sigma, share, multiplicative} or false",
    annotation: "number|false|table"
  ) { state, index in
    if state.type(at: index) == .boolean, !state.boolean(at: index) { return .clean }
    if let sigma = state.number(at: index) { return .noisy(FeatureNoise(sigma: sigma)) }
    guard let values = try FeatureNoise.records.nestedValues(state, index) else { return nil }
    return .noisy(FeatureNoise(values))
  }
}

extension Kind where Value == AdversarialRows {
  fileprivate static let adversarialRows = Kind(
    "a table {epsilon, share}", annotation: "{epsilon: number, share?: number}"
  ) { state, index in
    try AdversarialRows.records.nestedValues(state, index).map { AdversarialRows($0) }
  }
}

extension [OptionRecord] {
  /// The values of a table of options that is an option itself; nil for no table. Errors say which
  /// key of it is meant.
  func nestedValues(_ state: LuaState, _ index: Int32) throws -> OptionValues? {
    try OptionTable.nested(state, index, map(\.record.asOptional)) { try values($0) }
  }
}
