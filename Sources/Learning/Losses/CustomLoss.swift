import Tensors

/// A loss written as a function in tensor operations, of which the tape takes the derivatives with
/// respect to predictions and slopes; the rest of the gradient is the fast step's.
public final class CustomLoss: Sendable {
  /// Of predictions [n][outputs], targets of the same shape, and slopes ∂ŷ/∂x: [n][inputs] for one
  /// output, else [n][outputs][inputs].
  public typealias Function =
    @Sendable (_ prediction: Tensor, _ target: Tensor, _ slopes: Tensor) throws -> Tensor

  /// What pre-training, and the batches that do not take this loss, minimise.
  public let base: BaseLoss
  /// Whether the function looks at the slopes: without them a step costs half.
  public let usesSlopes: Bool
  /// Whether threads other than the one that made it may call the function.
  public let isConcurrent: Bool
  let function: Function
  /// Whether it was read from a file, which holds no functions.
  let isLost: Bool

  public init(
    base: BaseLoss = .mse, usesSlopes: Bool = true, isConcurrent: Bool = true,
    function: @escaping Function
  ) {
    self.base = base
    self.usesSlopes = usesSlopes
    self.isConcurrent = isConcurrent
    self.function = function
    isLost = false
  }

  init(lostWithBase base: BaseLoss) {
    (self.base, usesSlopes, isConcurrent, isLost) = (base, true, true, true)
    function = { _, _, _ in
      throw ArgumentError("loss", mustBe: "given again: files hold no functions", got: "none")
    }
  }
}

extension CustomLoss: Equatable {
  public static func == (a: CustomLoss, b: CustomLoss) -> Bool { a === b }
}

extension CustomLoss: CustomStringConvertible {
  public var description: String { "loss.custom(base \(base.rawValue))" }
}
