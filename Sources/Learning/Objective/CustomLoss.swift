import Tensors

/// A loss written as a function in tensor operations, of which the tape takes the derivatives with
/// respect to predictions and slopes; the rest of the gradient is the fast step's.
public final class CustomLoss: Sendable {
  /// Of predictions [n][outputs], targets of the same shape, and slopes ∂ŷ/∂x: [n][inputs] for one
  /// output, else [n][outputs][inputs].
  public typealias Function =
    @Sendable (_ prediction: Tensor, _ target: Tensor, _ slopes: Tensor) throws -> Tensor

  /// What pre-training, and the batches that do not take this loss, minimise.
  public let base: Residual
  /// Whether the function looks at the slopes: without them a step costs half.
  public let usesSlopes: Bool
  /// Whether threads other than the one that made it may call the function.
  public let isConcurrent: Bool
  /// A copy of the function, made on the thread that calls it. It may ask whether it should stop, and
  /// throws `CancellationError` then.
  ///
  /// It has the same results as the function, or it throws: the run then begins again with the
  /// function itself.
  public typealias Copy =
    @Sendable (_ shouldStop: @escaping @Sendable () -> Bool) throws -> Function
  /// Called on the thread that made the loss, whose function no other may call; nil if there can be no
  /// copy.
  let makeCopy: @Sendable () -> Copy?
  private let original: Function
  /// Whether it has no function: it was read from a file, which holds none, or has outlived the run
  /// whose thread alone could call it.
  let isLost: Bool

  public init(
    base: Residual = .mse, usesSlopes: Bool = true, isConcurrent: Bool = true,
    makeCopy: @escaping @Sendable () -> Copy? = { nil }, function: @escaping Function
  ) {
    (self.base, self.usesSlopes, self.isConcurrent) = (base, usesSlopes, isConcurrent)
    (isLost, self.makeCopy, original) = (false, makeCopy, function)
  }

  /// The loss without its function.
  private init(lost base: Residual, _ usesSlopes: Bool, _ isConcurrent: Bool) {
    (self.base, self.usesSlopes, self.isConcurrent) = (base, usesSlopes, isConcurrent)
    (isLost, makeCopy) = (true, { nil })
    original = { _, _, _ in
      throw ArgumentError("loss", mustBe: "given again, as a state holds no function", got: "none")
    }
  }

  /// Itself where any thread may call its function at any time, else without it.
  var withoutBoundFunction: CustomLoss {
    isConcurrent ? self : CustomLoss(lost: base, usesSlopes, isConcurrent)
  }

  /// The function, or this thread's copy of it.
  var function: Function { LossCopies.current?.functions[ObjectIdentifier(self)] ?? original }
}

/// Copies of custom losses' functions, which stand in for them on one thread.
final class LossCopies: @unchecked Sendable {
  @TaskLocal static var current: LossCopies?
  fileprivate let functions: [ObjectIdentifier: CustomLoss.Function]

  init(
    _ copies: [(loss: CustomLoss, copy: CustomLoss.Copy)],
    shouldStop: @escaping @Sendable () -> Bool
  ) throws {
    functions = Dictionary(
      try copies.map { (ObjectIdentifier($0.loss), try $0.copy(shouldStop)) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension CustomLoss: Equatable {
  public static func == (a: CustomLoss, b: CustomLoss) -> Bool { a === b }
}

extension CustomLoss: CustomStringConvertible {
  public var description: String { "loss.custom(base \(base))" }
}

extension CustomLoss: Codable {
  private enum CodingKeys: String, CodingKey { case base, usesSlopes, isConcurrent }

  /// A function is not encoded: this one throws until it is replaced.
  public convenience init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      lost: try values.decode(Residual.self, forKey: .base),
      try values.decode(Bool.self, forKey: .usesSlopes),
      try values.decode(Bool.self, forKey: .isConcurrent))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(base, forKey: .base)
    try values.encode(usesSlopes, forKey: .usesSlopes)
    try values.encode(isConcurrent, forKey: .isConcurrent)
  }
}
