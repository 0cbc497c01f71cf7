import Kernels
import Tensors

/// How parameters change.
protocol ParameterUpdate {
  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws
  func step(
    _ parameters: [Tensor], _ rateFactor: Double,
    _ evaluate: @escaping ([Tensor]) throws -> (value: Double, gradients: [Tensor])
  ) throws -> Double
  ///
  /// - Throws: `AllocationError`.
  func stored() throws -> [StoredOptimizer]
  func restore(_ stored: [StoredOptimizer]) throws
}

/// A formula, tensor by tensor.
final class FormulaUpdate: ParameterUpdate {
  private var states: [any TensorState] = []

  init(_ optimizer: Optimizer, _ parameters: [Tensor]) throws {
    states = try parameters.map { parameter in
      func state<S: TensorScalar>(_ type: S.Type) throws -> any TensorState {
        try OptimizerState<S>(optimizer, count: parameter.count)
      }
      return try parameter.dtype.dispatch { try state($0) }
    }
  }

  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws {
    for parameter in parameters { try parameter.checkWritable(op: "step") }
    let before = try parameters.map { try $0.detached().copy() }
    for (place, (parameter, gradient)) in zip(parameters, gradients).enumerated() {
      guard try !states[place].update(parameter, gradient, rateFactor: rateFactor) else { continue }
      for (parameter, old) in zip(parameters, before) { try parameter.assign(old) }
      throw NotFiniteError(what: "parameter \(index: place)", wanted: "finite after an update")
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

  func stored() throws -> [StoredOptimizer] { try states.map { try $0.stored() } }

  func restore(_ stored: [StoredOptimizer]) throws {
    guard stored.count == states.count else {
      throw ArgumentError(
        "the optimizer's state", mustBe: "that of \(states.count) tensors", got: stored.count)
    }
    for (state, stored) in zip(states, stored) { try state.restore(stored) }
  }
}

/// The moments of one tensor.
private protocol TensorState {
  ///
  /// - Throws: `AllocationError`.
  func stored() throws -> StoredOptimizer
  func restore(_ stored: StoredOptimizer) throws
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

/// L-BFGS over all elements of the tensors, which an error leaves as they are.
final class SearchUpdate: ParameterUpdate {
  private var search: LBFGS
  private let count: Int

  init(_ optimizer: Optimizer, _ parameters: [Tensor]) {
    search = LBFGS(optimizer)
    count = parameters.reduce(0) { $0 + $1.count }
  }

  func update(_ parameters: [Tensor], _ gradients: [Tensor], _ rateFactor: Double) throws {
    throw ArgumentError(
      "step", mustBe: "given a function: L-BFGS searches along a line", got: "gradients")
  }

  func step(
    _ parameters: [Tensor], _ rateFactor: Double,
    _ evaluate: @escaping ([Tensor]) throws -> (value: Double, gradients: [Tensor])
  ) throws -> Double {
    for parameter in parameters { try parameter.checkWritable(op: "step") }
    func evaluateAt(_ x: [Double]) throws -> Point {
      let (value, gradients) = try evaluate(split(x, like: parameters))
      let gradient = try gradients.flatMap { try $0.elements(as: Double.self) }
      return Point(x: x, value: value, gradient: gradient)
    }
    let start = try SystemMemory.withRoom(for: 40 * count) {
      try evaluateAt(parameters.flatMap { try $0.elements(as: Double.self) })
    }
    func trial(_ x: [Double]) throws -> Point {
      do { return try evaluateAt(x) } catch is NotFiniteError { return .wall(x) }
    }
    let curvature = search
    do {
      let last = try search.minimize(from: start, rateFactor: rateFactor, evaluate: trial)
      for (parameter, tensor) in zip(parameters, try split(last.x, like: parameters)) {
        try parameter.assign(tensor)
      }
    } catch {
      search = curvature
      throw error
    }
    return start.value
  }

  func stored() throws -> [StoredOptimizer] { [try search.stored()] }

  func restore(_ stored: [StoredOptimizer]) throws {
    guard stored.count == 1 else {
      throw ArgumentError("the optimizer's state", mustBe: "that of L-BFGS", got: stored.count)
    }
    try search.restore(stored[0], count: count)
  }

  private func split(_ x: [Double], like parameters: [Tensor]) throws -> [Tensor] {
    var start = 0
    return try parameters.map { parameter in
      defer { start += parameter.count }
      return try Tensor(
        x[start..<start + parameter.count], shape: parameter.shape, dtype: parameter.dtype)
    }
  }
}
