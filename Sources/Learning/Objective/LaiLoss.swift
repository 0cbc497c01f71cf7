import Tensors

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
  /// nil for scaled ones, as in files of programs that knew no others.
  private let givenUnits: SlopeUnits?
  /// Of the slopes that λ wants.
  public var units: SlopeUnits { givenUnits ?? .scaled }

  /// Either `lambda`, the paper's, or `slope`, the wanted |k|: λ is the slope for residuals of power
  /// 1, such as MAE, and its square for those of power 2, such as MSE. In original units, they are
  /// those of the data before the network's scaler: see `inScaledUnits`.
  ///
  /// - Throws: `ArgumentError` for both or neither, and for what is not > 0.
  public init(
    base: Residual = .mse, lambda: PerFeature? = nil, slope: PerFeature? = nil, norm: Norm = .l2,
    reduction: Reduction = .batch, detach: Detach? = nil, units: SlopeUnits = .scaled
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
    self.base = base
    self.norm = norm
    self.reduction = reduction
    self.detach = detach
    givenUnits = units == .scaled ? nil : units
  }
}

extension LaiLoss: Worded {
  public var words: Message {
    var parts: [Message] = [
      "base \(base)", "lambda \(lambda)", "norm \(norm)", "reduction \(reduction.rawValue)",
    ]
    if let detach { parts.append("detach \(detach.rawValue)") }
    if units != .scaled { parts.append("units \(units.rawValue)") }
    return "loss.lai(\(parts.joined(separator: ", ")))"
  }
}
