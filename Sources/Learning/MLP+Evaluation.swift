import Tensors

extension MLP {
  /// Predictions [n][outputs] for rows x [n][inputs]; one row may come without its axis.
  ///
  /// Recorded for a derivative being taken that depends on x.
  ///
  /// - Throws: `ShapeError` for x of another width.
  public func callAsFunction(_ x: Tensor) throws -> Tensor {
    let rows = try rowCount(x)
    if x.isVariable { return try predictions(weights: weights, biases: biases, x) }
    let result = try Tensor(zeros: [rows, outputs], dtype: dtype)
    result.isByRow = true
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let evaluator = try Evaluator<S>(self, rows: rows)
      try x.withElements(as: S.self) {
        if rows > 0 {
          try evaluator.predict(
            x: $0.baseAddress!, rows: rows, into: result.mutableBase(as: S.self))
        }
      }
    }
    try dtype.dispatch { try run($0) }
    return result
  }

  /// The slopes ∂ŷ/∂x: [n][inputs] for one output, else [n][outputs][inputs].
  ///
  /// Recorded for a derivative being taken that depends on x.
  ///
  /// - units: Of the slopes; x is scaled as the network takes it in any case.
  /// - Throws: `ShapeError` for x of another width.
  public func inputGradient(_ x: Tensor, units: SlopeUnits) throws -> Tensor {
    let slopes = try inputGradient(x)
    guard units == .original, let scaler else { return slopes }
    let factors = scaler.slopeFactors
    let shape = outputs == 1 || factors.count == 1 ? [inputs] : [outputs, inputs]
    return try slopes
      * Tensor(factors.flatMap { $0.map { 1 / $0 } }, shape: shape, dtype: slopes.dtype)
  }

  /// The same in the network's own units.
  public func inputGradient(_ x: Tensor) throws -> Tensor {
    let rows = try rowCount(x)
    if x.isVariable { return try recordedInputGradient(x) }
    let shape = outputs == 1 ? [rows, inputs] : [rows, outputs, inputs]
    let result = try Tensor(zeros: shape, dtype: dtype)
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let evaluator = try Evaluator<S>(self, rows: rows)
      try x.withElements(as: S.self) {
        if rows > 0 {
          try evaluator.inputGradients(
            x: $0.baseAddress!, rows: rows, into: result.mutableBase(as: S.self))
        }
      }
    }
    try dtype.dispatch { try run($0) }
    return result
  }

  private func recordedInputGradient(_ x: Tensor) throws -> Tensor {
    let slopes = try (0..<outputs).map { output in
      try Derivative.valueAndGradients(at: [x]) {
        try self($0[0]).selected(axis: 1, index: output).sum()
      }.gradients[0]
    }
    if outputs == 1 { return try slopes[0].reshaped([-1, inputs]) }
    return try Tensor.stacked(slopes.map { try $0.reshaped([-1, inputs]) }, axis: 1)
  }

  /// Predictions [n][outputs] of a network of this form with other parameters, in tensor
  /// operations: recorded for a derivative being taken that depends on x or on a parameter.
  ///
  /// - weights: [out][in] per layer; biases: [out] per layer.
  ///
  /// - Throws: `ShapeError` for x of another width; `ArgumentError` for parameters of other shapes.
  public func predictions(weights: [Tensor], biases: [Tensor], _ x: Tensor) throws -> Tensor {
    let rows = try rowCount(x)
    try check(weights, "weights") { [layout.sizes[$0 + 1], layout.sizes[$0]] }
    try check(biases, "biases") { [layout.sizes[$0 + 1]] }
    var a = try x.rank == 1 ? x.reshaped([rows, inputs]) : x
    for layer in 0..<layout.layers {
      let z = try a.matmul(weights[layer].transposed()) + biases[layer]
      a = layer < layout.layers - 1 ? try activation.tensor(z) : z
    }
    a.isByRow = true
    return a
  }

  /// The number of rows of x.
  func rowCount(_ x: Tensor) throws -> Int {
    guard (1...2).contains(x.shape.count), x.shape.last == inputs else {
      throw ShapeError(
        op: "MLP", lhs: x.shape,
        reason: "is not that of rows with \(inputs) columns, as the network takes")
    }
    return x.shape.count == 1 ? 1 : x.shape[0]
  }

  /// A step with this network's parameters.
  func step<S: TensorScalar>(
    rows: Int, hasMasks: Bool = false, as type: S.Type
  ) throws -> TrainingStep<S> {
    let step = try TrainingStep<S>(
      sizes: sizes, activation: activation, maximumRows: max(1, rows), parametersOf: nil,
      hasMasks: hasMasks)
    try parameters.withElements(as: S.self) {
      step.parameters.update(from: $0.baseAddress!, count: layout.count)
    }
    return step
  }
}

extension Objective {
  /// The objective of a network on x [n][inputs] and y [n] or [n][outputs].
  ///
  /// - slopes: those that a Sobolev penalty without targets wants, as `Dataset.slopes`.
  ///
  /// - Throws: `ShapeError`; `ArgumentError` for options, such as λ, that do not fit the features; what a
  ///   custom loss's function does.
  public func value(
    _ net: MLP, _ x: Tensor, _ y: Tensor, features: [String]? = nil, slopes: Tensor? = nil
  ) throws -> Double {
    try gradients(net, x, y, features: features, slopes: slopes).value
  }

  /// The objective and its gradients with respect to each layer's weights and biases.
  ///
  /// - Throws: as `value`.
  public func gradients(
    _ net: MLP, _ x: Tensor, _ y: Tensor, features: [String]? = nil, slopes: Tensor? = nil,
    masks: [Tensor]? = nil
  ) throws -> (value: Double, weights: [Tensor], biases: [Tensor]) {
    let rows = try net.rowCount(x)
    guard rows > 0 else { throw ShapeError(op: "loss", lhs: x.shape, reason: "has no rows") }
    let wanted = net.outputs == 1 ? [[rows], [rows, 1]] : [[rows, net.outputs]]
    guard wanted.contains(y.shape) || (x.shape.count == 1 && y.shape == [net.outputs]) else {
      throw ShapeError(op: "loss", lhs: x.shape, rhs: y.shape, reason: "of x and y do not agree")
    }
    if let masks { try check(masks, of: net, rows: rows) }
    let apart = [rows, net.outputs, net.inputs]
    let together = x.shape.count == 1 ? [net.inputs] : [rows, net.inputs]
    if let slopes, slopes.shape != apart, net.outputs > 1 || slopes.shape != together {
      throw ShapeError(
        op: "loss", lhs: x.shape, rhs: slopes.shape, reason: "of x and slopes do not agree")
    }
    let gradients = try MLP(
      inputs: net.inputs, hidden: net.hidden, outputs: net.outputs, activation: net.activation,
      dtype: net.dtype)
    func run<S: TensorScalar>(_ type: S.Type) throws -> Double {
      for (index, mask) in (masks ?? []).enumerated() {
        try mask.checkFinite(as: S.self, "masks[\(index: index)]")
      }
      try slopes?.checkFinite(as: S.self, "slopes")
      let prepared = try PreparedObjective<S>(
        inScaledUnits(of: net.scaler, features: features, inputs: net.inputs), features: features,
        inputs: net.inputs, outputs: net.outputs, rows: rows,
        slopes: slopes?.elements(as: S.self) ?? [], x: x.elements(as: S.self))
      let step = try net.step(rows: rows, hasMasks: masks != nil, as: S.self)
      try step.reserve(for: prepared)
      let result = try step.masked(by: masks) {
        try x.withElements(as: S.self) { x in
          try y.withElements(as: S.self) { y in
            try step.gradients(
              x: x.baseAddress!, y: y.baseAddress!, rows: rows, objective: prepared)
          }
        }
      }
      try gradients.parameters.mutableBase(as: S.self).update(
        from: step.gradients, count: step.parameterCount)
      return result.value
    }
    let value = try net.dtype.dispatch { try run($0) }
    return (value, try gradients.weights, try gradients.biases)
  }
}

extension Objective {
  private func check(_ masks: [Tensor], of net: MLP, rows: Int) throws {
    guard masks.count == net.hidden.count else {
      throw ArgumentError(
        "masks", mustBe: "a list of \(net.hidden.count), one for each hidden layer",
        got: "\(masks.count)")
    }
    for (index, (mask, width)) in zip(masks, net.hidden).enumerated() {
      guard mask.shape == [rows, width] else {
        throw ArgumentError(
          worded: "masks[\(index: index)]", mustBe: "of shape \([rows, width].shapeText)",
          got: "one of \(mask.shape.shapeText)")
      }
    }
  }
}

extension Tensor {
  /// - Throws: `ArgumentError` for a number that is not finite in S.
  fileprivate func checkFinite<S: TensorScalar>(as type: S.Type, _ label: Message) throws {
    guard let wrong = try elements(as: S.self).first(where: { !$0.isFinite }) else { return }
    throw ArgumentError(
      worded: label, mustBe: "finite in \(S.dtype.rawValue)", got: "\(numberText(Double(wrong)))")
  }
}

extension LaiLoss {
  /// g(k; λ), elementwise; features along the last axis.
  ///
  /// Derivatives go through.
  ///
  /// - Throws: `ArgumentError` for λ that do not fit that axis.
  public func factor(_ k: Tensor) throws -> Tensor {
    if k.isVariable { return try recordedFactor(k) }
    let result = try Tensor(zeros: k.shape, dtype: k.dtype)
    let features = k.shape.last ?? 1
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let prepared = try PreparedLai<S>(self, features: nil, count: features)
      let target = try result.mutableBase(as: S.self)
      try k.withElements(as: S.self) { k in
        for (index, slope) in k.enumerated() {
          let factor = prepared.factors[index % features]
          target[index] =
            factor.map { $0.evaluate(S.Vector(repeating: slope)).value[0] } ?? 1
        }
      }
    }
    try k.dtype.dispatch { try run($0) }
    return result
  }

  /// The same in tensor operations: c·max(k², λ)/(1 + k²) and c·max(|k|, λ)/√(1 + k²), where c is
  /// 1/min(1, λ).
  private func recordedFactor(_ k: Tensor) throws -> Tensor {
    let features = k.shape.last ?? 1
    let lambda = try lambda.resolved(count: features, label: "lambda").map(\.value)
    func row(_ values: [Double]) throws -> Tensor {
      try Tensor(values, shape: k.rank == 0 ? [] : [features], dtype: k.dtype)
    }
    // At this slope g equals its limit to the last digit, and k² is still finite.
    let bound = k.dtype == .float32 ? 1e9 : 1e75
    let k = try k.clamped(min: -bound, max: bound)
    let (square, threshold) = try (k.square(), row(lambda.map { $0 ?? 1 }))
    let scale = try row(lambda.map { 1 / min(1, $0 ?? 1) })
    let factor =
      base.power == 2
      ? try square.maximum(threshold) * scale / (square + 1)
      : try k.abs().maximum(threshold) * scale / (square + 1).sqrt()
    return try .choose(row(lambda.map { $0 == nil ? 0 : 1 }), factor, .scalar(1, dtype: k.dtype))
  }
}
