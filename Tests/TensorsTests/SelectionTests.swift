import Tensors
import Testing

@Suite("Selection") struct SelectionTests {
  @Test("where broadcasts all three") func choose() throws {
    let mask = try Tensor([1.0, 0, .nan], shape: [3])
    let a = try Tensor([10.0, 20], shape: [2, 1])
    let y = try Tensor.choose(mask, a, .scalar(-1))
    #expect(y.shape == [2, 3] && y.values == [10, -1, 10, 20, -1, 20])
    #expect(throws: ShapeError.self) { try Tensor.choose(mask, a, Tensor.zeros([4])) }
  }

  @Test("where promotes its values, not its condition") func promotion() throws {
    let tiny = try Tensor([1e-300, 0], shape: [2], dtype: .float64)
    let y = try Tensor.choose(tiny, .scalar(1), .scalar(2))
    #expect(y.dtype == .float32 && y.values == [1, 2])
    let z = try Tensor.choose(Tensor.ones([2]), .scalar(0.1, dtype: .float64), .scalar(2))
    #expect(z.dtype == .float64 && z.values == [0.1, 0.1])
  }

  @Test("clamp", arguments: DType.allCases) func clamp(dtype: DType) throws {
    let x = try Tensor([-3, -1, 0, 2, .nan, .infinity], shape: [6], dtype: dtype)
    #expect(isNear(try x.clamped(min: -1, max: 1).values, [-1, -1, 0, 1, .nan, 1], 0))
    #expect(isNear(try x.clamped(min: 0).values, [0, 0, 0, 2, .nan, .infinity], 0))
    #expect(isNear(try x.clamped(max: 0).values, [-3, -1, 0, 0, .nan, 0], 0))
    #expect(throws: ArgumentError.self) { try x.clamped(min: 1, max: 0) }
    #expect(throws: ArgumentError.self) { try x.clamped(min: .nan) }
    #expect(throws: ArgumentError.self) { try x.clamped(max: .nan) }
    let t = try Tensor.arange(stop: 6, dtype: dtype).reshaped([2, 3]).transposed()
    #expect(try t.clamped(min: 1, max: 4).values == [1, 3, 1, 4, 2, 4])
  }
}
