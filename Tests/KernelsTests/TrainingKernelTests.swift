import Kernels
import Testing

@Suite struct TrainingKernelTests {
  private func gathers<S: Scalar>(_ type: S.Type) {
    let indices = [3, 0, 4, 4, 1, 2, 4]
    for columns in [1, 2, 3, 8, 10, 16, 17, 40] {
      let source = (0..<5 * columns).map { S($0) + 1 }
      for rows in 1...indices.count {
        // What lies behind must stay: the buffer is longer than what is written.
        var target = [S](repeating: -1, count: rows * columns + 40)
        Kernels.gatherRows(
          source, sourceRows: 5, indices, rows: rows, columns: columns, into: &target)
        let expected = indices[..<rows].flatMap { source[$0 * columns..<($0 + 1) * columns] }
        #expect(Array(target[..<(rows * columns)]) == expected)
        #expect(target[(rows * columns)...].allSatisfy { $0 == -1 })
      }
    }
  }

  @Test func rowsAreGathered() {
    gathers(Float.self)
    gathers(Double.self)
  }

  private func finds<S: Scalar>(_ type: S.Type) {
    for count in [0, 1, 7, 16, 33, 64, 100] {
      var x = [S](repeating: S.greatestFiniteMagnitude, count: count + 1)
      x[count] = .nan  // behind the end
      #expect(Kernels.isFinite(x, count))
      for place in 0..<count {
        for bad in [S.nan, .infinity, -.infinity] {
          let kept = x[place]
          x[place] = bad
          #expect(!Kernels.isFinite(x, count), "\(bad) at \(place) of \(count)")
          x[place] = kept
        }
      }
    }
  }

  @Test func badNumbersAreFound() {
    finds(Float.self)
    finds(Double.self)
  }

  @Test func distances() {
    #expect(Kernels.squaredDistance([1, 2, 3] as [Float], [0, 4, 3], 3) == 5)
    #expect(Kernels.squaredDistance([] as [Double], [], 0) == 0)
  }
}
