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

  /// Throws: `ArgumentError` for expanded tensors and for parameters that share memory;
  /// `AllocationError`.
  public init(_ parameters: [Tensor], _ optimizer: Optimizer) throws {
    try Self.checkApart(parameters)
    self.parameters = parameters
    rule =
      switch optimizer.rule.kind {
      case .formula: try FormulaUpdate(optimizer, parameters)
      case .search: LBFGSUpdate(optimizer.values)
      }
  }

  /// Throws: `ArgumentError` for expanded tensors, and for several with an element in common, the
  /// same one twice for example: each element is to be one parameter. `AllocationError`.
  static func checkApart(_ parameters: [Tensor]) throws {
    for (place, tensor) in parameters.enumerated() where tensor.isStretched {
      throw ArgumentError(
        "parameter \(place + 1)", mustBe: "a tensor of its own, such as its clone()",
        got: "an expanded one of shape \(tensor.shape.shapeText)")
    }
    if let (first, second) = try Tensor.overlap(of: parameters) {
      throw ArgumentError(
        "parameter \(second + 1)", mustBe: "a tensor of its own, such as its clone()",
        got: "one that shares memory with parameter \(first + 1)")
    }
  }

  /// One update from gradients of the parameters' shapes.
  ///
  /// Throws: `ShapeError`; `ArgumentError` for gradients that are not finite, before anything is
  /// changed, and for L-BFGS, which needs the function itself; `RecordedError`.
  public func update(_ gradients: [Tensor]) throws {
    // A gradient that is a parameter, or a view of one, would change with it.
    let own = try checked(gradients).map { gradient in
      parameters.contains { $0.storage === gradient.storage } ? try gradient.copy() : gradient
    }
    try rule.update(parameters, own, rateFactor)
  }

  /// One update of the parameters towards less of the objective, whose value before it is returned.
  ///
  /// Throws: as `update`, and what the objective does.
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
        throw ArgumentError("the objective", mustBe: "finite", got: number)
      }
      return (number, try self.checked(gradients))
    }
  }

  private func checked(_ gradients: [Tensor]) throws -> [Tensor] {
    guard gradients.count == parameters.count else {
      throw ArgumentError(
        "gradients", mustBe: "\(parameters.count) tensors, one a parameter", got: gradients.count)
    }
    for (place, (parameter, gradient)) in zip(parameters, gradients).enumerated() {
      guard parameter.shape == gradient.shape else {
        throw ShapeError(
          op: "step", lhs: parameter.shape, rhs: gradient.shape,
          reason: "of parameter \(place + 1) and its gradient differ")
      }
      let isFinite = try gradient.withElements(as: Double.self) {
        Kernels.isFinite($0.baseAddress!, $0.count)
      }
      guard gradient.count == 0 || isFinite else {
        throw ArgumentError(
          "the gradient of parameter \(place + 1)", mustBe: "finite", got: "nan or inf in it")
      }
    }
    return gradients
  }
}

/// How parameters change.
protocol ParameterUpdate {
  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws
  func step(
    _ parameters: [Tensor], _ rateFactor: Double,
    _ evaluate: @escaping ([Tensor]) throws -> (value: Double, gradients: [Tensor])
  ) throws -> Double
}

/// The optimizers that need one gradient an update.
private final class FormulaUpdate: ParameterUpdate {
  private var states: [any TensorState] = []

  init(_ optimizer: Optimizer, _ parameters: [Tensor]) throws {
    states = try parameters.map { parameter in
      switch parameter.dtype {
      case .float32: try OptimizerState<Float>(optimizer, count: parameter.count)
      case .float64: try OptimizerState<Double>(optimizer, count: parameter.count)
      }
    }
  }

  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws {
    for parameter in parameters { try parameter.checkWritable(op: "step") }
    let before = try parameters.map { try $0.detached().copy() }
    for (place, (parameter, gradient)) in zip(parameters, gradients).enumerated() {
      guard try !states[place].update(parameter, gradient, rateFactor: rateFactor) else { continue }
      for (parameter, old) in zip(parameters, before) { try parameter.assign(old) }
      throw ArgumentError(
        "parameter \(place + 1)", mustBe: "finite after an update", got: "nan or inf in it")
    }
  }

  func step(
    _ parameters: [Tensor], _ rateFactor: Double,
    _ evaluate: @escaping ([Tensor]) throws -> (value: Double, gradients: [Tensor])
  ) throws -> Double {
    let (value, gradients) = try evaluate(parameters)
    try update(parameters, gradients, rateFactor)
    return value
  }
}

/// The moments of one tensor.
private protocol TensorState {
  /// Whether all of the parameter is finite after it.
  func update(_ parameter: Tensor, _ gradient: Tensor, rateFactor: Double) throws -> Bool
}

extension OptimizerState: TensorState {
  func update(_ parameter: Tensor, _ gradient: Tensor, rateFactor: Double) throws -> Bool {
    guard parameter.count > 0 else { return true }
    let elements = try parameter.contiguous()
    let isFinite = try gradient.withElements(as: S.self) { gradients in
      let target = try elements.mutableBase(as: S.self)
      guard optimizer.centralizes, parameter.shape.count > 1 else {
        return update(target, gradients: gradients.baseAddress!, rateFactor: rateFactor)
      }
      var centered = Array(gradients)
      let rows = parameter.shape[0]
      Kernels.centerRows(&centered, rows: rows, columns: centered.count / rows)
      return update(target, gradients: centered, rateFactor: rateFactor)
    }
    if elements !== parameter { try parameter.assign(elements) }
    return isFinite
  }
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
