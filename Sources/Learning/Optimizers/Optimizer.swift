import Tensors

/// How gradients change parameters: a rule with values of its options, without any state.
public struct Optimizer: Sendable {
  public let rule: UpdateRule
  public let values: OptionValues

  /// - given: options by name; what is left out takes its default.
  ///
  /// - Throws: `ArgumentError` for a name that the rule has not, and for a value out of range.
  public init(_ rule: UpdateRule, _ given: [String: OptionValue] = [:]) throws {
    self.init(rule, try OptionValues(given, of: rule.options))
  }

  /// - values: those of the rule's options.
  package init(_ rule: UpdateRule, _ values: OptionValues) {
    (self.rule, self.values) = (rule, values)
  }

  public var name: String { rule.name }
  /// What a schedule multiplies; 1 for a rule that has none.
  public var learningRate: Double { values.contains("lr") ? values.number("lr") : 1 }
  public var weightDecay: Double {
    values.contains("weight_decay") ? values.number("weight_decay") : 0
  }
  /// Whether gradients are centralized (Yong et al., 2020): from the gradient of each weight matrix,
  /// [out][in], the mean of each row over its inputs is subtracted, after clipping and before weight
  /// decay and moments. For tensors of a script, the mean is over all axes but the first.
  public var centralizes: Bool {
    values.contains("centralize") && values.boolean("centralize")
  }
}

extension Optimizer: Equatable {
  public static func == (a: Optimizer, b: Optimizer) -> Bool {
    (a.name, a.values) == (b.name, b.values)
  }
}

extension Optimizer: CustomStringConvertible {
  /// "adam(lr 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08, weight decay 0)"
  public var description: String {
    let texts = values.names.compactMap { name in
      let words = name.replacing("_", with: " ")
      return switch values.values[name]! {
      case .boolean(let isOn): isOn ? words : nil
      case let value: "\(words) \(value)"
      }
    }
    return "\(name)(\(texts.joined(separator: ", ")))"
  }
}

extension Optimizer: Codable {
  private enum CodingKeys: CodingKey { case name, values }

  /// - Throws: `ArgumentError` for a rule that is not known, and for values that it does not take.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      UpdateRule.named(container.decode(String.self, forKey: .name)),
      container.decode(OptionValues.self, forKey: .values).values)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(values, forKey: .values)
  }
}

/// xⁿ by squaring: the same bits everywhere.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
