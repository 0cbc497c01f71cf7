import Tensors

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
/// Lai MAE: |e|·max(|k|, λ)/(min(1, λ)√(1 + k²)); Lai MSE: e²·max(k², λ)/(min(1, λ)(1 + k²)). Other
/// residuals take the factor that their record says.
/// Source: Lai, arXiv 2405.07884, §2 and §3.
public struct LaiLoss: Sendable, Equatable, Codable {
  public let base: Residual
  public let lambda: PerFeature
  public let norm: Norm
  public let reduction: Reduction
  public let detach: Detach?

  /// Either `lambda`, the paper's, or `slope`, the wanted |k|: λ is the slope for residuals of power
  /// 1, such as MAE, and its square for those of power 2, such as MSE.
  ///
  /// - Throws: `ArgumentError` for both or neither, for what is not > 0, and for a mix outside 0…1.
  public init(
    base: Residual = .mse, lambda: PerFeature? = nil, slope: PerFeature? = nil, norm: Norm = .l2,
    reduction: Reduction = .batch, detach: Detach? = nil
  ) throws {
    switch (lambda, slope) {
    case (let lambda?, nil):
      try lambda.check("lambda")
      self.lambda = lambda
    case (nil, let slope?):
      try slope.check("slope")
      self.lambda = base.power == 2 ? slope.mapped { $0 * $0 } : slope
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

extension LaiLoss: CustomStringConvertible {
  public var description: String {
    var parts = ["base \(base)", "lambda \(lambda)"]
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
