import Tensors
import Testing

@Suite("Creation") struct CreationTests {
  @Test("constants", arguments: DType.allCases) func constants(dtype: DType) throws {
    #expect(try Tensor.zeros([2, 2], dtype: dtype).values == [0, 0, 0, 0])
    #expect(try Tensor.ones([3], dtype: dtype).values == [1, 1, 1])
    #expect(try Tensor.full([1, 2], -2.5, dtype: dtype).values == [-2.5, -2.5])
    #expect(try Tensor.eye(3, dtype: dtype).values == [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(try Tensor.eye(0).shape == [0, 0])
    #expect(try Tensor.scalar(7, dtype: dtype).item() == 7)
    let nested = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], dtype: dtype)
    #expect(try nested.value(at: [1, 2]) == 6 && nested.dtype == dtype)
    #expect(throws: ShapeError.self) { try Tensor([1.0, 2], shape: [3]) }
  }

  @Test("ranges as NumPy") func ranges() throws {
    #expect(try Tensor.arange(stop: 4).values == [0, 1, 2, 3])
    #expect(try Tensor.arange(start: 1, stop: 2, step: 0.25).values == [1, 1.25, 1.5, 1.75])
    #expect(try Tensor.arange(start: 3, stop: 0, step: -1).values == [3, 2, 1])
    #expect(try Tensor.arange(start: 3, stop: 0).shape == [0])
    #expect(try Tensor.linspace(from: 0, to: 1, count: 5).values == [0, 0.25, 0.5, 0.75, 1])
    #expect(try Tensor.linspace(from: 2, to: 9, count: 1).values == [2])
    #expect(try Tensor.linspace(from: 2, to: 9, count: 0).shape == [0])
    let wide = try Tensor.linspace(from: -1.5e308, to: 1.5e308, count: 3, dtype: .float64)
    #expect(wide.values == [-1.5e308, 0, 1.5e308])
  }

  @Test("invalid ranges") func badRanges() {
    #expect(throws: ArgumentError.self) { try Tensor.arange(stop: 1, step: 0) }
    #expect(throws: ArgumentError.self) { try Tensor.arange(stop: .nan) }
    #expect(throws: ArgumentError.self) { try Tensor.arange(stop: .infinity) }
    #expect(throws: AllocationError.self) { try Tensor.arange(stop: 1e300) }
    #expect(throws: AllocationError.self) { try Tensor.arange(stop: 1, step: 1e-300) }
    #expect(throws: ArgumentError.self) { try Tensor.linspace(from: 0, to: 1, count: -1) }
    #expect(throws: ArgumentError.self) { try Tensor.linspace(from: .nan, to: 1, count: 2) }
  }

  @Test("too much is an error, not a crash")
  func allocation() throws {
    #expect(throws: AllocationError.self) { try Tensor.zeros([1_000_000, 1_000_000]) }
    #expect(throws: AllocationError.self) { try Tensor.zeros([.max]) }
    #expect(throws: AllocationError.self) { try Tensor.zeros([.max, .max, 2]) }
    #expect(throws: AllocationError.self) { try Tensor.eye(.max) }
    #expect(throws: AllocationError.self) { try Tensor.linspace(from: 0, to: 1, count: .max) }
    #expect(throws: ArgumentError.self) { try Tensor.zeros([2, -1]) }
    // No elements, but strides that would overflow.
    #expect(throws: AllocationError.self) { try Tensor.zeros([0, .max, .max]) }
    // Nor may loops over empty rows run for years.
    #expect(throws: AllocationError.self) { try Tensor.zeros([1 << 61, 0]) }
    #expect(try Tensor.zeros([1 << 30, 0]).count == 0)
    // The largest countable number of bytes, which cannot be rounded up to whole vectors.
    #expect(throws: AllocationError.self) { try Tensor.zeros([(1 << 61) - 1]) }
    #expect(throws: AllocationError.self) { try Tensor.zeros([(1 << 60) - 1], dtype: .float64) }
    let wide = try Tensor.scalar(1).expanded(to: [1_000_000_000_000])
    #expect(throws: AllocationError.self) { try wide + wide }
    #expect(throws: AllocationError.self) { try wide.exp() }
    #expect(throws: AllocationError.self) { try wide.copy() }
    #expect(throws: AllocationError.self) { try wide.unsqueezed(axis: 1) * wide }
    #expect(throws: AllocationError.self) { try wide.expanded(to: [.max, 1_000_000_000_000]) }
  }

  @Test("random numbers", arguments: DType.allCases) func random(dtype: DType) throws {
    var generator = RandomGenerator(seed: 5)
    let x = try Tensor.random([100, 100], dtype: dtype, using: &generator)
    #expect(try x.min().item() >= 0 && x.max().item() < 1)
    #expect(try abs(x.mean().item() - 0.5) < 0.015 && abs(x.variance().item() - 1.0 / 12) < 0.005)
    let y = try Tensor.randomNormal([100, 100], dtype: dtype, using: &generator)
    #expect(try abs(y.mean().item()) < 0.04 && abs(y.standardDeviation().item() - 1) < 0.03)
    var again = RandomGenerator(seed: 5)
    #expect(try Tensor.random([100, 100], dtype: dtype, using: &again).values == x.values)
  }

  @Test("memory is counted and freed") func liveBytes() throws {
    // Other tests run in parallel, so only a large block is noticeable. It is never touched.
    let before = Storage.liveBytes
    var block: Storage? = try Storage(count: 64 << 20, dtype: .float32, zeroed: false)
    #expect(Storage.liveBytes - before > 128 << 20)
    #expect(block?.byteCount == 256 << 20)
    block = nil
    #expect(Storage.liveBytes - before < 128 << 20)
  }
}
