import Tensors
import Testing

/// Gradient and second gradient of every record compared with central differences in float64.
@Suite("Derivatives of ops") struct OpDerivativeTests {
  static let unary = UnaryOp.all.filter { !$0.isPiecewiseConstant }
  static let binary = BinaryOp.all.filter { !$0.isPiecewiseConstant }
  static let reductions = ReductionOp.all.filter { !$0.isPiecewiseConstant }

  static func random(_ shape: [Int], in domain: ClosedRange<Double>, seed: UInt64 = 3) throws
    -> Tensor
  {
    var generator = RandomGenerator(seed: seed)
    let width = domain.upperBound - domain.lowerBound
    return try Tensor.random(shape, dtype: .float64, using: &generator) * width + domain.lowerBound
  }

  /// Views through which an op sees a 3x4 variable, or a part of it.
  static let views: [(name: String, view: @Sendable (Tensor) throws -> Tensor)] = [
    ("in order", { $0 }),
    ("transposed", { try $0.transposed() }),
    ("with gaps", { try $0.sliced(axis: 1, from: 1, to: 4, step: 2) }),
    ("one row", { try $0.selected(axis: 0, index: 1) }),
    ("stretched", { try $0.selected(axis: 1, index: 2).unsqueezed(axis: 1).expanded(to: [3, 2]) }),
    ("one element", { try $0.narrowed(axis: 0, from: 1, length: 1).selected(axis: 1, index: 0) }),
    ("no axes", { try $0.selected(axis: 0, index: 0).selected(axis: 0, index: 3) }),
    ("empty", { try $0.narrowed(axis: 0, from: 3, length: 0) }),
  ]

  @Test(arguments: unary) func ofOneTensor(op: UnaryOp) throws {
    let x = try Self.random([3, 4], in: op.domain)
    for (name, view) in Self.views {
      #expect(throws: Never.self, "\(op.name), \(name)") {
        try Derivative.check(at: [x], order: 2) { [try op(view($0[0]))] }
      }
    }
  }

  @Test(arguments: binary) func ofTwoTensors(op: BinaryOp) throws {
    let x = try Self.random([3, 4], in: op.domain)
    for shape in [[3, 4], [4], [3, 1], [], [1, 1, 1], [2, 3, 4]] {
      let y = try Self.random(shape, in: op.domain, seed: 5)
      #expect(throws: Never.self, "\(op.name), \(shape)") {
        try Derivative.check(at: [x, y], order: 2) { [try op($0[0], $0[1])] }
        try Derivative.check(at: [x, y], order: 2) { [try op($0[1], $0[0])] }
      }
    }
    let y = try Self.random([4], in: op.domain, seed: 5)
    for (name, view) in Self.views where name != "one row" && name != "empty" {
      #expect(throws: Never.self, "\(op.name), \(name)") {
        let seen = try view(x)
        let other = try y.narrowed(axis: 0, from: 0, length: seen.shape.last ?? 1)
        try Derivative.check(at: [x, other], order: 2) { [try op(view($0[0]), $0[1])] }
      }
    }
    try Derivative.check(at: [x], order: 2) { [try op($0[0], 1.25), try op(0.75, $0[0])] }
    // The same tensor as both operands: the gradients are added. (At the tie of an extreme there is
    // no derivative.)
    if !["maximum", "minimum"].contains(op.name) {
      try Derivative.check(at: [x], order: 2) { [try op($0[0], $0[0])] }
    }
  }

  @Test(arguments: reductions) func ofReductions(op: ReductionOp) throws {
    let x = try Self.random([3, 4], in: op.domain)
    for (name, view) in Self.views {
      let rank = try view(x).rank
      if try view(x).count == 0 && !op.acceptsEmpty { continue }
      if name == "one element" && op.name == "std" { continue }  // √0
      for keep in [false, true] {
        for axis in [nil] + Array(0..<rank).map(Optional.some) {
          // For no elements these are NaN, as expected.
          if name == "empty", axis != 1, ["mean", "var", "std"].contains(op.name) { continue }
          if op.name == "std", try view(x).rank == 0 || (axis == 1 && name == "stretched") {
            continue
          }
          #expect(throws: Never.self, "\(op.name), \(name), axis \(axis ?? -1)") {
            try Derivative.check(at: [x], order: 2) {
              [try op(view($0[0]), axis: axis, keepDimensions: keep)]
            }
          }
        }
      }
    }
    let cube = try Self.random([2, 3, 4], in: op.domain)
    try Derivative.check(at: [cube], order: 2) { [try op($0[0], axes: [2, 0])] }
    try Derivative.check(at: [cube], order: 2) {
      [try op($0[0], axes: [0, 1], keepDimensions: true)]
    }
  }

  @Test("constants where the derivative is 0") func constants() throws {
    let x = try Self.random([3], in: 0.1...0.9)
    for op in UnaryOp.all where op.isPiecewiseConstant {
      #expect(
        try Derivative.valueAndGradients(at: [x]) { try op($0[0]).sum() }.gradients[0].values == [
          0, 0, 0,
        ])
    }
    for op in BinaryOp.all where op.isPiecewiseConstant {
      let gradients = try Derivative.valueAndGradients(at: [x, x]) { try op($0[0], $0[1]).sum() }
        .gradients
      #expect(gradients.flatMap(\.values) == [0, 0, 0, 0, 0, 0])
    }
  }

  static let others: [(name: String, f: @Sendable ([Tensor]) throws -> [Tensor])] = [
    ("matmul", { [try $0[0].matmul($0[1])] }),
    ("matmul, left transposed", { [try $0[1].transposed().matmul($0[0].transposed())] }),
    ("matmul of itself", { [try $0[0].matmul($0[0].transposed())] }),
    ("matmul with a vector", { [try $0[0].matmul($0[2]), try $0[2].matmul($0[1])] }),
    (
      "matmul of vectors",
      { [try $0[2].matmul($0[2]), try $0[2].dot($0[0].selected(axis: 0, index: 1))] }
    ),
    ("matmul in batches", { [try $0[3].matmul($0[1]), try $0[0].matmul($0[3].transposed(1, 2))] }),
    ("matmul of a batch with a vector", { [try $0[3].matmul($0[2])] }),
    ("outer", { [try $0[2].outer($0[2])] }),
    ("where", { [try .choose($0[0].gt(0), $0[0] * $0[2], $0[0].square())] }),
    ("clamp", { [try $0[0].clamped(min: -0.5, max: 0.9).square()] }),
    ("cat", { [try Tensor.concatenated([$0[0], $0[0], $0[1].transposed()], axis: 0).square()] }),
    (
      "stack",
      {
        [
          try Tensor.stacked(
            [$0[0], $0[1].transposed().narrowed(axis: 0, from: 0, length: 3)], axis: 1
          ).square()
        ]
      }
    ),
    (
      "index",
      { [try $0[0].taken(axis: 1, at: [3, 0, 3]).square(), try $0[2].taken(axis: 0, at: [])] }
    ),
    ("add_at", { [try $0[2].square().addedAt(axis: 0, [1, 1, 5, 0], extent: 6)] }),
    (
      "gather",
      { [try $0[0].gathered(axis: 0, at: [0, 2, 2, 1, 1, 1, 0, 0], shape: [2, 4]).square()] }
    ),
    (
      "scatter",
      {
        [
          try $0[0].square().scattered(
            axis: 1, to: [0, 0, 1, 2, 2, 2, 0, 1, 1, 1, 1, 1], extent: 5)
        ]
      }
    ),
    ("masked", { [try $0[0].masked($0[0].gt(0)).square()] }),
    (
      "cumsum",
      {
        [
          try $0[0].square().cumulativeSum(axis: 0),
          try $0[0].cumulativeSum(axis: 1, reversed: true).square(),
        ]
      }
    ),
    ("sort", { [try $0[0].sorted(axis: 1).values.square() * $0[2]] }),
    (
      "quantile",
      {
        [
          try $0[0].square().quantile(0.3, axis: 1), try $0[3].quantile(0.8).square(),
          try $0[3].quantile(1, axes: [0, 2], keepDimensions: true),
        ]
      }
    ),
    ("topk", { [try $0[0].top(2, axis: 0).values.square()] }),
    ("flip", { [try $0[0].flipped(axis: 1) * $0[2]] }),
    ("permute", { [try $0[3].permuted([2, 0, 1]).square()] }),
    ("reshape", { [try $0[0].transposed().reshaped([2, 6]).square()] }),
    ("unsqueeze, squeeze", { [try $0[2].unsqueezed(axis: 0).square().squeezed()] }),
    ("expand", { [try $0[2].expanded(to: [3, 4]).square()] }),
    ("tril, triu", { [try $0[0].lowerTriangle(offset: -1).square(), try $0[3].upperTriangle()] }),
    ("diag", { [try $0[0].diagonal().square(), try $0[2].square().diagonal()] }),
    ("clone, to", { [try $0[0].copy().square(), try $0[0].converted(to: .float64)] }),
  ]

  @Test(arguments: others.indices) func ofTheOthers(index: Int) throws {
    let (name, function) = Self.others[index]
    let x = [
      try Self.random([3, 4], in: -2...2), try Self.random([4, 5], in: -2...2, seed: 4),
      try Self.random([4], in: -2...2, seed: 6), try Self.random([2, 3, 4], in: -2...2, seed: 7),
    ]
    #expect(throws: Never.self, "\(name)") { try Derivative.check(at: x, order: 2, of: function) }
  }
}
