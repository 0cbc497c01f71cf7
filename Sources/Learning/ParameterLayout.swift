import Kernels

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

extension ParameterLayout {
  /// Subtracts from the gradient of each weight matrix, [out][in], its rows' means (Yong et al.,
  /// 2020). Biases stay.
  func centralize<S: Scalar>(_ gradients: UnsafeMutablePointer<S>) {
    for layer in 0..<layers {
      Kernels.centerRows(
        gradients + weights[layer], rows: sizes[layer + 1], columns: sizes[layer])
    }
  }
}
