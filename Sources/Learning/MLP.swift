import Tensors

/// A fully connected network: hidden layers with one activation, a linear last layer.
///
/// Not safe to share between threads.
public final class MLP {
  public let inputs: Int
  public let hidden: [Int]
  public let outputs: Int
  public let activation: Activation
  /// All parameters, flat and contiguous, as `layout` says.
  public let parameters: Tensor
  public let layout: ParameterLayout
  /// The scaler of the data that it was trained on, or one that was set; saved with it.
  public private(set) var scaler: Scaler?
  /// How the columns of the file that it was trained on became features; nil for other data. Saved
  /// with it.
  public internal(set) var schema: DataSchema?
  /// The columns of the data that it was trained on, as far as they have names; saved with it.
  public internal(set) var names = ColumnNames()

  public var dtype: DType { parameters.dtype }
  public var parameterCount: Int { layout.count }
  /// Widths from the inputs to the outputs.
  public var sizes: [Int] { layout.sizes }

  /// The rows that evaluation computes at once.
  static var blockRows: Int { 512 }
  static var largestWidth: Int { 1 << 20 }

  /// A network whose parameters are 0.
  ///
  /// - Throws: `ArgumentError` for widths below 1, `AllocationError`.
  public init(
    inputs: Int, hidden: [Int] = [], outputs: Int = 1, activation: Activation,
    dtype: DType = .float32
  ) throws {
    let hiddenWidths = hidden.map { ("hidden", $0) }
    for (name, width) in [("inputs", inputs)] + hiddenWidths + [("outputs", outputs)] {
      guard (1...MLP.largestWidth).contains(width) else {
        throw ArgumentError(name, mustBe: "between 1 and \(MLP.largestWidth)", got: width)
      }
    }
    layout = ParameterLayout(sizes: [inputs] + hidden + [outputs])
    parameters = try Tensor(zeros: [layout.count], dtype: dtype)
    (self.inputs, self.hidden, self.outputs) = (inputs, hidden, outputs)
    self.activation = activation
  }

  /// Weights and biases uniform in ±1/√(inputs of the layer), PyTorch's default for `Linear`.
  public convenience init(
    inputs: Int, hidden: [Int] = [], outputs: Int = 1, activation: Activation,
    dtype: DType = .float32, using generator: inout RandomGenerator
  ) throws {
    try self.init(
      inputs: inputs, hidden: hidden, outputs: outputs, activation: activation, dtype: dtype)
    for layer in 0..<layout.layers {
      let bound = 1 / Double(layout.sizes[layer]).squareRoot()
      let end = layout.biases[layer] + layout.sizes[layer + 1]
      for index in layout.weights[layer]..<end {
        try write((2 * generator.uniform() - 1) * bound, at: index)
      }
    }
  }

  /// Sets all parameters, in the order of `layout`.
  func setParameters<S: TensorScalar>(_ values: [S]) throws {
    precondition(values.count == layout.count)
    for (index, value) in values.enumerated() { try write(Double(value), at: index) }
  }

  /// The same, of numbers of the network's type.
  func setParameters(_ values: StoredTensor) throws {
    precondition(values.count == layout.count)
    func write<S: TensorScalar>(_ type: S.Type) throws {
      values.write(to: try parameters.mutableBase(as: S.self))
    }
    try dtype.dispatch { try write($0) }
  }

  private func write(_ value: Double, at index: Int) throws {
    func write<S: TensorScalar>(_ type: S.Type) throws {
      try parameters.mutableBase(as: S.self)[index] = S(value)
    }
    try dtype.dispatch { try write($0) }
  }

  /// A copy that shares nothing.
  ///
  /// - Throws: `AllocationError`.
  public func clone() throws -> MLP {
    let copy = try MLP(
      inputs: inputs, hidden: hidden, outputs: outputs, activation: activation, dtype: dtype)
    try copy.parameters.assign(parameters)
    (copy.scaler, copy.names, copy.schema) = (scaler, names, schema)
    return copy
  }

  // MARK: Columns and scaler

  /// Keeps a scaler, to be saved with the network.
  ///
  /// - Throws: `ArgumentError` for one of another number of features or outputs, `NameMismatch` for one
  ///   of other columns than those that the network was trained on.
  public func setScaler(_ scaler: Scaler) throws {
    try scaler.names.check(agreesWith: names, as: "the scaler's data", and: "the network's data")
    guard scaler.mean.count == inputs else {
      throw ArgumentError(
        "scaler", mustBe: "of \(inputs) features, as the network takes", got: scaler.mean.count)
    }
    if let target = scaler.target, target.count != outputs {
      throw ArgumentError(
        "scaler", mustBe: "of \(outputs) targets, as the network gives", got: target.count)
    }
    self.scaler = scaler
  }

  /// Checks that data have the columns that the network was trained on and that its scaler was
  /// fitted to, as far as they have names.
  ///
  /// - subject: The name of the data in the error.
  /// - Throws: `NameMismatch`.
  public func check(_ data: ColumnNames, as subject: String = "data") throws(NameMismatch) {
    try data.check(agreesWith: names, as: subject, and: "the network's data")
    if let scaler {
      try data.check(agreesWith: scaler.names, as: subject, and: "the scaler's data")
    }
  }

  /// Checks that data are scaled as the network takes them, as far as both say how.
  ///
  /// - scaler: That of the data; nil for data in original units.
  /// - Throws: `ScaleMismatch` for data of another scaler, or of none if the network has one.
  public func check(scale scaler: Scaler?, as subject: String = "data") throws(ScaleMismatch) {
    guard let own = self.scaler, scaler != own else { return }
    throw ScaleMismatch(
      subject: subject, got: scaler, other: "the network's data", wanted: own, isOfNetwork: true)
  }

  // MARK: Weights and biases

  /// Copies of the weights, layer by layer, each [out][in].
  public var weights: [Tensor] {
    get throws {
      try (0..<layout.layers).map {
        try copy(from: layout.weights[$0], shape: [layout.sizes[$0 + 1], layout.sizes[$0]])
      }
    }
  }

  /// Copies of the biases, layer by layer, each [out].
  public var biases: [Tensor] {
    get throws {
      try (0..<layout.layers).map {
        try copy(from: layout.biases[$0], shape: [layout.sizes[$0 + 1]])
      }
    }
  }

  private func copy(from offset: Int, shape: [Int]) throws -> Tensor {
    try parameters.narrowed(axis: 0, from: offset, length: shape.reduce(1, *)).reshaped(shape)
      .copy()
  }

  /// - Throws: `ShapeError` unless there is one tensor a layer, [out][in].
  public func setWeights(_ weights: [Tensor]) throws {
    try set(weights, "weights", offsets: layout.weights) {
      [layout.sizes[$0 + 1], layout.sizes[$0]]
    }
  }

  /// - Throws: `ShapeError` unless there is one tensor a layer, [out].
  public func setBiases(_ biases: [Tensor]) throws {
    try set(biases, "biases", offsets: layout.biases) { [layout.sizes[$0 + 1]] }
  }

  private func set(
    _ tensors: [Tensor], _ name: String, offsets: [Int], shape: (Int) -> [Int]
  ) throws {
    try check(tensors, name, shape: shape)
    for tensor in tensors { try tensor.checkConstant() }
    for (layer, tensor) in tensors.enumerated() {
      try dtype.dispatch { try store(tensor, offsets[layer], as: $0) }
    }
  }

  /// - Throws: `ArgumentError` unless there is one tensor of the right shape a layer.
  func check(_ tensors: [Tensor], _ name: String, shape: (Int) -> [Int]) throws {
    guard tensors.count == layout.layers else {
      throw ArgumentError(
        name, mustBe: "\(layout.layers) tensors, one per layer", got: tensors.count)
    }
    for (layer, tensor) in tensors.enumerated() where tensor.shape != shape(layer) {
      throw ArgumentError(
        "\(name) of layer \(layer + 1)", mustBe: "of shape \(shape(layer).shapeText)",
        got: tensor.shape.shapeText)
    }
  }

  private func store<S: TensorScalar>(_ tensor: Tensor, _ offset: Int, as type: S.Type) throws {
    try tensor.withElements(as: S.self) { source in
      if let start = source.baseAddress {
        try (parameters.mutableBase(as: S.self) + offset).update(from: start, count: source.count)
      }
    }
  }
}

extension MLP: CustomStringConvertible {
  public var description: String {
    let widths = sizes.map(String.init).joined(separator: " -> ")
    return "MLP(\(widths), \(activation.name), \(parameterCount) parameters"
      + (scaler == nil ? ")" : ", takes scaled data)")
  }
}
