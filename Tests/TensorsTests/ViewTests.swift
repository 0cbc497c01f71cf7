import Tensors
import Testing

@Suite("Views") struct ViewTests {
  let x: Tensor

  init() throws { x = try Tensor.arange(stop: 24).reshaped([2, 3, 4]) }

  @Test("slices") func slices() throws {
    let y = try x.sliced(axis: 2, from: 1, to: 4, step: 2)
    #expect(y.shape == [2, 3, 2] && y.values == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23])
    #expect(try y.sliced(axis: 1, from: 1, to: 2).values == [5, 7, 17, 19])
    #expect(try x.sliced(axis: 0, from: 2, to: 2).shape == [0, 3, 4])
    #expect(try x.sliced(axis: 2, from: 3, to: 4, step: .max).values == [3, 7, 11, 15, 19, 23])
    #expect(y.storage === x.storage)
  }

  @Test("slices that do not fit") func badSlices() {
    #expect(throws: IndexError.self) { try x.sliced(axis: 1, from: 0, to: 4) }
    #expect(throws: IndexError.self) { try x.sliced(axis: 1, from: 2, to: 1) }
    #expect(throws: IndexError.self) { try x.sliced(axis: 1, from: -1, to: 1) }
    #expect(throws: ArgumentError.self) { try x.sliced(axis: 1, from: 0, to: 1, step: 0) }
    #expect(throws: AxisError.self) { try x.sliced(axis: 3, from: 0, to: 1) }
    #expect(throws: IndexError.self) { try x.narrowed(axis: 0, from: 1, length: .max) }
    #expect(throws: ArgumentError.self) { try x.narrowed(axis: 0, from: 1, length: -1) }
    #expect(throws: IndexError.self) { try x.selected(axis: 0, index: 2) }
    #expect(throws: AxisError.self) { try x.selected(axis: -1, index: 0) }
  }

  @Test("select and narrow") func selections() throws {
    #expect(try x.selected(axis: 1, index: 2).values == [8, 9, 10, 11, 20, 21, 22, 23])
    #expect(
      try x.narrowed(axis: 1, from: 1, length: 2).selected(axis: 0, index: 1).values
        == [16, 17, 18, 19, 20, 21, 22, 23])
    #expect(
      try x.selected(axis: 0, index: 0).selected(axis: 0, index: 0).selected(
        axis: 0, index: 3
      ).item() == 3)
  }

  @Test("transposes") func transposes() throws {
    let y = try x.transposed(0, 2)
    #expect(y.shape == [4, 3, 2] && y.values.prefix(4) == [0, 12, 4, 16])
    #expect(try y.transposed(2, 0).values == x.values)
    #expect(try x.selected(axis: 0, index: 0).transposed().shape == [4, 3])
    #expect(try Tensor.arange(stop: 3).transposed().shape == [3])
    #expect(throws: ShapeError.self) { try x.transposed() }
    #expect(throws: AxisError.self) { try x.transposed(0, 3) }
  }

  @Test("reshapes") func reshapes() throws {
    #expect(try x.reshaped([4, -1]).shape == [4, 6])
    #expect(try x.reshaped([-1]).storage === x.storage)
    let t = try x.transposed(0, 2)
    #expect(try t.reshaped([24]).values == t.valuesByIndex)
    #expect(try Tensor.scalar(1).reshaped([1, 1]).shape == [1, 1])
    #expect(try Tensor.zeros([0, 3]).reshaped([3, 0]).shape == [3, 0])
    for shape in [[5], [5, -1], [0, -1], [24, 2], [-1, -1], [-2, -12], [.max, .max]] {
      #expect(throws: (any Error).self) { try x.reshaped(shape) }
    }
    #expect(throws: ShapeError.self) { try Tensor.zeros([0]).reshaped([0, -1]) }
  }

  @Test("squeeze and unsqueeze") func squeezes() throws {
    let y = try x.unsqueezed(axis: 0).unsqueezed(axis: 4)
    #expect(y.shape == [1, 2, 3, 4, 1])
    #expect(try y.squeezed().shape == [2, 3, 4] && y.squeezed(axis: 4).shape == [1, 2, 3, 4])
    #expect(try y.squeezed().values == x.values)
    #expect(throws: ShapeError.self) { try y.squeezed(axis: 1) }
    #expect(throws: AxisError.self) { try y.squeezed(axis: 5) }
    #expect(throws: AxisError.self) { try y.unsqueezed(axis: 6) }
  }

  @Test("expansion") func expansion() throws {
    let row = try Tensor.arange(stop: 3)
    let y = try row.expanded(to: [2, -1])
    #expect(y.values == [0, 1, 2, 0, 1, 2] && y.storage === row.storage)
    #expect(try row.unsqueezed(axis: 1).expanded(to: [3, 2]).values == [0, 0, 1, 1, 2, 2])
    #expect(try Tensor.zeros([1]).expanded(to: [0]).shape == [0])
    for shape in [[4], [2, 4], [], [-2, 3], [-1, 3]] {
      #expect(throws: (any Error).self) { try row.expanded(to: shape) }
    }
  }

  @Test("transposed copies of every shape of squares and rests", arguments: DType.allCases)
  func transposedCopies(dtype: DType) throws {
    for rows in [1, 7, 8, 16, 17, 40] {
      for columns in [1, 3, 8, 16, 33, 48] {
        let x = try Tensor(
          (0..<rows * columns).map(Double.init), shape: [rows, columns], dtype: dtype)
        let view = try x.transposed()
        #expect(try view.copy().values == view.valuesByIndex, "\(rows)x\(columns)")
        let part = try Tensor(
          (0..<rows * 2 * columns).map(Double.init), shape: [rows, 2 * columns], dtype: dtype
        )
        .narrowed(axis: 1, from: columns / 2, length: columns).transposed()
        #expect(try part.copy().values == part.valuesByIndex)
        #expect(try part.copy(as: .float64).values == part.valuesByIndex)
      }
    }
  }
}
