import Kernels
import Tensors

/// How gradients change parameters: the options, without any state.
public struct Optimizer: Sendable, Equatable, Codable {
  public enum Method: Sendable, Equatable, Codable {
    /// Adam (Kingma and Ba, 2015); weight decay is an L2 penalty, or decoupled as in AdamW
    /// (Loshchilov and Hutter, 2019).
    case adam(beta1: Double, beta2: Double, epsilon: Double, isDecoupled: Bool)
    /// Gradient descent with momentum, as PyTorch's SGD.
    case sgd(momentum: Double, isNesterov: Bool)
    /// RMSprop (Hinton, 2012), as PyTorch's.
    case rmsprop(alpha: Double, epsilon: Double, momentum: Double)
  }

  public let method: Method
  public let learningRate: Double
  public let weightDecay: Double

  /// Adam, or AdamW with `isDecoupled`.
  ///
  /// Throws: `ArgumentError` for a rate ≤ 0, betas outside [0, 1), ε ≤ 0 or a negative decay.
  public static func adam(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, isDecoupled: Bool = false
  ) throws -> Optimizer {
    for (name, beta) in [("beta1", beta1), ("beta2", beta2)] where !(beta >= 0 && beta < 1) {
      throw ArgumentError(name, mustBe: ">= 0 and < 1", got: beta)
    }
    guard epsilon > 0, epsilon.isFinite else {
      throw ArgumentError("epsilon", mustBe: "> 0", got: epsilon)
    }
    return try Optimizer(
      .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, isDecoupled: isDecoupled),
      learningRate, weightDecay)
  }

  /// Throws: `ArgumentError` for a rate ≤ 0, a momentum outside [0, 1) or a negative decay.
  public static func sgd(
    learningRate: Double = 1e-2, momentum: Double = 0, isNesterov: Bool = false,
    weightDecay: Double = 0
  ) throws -> Optimizer {
    guard momentum >= 0, momentum < 1 else {
      throw ArgumentError("momentum", mustBe: ">= 0 and < 1", got: momentum)
    }
    return try Optimizer(
      .sgd(momentum: momentum, isNesterov: isNesterov), learningRate, weightDecay)
  }

  /// Throws: `ArgumentError` for a rate ≤ 0, α or a momentum outside [0, 1), ε ≤ 0 or a negative
  /// decay.
  public static func rmsprop(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
    momentum: Double = 0, weightDecay: Double = 0
  ) throws -> Optimizer {
    for (name, value) in [("alpha", alpha), ("momentum", momentum)] where !(value >= 0 && value < 1)
    {
      throw ArgumentError(name, mustBe: ">= 0 and < 1", got: value)
    }
    guard epsilon > 0, epsilon.isFinite else {
      throw ArgumentError("epsilon", mustBe: "> 0", got: epsilon)
    }
    return try Optimizer(
      .rmsprop(alpha: alpha, epsilon: epsilon, momentum: momentum), learningRate, weightDecay)
  }

  /// Adam with PyTorch's defaults.
  public static let standard = try! Optimizer.adam()

  private init(_ method: Method, _ learningRate: Double, _ weightDecay: Double) throws {
    guard learningRate > 0, learningRate.isFinite else {
      throw ArgumentError("lr", mustBe: "> 0 and finite", got: learningRate)
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw ArgumentError("weight_decay", mustBe: ">= 0 and finite", got: weightDecay)
    }
    self.method = method
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }
}

extension Optimizer: CustomStringConvertible {
  public var description: String {
    let rest = "lr \(numberText(learningRate)), weight decay \(numberText(weightDecay))"
    switch method {
    case .adam(let beta1, let beta2, let epsilon, let isDecoupled):
      return
        "\(isDecoupled ? "adamw" : "adam")(\(rest), betas \(beta1) \(beta2), epsilon \(epsilon))"
    case .sgd(let momentum, let isNesterov):
      return "sgd(\(rest), momentum \(numberText(momentum))\(isNesterov ? ", nesterov" : ""))"
    case .rmsprop(let alpha, let epsilon, let momentum):
      return
        "rmsprop(\(rest), alpha \(alpha), epsilon \(epsilon), momentum \(numberText(momentum)))"
    }
  }
}

/// The moments of one run.
final class OptimizerState<S: TensorScalar> {
  let optimizer: Optimizer
  private let count: Int
  private let memory: Workspace<S>
  private let m: UnsafeMutablePointer<S>
  private let v: UnsafeMutablePointer<S>
  private var steps = 0
  /// Of the update at hand
  private var rate = 0.0
  /// Adam's, of the moments: 1 − βᵗ
  private var corrections = (first: 1.0, second: 1.0)

  /// Throws: `AllocationError`.
  init(_ optimizer: Optimizer, count: Int) throws {
    self.optimizer = optimizer
    self.count = count
    memory = try Workspace(counts: [count, count])
    (m, v) = (memory.take(count), memory.take(count))
  }

  /// Moments and steps, to go on from elsewhere.
  var stored: StoredOptimizer {
    StoredOptimizer(
      steps: steps,
      slots: [m, v].map { (slot: UnsafeMutablePointer<S>) in
        StoredTensor(UnsafeBufferPointer(start: slot, count: count))
      })
  }

  /// - Throws: `ArgumentError` for what was stored of other parameters.
  func restore(_ stored: StoredOptimizer) throws {
    guard stored.slots.count == 2, stored.steps >= 0,
      stored.slots.allSatisfy({ $0.dtype == S.dtype && $0.count == count })
    else { throw ArgumentError("state", mustBe: "of these parameters", got: "others'") }
    m.update(from: stored.slots[0].elements(as: S.self), count: count)
    v.update(from: stored.slots[1].elements(as: S.self), count: count)
    steps = stored.steps
  }

  /// One update with the schedule's factor on the learning rate; whether all are finite after it.
  @discardableResult func update(
    _ parameters: UnsafeMutablePointer<S>, gradients: UnsafePointer<S>, rateFactor: Double
  ) -> Bool {
    beginUpdate(rateFactor: rateFactor)
    return update(parameters, gradients: gradients, 0..<count, before: nil)
  }

  /// The next update, whose parts different threads may do.
  func beginUpdate(rateFactor: Double) {
    steps += 1
    rate = optimizer.learningRate * rateFactor
    if case .adam(let beta1, let beta2, _, _) = optimizer.method {
      corrections = (1 - power(beta1, steps), 1 - power(beta2, steps))
    }
  }

  /// The update of some of the parameters, which `before` then holds as they were; whether these are
  /// finite after it.
  ///
  /// - added: to the gradients; nil for nothing.
  /// - isShared: whether another core has read the parameters. Each line of them has to be fetched
  ///   back then, and they are written a block at a time: lines come faster with no other writes
  ///   between them.
  func update(
    _ parameters: UnsafeMutablePointer<S>, gradients: UnsafePointer<S>,
    added: UnsafePointer<S>? = nil, _ range: Range<Int>, before: UnsafeMutablePointer<S>?,
    isShared: Bool = false
  ) -> Bool {
    if let before {
      let first = range.lowerBound
      (before + first).update(from: parameters + first, count: range.count)
    }
    func update(_ start: Int, _ count: Int, into updated: UnsafeMutablePointer<S>) -> Bool {
      self.update(
        parameters + start, gradients + start, added.map { $0 + start }, into: updated,
        m: m + start, v: v + start, count: count)
    }
    guard isShared else {
      return update(range.lowerBound, range.count, into: parameters + range.lowerBound)
    }
    let length = 1024 / MemoryLayout<S>.stride
    return withUnsafeTemporaryAllocation(of: S.self, capacity: length) { block in
      var isFinite = true
      for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        let count = min(length, range.upperBound - start)
        let isGood = update(start, count, into: block.baseAddress!)
        (parameters + start).update(from: block.baseAddress!, count: count)
        isFinite = isFinite && isGood
      }
      return isFinite
    }
  }

  private func update(
    _ parameters: UnsafePointer<S>, _ gradients: UnsafePointer<S>, _ added: UnsafePointer<S>?,
    into updated: UnsafeMutablePointer<S>, m: UnsafeMutablePointer<S>,
    v: UnsafeMutablePointer<S>, count: Int
  ) -> Bool {
    let decay = optimizer.weightDecay
    switch optimizer.method {
    case .adam(let beta1, let beta2, let epsilon, let isDecoupled):
      return Kernels.adam(
        parameters, gradients: gradients, added: added, into: updated, m: m, v: v, count: count,
        rate: S(rate / corrections.first), root: S(1 / corrections.second.squareRoot()),
        beta1: S(beta1), beta2: S(beta2), epsilon: S(epsilon),
        penalty: isDecoupled ? 0 : S(decay), decay: isDecoupled ? S(rate * decay) : 0)
    case .sgd(let momentum, let isNesterov):
      return Kernels.momentum(
        parameters, gradients: gradients, added: added, into: updated, buffer: m, count: count,
        rate: S(rate), momentum: S(momentum), penalty: S(decay), isNesterov: isNesterov)
    case .rmsprop(let alpha, let epsilon, let momentum):
      return Kernels.rmsprop(
        parameters, gradients: gradients, added: added, into: updated, v: v, buffer: m,
        count: count, rate: S(rate), alpha: S(alpha), momentum: S(momentum), epsilon: S(epsilon),
        penalty: S(decay))
    }
  }
}

/// xⁿ by squaring: the same bits everywhere.
func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, factor, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
