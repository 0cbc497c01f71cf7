import Foundation
import Tensors
import Testing

@Suite("Binary ops") struct BinaryOpTests {
  static let reference: [String: @Sendable (Double, Double) -> Double] = [
    "add": { $0 + $1 }, "sub": { $0 - $1 }, "mul": { $0 * $1 }, "div": { $0 / $1 },
    "pow": { pow($0, $1) },
    "maximum": { $0.isNaN || $1.isNaN ? .nan : max($0, $1) },
    "minimum": { $0.isNaN || $1.isNaN ? .nan : min($0, $1) },
    "gt": { $0 > $1 ? 1 : 0 }, "ge": { $0 >= $1 ? 1 : 0 }, "lt": { $0 < $1 ? 1 : 0 },
    "le": { $0 <= $1 ? 1 : 0 }, "eq": { $0 == $1 ? 1 : 0 }, "ne": { $0 != $1 ? 1 : 0 },
  ]

  @Test("every pair of layouts", arguments: BinaryOp.all, DType.allCases)
  func layoutPairs(op: BinaryOp, dtype: DType) throws {
    let function = try #require(Self.reference[op.name], "no reference for \(op.name)")
    let left = try layouts(of: op.domain, dtype: dtype, seed: 1).filter { $0.shape == [3, 4] }
    let right = try layouts(of: op.domain, dtype: dtype, seed: 2).filter { $0.shape == [3, 4] }
    for a in left {
      for b in right + [a] {
        let wanted = zip(try a.valuesByIndex, try b.valuesByIndex).map(function)
        let y = try op(a, b)
        #expect(y.isContiguous && y.dtype == dtype)
        // Differences cancel: the rounding error is relative to the operands.
        #expect(
          zip(y.values, wanted).allSatisfy {
            isNear($0, $1, dtype.tolerance) || abs($0 - $1) < 1e-6
          },
          "\(op.name): strides \(a.strides) and \(b.strides)")
      }
    }
  }

  @Test(
    "broadcast shapes", arguments: BinaryOp.all,
    [
      ([3, 4], [4]), ([4], [3, 4]), ([3, 1], [1, 4]), ([3, 4], []), ([], [2, 2]), ([1], [5]),
      ([2, 1, 3], [4, 1]), ([1, 1], [3]), ([0, 3], [1, 3]), ([0], [1]), ([1], [0, 2]),
      ([5, 1, 2, 1], [3, 1, 4]), ([1, 1, 1], [7]),
    ])
  func broadcasting(op: BinaryOp, shapes: ([Int], [Int])) throws {
    let function = try #require(Self.reference[op.name])
    var generator = RandomGenerator(seed: 3)
    let a = try Tensor.random(shapes.0, dtype: .float64, using: &generator) + 0.5
    let b = try Tensor.random(shapes.1, dtype: .float64, using: &generator) + 0.5
    let y = try op(a, b)
    let rank = max(a.rank, b.rank)
    let padded = [a.shape, b.shape].map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    let shape = zip(padded[0], padded[1]).map { $0 == 1 ? $1 : $0 }
    #expect(y.shape == shape)
    for indices in Tensor.allIndices(shape) {
      func value(_ x: Tensor) throws -> Double {
        let tail = indices.suffix(x.rank)
        return try x.value(at: zip(tail, x.shape).map { $1 == 1 ? 0 : $0 })
      }
      #expect(isNear(try y.value(at: indices), function(try value(a), try value(b)), 1e-14))
    }
  }

  @Test("shapes that do not broadcast", arguments: BinaryOp.all) func misfits(op: BinaryOp) throws {
    let a = try Tensor.zeros([3, 4])
    for shape in [[3], [5, 4], [0], [4, 3], [2, 3, 5]] {
      let error = #expect(throws: ShapeError.self) { try op(a, Tensor.zeros(shape)) }
      #expect(error?.op == op.name && error?.lhs == [3, 4] && error?.rhs == shape)
    }
  }

  @Test("numbers take the tensor's type", arguments: BinaryOp.all, DType.allCases)
  func numbers(op: BinaryOp, dtype: DType) throws {
    for x in try layouts(of: op.domain, dtype: dtype) {
      let number = try Tensor.scalar(1.25, dtype: dtype)
      #expect(isNear(try op(x, 1.25).values, try op(x, number).values, 0))
      #expect(isNear(try op(1.25, x).values, try op(number, x).values, 0))
      #expect(try op(x, 1.25).dtype == dtype)
    }
  }

  @Test("float32 with float64 is float64", arguments: BinaryOp.all) func promotion(op: BinaryOp)
    throws
  {
    let a = try Tensor.full([2], 0.1, dtype: .float32)
    let b = try Tensor.full([2], 0.1, dtype: .float64)
    let function = try #require(Self.reference[op.name])
    for (x, y) in [(a, b), (b, a)] {
      let result = try op(x, y)
      #expect(result.dtype == .float64)
      #expect(isNear(result.values[1], function(x.values[1], y.values[1]), 1e-15))
    }
  }

  @Test("NaN and infinities", arguments: BinaryOp.all, DType.allCases)
  func extremes(op: BinaryOp, dtype: DType) throws {
    let function = try #require(Self.reference[op.name])
    let special = [0, 1, -1.5, .infinity, -.infinity, .nan]
    let a = try Tensor(special, shape: [6, 1], dtype: dtype)
    let b = try Tensor(special, shape: [6], dtype: dtype)
    let wanted = special.flatMap { x in special.map { function(x, $0) } }
    #expect(isNear(try op(a, b).values, wanted, dtype.tolerance))
  }

  /// numpy.power of float64 for the bases down and the exponents across.
  @Test("powers as NumPy") func powers() throws {
    let bases = try Tensor([-2.0, 0, 0.5, 3], shape: [4, 1], dtype: .float64)
    let exponents = try Tensor([-1.0, 0, 0.5, 2, 3], shape: [5], dtype: .float64)
    let numpy = [
      -0.5, 1, .nan, 4, -8, .infinity, 1, 0, 0, 0, 2, 1, 0.7071067811865476, 0.25, 0.125,
      0.3333333333333333, 1, 1.7320508075688772, 9, 27,
    ]
    #expect(isNear(try bases.pow(exponents).values, numpy, 1e-15))
    #expect(try bases.pow(2).values == [4, 0, 0.25, 9])
  }

  @Test("records are complete and named once") func records() {
    #expect(Set(BinaryOp.all.map(\.name)).count == BinaryOp.all.count)
    #expect(BinaryOp.all.allSatisfy { $0.summary.hasSuffix(".") && $0.summary.count < 90 })
    #expect(Set(Self.reference.keys) == Set(BinaryOp.all.map(\.name)))
  }

  @Test("operators") func operators() throws {
    let x = try Tensor([1.0, 2], shape: [2])
    #expect(
      try (x + x).values == [2, 4] && (x - 1).values == [0, 1] && (1 - x).values == [0, -1])
    #expect(
      try (x * x).values == [1, 4] && (2 / x).values == [2, 1] && (x / 2).values == [0.5, 1])
    #expect(try (2 * x + 1).values == [3, 5] && x.ge(2).values == [0, 1])
  }
}
