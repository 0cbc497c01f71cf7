/// Updates of parameters θ. Each writes the new ones to `updated`, which may be where θ is, and returns
/// whether all are finite. The gradient g is the sum of two where there is something `added`.
extension Kernels {
  /// One update of Adam (Kingma and Ba, 2015) for a flat buffer, in one pass:
  /// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ(1 − decay) − rate·m/(√v·root + ε).
  ///
  /// - rate: the learning rate over the first moment's bias correction 1 − β₁ᵗ.
  /// - root: 1/√(1 − β₂ᵗ).
  /// - penalty: L2 regularisation, added to g as penalty·θ.
  /// - decay: decoupled weight decay (AdamW), already times the learning rate.
  @inlinable public static func adam<S: Scalar>(
    _ parameters: UnsafePointer<S>, gradients: UnsafePointer<S>, added: UnsafePointer<S>?,
    into updated: UnsafeMutablePointer<S>, m: UnsafeMutablePointer<S>,
    v: UnsafeMutablePointer<S>, count: Int, rate: S, root: S, beta1: S, beta2: S, epsilon: S,
    penalty: S, decay: S
  ) -> Bool {
    // x − x is 0, or NaN for what is not finite.
    var differences = S.Vector()
    let (b1, b2) = (S.Vector(repeating: beta1), S.Vector(repeating: beta2))
    let (c1, c2) = (S.Vector(repeating: 1 - beta1), S.Vector(repeating: 1 - beta2))
    let (rate, root) = (S.Vector(repeating: rate), S.Vector(repeating: root))
    let epsilon = S.Vector(repeating: epsilon)
    let (penalty, keep) = (S.Vector(repeating: penalty), S.Vector(repeating: 1 - decay))
    forEachVector(of: S.self, count) { i, lanes in
      let theta = load(parameters, i, lanes)
      let g = S.multiplyAdd(penalty, theta, sum(gradients, added, i, lanes))
      let first = S.multiplyAdd(b1, load(m, i, lanes), c1 * g)
      let second = S.multiplyAdd(b2, load(v, i, lanes), c2 * (g * g))
      store(first, m, i, lanes)
      store(second, v, i, lanes)
      let step = rate * first / S.multiplyAdd(S.squareRoot(second), root, epsilon)
      let new = theta * keep - step
      store(new, updated, i, lanes)
      differences += new - new
    }
    return S.sum(differences) == 0
  }

  /// One update of gradient descent with momentum, as PyTorch's SGD: b ← μb + g, and
  /// θ ← θ − rate·b, or rate·(g + μb) with Nesterov's look ahead.
  @inlinable public static func momentum<S: Scalar>(
    _ parameters: UnsafePointer<S>, gradients: UnsafePointer<S>, added: UnsafePointer<S>?,
    into updated: UnsafeMutablePointer<S>, buffer: UnsafeMutablePointer<S>, count: Int, rate: S,
    momentum: S, penalty: S, isNesterov: Bool
  ) -> Bool {
    // x − x is 0, or NaN for what is not finite.
    var differences = S.Vector()
    let (rate, momentum) = (S.Vector(repeating: rate), S.Vector(repeating: momentum))
    let penalty = S.Vector(repeating: penalty)
    forEachVector(of: S.self, count) { i, lanes in
      let theta = load(parameters, i, lanes)
      let g = S.multiplyAdd(penalty, theta, sum(gradients, added, i, lanes))
      let b = S.multiplyAdd(momentum, load(buffer, i, lanes), g)
      store(b, buffer, i, lanes)
      let direction = isNesterov ? S.multiplyAdd(momentum, b, g) : b
      let new = theta - rate * direction
      store(new, updated, i, lanes)
      differences += new - new
    }
    return S.sum(differences) == 0
  }

  /// One update of RMSprop (Hinton, 2012), as PyTorch's: v ← αv + (1 − α)g², b ← μb + g/(√v + ε),
  /// θ ← θ − rate·b.
  @inlinable public static func rmsprop<S: Scalar>(
    _ parameters: UnsafePointer<S>, gradients: UnsafePointer<S>, added: UnsafePointer<S>?,
    into updated: UnsafeMutablePointer<S>, v: UnsafeMutablePointer<S>,
    buffer: UnsafeMutablePointer<S>, count: Int, rate: S, alpha: S, momentum: S, epsilon: S,
    penalty: S
  ) -> Bool {
    // x − x is 0, or NaN for what is not finite.
    var differences = S.Vector()
    let (rate, momentum) = (S.Vector(repeating: rate), S.Vector(repeating: momentum))
    let (keep, share) = (S.Vector(repeating: alpha), S.Vector(repeating: 1 - alpha))
    let (epsilon, penalty) = (S.Vector(repeating: epsilon), S.Vector(repeating: penalty))
    forEachVector(of: S.self, count) { i, lanes in
      let theta = load(parameters, i, lanes)
      let g = S.multiplyAdd(penalty, theta, sum(gradients, added, i, lanes))
      let second = S.multiplyAdd(keep, load(v, i, lanes), share * (g * g))
      store(second, v, i, lanes)
      let step = g / (S.squareRoot(second) + epsilon)
      let b = S.multiplyAdd(momentum, load(buffer, i, lanes), step)
      store(b, buffer, i, lanes)
      let new = theta - rate * b
      store(new, updated, i, lanes)
      differences += new - new
    }
    return S.sum(differences) == 0
  }

  @inlinable @inline(__always) static func sum<S: Scalar>(
    _ gradients: UnsafePointer<S>, _ added: UnsafePointer<S>?, _ i: Int, _ lanes: Int
  ) -> S.Vector {
    guard let added else { return load(gradients, i, lanes) }
    return load(gradients, i, lanes) + load(added, i, lanes)
  }

  /// Σ x², in Double where S cannot hold it.
  public static func squaredNorm<S: Scalar>(_ x: UnsafePointer<S>, _ count: Int) -> Double {
    let sum = Double(dot(x, x, count))
    return sum.isFinite ? sum : (0..<count).reduce(0.0) { $0 + Double(x[$1]) * Double(x[$1]) }
  }
}
