import Kernels
import Tensors

/// The function between a network's layers: σ with its first two derivatives, which the Lai loss's
/// double backward pass needs.
public struct Activation: Sendable {
  /// z ← σ(z), and σ′ and σ″ unless their buffers are nil.
  typealias Kernel<S: TensorScalar> =
    @Sendable (
      _ z: UnsafeMutablePointer<S>, _ count: Int, _ first: UnsafeMutablePointer<S>?,
      _ second: UnsafeMutablePointer<S>?
    ) -> Void

  public let name: String
  public let summary: String
  /// From what a step takes σ′ and σ″.
  let form: DerivativeForm
  private let single: Kernel<Float>
  private let double: Kernel<Double>
  /// σ in tensor operations, for derivatives taken on a tape.
  let tensor: @Sendable (Tensor) throws -> Tensor

  @inline(__always)
  init<F: ActivationFunction>(
    _ name: String, _ summary: String, _ function: F.Type,
    tensor: @escaping @Sendable (Tensor) throws -> Tensor
  ) {
    self.name = name
    self.summary = summary
    form = F.form
    self.tensor = tensor
    single = { Kernels.activate(F.self, $0, count: $1, first: $2, second: $3) }
    double = { Kernels.activate(F.self, $0, count: $1, first: $2, second: $3) }
  }

  /// All activations, with PyTorch's definitions and defaults.
  public static let all = [
    Activation("identity", "z", Identity.self) { $0 },
    Activation("tanh", "tanh z", Tanh.self) { try $0.tanh() },
    Activation("sigmoid", "1/(1 + e⁻ᶻ)", Sigmoid.self) { try $0.sigmoid() },
    Activation("relu", "max(0, z)", ReLU.self) { try $0.relu() },
    Activation("leaky_relu", "z, or 0.01 z below 0", LeakyReLU.self) {
      try .choose($0.gt(0), $0, $0 * 0.01)
    },
    Activation("softplus", "ln(1 + eᶻ)", Softplus.self) { try $0.softplus() },
    Activation("gelu", "z Φ(z), exact", GELU.self) { try $0.gelu() },
    Activation("silu", "z/(1 + e⁻ᶻ)", SiLU.self) { try $0.silu() },
    Activation("elu", "z, or eᶻ − 1 below 0", ELU.self) {
      // The branch that is not taken must not overflow. At 0 the slope is the one from below.
      let isPositive = try $0.gt(0)
      return try .choose(
        isPositive, $0, Tensor.choose(isPositive, .scalar(0, dtype: $0.dtype), $0).expm1())
    },
    Activation("sin", "sin z", Sine.self) { try $0.sin() },
  ]

  /// - Throws: `ArgumentError` for a name that is not in the list.
  public static func named(_ name: String) throws -> Activation {
    if let activation = all.first(where: { $0.name == name }) { return activation }
    let names = all.map { "'\($0.name)'" }.joined(separator: ", ")
    throw ArgumentError("activation", mustBe: "one of \(names)", got: "'\(name)'")
  }

  /// The kernel for a number type.
  func kernel<S: TensorScalar>(for type: S.Type) -> Kernel<S> {
    (S.self == Float.self ? single as Any : double as Any) as! Kernel<S>
  }
}
