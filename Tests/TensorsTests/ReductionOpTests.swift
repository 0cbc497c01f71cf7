import Foundation
import Tensors
import Testing

@Suite("Reductions") struct ReductionOpTests {
  static let reference: [String: @Sendable ([Double]) -> Double] = [
    "sum": { $0.reduce(0, +) },
    "mean": { $0.reduce(0, +) / Double($0.count) },
    "var": { variance($0) },
    "std": { variance($0).squareRoot() },
    "median": { x in
      let sorted = x.sorted()
      return x.contains { $0.isNaN }
        ? .nan : (sorted[(x.count - 1) / 2] + sorted[x.count / 2]) / 2
    },
    "min": { x in x.contains { $0.isNaN } ? .nan : x.min()! },
    "max": { x in x.contains { $0.isNaN } ? .nan : x.max()! },
    "argmin": { x in Double(x.firstIndex { $0.isNaN } ?? x.firstIndex(of: x.min()!)!) },
    "argmax": { x in Double(x.firstIndex { $0.isNaN } ?? x.firstIndex(of: x.max()!)!) },
    "norm": { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
  ]

  static func variance(_ x: [Double]) -> Double {
    // Starts at the first element: exact if all are equal.
    let mean = x[0] + x.reduce(0) { $0 + ($1 - x[0]) } / Double(x.count)
    return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
  }

  static func check(_ op: ReductionOp, _ x: Tensor) throws {
    let function = try #require(reference[op.name], "no reference for \(op.name)")
    let dtype = op.givesPlaces ? .float64 : x.dtype
    let all = try op(x)
    #expect(all.shape == [] && all.dtype == dtype)
    #expect(isNear(try all.item(), function(try x.valuesByIndex), x.dtype.tolerance), "\(op.name)")
    #expect(try op(x, keepDimensions: true).shape == x.shape.map { _ in 1 })
    for axis in x.shape.indices {
      let y = try op(x, axis: axis)
      var kept = x.shape
      kept.remove(at: axis)
      #expect(y.shape == kept && y.dtype == dtype)
      let wanted = try Tensor.allIndices(kept).map { indices in
        function(
          try (0..<x.shape[axis]).map { place in
            var full = indices
            full.insert(place, at: axis)
            return try x.value(at: full)
          })
      }
      #expect(
        isNear(y.values, wanted, x.dtype.tolerance),
        "\(op.name) along \(axis) of \(x.shape), strides \(x.strides)")
      let held = try op(x, axis: axis, keepDimensions: true)
      #expect(held.shape[axis] == 1 && held.rank == x.rank)
      #expect(isNear(held.values, y.values, 0))
    }
  }

  @Test("every layout, all and every axis", arguments: ReductionOp.all, DType.allCases)
  func values(op: ReductionOp, dtype: DType) throws {
    for x in try layouts(of: op.domain, dtype: dtype) { try Self.check(op, x) }
  }

  @Test(
    "lengths around a vector's width", arguments: ReductionOp.all,
    [1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 300])
  func lengths(op: ReductionOp, length: Int) throws {
    for dtype in DType.allCases {
      var generator = RandomGenerator(seed: UInt64(length))
      try Self.check(op, Tensor.randomNormal([length, 3], dtype: dtype, using: &generator))
      try Self.check(op, Tensor.randomNormal([2, length], dtype: dtype, using: &generator))
    }
  }

  @Test("NaN anywhere is seen", arguments: ReductionOp.all, [0, 3, 8, 17, 39])
  func nans(op: ReductionOp, place: Int) throws {
    let x = try Tensor.arange(stop: 40)
    try x.set(.nan, at: [place])
    try Self.check(op, x)
    try Self.check(op, x.reshaped([20, 2]))
    try Self.check(op, x.reshaped([2, 20]))
    let value = try op(x).item()
    #expect(op.givesPlaces ? value == Double(place) : value.isNaN)
  }

  @Test("no elements", arguments: ReductionOp.all) func empty(op: ReductionOp) throws {
    let x = try Tensor.zeros([0, 3])
    if op.acceptsEmpty {
      let wanted = op.name == "sum" || op.name == "norm" ? 0.0 : .nan
      #expect(isNear(try op(x).item(), wanted, 0))
      #expect(isNear(try op(x, axis: 0).values, [wanted, wanted, wanted], 0))
    } else {
      #expect(throws: ShapeError.self) { try op(x) }
      #expect(throws: ShapeError.self) { try op(x, axis: 0) }
    }
    #expect(try op(x, axis: 1).shape == [0])
    #expect(try op(x, axis: 1, keepDimensions: true).shape == [0, 1])
  }

  @Test("a scalar", arguments: ReductionOp.all) func scalar(op: ReductionOp) throws {
    let wanted = ["var", "std", "argmin", "argmax"].contains(op.name) ? 0 : 2.5
    #expect(try op(.scalar(2.5)).item() == wanted)
  }

  @Test("an axis that is not there", arguments: ReductionOp.all) func axes(op: ReductionOp) throws {
    for axis in [-1, 2, 99, Int.min] {
      let error = #expect(throws: AxisError.self) { try op(Tensor.zeros([2, 2]), axis: axis) }
      #expect(error == AxisError(op: op.name, axis: axis, rank: 2))
    }
    #expect(throws: AxisError.self) { try op(.scalar(1), axis: 0) }
  }

  /// numpy 2.4: x = arange(24, dtype=float32).reshape(2, 3, 4) ** 1.5
  @Test("as NumPy") func numpy() throws {
    let x = try Tensor.arange(stop: 24).pow(1.5).reshaped([2, 3, 4])
    #expect(isNear(try x.variance().item(), 1184.3790283203125, 1e-6))
    let deviations = [
      9.368749618530273, 10.697357177734375, 11.815526962280273, 12.819456100463867,
      19.55716323852539, 20.163677215576172, 20.752220153808594, 21.324317932128906,
    ]
    #expect(isNear(try x.standardDeviation(axis: 1).values, deviations, 1e-6))
    let norms = [
      6, 27.34958839416504, 59.766212463378906, 100.21975708007812, 147.3092041015625,
      200.18991088867188,
    ]
    #expect(isNear(try x.norm(axis: 2).values, norms, 1e-6))
  }

  @Test("long sums lose nothing") func longSums() throws {
    let x = try Tensor.full([1 << 20], 0.1)
    #expect(try x.sum().item() == Double(Float(Double(Float(0.1)) * 1_048_576)))
    #expect(try x.mean().item() == Double(Float(0.1)))
    #expect(try x.reshaped([1 << 18, 4]).sum(axis: 0).values[3] == Double(Float(0.1)) * 262_144)
    // The mean is far from 0: a single pass would leave only rounding errors.
    let far = try Tensor([1e8 + 1, 1e8 + 2, 1e8 + 3], shape: [3], dtype: .float64)
    #expect(isNear(try far.variance().item(), 2.0 / 3, 1e-14))
  }

  @Test("records are complete and named once") func records() {
    #expect(ReductionOp.all.allSatisfy { $0.summary.hasSuffix(".") && $0.summary.count < 90 })
    #expect(Set(Self.reference.keys) == Set(ReductionOp.all.map(\.name)))
    #expect(Set(Self.reference.keys).count == ReductionOp.all.count)
  }
}
