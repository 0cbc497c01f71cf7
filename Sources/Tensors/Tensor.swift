import Kernels

/// An n-dimensional array of `float32` or `float64`: a strided view of a `Storage`.
///
/// Views (slices, transposes, expansions) share their storage. Operations return new tensors;
/// only the methods that say so write. A tensor is not safe to share between threads.
public final class Tensor {
  public let storage: Storage
  public let dtype: DType
  /// Extents, row major; empty for a scalar.
  public let shape: [Int]
  /// Elements (not bytes) between neighbours along each axis; 0 where an axis is expanded.
  public let strides: [Int]
  /// Elements of the storage before the first.
  public let offset: Int
  /// Its place on the tape of a derivative being taken; nil for a constant.
  var place: Tape.Place?
  /// Its radicand, if it is a square root that a derivative being taken depends on; see `Root`.
  var root: Root?
  /// Whether its rows are rows of data: predictions or targets, [n][outputs], and what is computed
  /// from them elementwise. With a vector [n] they would broadcast to n×n, each row with every
  /// other row: see `BinaryOp`.
  package var isByRow = false

  /// A view of a storage. The caller guarantees that every index lies inside it.
  init(storage: Storage, dtype: DType, shape: [Int], strides: [Int], offset: Int) {
    self.storage = storage
    self.dtype = dtype
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Zeros of a shape.
  ///
  /// - Throws: `AllocationError`.
  public convenience init(zeros shape: [Int], dtype: DType = .float32) throws {
    self.init(
      storage: try Storage(count: Tensor.checkedCount(shape), dtype: dtype), dtype: dtype,
      shape: shape, strides: Tensor.contiguousStrides(shape), offset: 0)
  }

  /// A tensor of the given elements, row major, converted to `dtype`.
  ///
  /// - Throws: `ShapeError` when their number is not that of the shape.
  public convenience init(
    _ elements: some Collection<some BinaryFloatingPoint>, shape: [Int], dtype: DType = .float32
  ) throws {
    guard elements.count == (try Tensor.checkedCount(shape)) else {
      throw ShapeError(
        op: "tensor", lhs: shape, reason: "does not hold \(elements.count) elements")
    }
    try self.init(zeros: shape, dtype: dtype)
    dtype.dispatch { fill(elements, as: $0) }
  }

  /// A tensor whose elements the caller is about to write, all of them, in row-major order.
  convenience init(
    unwritten shape: [Int], strides: [Int]? = nil, count: Int, dtype: DType
  ) throws {
    self.init(
      storage: try Storage(count: count, dtype: dtype, zeroed: false), dtype: dtype, shape: shape,
      strides: strides ?? Tensor.contiguousStrides(shape), offset: 0)
  }

  private func fill<S: TensorScalar>(
    _ elements: some Collection<some BinaryFloatingPoint>, as type: S.Type
  ) {
    let target = base(as: S.self)
    for (index, value) in elements.enumerated() { target[index] = S(value) }
  }

  /// Number of elements.
  public var count: Int {
    var count = 1
    for extent in shape { count *= extent }
    return count
  }

  /// Number of axes.
  public var rank: Int { shape.count }

  /// Row-major strides of a shape.
  public static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * Swift.max(1, shape[axis + 1])
    }
    return strides
  }

  /// The most axes that a tensor may have, the same as in NumPy.
  static let largestRank = 64

  static func check(rank: Int) throws {
    guard rank <= largestRank else {
      throw ArgumentError("shape", mustBe: "of at most \(largestRank) axes", got: rank)
    }
  }

  /// The most rows of an empty tensor: loops over more would take longer than seconds.
  private static let mostEmptyRows = 1 << 32

  /// The product of the extents.
  ///
  /// - Throws: `AllocationError` on overflow, also of an empty tensor's other extents, which loops
  ///   run through; `ArgumentError` for a negative extent or too many axes.
  public static func checkedCount(_ shape: [Int]) throws -> Int {
    try check(rank: shape.count)
    // The strides of an empty tensor must not overflow either.
    var count = 1
    for extent in shape {
      guard extent >= 0 else { throw ArgumentError("shape", mustBe: "not negative", got: extent) }
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(1, extent))
      guard !overflow else { throw AllocationError(bytes: nil) }
      count = product
    }
    guard shape.contains(0) else { return count }
    guard count <= mostEmptyRows else { throw AllocationError(bytes: nil) }
    return 0
  }

  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// The address of the first element, for operations, which record themselves. `S` must be the
  /// tensor's dtype.
  func base<S: TensorScalar>(as type: S.Type) -> UnsafeMutablePointer<S> {
    precondition(S.dtype == dtype)
    return storage.bytes.assumingMemoryBound(to: S.self) + offset
  }

  /// The address of the first element, to fill a new tensor. `S` must be the tensor's dtype.
  ///
  /// - Throws: `LostDerivativeError` when a derivative being taken depends on the tensor.
  public func mutableBase<S: TensorScalar>(as type: S.Type) throws -> UnsafeMutablePointer<S> {
    try checkConstant()
    return base(as: S.self)
  }

  /// Calls `body` with the elements in row-major order as `S`: in place if they are stored so, else
  /// in a converted copy.
  ///
  /// - Throws: `LostDerivativeError` when a derivative being taken depends on the tensor: where its
  ///   numbers alone are meant, those of `detached()` are. `AllocationError`, and what `body`
  ///   throws.
  public func withElements<S: TensorScalar, R>(
    as type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> R
  ) throws -> R {
    try checkConstant()
    if S.dtype == dtype && isContiguous {
      defer { withExtendedLifetime(self) {} }
      return try body(UnsafeBufferPointer(start: base(as: S.self), count: count))
    }
    return try elements(as: S.self).withUnsafeBufferPointer(body)
  }

  /// A copy of the elements in row-major order.
  ///
  /// - Throws: `LostDerivativeError` as `withElements`; `AllocationError`.
  public func elements<S: TensorScalar>(as type: S.Type) throws -> [S] {
    try checkConstant()
    return try SystemMemory.withRoom(for: Storage.size(count, S.dtype)) {
      [S](unsafeUninitializedCapacity: count) { buffer, filled in
        if let target = buffer.baseAddress { gather(into: target, as: S.dtype) }
        filled = count
      }
    }
  }

  /// Writes the elements in row-major order as numbers of any type.
  ///
  /// Not generic, so that the loops are compiled for their types here, once for all modules.
  func gather(into target: UnsafeMutableRawPointer, as dtype: DType) {
    switch (self.dtype, dtype) {
    case (.float32, .float32):
      gather(from: Float.self, into: target.assumingMemoryBound(to: Float.self))
    case (.float32, .float64):
      gather(from: Float.self, into: target.assumingMemoryBound(to: Double.self))
    case (.float64, .float32):
      gather(from: Double.self, into: target.assumingMemoryBound(to: Float.self))
    case (.float64, .float64):
      gather(from: Double.self, into: target.assumingMemoryBound(to: Double.self))
    }
  }

  /// Writes the elements in row-major order. `From` must be the tensor's dtype.
  private func gather<From: TensorScalar, To: TensorScalar>(
    from: From.Type, into target: UnsafeMutablePointer<To>
  ) {
    let nest = LoopNest(shape, strides)
    let source = base(as: From.self)
    if From.self == To.self, let (columns, step) = nest.asTransposed {
      // From and To are the same type.
      let target = UnsafeMutableRawPointer(target).assumingMemoryBound(to: From.self)
      Kernels.transpose(source, step, rows: nest.count, columns: columns, target)
      return withExtendedLifetime(self) {}
    }
    var position = 0
    nest.forEachRun { offsets in
      Kernels.convert(source + offsets[0], nest.steps[0], target + position, nest.count)
      position += nest.count
    }
    withExtendedLifetime(self) {}
  }
}
