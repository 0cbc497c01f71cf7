import Tensors
import Testing

@Suite("Histograms and quantiles") struct HistogramTests {
  private let x = [0.0, 1, 1, 2.5, 4]

  private func tensor(_ values: [Double], _ dtype: DType = .float64) throws -> Tensor {
    try Tensor(values, shape: [values.count], dtype: dtype)
  }

  @Test("the last interval is closed") func closed() throws {
    let (counts, edges) = try tensor(x).histogram(bins: .count(4))
    #expect(counts.values == [1, 2, 1, 1] && edges.values == [0, 1, 2, 3, 4])
    #expect(try tensor(x).histogram(bins: .edges([1, 2.5])).counts.values == [3])
    #expect(try tensor([1.5, .nan]).histogram(bins: .edges([1, 1, 2])).counts.values == [0, 1])
  }

  @Test("what cannot be counted") func refused() throws {
    #expect(throws: ArgumentError.self) { try tensor([1, .nan]).histogram() }
    #expect(throws: ArgumentError.self) { try tensor(x).histogram(bins: .count(0)) }
    #expect(throws: ArgumentError.self) { try tensor(x).histogram(bins: .edges([2, 1])) }
    #expect(throws: ArgumentError.self) { try tensor(x).histogram(bins: .edges([1])) }
    #expect(throws: ArgumentError.self) { try tensor(x).histogram(range: (1, .infinity)) }
    #expect(throws: ArgumentError.self) {
      try tensor(x).histogram(bins: .edges([1, 2]), range: (1, 2))
    }
    #expect(throws: ArgumentError.self) { try tensor(x).quantile(1.5) }
    #expect(throws: AllocationError.self) { try tensor(x).histogram(bins: .count(1 << 50)) }
  }

  @Test("quantiles between neighbours", arguments: DType.allCases) func quantiles(dtype: DType)
    throws
  {
    #expect(isNear(try tensor(x, dtype).quantile(0.6).item(), 1.6, dtype.tolerance))
    #expect(try tensor([3, 1], dtype).quantile(0).item() == 1)
    #expect(try tensor([.infinity, 1, .infinity], dtype).median().item() == .infinity)
    #expect(try tensor([.nan, 1], dtype).median().item().isNaN)
  }

  @Test("distinct elements") func unique() throws {
    let (values, counts) = try tensor([2, .nan, 0, -0.0, 2, .nan]).unique()
    #expect(values.values[..<2] == [0, 2] && values.values[2].isNaN)
    #expect(counts.values == [2, 2, 2])
  }
}
