/// An activation σ for vectors: its value and its first two derivatives at z.
public protocol ActivationFunction: Sendable {
  /// From what the step takes the derivatives; `stored` works for every activation.
  static var form: DerivativeForm { get }
  static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  )
}

extension ActivationFunction {
  @inlinable public static var form: DerivativeForm { .stored }
}

/// From what σ′ and σ″ are computed: reading them from memory is slower than a few multiplications.
public enum DerivativeForm: Int32, Sendable {
  /// Stored beside the values.
  case stored
  /// From a = tanh z.
  case ofTanh
  /// From a = max(0, z).
  case ofReLU

  /// Whether σ″ is 0 everywhere.
  public var isFlat: Bool { self == .ofReLU }
}

/// A `DerivativeForm` as a type, so that the compiler specialises the loops for it.
public protocol Derivatives {
  /// σ′, from what is stored for it.
  static func first<S: Scalar>(_ x: S.Vector, as type: S.Type) -> S.Vector
  /// σ″·s, from that and from σ′·s; where σ″ is stored, from σ″·s itself.
  static func second<S: Scalar>(_ x: S.Vector, _ product: S.Vector, as type: S.Type) -> S.Vector
}

public enum StoredDerivatives: Derivatives {
  @inlinable @inline(__always)
  public static func first<S: Scalar>(_ x: S.Vector, as type: S.Type) -> S.Vector { x }
  @inlinable @inline(__always)
  public static func second<S: Scalar>(_ x: S.Vector, _ product: S.Vector, as type: S.Type)
    -> S.Vector
  { product }
}

/// σ′ = 1 − a², σ″ = −2aσ′.
public enum TanhDerivatives: Derivatives {
  @inlinable @inline(__always)
  public static func first<S: Scalar>(_ x: S.Vector, as type: S.Type) -> S.Vector {
    S.Vector(repeating: 1) - x * x
  }
  @inlinable @inline(__always)
  public static func second<S: Scalar>(_ x: S.Vector, _ product: S.Vector, as type: S.Type)
    -> S.Vector
  { S.Vector(repeating: -2) * x * product }
}

/// σ′ = 1 where a > 0, σ″ = 0.
public enum ReLUDerivatives: Derivatives {
  @inlinable @inline(__always)
  public static func first<S: Scalar>(_ x: S.Vector, as type: S.Type) -> S.Vector {
    S.choose(S.Vector(repeating: 1), where: x, exceeds: S.Vector(), else: S.Vector())
  }
  @inlinable @inline(__always)
  public static func second<S: Scalar>(_ x: S.Vector, _ product: S.Vector, as type: S.Type)
    -> S.Vector
  { S.Vector() }
}

extension Kernels {
  /// z ← σ(z), first ← σ′, second ← σ″. Derivatives whose buffer is nil are not written.
  @inlinable @inline(__always)
  public static func activate<F: ActivationFunction, S: Scalar>(
    _ function: F.Type, _ z: UnsafeMutablePointer<S>, count: Int,
    first: UnsafeMutablePointer<S>?, second: UnsafeMutablePointer<S>?
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      let result = F.evaluate(load(z, i, lanes), as: S.self)
      store(result.value, z, i, lanes)
      if let first { store(result.first, first, i, lanes) }
      if let second { store(result.second, second, i, lanes) }
    }
  }
}

public enum Identity: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) { (z, S.Vector(repeating: 1), S.Vector()) }
}

public enum Tanh: ActivationFunction {
  @inlinable public static var form: DerivativeForm { .ofTanh }

  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let value = S.tanh(z)
    let first = S.Vector(repeating: 1) - value * value
    return (value, first, value * first * S.Vector(repeating: -2))
  }
}

public enum Sigmoid: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let value = S.sigmoid(z)
    let one = S.Vector(repeating: 1)
    let first = value * (one - value)
    return (value, first, first * (one - value - value))
  }
}

public enum ReLU: ActivationFunction {
  @inlinable public static var form: DerivativeForm { .ofReLU }

  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let zero = S.Vector()
    return (
      S.choose(zero, where: zero, exceeds: z, else: z),
      S.choose(S.Vector(repeating: 1), where: z, exceeds: zero, else: zero), zero
    )
  }
}

public enum LeakyReLU: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let zero = S.Vector()
    let slope = S.Vector(repeating: 0.01)
    let first = S.choose(S.Vector(repeating: 1), where: z, exceeds: zero, else: slope)
    return (z * first, first, zero)
  }
}

public enum Softplus: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    // Linear above 20, as PyTorch's.
    let threshold = S.Vector(repeating: 20)
    let one = S.Vector(repeating: 1)
    let sigmoid = S.sigmoid(z)
    return (
      S.choose(z, where: z, exceeds: threshold, else: S.softplus(z)),
      S.choose(one, where: z, exceeds: threshold, else: sigmoid),
      S.choose(S.Vector(), where: z, exceeds: threshold, else: sigmoid * (one - sigmoid))
    )
  }
}

public enum GELU: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let distribution = S.normalCDF(z)
    let square = z * z
    let density =
      S.exp(square * S.Vector(repeating: -0.5)) * S.Vector(repeating: 0.398_942_280_401_432_7)
    // Beyond 40 the density is 0 in any case, and z² may be infinite.
    let bounded = S.choose(
      S.Vector(), where: S.magnitude(of: z), exceeds: S.Vector(repeating: 40), else: square)
    return (
      z * distribution, distribution + z * density,
      density * (S.Vector(repeating: 2) - bounded)
    )
  }
}

public enum SiLU: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let sigmoid = S.sigmoid(z)
    let one = S.Vector(repeating: 1)
    let first = sigmoid * (one - sigmoid)
    return (
      z * sigmoid, sigmoid + z * first,
      first * (S.Vector(repeating: 2) + z * (one - sigmoid - sigmoid))
    )
  }
}

public enum ELU: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let zero = S.Vector()
    let power = S.exp(z)
    return (
      S.choose(z, where: z, exceeds: zero, else: S.expm1(z)),
      S.choose(S.Vector(repeating: 1), where: z, exceeds: zero, else: power),
      S.choose(zero, where: z, exceeds: zero, else: power)
    )
  }
}

public enum Sine: ActivationFunction {
  @inlinable @inline(__always)
  public static func evaluate<S: Scalar>(_ z: S.Vector, as type: S.Type) -> (
    value: S.Vector, first: S.Vector, second: S.Vector
  ) {
    let value = S.sin(z)
    return (value, S.cos(z), S.Vector() - value)
  }
}
