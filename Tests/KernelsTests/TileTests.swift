import CProducts
import Kernels
import Platform
import Testing

/// Numbers at a fixed address.
private final class Buffer {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int, repeating value: Float) {
    (start, self.count) = (.allocate(capacity: count), count)
    start.initialize(repeating: value, count: count)
  }

  /// Approximately normally distributed.
  convenience init(_ count: Int, seed: UInt64) {
    self.init(count, repeating: 0)
    var state = seed
    for i in 0..<count {
      for _ in 0..<4 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        start[i] += Float(state >> 40) / Float(1 << 23) - 1
      }
    }
  }

  deinit { start.deallocate() }

  var array: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }
}

/// Products with either kind of tile. Where only one kind exists, both are the same.
@Suite("Tiles", .serialized) struct TileTests {
  /// What each product of a layer writes.
  private func products(rows: Int, outputs: Int, inputs: Int) -> [[Float]] {
    let (above, below) = (Float.rowStride(outputs), Float.rowStride(inputs))
    let most = max(above, below)
    let weights = Buffer(outputs * inputs + 16, seed: 1)
    let biases = Buffer(outputs, seed: 2)
    let packed = Buffer(Float.packedCount(outputs: outputs, inputs: inputs), repeating: 0)
    let (x, p) = (Buffer(rows * below, seed: 3), Buffer(rows * above, seed: 4))
    let (first, second) = (Buffer(rows * most, seed: 5), Buffer(rows * most, seed: 6))
    let (third, w, u) = (Buffer(rows * most, seed: 7), Buffer(most, seed: 8), Buffer(rows, seed: 9))
    let layer = LayerWeights(
      outputs: outputs, inputs: inputs, weights: weights.start, biases: biases.start,
      packed: packed.start)
    Float.packForward(layer)
    Float.packBackward(layer)
    var results: [[Float]] = []
    func take(_ counts: Int..., body: ([UnsafeMutablePointer<Float>]) -> Void) {
      let buffers = counts.map { Buffer($0, repeating: 0.5) }
      body(buffers.map(\.start))
      results += buffers.map(\.array)
    }
    take(rows * outputs) {
      Float.forwardProduct(
        x.start, stride: below, rows: rows, layer, into: $0[0], stride: outputs)
    }
    take(rows * inputs) {
      Float.backwardProduct(p.start, stride: above, rows: rows, layer, into: $0[0], stride: inputs)
    }
    for form in [DerivativeForm.ofTanh, .ofReLU] {
      take(rows * above, rows * above) {
        Float.forwardProduct(
          x.start, stride: below, rows: rows, layer, activation: form, into: $0[0],
          slopes: (UnsafePointer(w.start), $0[1]))
      }
    }
    for form in [DerivativeForm.stored, .ofTanh, .ofReLU] {
      take(rows * above, rows * above, above, above) {
        let output = OutputAbove(u: u.start, w: w.start, values: third.start, sums: $0[3])
        Float.forwardProduct(
          x.start, stride: below, rows: rows, layer,
          finish: ProductFinish(
            form, first: first.start, main: $0[0], second: second.start, other: $0[1],
            sums: $0[2], output: output))
      }
      take(rows * below, rows * below, below) {
        Float.backwardProduct(
          p.start, stride: above, rows: rows, layer,
          finish: ProductFinish(
            form, first: first.start, added: third.start, main: $0[0], second: second.start,
            other: $0[1], accumulates: form == .ofTanh, sums: $0[2]))
      }
    }
    for accumulate in [false, true] {
      take(outputs * inputs) {
        Float.gradientProduct(
          p.start, stride: above, x.start, stride: below, rows: rows, outputs: outputs,
          inputs: inputs, into: $0[0], accumulate: accumulate)
      }
    }
    return results
  }

  private func with<Result>(wideTiles isWide: Bool, _ body: () -> Result) -> Result {
    let former = lai_has_wide_tiles()
    defer { lai_set_wide_tiles(former) }
    lai_set_wide_tiles(isWide ? 1 : 0)
    return body()
  }

  @Test(
    "both kinds give the same bits",
    arguments: [
      (1, 32, 32), (7, 33, 64), (16, 64, 8), (37, 70, 33), (64, 64, 64), (100, 96, 128),
      (9, 48, 200), (130, 257, 150),
    ])
  func bits(rows: Int, outputs: Int, inputs: Int) {
    let wide = with(wideTiles: true) { products(rows: rows, outputs: outputs, inputs: inputs) }
    let narrow = with(wideTiles: false) { products(rows: rows, outputs: outputs, inputs: inputs) }
    for (index, (a, b)) in zip(wide, narrow).enumerated() {
      #expect(a == b && a.contains { $0 != 0 && $0 != 0.5 }, "product \(index)")
    }
  }

  @Test("a gradient's product reads nothing after its first matrix")
  func readsWithin() {
    let page = Int(getpagesize())
    for (rows, outputs, inputs) in [(256, 64, 8), (31, 128, 3), (100, 80, 15), (7, 16, 1)] {
      let bytes = rows * outputs * 4
      let size = (bytes + page - 1) / page * page
      let pages = mmap(
        nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
      defer { munmap(pages, size + page) }
      // Reading here ends the test process.
      #expect(mprotect(pages + size, page, PROT_NONE) == 0)
      let a = (pages + size - bytes).assumingMemoryBound(to: Float.self)
      for i in 0..<(rows * outputs) { a[i] = Float(i % 5 - 2) }
      let x = Buffer((rows + 1) * inputs + 16, repeating: 1)
      let c = Buffer(outputs * inputs, repeating: .nan)
      Float.gradientProduct(
        a, stride: outputs, x.start, stride: inputs, rows: rows, outputs: outputs, inputs: inputs,
        into: c.start, accumulate: false)
      for output in 0..<outputs {
        let sum = (0..<rows).reduce(Float(0)) { $0 + a[$1 * outputs + output] }
        #expect((0..<inputs).allSatisfy { c.start[output * inputs + $0] == sum })
      }
    }
  }

  @Test("sums of small whole numbers are exact", arguments: [false, true])
  func sumsAreRight(isWide: Bool) {
    let (rows, columns, inner) = (19, 75, 700)
    let (a, b) = (Buffer(rows * inner, repeating: 0), Buffer(inner * columns + 16, repeating: 0))
    let c = Buffer(rows * columns, repeating: .nan)
    for i in 0..<(rows * inner) { a.start[i] = Float(i % 7 - 3) }
    for i in 0..<(inner * columns) { b.start[i] = Float(i % 5 - 2) }
    with(wideTiles: isWide) {
      lai_product(
        rows, columns, inner, lai_left(start: a.start, row: inner, inner: 1),
        lai_right(start: b.start, row: columns, panel: 16), nil, 0, c.start, columns)
    }
    var wrong = 0
    for row in 0..<rows {
      for column in 0..<columns {
        let sum = (0..<inner).reduce(Float(0)) {
          $0 + a.start[row * inner + $1] * b.start[$1 * columns + column]
        }
        if c.start[row * columns + column] != sum { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }
}
