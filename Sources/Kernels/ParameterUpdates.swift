/// The formula of an optimizer, for vectors of parameters: `step` is all that one writes.
///
/// θ ← θ·keep − step(g), where g is the gradient plus penalty·θ. Numbers that each parameter has of
/// its own between updates, such as moments, are slots.
public protocol UpdateFormula: Sendable {
  /// How many slots a parameter has: 0 to 3.
  static var slots: Int { get }

  /// Computes the constants of an update.
  ///
  /// - rate: the learning rate.
  /// - step: counts the updates from 1.
  mutating func begin(rate: Double, step: Int)

  /// What is subtracted from the parameters.
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector
}

extension UpdateFormula {
  /// A constant for every element of a vector.
  @inlinable @inline(__always)
  public func all<S: Scalar>(_ value: Double, as type: S.Type) -> S.Vector {
    S.Vector(repeating: S(value))
  }

  /// 1 − a constant, for every element of a vector: the difference of the rounded constant.
  @inlinable @inline(__always)
  public func rest<S: Scalar>(_ value: Double, as type: S.Type) -> S.Vector {
    S.Vector(repeating: 1 - S(value))
  }
}

/// The slots of a vector of parameters, or the buffers of those of all; those that a formula has not
/// are not looked at.
public struct Slots<Slot> {
  public var first: Slot
  public var second: Slot
  public var third: Slot

  @inlinable @inline(__always) public init(_ first: Slot, _ second: Slot, _ third: Slot) {
    (self.first, self.second, self.third) = (first, second, third)
  }
}

extension Kernels {
  /// One update of parameters θ, in one pass; whether all are finite after it.
  ///
  /// - added: to the gradients; nil for nothing.
  /// - updated: where the new parameters go, which may be where θ is.
  /// - penalty: L2 regularisation, added to g as penalty·θ.
  /// - decay: decoupled weight decay, already times the learning rate: keep = 1 − decay.
  @inlinable @inline(__always) public static func update<F: UpdateFormula, S: Scalar>(
    _ formula: F, _ parameters: UnsafePointer<S>, gradients: UnsafePointer<S>,
    added: UnsafePointer<S>?, into updated: UnsafeMutablePointer<S>,
    slots: Slots<UnsafeMutablePointer<S>>, count: Int, penalty: S, decay: S
  ) -> Bool {
    // x − x is 0, or NaN for what is not finite.
    var differences = S.Vector()
    let (penalty, keep) = (S.Vector(repeating: penalty), S.Vector(repeating: 1 - decay))
    forEachVector(of: S.self, count) { i, lanes in
      let theta = load(parameters, i, lanes)
      let g = S.multiplyAdd(penalty, theta, sum(gradients, added, i, lanes))
      var own = Slots(
        F.slots > 0 ? load(slots.first, i, lanes) : S.Vector(),
        F.slots > 1 ? load(slots.second, i, lanes) : S.Vector(),
        F.slots > 2 ? load(slots.third, i, lanes) : S.Vector())
      let step = formula.step(g, &own, as: S.self)
      if F.slots > 0 { store(own.first, slots.first, i, lanes) }
      if F.slots > 1 { store(own.second, slots.second, i, lanes) }
      if F.slots > 2 { store(own.third, slots.third, i, lanes) }
      let new = theta * keep - step
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

  /// Subtracts from each of `rows` rows of `columns` elements its mean.
  public static func centerRows<S: Scalar>(
    _ x: UnsafeMutablePointer<S>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      let x = x + row * columns
      let mean = S.Vector(repeating: total(x, columns) / S(columns))
      forEachVector(of: S.self, columns) { i, lanes in
        store(load(x, i, lanes) - mean, x, i, lanes)
      }
    }
  }
}
