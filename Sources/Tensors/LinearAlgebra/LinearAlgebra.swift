import Kernels

/// Solutions and factors of matrices, by LAPACK, with NumPy's names and meaning.
///
/// Matrices are the last two axes; the axes before them are those of a batch, whose matrices are
/// handled one after the other. Two number types give float64. Arguments are never changed, and
/// results are new and row major. A call cannot be interrupted while LAPACK works.
///
/// Everything but the rank has derivatives of any order. They are infinite or NaN where the results
/// do not depend smoothly on the matrix: vectors of eigenvalues or singular values that repeat,
/// vectors of a singular value 0 that has no partner. A function of a symmetric matrix reads one
/// triangle and gives a symmetric gradient, as if it read both.
public enum LinearAlgebra {}

/// A matrix without an inverse.
public struct SingularMatrixError: Error, Equatable, CustomStringConvertible {
  public let op: String
  /// The first pivot of the elimination that is 0, from 1.
  public let pivot: Int

  public init(op: String, pivot: Int) { (self.op, self.pivot) = (op, pivot) }

  public var description: String { "\(op): the matrix is singular (pivot \(pivot) is 0)" }
}

/// A symmetric matrix without a Cholesky factor.
public struct NotPositiveDefiniteError: Error, Equatable, CustomStringConvertible {
  public let op: String
  /// The order of the first leading minor that is not positive.
  public let minor: Int

  public init(op: String, minor: Int) { (self.op, self.minor) = (op, minor) }

  public var description: String {
    "\(op): the matrix is not positive definite (its leading minor of order \(minor) is not "
      + "positive)"
  }
}

/// An iteration that did not converge.
public struct ConvergenceError: Error, Equatable, CustomStringConvertible {
  public let op: String
  public init(op: String) { self.op = op }
  public var description: String { "\(op): the iteration does not converge" }
}

extension LinearAlgebra {
  // MARK: - Checks

  /// - Throws: `ShapeError` unless `a` has two axes or more and LAPACK can count its elements.
  static func checkMatrix(_ a: Tensor, op: String) throws {
    guard a.rank >= 2 else { throw ShapeError(op: op, lhs: a.shape, reason: "is not a matrix") }
    let (rows, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, Swift.max(count, rows, columns) <= Int(Int32.max) else {
      throw ShapeError(
        op: op, lhs: a.shape, reason: "is too large (above \(Int32.max) elements per matrix)")
    }
  }

  /// - Throws: `ShapeError` unless the matrices are square.
  static func checkSquare(_ a: Tensor, op: String) throws {
    try checkMatrix(a, op: op)
    guard a.shape[a.rank - 1] == a.shape[a.rank - 2] else {
      throw ShapeError(op: op, lhs: a.shape, reason: "is not square")
    }
  }

  /// - Throws: `ShapeError` when workspaces of a few times min(rows, columns)² are more than LAPACK
  ///   can count.
  static func checkWorkspace(_ a: Tensor, op: String) throws {
    let (rows, columns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let k = Swift.min(rows, columns)
    guard 5 * k * k + 256 * (rows + columns) <= Int(Int32.max) else {
      throw ShapeError(op: op, lhs: a.shape, reason: "is too large for LAPACK's workspace")
    }
  }

  /// - Throws: `ArgumentError` for NaN and infinities, on which LAPACK's iterations may not end.
  static func checkFinite(_ x: Tensor, name: String) throws {
    func firstOther<S: TensorScalar>(as type: S.Type) throws -> Double? {
      try x.detached().withElements(as: S.self) { $0.first { !$0.isFinite }.map(Double.init) }
    }
    let other =
      x.dtype == .float32 ? try firstOther(as: Float.self) : try firstOther(as: Double.self)
    if let other { throw ArgumentError(name, mustBe: "finite", got: other) }
  }

  // MARK: - Memory

  /// A copy of a matrix in column-major order, which is its transpose in row-major order.
  ///
  /// - Throws: `AllocationError`.
  static func transposedCopy(_ x: Tensor) throws -> Tensor {
    try x.view(x.shape.reversed(), x.strides.reversed()).unrecordedCopy()
  }

  /// An uninitialised tensor.
  ///
  /// - Throws: `AllocationError`.
  static func unwritten(_ shape: Int..., dtype: DType) throws -> Tensor {
    try Tensor(unwritten: shape, count: Tensor.checkedCount(shape), dtype: dtype)
  }

  /// Calls `body` with a workspace of the length that `body` asks for when it is called with a
  /// length of −1.
  ///
  /// - Throws: `AllocationError`.
  static func withWorkspace<S: TensorScalar>(
    _ type: S.Type, _ body: (UnsafeMutablePointer<S>, Int32) throws -> Int32
  ) throws -> Int32 {
    var wanted: S = 0
    let query = try body(&wanted, -1)
    precondition(query == 0, "LAPACK refuses argument \(-query)")
    // A length in float32 may have been rounded down.
    let length = Swift.max(1, Int(wanted.nextUp.rounded(.up)))
    let work = try Storage(count: length, dtype: S.dtype, zeroed: false)
    let info = try body(work.bytes.assumingMemoryBound(to: S.self), Int32(clamping: length))
    withExtendedLifetime(work) {}
    precondition(info >= 0, "LAPACK refuses argument \(-info)")
    return info
  }
}

/// A letter by which LAPACK names an option.
enum Letter {
  static let n = CChar(UInt8(ascii: "N"))
  static let t = CChar(UInt8(ascii: "T"))
  static let u = CChar(UInt8(ascii: "U"))
  static let l = CChar(UInt8(ascii: "L"))
  static let s = CChar(UInt8(ascii: "S"))
  static let v = CChar(UInt8(ascii: "V"))
}
