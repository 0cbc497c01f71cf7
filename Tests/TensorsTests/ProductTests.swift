import Tensors
import Testing

@Suite("Products") struct ProductTests {
  /// aᵢₖ bₖⱼ by definition.
  private func product(_ a: Tensor, _ b: Tensor) throws -> [Double] {
    try (0..<a.shape[0]).flatMap { i in
      try (0..<b.shape[1]).map { j in
        try (0..<a.shape[1]).reduce(0.0) {
          try $0 + a.value(at: [i, $1]) * b.value(at: [$1, j])
        }
      }
    }
  }

  @Test("matrices in every layout", arguments: DType.allCases) func layoutPairs(dtype: DType) throws
  {
    let all = try layouts(of: -2...2, dtype: dtype).filter { $0.rank == 2 }
    for a in all + (try all.map { try $0.transposed() }) {
      for b in all + (try all.map { try $0.transposed() }) where a.shape[1] == b.shape[0] {
        let y = try a.matmul(b)
        #expect(y.shape == [a.shape[0], b.shape[1]] && y.dtype == dtype)
        let wanted = try product(a, b)
        #expect(zip(y.values, wanted).allSatisfy { abs($0 - $1) < dtype.tolerance * 20 })
      }
    }
  }

  @Test(
    "shapes with 0 and 1",
    arguments: [
      (1, 1, 1), (1, 5, 1), (5, 1, 5), (1, 1, 5), (5, 1, 1), (0, 3, 2), (2, 0, 3), (2, 3, 0),
      (0, 0, 0),
    ])
  func degenerate(rows: Int, inner: Int, columns: Int) throws {
    var generator = RandomGenerator(seed: 1)
    let a = try Tensor.random([rows, inner], dtype: .float64, using: &generator)
    let b = try Tensor.random([inner, columns], dtype: .float64, using: &generator)
    for (left, right) in [(a, b), (try a.transposed().copy().transposed(), b)] {
      let y = try left.matmul(right)
      #expect(y.shape == [rows, columns])
      #expect(isNear(y.values, try product(a, b), 1e-13))
    }
  }

  @Test("vectors") func vectors() throws {
    let a = try Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    let v = try Tensor([1.0, 0, -1], shape: [3])
    #expect(try a.matmul(v).values == [-2, -2] && a.matmul(v).shape == [2])
    #expect(try Tensor([1.0, 2], shape: [2]).matmul(a).values == [9, 12, 15])
    #expect(try v.matmul(v).item() == 2 && v.matmul(v).shape == [])
    #expect(try v.dot(Tensor([1.0, 2, 3], shape: [3], dtype: .float64)).dtype == .float64)
    #expect(try v.outer(Tensor([1.0, 2], shape: [2])).values == [1, 2, 0, 0, -1, -2])
    let strided = try Tensor.arange(stop: 60).sliced(axis: 0, from: 0, to: 60, step: 3)
    let squares: [Double] = (0..<20).map { Double(9 * $0 * $0) }
    #expect(try strided.dot(strided).item() == squares.reduce(0, +))
    #expect(try Tensor.zeros([0]).dot(Tensor.zeros([0])).item() == 0)
  }

  @Test("what does not fit") func misfits() throws {
    let a = try Tensor.zeros([3, 4])
    let error = #expect(throws: ShapeError.self) { try a.matmul(Tensor.zeros([5, 2])) }
    #expect(error?.description == "matmul: shapes 3x4 and 5x2 do not agree (4 and 5)")
    #expect(throws: ShapeError.self) { try a.matmul(.scalar(1)) }
    #expect(throws: ShapeError.self) { try a.matmul(Tensor.zeros([4, 2, 2])) }
    #expect(throws: ShapeError.self) { try a.dot(a) }
    #expect(throws: ShapeError.self) { try Tensor.zeros([2]).dot(Tensor.zeros([3])) }
    #expect(throws: ShapeError.self) { try a.outer(a) }
    let long = try Tensor.scalar(1).expanded(to: [3_000_000_000, 1])
    #expect(throws: ShapeError.self) { try long.matmul(Tensor.zeros([1, 1])) }
  }
}
