/// Derivatives of functions of tensors, to any order: a function may take derivatives itself.
///
/// Reverse mode on a tape. The functions must consist of this module's operations; numbers read out
/// of tensors (`item()`, single elements) count as constants. Tensors that were made inside are
/// constants after the derivative is taken.
///
/// Every result has memory of its own: none shares it with another, with a variable, with a
/// cotangent or tangent that was given, or with what the function returned.
public enum Derivative {
  /// Whether this thread is inside a function whose derivative is being taken.
  public static var isBeingTaken: Bool { Tape.current != nil }

  /// The value of a scalar function and its gradient in each of its variables, of their shapes.
  ///
  /// - Throws: `NotScalarError` when the function's value has more or less than one element; what
  ///   the function and the operations on the way back throw; `DerivativeError`.
  public static func valueAndGradients(
    at x: [Tensor], check: () throws -> Void = {}, of function: ([Tensor]) throws -> Tensor
  ) throws -> (value: Tensor, gradients: [Tensor]) {
    try Recording.make(of: x) { recording in
      let value = try function(recording.variables)
      guard value.count == 1 else { throw NotScalarError(shape: value.shape) }
      let one = try Tensor.full(value.shape, 1, dtype: value.dtype)
      let gradients = try recording.gradients(of: [value], along: [one], check: check)
      return (
        try recording.ownedValues([value])[0], try recording.owned(gradients, apartFrom: [value])
      )
    }
  }

  /// The values of a function and the product of cotangents with its Jacobian: Σ c·∂f/∂x.
  ///
  /// - Throws: `ShapeError` when a cotangent is not of its value's shape; as `valueAndGradients`.
  public static func vjp(
    at x: [Tensor], cotangents: ([Tensor]) throws -> [Tensor], check: () throws -> Void = {},
    of function: ([Tensor]) throws -> [Tensor]
  ) throws -> (values: [Tensor], gradients: [Tensor]) {
    try Recording.make(of: x) { recording in
      let values = try function(recording.variables)
      let cotangents = try cotangents(values)
      let gradients = try recording.gradients(of: values, along: cotangents, check: check)
      return (
        try recording.ownedValues(values, apartFrom: cotangents),
        try recording.owned(gradients, apartFrom: values + cotangents)
      )
    }
  }

  /// The values of a function and its derivative along tangents: Σ ∂f/∂x·t.
  ///
  /// Computed as the derivative of the VJP, which is linear in its cotangent, by that cotangent.
  ///
  /// - Throws: as `vjp`.
  public static func jvp(
    at x: [Tensor], along tangents: [Tensor], check: () throws -> Void = {},
    of function: ([Tensor]) throws -> [Tensor]
  ) throws -> (values: [Tensor], tangents: [Tensor]) {
    for (x, tangent) in zip(x, tangents) where x.shape != tangent.shape {
      throw ShapeError(
        op: "jvp", lhs: x.shape, rhs: tangent.shape, reason: "of a variable and its tangent differ")
    }
    return try Recording.make(of: x) { recording in
      let values = try function(recording.variables)
      let zeros = try values.map { try Tensor(zeros: $0.shape, dtype: $0.dtype) }
      let results = try Recording.make(of: zeros) { linear in
        let gradients = try recording.gradients(of: values, along: linear.variables, check: check)
        return try linear.gradients(of: gradients, along: tangents, check: check)
      }
      return (
        try recording.ownedValues(values, apartFrom: tangents),
        try recording.owned(results, apartFrom: values + tangents)
      )
    }
  }

  /// ∂f/∂x for each value and variable, of shape (value's shape) + (variable's shape).
  ///
  /// Takes one backward pass per element of the values.
  ///
  /// - Throws: as `vjp`.
  public static func jacobian(
    at x: [Tensor], check: () throws -> Void = {}, of function: ([Tensor]) throws -> [Tensor]
  ) throws -> [[Tensor]] {
    try Recording.make(of: x) { recording in
      try function(recording.variables).map { value in
        var rows: [[Tensor]] = x.map { _ in [] }
        for place in 0..<value.count {
          let unit = try Tensor.unit(at: place, shape: value.shape, dtype: value.dtype)
          let gradients = try recording.gradients(of: [value], along: [unit], check: check)
          for (variable, gradient) in gradients.enumerated() { rows[variable].append(gradient) }
        }
        return try zip(x, rows).map { x, rows in
          guard !rows.isEmpty else {
            return try Tensor(zeros: value.shape + x.shape, dtype: x.dtype)
          }
          return try Tensor.stacked(rows, axis: 0).reshaped(value.shape + x.shape)
        }
      }
    }
  }

  /// ∂²f/∂xᵢ∂xⱼ of a scalar function, for each pair of variables, of shape xᵢ + xⱼ.
  ///
  /// - Throws: as `valueAndGradients`.
  public static func hessian(
    at x: [Tensor], check: () throws -> Void = {}, of function: ([Tensor]) throws -> Tensor
  ) throws -> [[Tensor]] {
    try jacobian(at: x, check: check) {
      try valueAndGradients(at: $0, check: check, of: function).gradients
    }
  }
}

/// A level of the tape with its variables.
struct Recording {
  let variables: [Tensor]
  private let tape: Tape
  private let level: UInt64
  private let places: Range<Int>

  /// Calls `body` with variables equal to x; derivatives in them can be taken until it returns.
  static func make<R>(of x: [Tensor], _ body: (Recording) throws -> R) throws -> R {
    try Tape.withLevel { tape, level in
      let start = tape.nodes.count
      let variables = x.map { tape.variable($0, level: level) }
      return try body(
        Recording(
          variables: variables, tape: tape, level: level, places: start..<start + x.count))
    }
  }

  /// The tensors, each in memory that it shares neither with the variables, nor with `others`, nor
  /// with an earlier one. Derivatives are carried on.
  ///
  /// - Throws: `AllocationError`.
  func owned(_ tensors: [Tensor], apartFrom others: [Tensor]) throws -> [Tensor] {
    let pass = Tape.newID()
    for tensor in variables { tensor.storage.seenBy = pass }
    for tensor in others { tensor.storage.seenBy = pass }
    var results = tensors
    for (place, tensor) in tensors.enumerated() {
      let isShared = tensor.storage.seenBy == pass
      if isShared || !tensor.fillsStorage { results[place] = try tensor.copy() }
      tensor.storage.seenBy = pass
    }
    return results
  }

  /// The same for values of the function. A value that does not depend on the variables may be a
  /// tensor of the caller, and is copied.
  func ownedValues(_ values: [Tensor], apartFrom others: [Tensor] = []) throws -> [Tensor] {
    let own = try values.map {
      if let place = $0.place(on: tape), place.levels & level != 0 { return $0 }
      return try $0.copy()
    }
    return try owned(own, apartFrom: others)
  }

  /// Σ cotangent·∂output/∂variable for each variable; zeros where nothing depends on it.
  func gradients(of outputs: [Tensor], along cotangents: [Tensor], check: () throws -> Void) throws
    -> [Tensor]
  {
    for (output, cotangent) in zip(outputs, cotangents) where output.shape != cotangent.shape {
      throw ShapeError(
        op: "vjp", lhs: output.shape, rhs: cotangent.shape,
        reason: "of a value and its cotangent differ")
    }
    let pairs = try zip(outputs, cotangents).map { output, cotangent in
      (tensor: output, cotangent: try cotangent.converted(to: output.dtype))
    }
    let found = try tape.cotangents(of: pairs, variables: places, level: level, check: check)
    return try zip(variables, found).map { variable, gradient in
      try gradient ?? Tensor(zeros: variable.shape, dtype: variable.dtype)
    }
  }
}

extension Tensor {
  /// Whether a derivative being taken depends on this tensor.
  public var isVariable: Bool { tape != nil }

  /// The same elements as a constant for derivatives. A view.
  public func detached() -> Tensor { view(shape, strides) }

  /// Zeros with a 1 at one place, counted in row-major order.
  static func unit(at place: Int, shape: [Int], dtype: DType) throws -> Tensor {
    let result = try Tensor(zeros: shape, dtype: dtype)
    switch dtype {
    case .float32: result.base(as: Float.self)[place] = 1
    case .float64: result.base(as: Double.self)[place] = 1
    }
    return result
  }
}

/// A function whose gradient was asked for, but whose value is not one number.
public struct NotScalarError: Error, Equatable, CustomStringConvertible {
  public let shape: [Int]
  public init(shape: [Int]) { self.shape = shape }
  public var description: String {
    "the function must return one number, a scalar tensor (got one of shape \(shape.shapeText))"
  }
}
