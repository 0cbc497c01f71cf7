import Tensors

/// What training minimises: a weighted sum of residuals, functions of the network's slopes, and
/// functions of its weights.
///
/// `Objective.mse + 0.1 * Penalty.jacobian` is one. Residuals and the Lai loss are means over the rows
/// and outputs, penalties of slopes means over the rows and sums over the outputs.
public struct Objective: Sendable, Equatable {
  /// A part of the sum.
  public enum Term: Sendable, Equatable {
    case residual(Residual)
    case lai(LaiLoss)
    case penalty(Penalty)
    case custom(CustomLoss)
  }

  /// A term and what it is multiplied with.
  public struct WeightedTerm: Sendable, Equatable, Codable {
    /// Of the term alone, ≥ 0 and finite.
    let own: Double
    /// Of the sums that the term has become a part of, ≥ 0 and finite.
    let outer: Double
    public let term: Term

    /// Both together.
    public var weight: Double { own * outer }

    init(weight: Double, of sums: Double = 1, term: Term) {
      (own, outer, self.term) = (weight, sums, term)
    }

    /// The factor of a term that is homogeneous in the residuals, of this degree: they are scaled with
    /// the sum too, which counts once.
    func weight(degree: Int) -> Double {
      outer == 0 || degree == 0 ? weight : degree == 1 ? own : own / outer
    }
  }

  public let terms: [WeightedTerm]

  /// What a caller whose sums come from elsewhere should allow: each term costs time and memory.
  package static let mostTerms = 1000

  init(_ terms: [WeightedTerm]) { self.terms = terms }
  public init(_ term: Term) { terms = [WeightedTerm(weight: 1, term: term)] }

  public static let mse = Objective.residual(.mse)
  public static let mae = Objective.residual(.mae)
  public static func residual(_ residual: Residual) -> Objective { Objective(.residual(residual)) }
  public static func lai(_ loss: LaiLoss) -> Objective { Objective(.lai(loss)) }
  public static func penalty(_ penalty: Penalty) -> Objective { Objective(.penalty(penalty)) }
  public static func custom(_ loss: CustomLoss) -> Objective { Objective(.custom(loss)) }

  public static func + (a: Objective, b: Objective) -> Objective { Objective(a.terms + b.terms) }

  /// Every term's weight times a number: the value is multiplied by it.
  ///
  /// - Throws: `ArgumentError` for a number that is not ≥ 0 and finite, or that makes a weight
  ///   infinite.
  public static func * (factor: Double, objective: Objective) throws -> Objective {
    guard NumberRange.notNegative.contains(factor) else {
      throw ArgumentError(
        "the factor of a loss", mustBe: NumberRange.notNegative.rawValue, got: factor)
    }
    return Objective(
      try objective.terms.map {
        let weight = factor * $0.weight
        guard weight.isFinite else {
          throw ArgumentError("the weight of a loss's term", mustBe: "finite", got: weight)
        }
        return objective.terms.count == 1
          ? WeightedTerm(weight: factor * $0.own, of: $0.outer, term: $0.term)
          : WeightedTerm(weight: $0.own, of: factor * $0.outer, term: $0.term)
      })
  }
}

extension Objective {
  /// The same without its terms of slopes: of a Lai or custom loss its residual, of penalties of
  /// slopes nothing.
  ///
  /// It is what pre-training, and the batches that α does not choose, minimise unless another is given.
  public var base: Objective {
    Objective(
      terms.compactMap { part in
        part.term.base.map { WeightedTerm(weight: part.own, of: part.outer, term: $0) }
      })
  }

  /// The residuals of the base, weighted.
  var residuals: [(weight: Double, residual: Residual)] {
    base.terms.compactMap {
      if case .residual(let residual) = $0.term { ($0.weight, residual) } else { nil }
    }
  }

  /// What one residual e costs.
  func residualLoss(_ e: Double) -> Double {
    residuals.reduce(0) { $0 + $1.weight * $1.residual.value(e) }
  }

  /// The share of the batches that takes this objective unless one is given: the paper's 0.01 for a
  /// Lai loss, 1 for all others.
  public var defaultAlpha: Double { hasLai ? 0.01 : 1 }

  /// Whether no term has a weight > 0.
  var isZero: Bool { terms.allSatisfy { $0.weight == 0 || $0.term.isZero } }

  /// Whether the Lai loss is among its terms.
  public var hasLai: Bool { !laiLosses.isEmpty }

  /// The Lai losses among its terms.
  public var laiLosses: [LaiLoss] {
    terms.compactMap { if case .lai(let loss) = $0.term { loss } else { nil } }
  }

  /// The custom losses among its terms.
  public var customLosses: [CustomLoss] {
    terms.compactMap { if case .custom(let loss) = $0.term { loss } else { nil } }
  }

  /// The same with other custom losses, as those that a file held must be replaced.
  public func replacingCustomLosses(
    _ replace: (CustomLoss) throws -> CustomLoss
  ) rethrows -> Objective {
    Objective(
      try terms.map { part in
        guard case .custom(let loss) = part.term else { return part }
        return WeightedTerm(
          weight: part.own, of: part.outer, term: .custom(try replace(loss)))
      })
  }

}

extension Objective.Term {
  /// Whether it is a penalty of weight 0.
  fileprivate var isZero: Bool {
    if case .penalty(let penalty) = self { penalty.options.number("weight") == 0 } else { false }
  }

  /// What the term is without slopes; nil if that is nothing.
  fileprivate var base: Objective.Term? {
    switch self {
    case .residual: self
    case .lai(let loss): .residual(loss.base)
    case .custom(let loss): .residual(loss.base)
    case .penalty(let penalty): penalty.usesSlopes ? nil : self
    }
  }
}

extension Objective: Worded {
  /// "loss.mse() + 0.1 * penalty.jacobian(features {X8 = 1})"
  public var words: Message {
    guard !terms.isEmpty else { return "nothing" }
    var parts: [Message] = []
    var rest = terms[...]
    while let factor = rest.first?.outer {
      let sum = rest.prefix { $0.outer == factor }
      rest = rest.dropFirst(sum.count)
      let text = sum.map(\.words).joined(separator: " + ")
      parts.append(factor == 1 ? text : "\(numberText(factor)) * (\(text))")
    }
    return parts.joined(separator: " + ")
  }
}

extension Objective.WeightedTerm: Worded {
  public var words: Message {
    own == 1 ? term.words : "\(numberText(own)) * \(term)"
  }
}

extension Objective.Term: Worded {
  public var words: Message {
    switch self {
    case .residual(let residual):
      residual.record.options.isEmpty ? "loss.\(residual)()" : "loss.\(residual)"
    case .lai(let loss): loss.words
    case .penalty(let penalty): penalty.words
    case .custom(let loss): "\(loss)"
    }
  }
}

extension Objective: Codable {}
extension Objective.Term: Codable {}
