import Tensors

/// An objective for a number type, a network and data: options resolved, kernels chosen. Each thread
/// has its own: nothing counts references to what another thread uses.
public final class PreparedObjective<S: TensorScalar>: Sendable {
  /// A weighted residual.
  struct Part: Sendable {
    let weight: S
    let kernel: ResidualKernels.Kernel<S>
  }
  /// A weighted slope term, and where its numbers are: rows of memory, and sums.
  struct SlopePart: Sendable {
    let weight: S
    let term: PreparedSlopeTerm<S>
    let memory: Int
    let sums: Int
  }
  struct WeightPart: Sendable {
    let weight: S
    let term: PreparedWeightTerm<S>
  }
  struct PassPart: Sendable {
    let weight: S
    let pass: ExtraPass<S>
  }

  /// What is a mean over all rows and outputs.
  let residuals: [Part]
  /// The residuals of slope terms that do not return their own.
  let otherResiduals: [Part]
  /// All residuals of the objective's base.
  let baseResiduals: [Part]
  let slopeTerms: [SlopePart]
  /// That of the first Lai loss.
  let countAboveKink: (@Sendable (OutputRows<S>, UnsafeMutableBufferPointer<Int>) -> Void)?
  let weightTerms: [WeightPart]
  /// Evaluations of the network at other inputs.
  let passes: [PassPart]

  /// Rows of numbers that the slope terms keep, as long as a batch, and their sums over a batch.
  let memoryRows: Int
  let sumCount: Int
  /// Whether a step needs slopes ∂ŷ/∂x, and whether there is a ∂L/∂k.
  let usesSlopes: Bool
  let givesSlopes: Bool
  let usesResidual: Bool
  /// Whether a batch can't be split.
  let isWhole: Bool

  /// - features: names of the inputs, for options by name.
  /// - rows, slopes, x: of the data, where a term needs them; slopes are [rows][outputs][inputs].
  ///
  /// - Throws: `ArgumentError` for options that do not fit the network or the data, such as a λ that S
  ///   cannot hold; `UnknownFeature`.
  public init(
    _ objective: Objective, features: [String]? = nil, inputs: Int, outputs: Int, rows: Int? = nil,
    slopes: [S] = [], x: [S] = []
  ) throws {
    func part<N: TensorScalar>(
      _ weight: Double, _ residual: Residual
    ) -> PreparedObjective<N>.Part {
      PreparedObjective<N>.Part(weight: N(weight), kernel: residual.kernel(for: N.self))
    }
    for entry in objective.terms { try entry.term.options?.check(in: S.self) }
    baseResiduals = objective.residuals.map(part)
    let context = ObjectiveContext<S>(
      features: features, inputs: inputs, outputs: outputs, residuals: baseResiduals,
      doubleResiduals: objective.residuals.map(part), rows: rows, slopes: slopes, x: x)
    var residuals: [Part] = []
    var others: [Part] = []
    var slopeTerms: [SlopePart] = []
    var weightTerms: [WeightPart] = []
    var passes: [PassPart] = []
    // Passes come before the other terms, in the same memory.
    var (memory, sums, passMemory) = (0, 0, 0)
    for entry in objective.terms {
      let weight = S(entry.weight)
      guard weight.isFinite else {
        throw ArgumentError(
          "the weight of a loss's term", mustBe: "finite in \(S.dtype.rawValue)", got: entry.weight)
      }
      switch entry.term.effect {
      case .residual(let residual): residuals.append(part(entry.weight, residual))
      case .weights(let term):
        weightTerms.append(WeightPart(weight: weight, term: term.ready(as: S.self)))
      case .slopes(let term):
        let term = try term.ready(context)
        let weight = S(entry.weight(degree: term.residualDegree))
        guard weight.isFinite else {
          throw ArgumentError(
            "the factor of a sum of losses", mustBe: "larger in \(S.dtype.rawValue)",
            got: entry.outer)
        }
        if let pass = term.pass {
          passes.append(PassPart(weight: weight, pass: pass))
          passMemory = max(passMemory, term.memoryRows)
          continue
        }
        slopeTerms.append(SlopePart(weight: weight, term: term, memory: memory, sums: sums))
        memory += term.memoryRows
        sums += term.sumCount
        if case .custom(let loss) = entry.term { others.append(part(entry.weight, loss.base)) }
      }
    }
    (self.residuals, otherResiduals) = (residuals, others)
    (self.slopeTerms, self.weightTerms, self.passes) = (slopeTerms, weightTerms, passes)
    countAboveKink = slopeTerms.lazy.compactMap(\.term.countAboveKink).first
    (memoryRows, sumCount) = (max(memory, passMemory), sums)
    usesSlopes = slopeTerms.contains { $0.term.usesSlopes }
    givesSlopes = slopeTerms.contains { $0.term.givesSlopes }
    usesResidual = slopeTerms.contains { $0.term.usesResidual }
    isWhole = slopeTerms.contains { $0.term.whole != nil }
  }

  /// Whether weights must be prepared for slopes.
  var needsSlopes: Bool { usesSlopes || !passes.isEmpty }

  /// Parts of a step, between which the rows of a batch meet.
  func parts(outputs: Int) -> Int { slopeTerms.isEmpty ? 1 : outputs + 1 }
}

extension OptionValues {
  /// - Throws: `ArgumentError` for a number that is not one in S, or is 0 there only.
  fileprivate func check<S: TensorScalar>(in type: S.Type) throws {
    for name in names {
      guard case .number(let value) = values[name], value != 0, !S(value).isNormal else { continue }
      throw ArgumentError(
        name,
        mustBe: "\(S.leastNormalMagnitude) to \(S.greatestFiniteMagnitude) in \(S.dtype.rawValue)",
        got: value)
    }
  }
}

extension Objective.Term {
  fileprivate var options: OptionValues? {
    switch self {
    case .residual(let residual): residual.options
    case .lai(let loss): loss.base.options
    case .custom(let loss): loss.base.options
    case .penalty(let penalty): penalty.options
    }
  }

  fileprivate enum Effect {
    case residual(Residual)
    case slopes(any SlopeTerm)
    case weights(any WeightTerm)
  }

  fileprivate var effect: Effect {
    switch self {
    case .residual(let residual): .residual(residual)
    case .lai(let loss): .slopes(loss)
    case .custom(let loss): .slopes(loss)
    case .penalty(let penalty):
      switch penalty.effect {
      case .slopes(let term): .slopes(term)
      case .weights(let term): .weights(term)
      }
    }
  }
}
