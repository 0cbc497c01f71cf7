import Tensors
import Testing

@Suite("Elements") struct ElementTests {
  @Test("get and set, through views", arguments: DType.allCases) func access(dtype: DType) throws {
    let x = try Tensor.arange(stop: 12, dtype: dtype).reshaped([3, 4])
    let t = try x.transposed()
    #expect(try x.value(at: [1, 2]) == 6 && t.value(at: [2, 1]) == 6)
    try t.set(-1, at: [3, 0])
    #expect(try x.value(at: [0, 3]) == -1)
    #expect(try Tensor.scalar(4).value(at: []) == 4)
  }

  @Test("indices that do not fit") func misfits() throws {
    let x = try Tensor.zeros([3, 4])
    #expect(throws: ShapeError.self) { try x.value(at: [1]) }
    #expect(throws: ShapeError.self) { try x.set(1, at: []) }
    let error = #expect(throws: IndexError.self) { try x.value(at: [1, 4]) }
    #expect(error == IndexError(op: "get", axis: 1, index: 4, extent: 4))
    #expect(throws: IndexError.self) { try x.set(0, at: [-1, 0]) }
    #expect(throws: IndexError.self) { try Tensor.zeros([0]).value(at: [0]) }
  }

  @Test("item") func item() throws {
    #expect(try Tensor.full([1, 1, 1], 3).item() == 3)
    #expect(throws: ShapeError.self) { try Tensor.zeros([2]).item() }
    #expect(throws: ShapeError.self) { try Tensor.zeros([0]).item() }
  }

  @Test("fill writes a view's elements and no others", arguments: DType.allCases)
  func fill(dtype: DType) throws {
    let x = try Tensor.zeros([3, 4], dtype: dtype)
    try x.sliced(axis: 1, from: 1, to: 4, step: 2).fill(with: 2)
    #expect(x.values == [0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 2])
    try x.selected(axis: 0, index: 1).fill(with: 5)
    #expect(x.values == [0, 2, 0, 2, 5, 5, 5, 5, 0, 2, 0, 2])
    try Tensor.zeros([0, 2]).fill(with: 1)
  }

  @Test("copies", arguments: DType.allCases, DType.allCases) func copies(from: DType, to: DType)
    throws
  {
    for x in try layouts(of: -2...2, dtype: from) {
      let y = try x.copy(as: to)
      #expect(y.dtype == to && y.isContiguous && y.storage !== x.storage)
      let exact = try x.valuesByIndex
      #expect(y.values == (to == .float32 ? exact.map { Double(Float($0)) } : exact))
    }
    let x = try Tensor.zeros([2], dtype: from)
    #expect(try (x.converted(to: to) === x) == (from == to))
    #expect(try x.contiguous() === x)
  }

  @Test("withElements, in place or not") func withElements() throws {
    let x = try Tensor.arange(stop: 6).reshaped([2, 3])
    #expect(try x.withElements(as: Float.self) { Array($0) } == [0, 1, 2, 3, 4, 5])
    #expect(try x.withElements(as: Double.self) { Array($0) } == [0, 1, 2, 3, 4, 5])
    let t = try x.transposed()
    #expect(try t.withElements(as: Float.self) { Array($0) } == [0, 3, 1, 4, 2, 5])
  }
}
