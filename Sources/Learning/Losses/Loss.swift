import Tensors

/// What a residual costs before any factor.
public enum BaseLoss: String, CaseIterable, Sendable, Codable {
  /// Mean squared error: the mean of (ŷ − y)².
  case mse
  /// Mean absolute error: the mean of |ŷ − y|.
  case mae
}

/// How the losses of the directions become one number.
public enum Norm: Sendable, Equatable, Codable {
  case l1
  case l2
  /// mix·l1 + (1 − mix)·l2
  case elastic(mix: Double)

  /// The weights of the two norms.
  var weights: (l1: Double, l2: Double) {
    switch self {
    case .l1: (1, 0)
    case .l2: (0, 1)
    case .elastic(let mix): (mix, 1 - mix)
    }
  }
}

/// Whether samples are averaged before the norm over directions (the paper's text) or behind it.
public enum Reduction: String, CaseIterable, Sendable, Codable { case batch, sample }

/// A path on which the gradient is stopped, for diagnosis.
public enum Detach: String, CaseIterable, Sendable, Codable { case residual, slope }

/// The Lai loss: residuals times a function g of the network's own input slopes.
///
/// Lai MAE: |e|·max(|k|, λ)/(min(1, λ)√(1 + k²)); Lai MSE: e²·max(k², λ)/(min(1, λ)(1 + k²)).
/// Source: Lai, arXiv 2405.07884, §2 and §3.
public struct LaiLoss: Sendable, Equatable, Codable {
  public let base: BaseLoss
  public let lambda: PerFeature
  public let norm: Norm
  public let reduction: Reduction
  public let detach: Detach?

  /// Either `lambda`, the paper's, or `slope`, the wanted |k|: λ is the slope for MAE and its
  /// square for MSE.
  ///
  /// Throws: `ArgumentError` for both or neither, for what is not > 0, and for a mix outside 0…1.
  public init(
    base: BaseLoss = .mse, lambda: PerFeature? = nil, slope: PerFeature? = nil, norm: Norm = .l2,
    reduction: Reduction = .batch, detach: Detach? = nil
  ) throws {
    switch (lambda, slope) {
    case (let lambda?, nil):
      try lambda.check("lambda")
      self.lambda = lambda
    case (nil, let slope?):
      try slope.check("slope")
      self.lambda = base == .mse ? slope.mapped { $0 * $0 } : slope
      try self.lambda.check("slope²")
    case (nil, nil):
      throw ArgumentError("lambda", mustBe: "given, or slope", got: "neither")
    case (_?, _?):
      throw ArgumentError("lambda", mustBe: "left out when slope is given", got: "both")
    }
    if case .elastic(let mix) = norm, !(mix >= 0 && mix <= 1) {
      throw ArgumentError("mix", mustBe: "between 0 and 1", got: mix)
    }
    self.base = base
    self.norm = norm
    self.reduction = reduction
    self.detach = detach
  }
}

/// What training minimises.
public enum Loss: Sendable, Equatable {
  case base(BaseLoss)
  case lai(LaiLoss)
  case custom(CustomLoss)

  /// The loss without the factor.
  public var base: BaseLoss {
    switch self {
    case .base(let base): base
    case .lai(let loss): loss.base
    case .custom(let loss): loss.base
    }
  }
}

extension Loss {
  /// The share of batches, or points, that takes it unless an option says otherwise.
  public var defaultAlpha: Double { if case .custom = self { 1 } else { 0.01 } }
  /// Whether it holds a function of the caller's.
  public var isCustom: Bool { if case .custom = self { true } else { false } }
  /// Whether it held a function, which no file can.
  var isLost: Bool { if case .custom(let loss) = self { loss.isLost } else { false } }
}

extension Loss: Codable {
  private enum Key: String, CodingKey { case base, lai, custom }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    if let lai = try values.decodeIfPresent(LaiLoss.self, forKey: .lai) {
      self = .lai(lai)
    } else if let base = try values.decodeIfPresent(BaseLoss.self, forKey: .custom) {
      self = .custom(CustomLoss(lostWithBase: base))
    } else {
      self = .base(try values.decode(BaseLoss.self, forKey: .base))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    switch self {
    case .base(let base): try values.encode(base, forKey: .base)
    case .lai(let lai): try values.encode(lai, forKey: .lai)
    case .custom(let loss): try values.encode(loss.base, forKey: .custom)
    }
  }
}

extension Loss: CustomStringConvertible {
  public var description: String {
    switch self {
    case .base(let base): "loss.\(base.rawValue)"
    case .lai(let loss): loss.description
    case .custom(let loss): loss.description
    }
  }
}

extension LaiLoss: CustomStringConvertible {
  public var description: String {
    var parts = ["base \(base.rawValue)", "lambda \(lambda)"]
    switch norm {
    case .l1: parts.append("norm l1")
    case .l2: parts.append("norm l2")
    case .elastic(let mix): parts.append("norm elastic, mix \(mix)")
    }
    parts.append("reduction \(reduction.rawValue)")
    if let detach { parts.append("detach \(detach.rawValue)") }
    return "loss.lai(" + parts.joined(separator: ", ") + ")"
  }
}
