import Tensors

/// How gradients change parameters: a rule with values of its options, without any state.
public struct Optimizer: Configured {
  public static let label = "optimizer"
  public static var records: [UpdateRule] { UpdateRule.all }
  public let record: UpdateRule
  public let options: OptionValues

  public init(_ record: UpdateRule, _ options: OptionValues) {
    (self.record, self.options) = (record, options)
  }

  /// What a schedule multiplies; 1 for a rule that has none.
  public var learningRate: Double { options.contains("lr") ? options.number("lr") : 1 }
  public var weightDecay: Double {
    options.contains("weight_decay") ? options.number("weight_decay") : 0
  }
  /// Whether gradients are centralized (Yong et al., 2020): from the gradient of each weight matrix,
  /// [out][in], the mean of each row over its inputs is subtracted, after clipping and before weight
  /// decay and moments. For tensors of a script, the mean is over all axes but the first.
  public var centralizes: Bool {
    options.contains("centralize") && options.boolean("centralize")
  }
}

extension Optimizer: CustomStringConvertible {
  /// "adam(lr 0.001, beta1 0.9, beta2 0.999, epsilon 1e-08, weight decay 0)"
  public var description: String {
    let texts = options.names.compactMap { name in
      let words = name.replacing("_", with: " ")
      return switch options.values[name]! {
      case .boolean(let isOn): isOn ? words : nil
      case let value: "\(words) \(value)"
      }
    }
    return "\(name)(\(texts.joined(separator: ", ")))"
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
