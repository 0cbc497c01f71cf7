import Kernels
import Testing

@Suite struct TrainingKernelTests {
  private func gathers<S: Scalar>(_ type: S.Type) {
    // More rows than are prefetched before copying.
    let indices = [3, 0, 4, 4, 1, 2, 4] + (0..<33).map { $0 * 2 % 5 }
    for columns in Array(1...20) + [40] {
      let source = (0..<5 * columns).map { S($0) + 1 }
      for rows in 1...indices.count {
        // The buffer is longer than what is written: the rest must not change.
        var target = [S](repeating: -1, count: rows * columns + 40)
        Kernels.gatherRows(
          source, indices, rows: rows, columns: columns, into: &target)
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

  private func copies<S: Scalar>(_ type: S.Type) {
    for columns in Array(1...20) + [40] {
      let source = (0..<3 * columns).map { S($0) + 1 }
      var target = [S](repeating: -1, count: 3 * (columns + 2))
      Kernels.copyRows(source, rows: 3, columns: columns, into: &target, stride: columns + 2)
      for row in 0..<3 {
        let start = row * (columns + 2)
        #expect(
          target[start..<(start + columns)] == source[(row * columns)..<((row + 1) * columns)])
        #expect(target[(start + columns)..<(start + columns + 2)] == [-1, -1])
      }
    }
  }

  @Test func rowsAreSpreadOut() {
    copies(Float.self)
    copies(Double.self)
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

  private func flushes<S: Scalar>(_ type: S.Type) {
    var x = [S](repeating: S.leastNormalMagnitude / 4, count: 20)
    Kernels.scale(&x, by: S(1), count: 20)
    #expect(x.allSatisfy { $0 > 0 })
    let inside = Kernels.flushingDenormals {
      Kernels.scale(&x, by: S(1), count: 20)
      return 3
    }
    #expect(inside == 3)
    #expect(x.allSatisfy { $0 == 0 })
    // Also in intermediate results, not only in the input.
    x = [S](repeating: S.leastNormalMagnitude, count: 20)
    Kernels.flushingDenormals { Kernels.scale(&x, by: S(0.5), count: 20) }
    #expect(x.allSatisfy { $0 == 0 })
    x = [S](repeating: S.leastNormalMagnitude, count: 20)
    Kernels.scale(&x, by: S(0.5), count: 20)
    #expect(x.allSatisfy { $0 > 0 })
  }

  @Test func denormalsAreFlushedInside() {
    flushes(Float.self)
    flushes(Double.self)
  }

  private func updates<S: Scalar>(_ type: S.Type) {
    func update(
      _ parameters: [S], _ gradients: [S], _ added: UnsafePointer<S>?, _ updated: inout [S],
      _ count: Int
    ) -> Bool {
      var m = [S](repeating: 0, count: count)
      return m.withUnsafeMutableBufferPointer { m in
        Kernels.update(
          Momentum(), parameters, gradients: gradients, added: added, into: &updated,
          slots: Slots(m.baseAddress!, m.baseAddress!, m.baseAddress!), count: count,
          penalty: 0.5, decay: 0)
      }
    }
    for count in [1, 16, 37] {
      let start = (0..<count).map { S($0 + 1) }
      for place in 0...count {
        var gradients = [S](repeating: 2, count: count + 1)
        gradients[place] = .nan  // behind the end when it is `count`
        var updated = [S](repeating: 0, count: count)
        #expect(update(start, gradients, nil, &updated, count) == (place == count))
        #expect(place == count || updated[place].isNaN)
      }
      // Halves and quarters: their sum is exact.
      let (first, second) = ((0..<count).map { S($0) / 2 }, (0..<count).map { 3 - S($0) / 4 })
      var (once, twice) = ([S](repeating: 0, count: count), [S](repeating: 0, count: count))
      #expect(update(start, zip(first, second).map { $0 + $1 }, nil, &once, count))
      #expect(
        second.withUnsafeBufferPointer { update(start, first, $0.baseAddress, &twice, count) })
      #expect(once == twice && once != start)
    }
  }

  @Test func updatesAddGradientsAndFindBadNumbers() {
    updates(Float.self)
    updates(Double.self)
  }
}

/// θ ← θ − 0.1·m with m ← 0.9·m + g.
private struct Momentum: UpdateFormula {
  static let slots = 1
  mutating func begin(rate: Double, step: Int) {}
  func step<S: Scalar>(_ g: S.Vector, _ slots: inout Slots<S.Vector>, as type: S.Type) -> S.Vector {
    slots.first = all(0.9, as: S.self) * slots.first + g
    return all(0.1, as: S.self) * slots.first
  }
}
