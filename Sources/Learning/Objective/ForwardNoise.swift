import Tensors

/// What makes the forward passes of training random: dropout, input noise and adversarial rows.
///
/// Validation, predictions and probes are without it. The default has none, and gives the bits of a
/// run that knows nothing of it.
public struct ForwardNoise: Sendable, Equatable, Codable {
  /// The probability p with which a hidden unit is 0: each is kept with 1 − p and divided by that,
  /// and so are its slopes (Hinton et al., "Improving neural networks by preventing co-adaptation of
  /// feature detectors", 2012).
  public var dropout: Double
  /// Each batch gets fresh noise on its features.
  public var inputs: InputNoise?
  /// A share of the rows is moved against the network.
  public var adversarial: AdversarialRows?

  public init(
    dropout: Double = 0, inputs: InputNoise? = nil, adversarial: AdversarialRows? = nil
  ) { (self.dropout, self.inputs, self.adversarial) = (dropout, inputs, adversarial) }

  public static let none = ForwardNoise()

  public static let dropoutRecord = OptionRecord(
    "dropout", .number(.belowOne), default: 0,
    "Probability with which a hidden unit is 0 in training; the others are divided by 1 − p.")

  /// Checks what can be checked before model and data are known.
  ///
  /// - Throws: `ArgumentError` for a number out of range.
  func check() throws {
    try NumberRange.belowOne.check(dropout, "dropout")
    try inputs?.check()
    try adversarial?.check()
  }
}

/// Noise on the features of a batch, with the same targets: the plainest way to a network that does
/// not listen to small changes.
public struct InputNoise: Sendable, Equatable, Codable {
  /// What one feature has.
  public enum Entry: Sendable, Equatable, Codable {
    case noisy(FeatureNoise)
    case clean
  }

  /// By feature; X1, X2, … are names too, beside the data's own.
  public var named: [String: Entry]
  /// That of features not named.
  public var fallback: Entry

  public init(_ named: [String: Entry] = [:], default fallback: Entry = .clean) {
    (self.named, self.fallback) = (named, fallback)
  }

  static let label = "input_noise"

  fileprivate func check() throws {
    if case .noisy(let noise) = fallback { try noise.check("\(Self.label).default") }
    for (name, entry) in named.sorted(by: { $0.key < $1.key }) {
      if case .noisy(let noise) = entry { try noise.check("\(Self.label).\(name)") }
    }
    guard ([fallback] + named.values).contains(where: { $0 != .clean }) else {
      throw ArgumentError(Self.label, mustBe: "noise on some feature", got: "none")
    }
  }

  /// The noise of each of `count` features, nil for none, and the name by which it was given, nil
  /// for that of the default.
  ///
  /// - Throws: `UnknownFeature` for a name that no feature has; `ArgumentError` for two names of one.
  func resolved(features: [String]?, count: Int) throws -> [(noise: FeatureNoise?, name: String?)] {
    let names = try PerFeature.names(
      named, features: features ?? [], count: count, label: Self.label)
    return names.map { name in
      let entry = name.map { named[$0]! } ?? fallback
      if case .noisy(let noise) = entry { return (noise, name) }
      return (nil, name)
    }
  }
}

/// The noise of one feature: x + σ·s·ε with s the feature's standard deviation over the training
/// rows, or x·(1 + σ·ε); ε ~ N(0, 1), drawn anew for each row of each batch.
public struct FeatureNoise: Sendable, Equatable, Codable {
  /// In standard deviations of the feature, or of its value where it is multiplicative.
  public var sigma: Double
  /// Of the rows that get noise.
  public var share: Double
  public var isMultiplicative: Bool

  public init(sigma: Double = 1, share: Double = 1, isMultiplicative: Bool = false) {
    (self.sigma, self.share, self.isMultiplicative) = (sigma, share, isMultiplicative)
  }

  public static let records = [
    OptionRecord(
      "sigma", .number(.positive), default: 1,
      "In standard deviations of the feature over the training rows; of 1 if multiplicative."),
    OptionRecord("share", .number(.share), default: 1, "Of the rows, each drawn by itself."),
    OptionRecord(
      "multiplicative", .boolean, default: false, "x·(1 + σε) instead of x + σ·(deviation)·ε."),
  ]

  public init(_ values: OptionValues) {
    self.init(
      sigma: values.number("sigma"), share: values.number("share"),
      isMultiplicative: values.boolean("multiplicative"))
  }

  fileprivate func check(_ label: String) throws {
    try NumberRange.positive.check(sigma, "\(label).sigma")
    try NumberRange.share.check(share, "\(label).share")
  }
}

/// A share of the rows is replaced by x + ε·sign(∂ℓ/∂x), with the same target: the step of the fast
/// gradient sign method (Goodfellow et al., "Explaining and harnessing adversarial examples", 2015).
/// ℓ is the row's loss without penalties, at the clean row and without dropout. Input noise comes on
/// top of it.
public struct AdversarialRows: Sendable, Equatable, Codable {
  /// In units of the inputs, as the network receives them.
  public var epsilon: Double
  public var share: Double

  public init(epsilon: Double, share: Double = 1) { (self.epsilon, self.share) = (epsilon, share) }

  public static let records = [
    OptionRecord(
      "epsilon", .number(.positive), isRequired: true,
      "How far each feature is moved, as the network receives it."),
    OptionRecord("share", .number(.share), default: 1, "Of the rows, each drawn by itself."),
  ]

  public init(_ values: OptionValues) {
    self.init(epsilon: values.number("epsilon"), share: values.number("share"))
  }

  fileprivate func check() throws {
    try NumberRange.positive.check(epsilon, "adversarial.epsilon")
    try NumberRange.share.check(share, "adversarial.share")
  }
}

extension NumberRange {
  fileprivate func check(_ value: Double, _ label: String) throws {
    guard contains(value) else { throw ArgumentError(label, mustBe: rawValue, got: value) }
  }
}

extension FeatureNoise: CustomStringConvertible {
  /// "sigma 1, share 0.1"
  public var description: String {
    "sigma \(numberText(sigma))" + (share < 1 ? ", share \(numberText(share))" : "")
      + (isMultiplicative ? ", multiplicative" : "")
  }
}

extension InputNoise.Entry: Worded {
  public var words: Message {
    switch self {
    case .noisy(let noise): "\(noise)"
    case .clean: "\(word: .excluded)"
    }
  }
}
