import CBLAS

/// A number type the kernels are written for: `Float` and `Double`.
public protocol Scalar:
  VectorSelection, LayerProducts, HashedVectors, BinaryFloatingPoint, LosslessStringConvertible,
  BitwiseCopyable, Codable, Sendable
where RawSignificand: FixedWidthInteger {
  /// C ← α·op(A)·op(B) + β·C, all row major; op transposes if the flag is set.
  ///
  /// op(A) is `rows`×`inner`, op(B) `inner`×`columns`, C `rows`×`columns`; `lda`, `ldb` and `ldc`
  /// are the distances between the stored rows. With β = 0, C may hold anything, NaN included.
  static func matrixProduct(
    rows: Int, columns: Int, inner: Int,
    alpha: Self, _ a: UnsafePointer<Self>, lda: Int, transposeA: Bool,
    _ b: UnsafePointer<Self>, ldb: Int, transposeB: Bool,
    beta: Self, into c: UnsafeMutablePointer<Self>, ldc: Int)

  /// LAPACK's routines for this type.
  static var lapack: LAPACK<Self> { get }
}

/// Chooses the processor kernels of the BLAS, once.
@usableFromInline let blasIsReady: Void = lai_blas_prepare()

/// What `useOneBLASBuffer` allocates, in bytes.
public let blasBufferSize = 128 << 20

/// From now on one thread at a time uses the BLAS, with memory that is allocated here. OpenBLAS tries
/// for ever to allocate more, where a limit refuses it.
public func useOneBLASBuffer() { lai_blas_use_one_buffer() }

/// The name of the BLAS kernels in use, e.g. "SkylakeX".
public func blasKernelName() -> String { String(cString: lai_blas_kernels()) }

/// What this program was built for, e.g. "x86-64-v4 (AVX-512)".
public func processorLevel() -> String { String(cString: lai_processor_level()) }

extension Float: Scalar {
  public static func matrixProduct(
    rows: Int, columns: Int, inner: Int,
    alpha: Float, _ a: UnsafePointer<Float>, lda: Int, transposeA: Bool,
    _ b: UnsafePointer<Float>, ldb: Int, transposeB: Bool,
    beta: Float, into c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    _ = blasIsReady
    guard rows > 0, columns > 0 else { return }
    lai_blas_enter()
    defer { lai_blas_leave() }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(inner), alpha, a, Int32(max(1, lda)), b,
      Int32(max(1, ldb)), beta, c, Int32(max(1, ldc)))
  }
}

extension Double: Scalar {
  public static func matrixProduct(
    rows: Int, columns: Int, inner: Int,
    alpha: Double, _ a: UnsafePointer<Double>, lda: Int, transposeA: Bool,
    _ b: UnsafePointer<Double>, ldb: Int, transposeB: Bool,
    beta: Double, into c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    _ = blasIsReady
    guard rows > 0, columns > 0 else { return }
    lai_blas_enter()
    defer { lai_blas_leave() }
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(inner), alpha, a, Int32(max(1, lda)), b,
      Int32(max(1, ldb)), beta, c, Int32(max(1, ldc)))
  }
}
