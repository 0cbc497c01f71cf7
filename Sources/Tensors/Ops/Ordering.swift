import Kernels

extension Tensor {
  /// Running sums along an axis (0-based), from its start, or from its end when `reversed`.
  ///
  /// - Throws: `AxisError`, `AllocationError`.
  public func cumulativeSum(axis: Int, reversed: Bool = false) throws -> Tensor {
    try check(axis: axis, op: "cumsum")
    return try indexing(into: shape, zeroed: false) { source, result in
      let blocks = AxisBlocks(source.shape, axis: axis)
      func run<S: TensorScalar>(as type: S.Type) {
        Kernels.cumulativeSum(
          source.base(as: S.self), outer: blocks.outer, extent: blocks.extent,
          inner: blocks.inner, reversed: reversed, result.base(as: S.self))
      }
      source.dtype == .float32 ? run(as: Float.self) : run(as: Double.self)
    }.recorded(from: self) { try $0.cumulativeSum(axis: axis, reversed: !reversed) }
  }

  /// The elements sorted along an axis (0-based), NaN last and equal elements in their old order,
  /// and the old place of each (0-based), as float64.
  ///
  /// - Throws: `AxisError`, `AllocationError`.
  public func sorted(axis: Int, descending: Bool = false) throws -> (
    values: Tensor, places: Tensor
  ) {
    let places = try order(axis: axis, descending: descending)
    return (
      try gathered(axis: axis, at: places, shape: shape),
      try Tensor(places.map(Double.init), shape: shape, dtype: .float64)
    )
  }

  /// The k largest, or smallest, elements along an axis (0-based), the best first, and their
  /// places.
  ///
  /// - Throws: `AxisError`; `ArgumentError` for a k that the axis does not hold; `AllocationError`.
  public func top(_ k: Int, axis: Int, largest: Bool = true) throws -> (
    values: Tensor, places: Tensor
  ) {
    try check(axis: axis, op: "topk")
    guard k >= 0, k <= shape[axis] else {
      throw ArgumentError("k", mustBe: "0 to \(shape[axis]), the axis's extent", got: k)
    }
    let (values, places) = try sorted(axis: axis, descending: largest)
    return (
      try values.narrowed(axis: axis, from: 0, length: k),
      try places.narrowed(axis: axis, from: 0, length: k).contiguous()
    )
  }

  /// Reverses one axis (0-based).
  ///
  /// - Throws: `AxisError`, `AllocationError`.
  public func flipped(axis: Int) throws -> Tensor {
    try check(axis: axis, op: "flip")
    return try taken(axis: axis, at: (0..<shape[axis]).reversed())
  }

  /// For each element of the result in row-major order, its old place along the axis.
  private func order(axis: Int, descending: Bool) throws -> [Int] {
    try check(axis: axis, op: "sort")
    let source = isContiguous ? self : try unrecordedCopy()
    let blocks = AxisBlocks(shape, axis: axis)
    // Memory: the places, the sorted places of a line, and the places as numbers.
    try AllocationError.check(count, bytesEach: 24)
    var places = [Int](repeating: 0, count: count)
    func run<S: TensorScalar>(as type: S.Type) {
      let elements = source.base(as: S.self)
      withUnsafeTemporaryAllocation(of: S.self, capacity: Swift.max(1, blocks.extent)) { line in
        for outer in 0..<blocks.outer {
          for inner in 0..<blocks.inner {
            let start = outer * blocks.extent * blocks.inner + inner
            for j in 0..<blocks.extent { line[j] = elements[start + j * blocks.inner] }
            let order = Kernels.order(line.baseAddress!, blocks.extent, descending: descending)
            for j in 0..<blocks.extent { places[start + j * blocks.inner] = order[j] }
          }
        }
      }
      withExtendedLifetime(source) {}
    }
    if count > 0 { dtype == .float32 ? run(as: Float.self) : run(as: Double.self) }
    return places
  }
}
