import CBLAS

/// LAPACK's routines for one number type, under LAPACK's names.
///
/// Matrices are column major without gaps: a row-major matrix is the transpose of what LAPACK
/// sees. All return `info`: 0 for success, negative for a wrong argument, else as the routine's
/// comment says. With a `workLength` of −1 they only write the lengths that they need to `work` and
/// `integerWork`. None of them can be interrupted.
public struct LAPACK<S: Scalar>: Sendable {
  public typealias Elements = UnsafeMutablePointer<S>
  public typealias Constants = UnsafePointer<S>
  public typealias Integers = UnsafeMutablePointer<Int32>
  public typealias ConstantIntegers = UnsafePointer<Int32>

  /// LU factors in place; info is the first pivot that is 0.
  public let getrf: @Sendable (_ n: Int32, _ a: Elements, _ pivots: Integers) -> Int32
  /// B ← op(A)⁻¹ B from the LU factors of A; op transposes for "T".
  public let getrs:
    @Sendable (
      _ op: CChar, _ n: Int32, _ columns: Int32, _ lu: Constants, _ pivots: ConstantIntegers,
      _ b: Elements
    ) -> Int32
  /// The inverse in place of the LU factors.
  public let getri:
    @Sendable (
      _ n: Int32, _ lu: Elements, _ pivots: ConstantIntegers, _ work: Elements,
      _ workLength: Int32
    ) -> Int32
  /// The Cholesky factor in place of the triangle ("U" or "L") that is read; info is the order of
  /// the first leading minor that is not positive.
  public let potrf: @Sendable (_ triangle: CChar, _ n: Int32, _ a: Elements) -> Int32
  /// B ← op(A)⁻¹ B for a triangle A, whose diagonal is not read for "U"; info is the first
  /// element of the diagonal that is 0.
  public let trtrs:
    @Sendable (
      _ triangle: CChar, _ op: CChar, _ diagonal: CChar, _ n: Int32, _ columns: Int32,
      _ a: Constants, _ b: Elements
    ) -> Int32
  /// LQ factors in place: L below the diagonal, Q as reflectors above it and `tau`.
  public let gelqf:
    @Sendable (
      _ rows: Int32, _ columns: Int32, _ a: Elements, _ tau: Elements, _ work: Elements,
      _ workLength: Int32
    ) -> Int32
  /// The first rows of Q in place of `reflectors`; the columns lie `distance` apart.
  public let orglq:
    @Sendable (
      _ rows: Int32, _ columns: Int32, _ reflectors: Int32, _ a: Elements, _ distance: Int32,
      _ tau: Constants, _ work: Elements, _ workLength: Int32
    ) -> Int32
  /// Singular values and, for the job "S", the first min(rows, columns) vectors; destroys A.
  /// `integerWork` takes 8 min(rows, columns). A positive info means no convergence.
  public let gesdd:
    @Sendable (
      _ job: CChar, _ rows: Int32, _ columns: Int32, _ a: Elements, _ s: Elements,
      _ u: Elements, _ vt: Elements, _ work: Elements, _ workLength: Int32,
      _ integerWork: Integers
    ) -> Int32
  /// Eigenvalues of a symmetric matrix, ascending, and for the job "V" the vectors in place.
  /// A positive info means no convergence.
  public let syevd:
    @Sendable (
      _ job: CChar, _ triangle: CChar, _ n: Int32, _ a: Elements, _ w: Elements,
      _ work: Elements, _ workLength: Int32, _ integerWork: Integers, _ integerLength: Int32
    ) -> Int32
  /// The shortest X with the least |A X − B| in place of B, which has max(rows, columns) rows;
  /// singular values up to `cutoff` times the largest count as 0. Destroys A. A positive info means
  /// no convergence.
  public let gelsd:
    @Sendable (
      _ rows: Int32, _ columns: Int32, _ right: Int32, _ a: Elements, _ b: Elements,
      _ s: Elements, _ cutoff: S, _ rank: Integers, _ work: Elements, _ workLength: Int32,
      _ integerWork: Integers
    ) -> Int32
}

extension Float {
  public static let lapack: LAPACK<Float> = {
    _ = blasIsReady
    return LAPACK(
      getrf: lai_sgetrf, getrs: lai_sgetrs, getri: lai_sgetri, potrf: lai_spotrf,
      trtrs: lai_strtrs, gelqf: lai_sgelqf, orglq: lai_sorglq, gesdd: lai_sgesdd,
      syevd: lai_ssyevd, gelsd: lai_sgelsd)
  }()
}

extension Double {
  public static let lapack: LAPACK<Double> = {
    _ = blasIsReady
    return LAPACK(
      getrf: lai_dgetrf, getrs: lai_dgetrs, getri: lai_dgetri, potrf: lai_dpotrf,
      trtrs: lai_dtrtrs, gelqf: lai_dgelqf, orglq: lai_dorglq, gesdd: lai_dgesdd,
      syevd: lai_dsyevd, gelsd: lai_dgelsd)
  }()
}
