import Kernels
import Testing

@Suite("Reduction kernels") struct ReductionsTests {
  typealias Kernel = (UnsafePointer<Float>, Lines, UnsafeMutablePointer<Float>) -> Void

  /// Whole numbers, whose sums are exact: a missing or repeated element is noticed.
  static let x = (0..<4000).map { Float(($0 * 7919) % 101) - 50 }

  private func run(_ kernel: Kernel, _ lines: Lines) -> [Float] {
    var out = [Float](repeating: 12345, count: lines.lines + 1)
    out.withUnsafeMutableBufferPointer { kernel(Self.x, lines, $0.baseAddress!) }
    #expect(out.last == 12345)
    return out.dropLast()
  }

  @Test(
    "every way through memory", arguments: [1, 2, 8, 15, 16, 17, 33, 40],
    [1, 2, 15, 16, 17, 31, 32, 33, 48, 64])
  func layouts(lines: Int, count: Int) {
    for layout in [
      Lines(lines: lines, lineStep: count, count: count, step: 1),
      Lines(lines: lines, lineStep: 1, count: count, step: lines),
      Lines(lines: lines, lineStep: 1, count: count, step: 1),
      Lines(lines: lines, lineStep: 3, count: count, step: 2),
      Lines(lines: lines, lineStep: 0, count: count, step: 5),
      Lines(lines: lines, lineStep: 1, count: count, step: 0),
    ] {
      let elements = (0..<lines).map { line in
        (0..<count).map { Self.x[line * layout.lineStep + $0 * layout.step] }
      }
      #expect(run(Kernels.sum, layout) == elements.map { $0.reduce(0, +) }, "\(layout)")
      #expect(run(Kernels.largest, layout) == elements.map { $0.max()! }, "\(layout)")
      #expect(run(Kernels.smallest, layout) == elements.map { $0.min()! }, "\(layout)")
      let squares = elements.map { $0.reduce(0) { $0 + Double($1 * $1) } }
      #expect(run(Kernels.norm, layout) == squares.map { Float($0.squareRoot()) }, "\(layout)")
    }
  }

  @Test("sums over many blocks", arguments: [2047, 2048, 2049, 2079, 2080, 3999])
  func blocks(count: Int) {
    let wanted = Self.x.prefix(count).reduce(0, +)
    #expect(run(Kernels.sum, Lines(lines: 1, lineStep: 0, count: count, step: 1)) == [wanted])
    let squares = Self.x.prefix(count).reduce(0.0) { $0 + Double($1 * $1) }
    #expect(Double(Kernels.dot(Self.x, 1, Self.x, 1, count)) == Double(Float(squares)))
  }
}
