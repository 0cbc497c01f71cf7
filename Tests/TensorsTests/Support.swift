import Tensors
import Testing

extension Tensor {
  /// The elements in row-major order, in double precision.
  var values: [Double] { try! elements(as: Double.self) }

  /// Element by element, from the indices: without kernels and loop nests.
  var valuesByIndex: [Double] {
    get throws { try Self.allIndices(shape).map { try value(at: $0) } }
  }

  static func allIndices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { heads, extent in heads.flatMap { head in (0..<extent).map { head + [$0] } }
    }
  }
}

/// Equal, or both NaN, or within `tolerance` of each other relative to the second.
func isNear(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
  a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(abs(b), 1e-30)
}

func isNear(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { isNear($0, $1, tolerance) }
}

extension DType {
  /// The size of a few rounding errors.
  var tolerance: Double { self == .float32 ? 1e-6 : 1e-14 }
}

/// One tensor in every relevant layout: in order, transposed, with gaps, with an offset, stretched.
/// All have 3x4 elements unless stretched.
func layouts(of domain: ClosedRange<Double>, dtype: DType, seed: UInt64 = 1) throws -> [Tensor] {
  var generator = RandomGenerator(seed: seed)
  func random(_ shape: [Int]) throws -> Tensor {
    let width = domain.upperBound - domain.lowerBound
    return try Tensor.random(shape, dtype: dtype, using: &generator) * width + domain.lowerBound
  }
  return [
    try random([3, 4]),
    try random([4, 3]).transposed(),
    try random([3, 9]).sliced(axis: 1, from: 1, to: 9, step: 2),
    try random([7, 4]).narrowed(axis: 0, from: 2, length: 3),
    try random([3, 2, 4]).selected(axis: 1, index: 1),
    try random([4]).expanded(to: [3, 4]),
    try random([3, 1]).expanded(to: [3, 4]),
    try random([]).expanded(to: [3, 4]),
    try random([4, 2, 3]).transposed(0, 2).selected(axis: 1, index: 0),
    try random([37]).reshaped([37, 1]).transposed(),
    try random([2, 3, 5, 2]).transposed(1, 3),
  ]
}
