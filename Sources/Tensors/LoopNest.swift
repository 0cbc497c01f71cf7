/// The loops over the elements of a shape for up to four operands at once.
///
/// Axes of extent 1 are dropped and neighbouring axes merged where all operands allow it, so that
/// the innermost run, which a kernel handles, is as long as possible.
struct LoopNest {
  /// Elements of the innermost run.
  private(set) var count = 1
  /// The operands' steps within it.
  private(set) var steps = SIMD4<Int>(repeating: 0)
  /// Extents and strides of the loops around it, the outermost first.
  private(set) var extents: [Int] = []
  private(set) var strides: [SIMD4<Int>] = []
  private let isEmpty: Bool

  init(_ shape: [Int], _ operands: [Int]...) {
    isEmpty = shape.contains(0)
    if isEmpty { count = 0 }
    for axis in shape.indices where shape[axis] != 1 && !isEmpty {
      var stride = SIMD4<Int>(repeating: 0)
      for operand in operands.indices { stride[operand] = operands[operand][axis] }
      if let last = strides.last, last == stride &* SIMD4(repeating: shape[axis]) {
        extents[extents.count - 1] *= shape[axis]
        strides[strides.count - 1] = stride
      } else {
        extents.append(shape[axis])
        strides.append(stride)
      }
    }
    if let extent = extents.popLast(), let stride = strides.popLast() {
      (count, steps) = (extent, stride)
    }
  }

  /// Whether there is only the innermost run.
  var isOneRun: Bool { extents.isEmpty && !isEmpty }

  /// If the first operand is a matrix that is read down its columns, with neighbouring columns:
  /// their number, and the elements between rows.
  var asTransposed: (columns: Int, step: Int)? {
    guard extents.count == 1, strides[0][0] == 1, steps[0] >= extents[0] else { return nil }
    return (extents[0], steps[0])
  }

  /// Calls `body` with the operands' offsets for each run, in row-major order.
  func forEachRun(_ body: (SIMD4<Int>) throws -> Void) rethrows {
    guard !isEmpty else { return }
    var offsets = SIMD4<Int>(repeating: 0)
    if extents.isEmpty { return try body(offsets) }
    var index = [Int](repeating: 0, count: extents.count)
    while true {
      try body(offsets)
      var axis = extents.count - 1
      while axis >= 0 {
        index[axis] += 1
        offsets &+= strides[axis]
        if index[axis] < extents[axis] { break }
        offsets &-= strides[axis] &* SIMD4(repeating: extents[axis])
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

/// The shape that two shapes broadcast to: aligned at the last axis, extents of 1 stretched.
///
/// - Throws: `ShapeError`.
func broadcastShape(_ a: [Int], _ b: [Int], op: String) throws -> [Int] {
  if a == b { return a }
  var shape = a.count >= b.count ? a : b
  let shift = (a.count - shape.count, b.count - shape.count)
  for axis in shape.indices {
    let left = axis + shift.0 >= 0 ? a[axis + shift.0] : 1
    let right = axis + shift.1 >= 0 ? b[axis + shift.1] : 1
    guard left == right || left == 1 || right == 1 else {
      throw ShapeError(op: op, lhs: a, rhs: b, reason: "do not broadcast (\(left) and \(right))")
    }
    shape[axis] = left == 1 ? right : left
  }
  return shape
}

extension Tensor {
  /// The strides with which this tensor is read as a tensor of `shape`, to which it broadcasts.
  func strides(broadcastTo shape: [Int]) -> [Int] {
    let shift = shape.count - rank
    return shape.indices.map { axis in
      axis < shift || (self.shape[axis - shift] == 1 && shape[axis] != 1)
        ? 0 : strides[axis - shift]
    }
  }
}
