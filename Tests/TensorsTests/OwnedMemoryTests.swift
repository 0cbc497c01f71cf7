import Tensors
import Testing

/// Results of derivatives share no memory with other tensors. Tensors whose elements share memory
/// cannot be written to.
@Suite("Memory of their own") struct OwnedMemoryTests {
  private func random(_ shape: [Int], seed: UInt64 = 1) throws -> Tensor {
    var generator = RandomGenerator(seed: seed)
    return try Tensor.randomNormal(shape, dtype: .float64, using: &generator)
  }

  /// Whether each tensor uses all of a storage that no other tensor uses.
  private func areApart(_ results: [Tensor], _ others: [Tensor]) -> Bool {
    let storages = Set((results + others).map { ObjectIdentifier($0.storage) })
    return results.allSatisfy { $0.isContiguous && $0.storage.byteCount == $0.count * 8 }
      && storages.count == results.count + Set(others.map { ObjectIdentifier($0.storage) }).count
  }

  /// Functions whose cotangents are passed on unchanged, or as views.
  static let functions: [(name: String, f: @Sendable ([Tensor]) throws -> Tensor)] = [
    ("first", { $0[0] }),
    ("sum of both", { try $0[0] + $0[1] }),
    ("difference", { try $0[0] - $0[1] }),
    ("one of both", { try $0[0] + $0[0] }),
    ("transposed", { try $0[0].transposed() }),
    ("reshaped", { try $0[0].reshaped([-1]) }),
    ("part", { try $0[0].narrowed(axis: 0, from: 1, length: 1) }),
    ("element", { try $0[1].selected(axis: 0, index: 0).selected(axis: 0, index: 1) }),
    ("joined", { try Tensor.concatenated([$0[0], $0[1]], axis: 0) }),
    ("stacked", { try Tensor.stacked($0, axis: 0) }),
    ("expanded", { try $0[0].expanded(to: [3, 2, 2]) }),
    ("copied", { try $0[0].copy() }),
    ("of neither", { _ in try Tensor.ones([2, 2], dtype: .float64) }),
  ]

  @Test(arguments: functions.indices) func results(index: Int) throws {
    let (name, f) = Self.functions[index]
    let x = [try random([2, 2]), try random([2, 2], seed: 2)]
    var returned: [Tensor] = []

    let (value, gradients) = try Derivative.valueAndGradients(at: x) { try f($0).sum() }
    #expect(areApart([value] + gradients, x), "\(name)")

    var cotangents: [Tensor] = []
    let pulled = try Derivative.vjp(
      at: x,
      cotangents: {
        cotangents = try $0.map { try random($0.shape, seed: 3) }
        return cotangents
      },
      of: {
        returned = [try f($0)]
        return returned
      })
    #expect(areApart(pulled.values + pulled.gradients, x + cotangents), "\(name)")
    #expect(areApart(pulled.gradients, x + cotangents + returned), "\(name)")

    let tangents = [try random([2, 2], seed: 4), try random([2, 2], seed: 5)]
    let pushed = try Derivative.jvp(at: x, along: tangents) {
      returned = [try f($0)]
      return returned
    }
    #expect(areApart(pushed.values + pushed.tangents, x + tangents), "\(name)")
    #expect(areApart(pushed.tangents, x + tangents + returned), "\(name)")

    #expect(areApart(try Derivative.jacobian(at: x) { [try f($0)] }.flatMap { $0 }, x), "\(name)")
    let hessian = try Derivative.hessian(at: x) { try f($0).square().sum() }
    #expect(areApart(hessian.flatMap { $0 }, x), "\(name)")
  }

  @Test("a value that is a tensor of others, too") func constantValue() throws {
    let (x, constant) = (try random([2]), try random([]))
    let result = try Derivative.valueAndGradients(at: [x]) { _ in constant }
    #expect(areApart([result.value] + result.gradients, [x, constant]))
    #expect(result.value.values == constant.values && result.gradients[0].values == [0, 0])
    let scalar = try random([])
    let identity = try Derivative.valueAndGradients(at: [scalar]) { $0[0] }
    #expect(areApart([identity.value] + identity.gradients, [scalar]))
  }

  @Test("tensors with memory of their own are not copied") func noCopies() throws {
    let x = try random([3])
    var returned: Tensor?
    let value = try Derivative.valueAndGradients(at: [x]) {
      returned = try $0[0].square().sum()
      return returned!
    }.value
    #expect(value === returned)
  }

  @Test("derivatives go through the copies") func nested() throws {
    // ∇ Σ c² = 2c, with c the gradient of the identity along c; and of a sum's, which is 1.
    let x = try random([3])
    try Derivative.check(at: [x], order: 2) { outer in
      let (values, gradients) = try Derivative.vjp(at: [x], cotangents: { _ in outer }) { $0 }
      return [try gradients[0].square() * values[0], values[0]]
    }
    try Derivative.check(at: [x], order: 2) { outer in
      let (value, gradients) = try Derivative.valueAndGradients(at: outer) {
        try ($0[0] * outer[0]).sum()
      }
      return [try gradients[0].square() * value]
    }
    try Derivative.check(at: [x], order: 2) { outer in
      try Derivative.jvp(at: outer, along: outer) { try [$0[0].reshaped([3, 1])] }.tangents
    }
  }

  @Test("views in which several elements are one in memory") func stretched() throws {
    let x = try random([4, 6])
    let views: [(Tensor, Bool)] = [
      (x, false), (try x.transposed(), false), (try x.diagonal(), false),
      (try x.sliced(axis: 1, from: 0, to: 6, step: 3), false),
      (try x.sliced([.range(from: 1, to: 4, step: 2), .range(from: 1, to: 6, step: 2)]), false),
      (try x.transposed().reshaped([3, 2, 4]).permuted([2, 0, 1]), false),
      (try x.unsqueezed(axis: 1).expanded(to: [4, 1, 6]), false),
      (try x.selected(axis: 0, index: 0).selected(axis: 0, index: 0), false),
      (try x.unsqueezed(axis: 1).expanded(to: [4, 2, 6]), true),
      (try x.selected(axis: 1, index: 0).unsqueezed(axis: 1).expanded(to: [4, 3]), true),
      (try x.selected(axis: 0, index: 0).expanded(to: [2, 6]).transposed(), true),
      (try Tensor.scalar(1).expanded(to: [2]), true),
      (try Tensor.scalar(1).expanded(to: [1, 1]), false),
      (try Tensor.zeros([0]).expanded(to: [3, 0]), false),
      (
        try x.narrowed(axis: 0, from: 0, length: 0).unsqueezed(axis: 0).expanded(to: [5, 0, 6]),
        false
      ),
    ]
    for (place, (view, isStretched)) in views.enumerated() {
      #expect(view.isStretched == isStretched, "view \(place)")
      let before = view.values
      if isStretched {
        let indices = [Int](repeating: 0, count: view.rank)
        let one = try Tensor.ones(view.shape, dtype: view.dtype)
        for (op, write) in [
          ("fill", { try view.fill(with: 1) }), ("copy", { try view.assign(one) }),
          ("set", { try view.set(1, at: indices) }),
        ] as [(String, () throws -> Void)] {
          #expect(throws: SharedElementsError(op: op, shape: view.shape)) { try write() }
        }
        #expect(view.values == before)
      } else {
        try view.assign(view.copy())
        #expect(view.values == before)
      }
    }
  }

  @Test("tensors with an element in common") func overlaps() throws {
    let x = try random([4, 6])
    func part(_ first: Int, _ count: Int, axis: Int = 0) throws -> Tensor {
      try x.narrowed(axis: axis, from: first, length: count)
    }
    let apart: [[Tensor]] = [
      [], [x], [x, try x.copy()], [try part(0, 2), try part(2, 2)],
      [try part(0, 3, axis: 1), try part(3, 3, axis: 1)],
      [
        try x.sliced(axis: 1, from: 0, to: 6, step: 2),
        try x.sliced(axis: 1, from: 1, to: 6, step: 2),
      ],
      [try part(0, 0), x],
    ]
    for tensors in apart { #expect(try Tensor.overlap(of: tensors) == nil) }
    let other = try random([2])
    let shared: [([Tensor], Int, Int)] = [
      ([x, x], 0, 1), ([x, try x.transposed()], 0, 1),
      ([other, try part(0, 2), try part(1, 2)], 1, 2),
      ([x, other, try x.diagonal()], 0, 2),
      ([try part(0, 1), try part(1, 1), try part(0, 1, axis: 1)], 1, 2),
      ([x, x.detached()], 0, 1), ([try part(0, 2, axis: 1), try part(3, 1)], 0, 1),
    ]
    for (place, (tensors, first, second)) in shared.enumerated() {
      let found = try Tensor.overlap(of: tensors)
      #expect(found?.first == first && found?.second == second, "case \(place)")
    }
  }

  @Test("copy_ carries the derivative to a tensor that no view shares") func assignment() throws {
    let x = try random([2, 3])
    try Derivative.check(at: [x], order: 2) {
      let target = try Tensor.zeros([3, 2], dtype: .float64)
      try target.assign($0[0].square().transposed())
      return [try target * target, try target.selected(axis: 0, index: 1)]
    }
    _ = try Derivative.valueAndGradients(at: [x]) { variables in
      let whole = try Tensor.zeros([2, 3])
      let row = try whole.selected(axis: 0, index: 0)
      let lost = LostDerivativeError(op: "copy")
      #expect(throws: lost) { try whole.assign(variables[0]) }
      #expect(throws: lost) { try row.assign(variables[0].selected(axis: 0, index: 0)) }
      #expect(whole.values.allSatisfy { $0 == 0 })
      try whole.assign(variables[0].detached())
      #expect(!whole.isVariable && !row.isVariable)
      return try variables[0].sum()
    }
    // A tensor from before, which no derivative needs: afterwards it is a constant again.
    let buffer = try Tensor.zeros([2, 3], dtype: .float32)
    for _ in 0..<2 {
      let gradient = try Derivative.valueAndGradients(at: [x]) { variables in
        try buffer.assign(variables[0])
        #expect(throws: RecordedError.self) { try buffer.assign(variables[0]) }
        return try (buffer * 3).sum()
      }.gradients[0]
      #expect(gradient.values.allSatisfy { $0 == 3 } && gradient.dtype == .float64)
    }
    try buffer.fill(with: 0)
  }

  @Test("numbers of a recorded tensor can only be read from a detached one") func numbers() throws {
    let x = try random([3])
    _ = try Derivative.valueAndGradients(at: [x]) { variables in
      let y = try variables[0] * 2
      #expect(throws: LostDerivativeError()) { try y.elements(as: Double.self) }
      #expect(throws: LostDerivativeError()) { try y.withElements(as: Float.self) { _ in } }
      #expect(throws: LostDerivativeError()) { try y.mutableBase(as: Double.self) }
      #expect(
        try y.detached().elements(as: Double.self) == x.elements(as: Double.self).map { 2 * $0 })
      #expect(try y.sign().elements(as: Double.self).count == 3)  // constant where it has a slope
      return try y.sum()
    }
  }
}
