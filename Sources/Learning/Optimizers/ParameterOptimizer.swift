import Kernels
import Tensors

/// An optimizer of tensors that scripts own: changes them in place, and keeps its own moments.
public final class ParameterOptimizer {
  /// What `step` minimises: a scalar of the parameters.
  public typealias Objective = ([Tensor]) throws -> Tensor

  public let parameters: [Tensor]
  /// Multiplies the learning rate: for schedules.
  public var rateFactor = 1.0
  private let rule: any ParameterUpdate

  /// - Throws: `ArgumentError` for expanded tensors and for parameters that share memory;
  ///   `AllocationError`.
  public init(_ parameters: [Tensor], _ optimizer: Optimizer) throws {
    try Self.checkApart(parameters)
    self.parameters = parameters
    rule =
      switch optimizer.record.kind {
      case .formula: try FormulaUpdate(optimizer, parameters)
      case .search: SearchUpdate(optimizer, parameters)
      }
  }

  /// - Throws: `ArgumentError` for expanded tensors, and for several with an element in common, the
  ///   same one twice for example: each element is to be one parameter. `AllocationError`.
  static func checkApart(_ parameters: [Tensor]) throws {
    for (place, tensor) in parameters.enumerated() where tensor.isStretched {
      throw ArgumentError(
        worded: "parameter \(index: place)",
        mustBe: "a tensor of its own, such as its \(word: .copy)",
        got: "an expanded one of shape \(tensor.shape.shapeText)")
    }
    if let (first, second) = try Tensor.overlap(of: parameters) {
      throw ArgumentError(
        worded: "parameter \(index: second)",
        mustBe: "a tensor of its own, such as its \(word: .copy)",
        got: "one that shares memory with parameter \(index: first)")
    }
  }

  /// One update from gradients of the parameters' shapes.
  ///
  /// - Throws: `ShapeError`; `NotFiniteError` for gradients that are not finite, before anything is
  ///   changed, and for L-BFGS, which needs the function itself; `RecordedError`.
  public func update(_ gradients: [Tensor]) throws {
    // A gradient that is a parameter, or a view of one, would change with it.
    let own = try checked(gradients).map { gradient in
      parameters.contains { $0.storage === gradient.storage } ? try gradient.copy() : gradient
    }
    try rule.update(parameters, own, rateFactor)
  }

  /// One update of the parameters towards less of the objective, whose value before it is returned.
  ///
  /// - Throws: as `update`, and what the objective does.
  public func step(_ objective: @escaping Objective) throws -> Double {
    try rule.step(parameters, rateFactor) { tensors in
      let (value, gradients) = try Derivative.valueAndGradients(at: tensors) {
        let value = try objective($0)
        guard value.isVariable || tensors.isEmpty else {
          throw ConstantObjectiveError(variables: "the parameters that the function is given")
        }
        return value
      }
      let number = try value.item()
      guard number.isFinite else {
        throw NotFiniteError(what: "the objective", got: numberText(number))
      }
      return (number, try self.checked(gradients))
    }
  }

  /// What is kept for the parameters, to go on from elsewhere.
  func stored() throws -> [StoredOptimizer] { try rule.stored() }

  /// - Throws: `ArgumentError` for what was stored of other parameters.
  func restore(_ stored: [StoredOptimizer]) throws { try rule.restore(stored) }

  private func checked(_ gradients: [Tensor]) throws -> [Tensor] {
    guard gradients.count == parameters.count else {
      throw ArgumentError(
        "gradients", mustBe: "\(parameters.count) tensors, one per parameter", got: gradients.count)
    }
    for (place, (parameter, gradient)) in zip(parameters, gradients).enumerated() {
      guard parameter.shape == gradient.shape else {
        throw ShapeError(
          op: "step", lhs: parameter.shape, rhs: gradient.shape,
          reason: "of parameter \(index: place) and its gradient differ")
      }
      let isFinite = try gradient.withElements(as: Double.self) {
        Kernels.isFinite($0.baseAddress!, $0.count)
      }
      guard gradient.count == 0 || isFinite else {
        throw NotFiniteError(what: "the gradient of parameter \(index: place)")
      }
    }
    return gradients
  }
}

/// Numbers that went bad while an optimizer took a step.
public struct NotFiniteError: Error, Equatable, Worded {
  /// "the objective"
  public let what: Message
  var wanted = "finite"
  var got = "nan or inf in it"
  public var words: Message { "\(what) must be \(wanted) (got \(got))" }
}

/// An objective that does not depend on what is to be learnt.
public struct ConstantObjectiveError: Error, Equatable, CustomStringConvertible {
  /// "the predictions"
  public let variables: String
  public var description: String {
    "the value does not depend on \(variables): nothing could be learnt; numbers taken out of "
      + "tensors, and detached tensors, count as constants"
  }
}
