import Learning
import Tensors
import Testing

@Suite struct ValueCountsTests {
  private func data() throws -> Dataset {
    try Dataset(
      x: Tensor([3, 1, 5, 0, 3, 2, .nan, 1], shape: [4, 2], dtype: .float64),
      y: Tensor([1, 2, 3, 4], shape: [4]), features: ["a", "b"], target: "y")
  }

  @Test("the most frequent value is first") func counts() throws {
    let counts = try ValueCounts(data(), column: "a")
    #expect(counts.values == [.number(3), .number(5)] && counts.counts == [2, 1])
    #expect(counts.missing == 1 && counts.total == 3)
    #expect(try ValueCounts(data(), column: "b").values == [.number(1), .number(0), .number(2)])
    #expect(throws: UnknownFeature.self) { try ValueCounts(data(), column: "c") }
  }

  @Test("rows are sorted by columns, NaN last") func sorted() throws {
    func targets(_ names: [String], descending: Bool = false) throws -> [Double] {
      try data().sorted(by: names, descending: descending).y!.elements(as: Double.self)
    }
    #expect(try targets(["a"]) == [1, 3, 2, 4])
    #expect(try targets(["a"], descending: true) == [2, 1, 3, 4])
    #expect(try targets(["b", "a"]) == [2, 1, 4, 3])
    #expect(try targets(["a", "b"], descending: true) == [2, 3, 1, 4])
    #expect(throws: ArgumentError.self) { try targets([]) }
  }
}
