import Kernels

/// The extents of a tensor before, along and behind one axis.
struct AxisBlocks {
  let outer: Int
  let extent: Int
  let inner: Int

  init(_ shape: [Int], axis: Int) {
    outer = shape[..<axis].reduce(1, *)
    extent = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }
}

extension Tensor {
  /// The given places (0-based, in any order, any number of times) of one axis.
  ///
  /// - Throws: `AxisError`, `IndexError`, `AllocationError`.
  public func taken(axis: Int, at places: [Int]) throws -> Tensor {
    try check(axis: axis, op: "index")
    try check(places, axis: axis, op: "index")
    var shape = shape
    shape[axis] = places.count
    let extent = self.shape[axis]
    let result = try indexing(into: shape, zeroed: false) { source, result in
      let blocks = AxisBlocks(source.shape, axis: axis)
      func run<S: TensorScalar>(as type: S.Type) {
        places.withUnsafeBufferPointer {
          Kernels.take(
            source.base(as: S.self), outer: blocks.outer, extent: blocks.extent,
            inner: blocks.inner, $0, result.base(as: S.self))
        }
      }
      source.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    }.recorded(from: self) { try $0.addedAt(axis: axis, places, extent: extent) }
    result.isByRow = isByRow && axis == 0
    return result
  }

  /// Zeros along an axis of `extent`, to which the slices of this tensor are added at the given
  /// places (0-based): the counterpart of `taken`.
  ///
  /// - Throws: `AxisError`, `IndexError`, `ShapeError`, `AllocationError`.
  public func addedAt(axis: Int, _ places: [Int], extent: Int) throws -> Tensor {
    try check(axis: axis, op: "add_at")
    guard places.count == shape[axis] else {
      throw ShapeError(
        op: "add_at", lhs: shape, reason: "does not have a slice for each of \(places.count) places"
      )
    }
    var shape = shape
    shape[axis] = extent
    for place in places where place < 0 || place >= extent {
      throw IndexError(op: "add_at", axis: axis, index: place, extent: extent)
    }
    return try indexing(into: shape, zeroed: true) { source, result in
      let blocks = AxisBlocks(shape, axis: axis)
      func run<S: TensorScalar>(as type: S.Type) {
        places.withUnsafeBufferPointer {
          Kernels.addAt(
            source.base(as: S.self), outer: blocks.outer, extent: extent, inner: blocks.inner, $0,
            result.base(as: S.self))
        }
      }
      source.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    }.recorded(from: self) { try $0.taken(axis: axis, at: places) }
  }

  /// result[…, j, …] = x[…, places[…, j, …], …]: a place (0-based) along the axis for each element
  /// of the result, whose shape is this tensor's but for that axis.
  ///
  /// - Throws: `AxisError`, `IndexError`; `ShapeError` when there are not as many places;
  ///   `AllocationError`.
  public func gathered(axis: Int, at places: [Int], shape: [Int]) throws -> Tensor {
    try check(axis: axis, op: "gather")
    try check(places, axis: axis, op: "gather")
    try checkGather(axis: axis, places, shape, op: "gather")
    let extent = self.shape[axis]
    return try indexing(into: shape, zeroed: false) { source, result in
      let blocks = AxisBlocks(source.shape, axis: axis)
      func run<S: TensorScalar>(as type: S.Type) {
        Kernels.gather(
          source.base(as: S.self), outer: blocks.outer, extent: extent, inner: blocks.inner,
          length: shape[axis], places, result.base(as: S.self))
      }
      source.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    }.recorded(from: self) { try $0.scattered(axis: axis, to: places, extent: extent) }
  }

  /// Zeros, to which each element of this tensor is added at its place (0-based) along the axis:
  /// the counterpart of `gathered`.
  ///
  /// - Throws: `AxisError`, `IndexError`, `ShapeError`, `AllocationError`.
  public func scattered(axis: Int, to places: [Int], extent: Int) throws -> Tensor {
    try check(axis: axis, op: "scatter")
    try checkGather(axis: axis, places, shape, op: "scatter")
    for place in places where place < 0 || place >= extent {
      throw IndexError(op: "scatter", axis: axis, index: place, extent: extent)
    }
    var wanted = shape
    wanted[axis] = extent
    let original = shape
    return try indexing(into: wanted, zeroed: true) { source, result in
      let blocks = AxisBlocks(source.shape, axis: axis)
      func run<S: TensorScalar>(as type: S.Type) {
        Kernels.scatter(
          source.base(as: S.self), outer: blocks.outer, extent: extent, inner: blocks.inner,
          length: blocks.extent, places, result.base(as: S.self))
      }
      source.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    }.recorded(from: self) { try $0.gathered(axis: axis, at: places, shape: original) }
  }

  /// The elements where the mask, of the same shape, is not 0, in row-major order.
  ///
  /// - Throws: `ShapeError`, `AllocationError`.
  public func masked(_ mask: Tensor) throws -> Tensor {
    guard mask.shape == shape else {
      throw ShapeError(op: "masked", lhs: shape, rhs: mask.shape, reason: "differ")
    }
    // Memory: the mask, its elements that are set with their places, and the places.
    try AllocationError.check(count, bytesEach: 32)
    let set = try mask.detached().elements(as: Double.self).enumerated().filter { $0.element != 0 }
    return try reshaped([count]).taken(axis: 0, at: set.map(\.offset))
  }

  private func check(_ places: [Int], axis: Int, op: String) throws {
    for place in places where place < 0 || place >= shape[axis] {
      throw IndexError(op: op, axis: axis, index: place, extent: shape[axis])
    }
  }

  private func checkGather(axis: Int, _ places: [Int], _ wanted: [Int], op: String) throws {
    var other = wanted
    if other.indices.contains(axis) { other[axis] = shape[axis] }
    guard other == shape, places.count == (try Tensor.checkedCount(wanted)) else {
      throw ShapeError(
        op: op, lhs: shape, rhs: wanted, reason: "differ on another axis than the one indexed")
    }
  }

  /// A tensor of `shape` filled by `body` from this one's elements in row-major order.
  func indexing(
    into shape: [Int], zeroed: Bool, _ body: (_ source: Tensor, _ result: Tensor) -> Void
  ) throws -> Tensor {
    let count = try Tensor.checkedCount(shape)
    let result =
      zeroed
      ? try Tensor(zeros: shape, dtype: dtype)
      : try Tensor(unwritten: shape, count: count, dtype: dtype)
    let source = isContiguous ? self : try unrecordedCopy()
    if count > 0, source.count > 0 { body(source, result) }
    withExtendedLifetime(source) {}
    return result
  }
}
