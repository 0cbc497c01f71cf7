/// Where the weights and biases of a fully connected network lie in one flat buffer: layer by
/// layer, weights [out][in] and then the biases.
public struct ParameterLayout: Sendable, Equatable {
  /// Widths: inputs, hidden layers, outputs.
  public let sizes: [Int]
  /// Offset of each layer's weights.
  public let weights: [Int]
  /// Offset of each layer's biases.
  public let biases: [Int]
  public let count: Int

  public var layers: Int { sizes.count - 1 }

  public init(sizes: [Int]) {
    self.sizes = sizes
    var weights: [Int] = []
    var biases: [Int] = []
    var offset = 0
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      weights.append(offset)
      biases.append(offset + inputs * outputs)
      offset += (inputs + 1) * outputs
    }
    (self.weights, self.biases, count) = (weights, biases, offset)
  }
}
