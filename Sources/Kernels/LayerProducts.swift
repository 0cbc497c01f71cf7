import CBLAS
import CProducts

/// The weights [out][in] and biases of a fully connected layer, and their packed copy.
public struct LayerWeights<S> {
  public let outputs: Int
  public let inputs: Int
  public let weights: UnsafePointer<S>
  public let biases: UnsafePointer<S>
  /// `S.packedCount` elements.
  public let packed: UnsafeMutablePointer<S>

  public init(
    outputs: Int, inputs: Int, weights: UnsafePointer<S>, biases: UnsafePointer<S>,
    packed: UnsafeMutablePointer<S>
  ) {
    (self.outputs, self.inputs) = (outputs, inputs)
    (self.weights, self.biases, self.packed) = (weights, biases, packed)
  }
}

/// A single output above a layer: u = ∂L/∂ŷ, one per row, and its weights w, one per column.
public struct OutputAbove<S> {
  let u: UnsafePointer<S>
  let w: UnsafePointer<S>
  let values: UnsafePointer<S>
  let sums: UnsafeMutablePointer<S>

  /// - values: the layer's activations.
  /// - sums: the loss's derivative by w is added to them; as wide as a row.
  public init(
    u: UnsafePointer<S>, w: UnsafePointer<S>, values: UnsafePointer<S>,
    sums: UnsafeMutablePointer<S>
  ) { (self.u, self.w, self.values, self.sums) = (u, w, values, sums) }
}

/// What is computed from a product S: main ← σ′ ∘ S (+ added) and, unless `other` is nil,
/// other ← second ∘ S (+ other). `other` may be the memory of `second`.
///
/// With an output above, S are a layer's tangents, and other ← (σ′u + σ″ ∘ S)·w the adjoints below
/// it. Then `sums` are those of the adjoints, and `added` and `accumulates` are not used.
public struct ProductFinish<S> {
  public var form: DerivativeForm
  /// σ′, or what it is computed from.
  public var first: UnsafePointer<S>
  public var added: UnsafePointer<S>?
  public var main: UnsafeMutablePointer<S>
  /// The factor of `other`; with `ofTanh` it is p, and the factor is −2ap.
  public var second: UnsafePointer<S>?
  public var other: UnsafeMutablePointer<S>?
  public var accumulates: Bool
  /// The sums of main's columns are added to it; as wide as a row.
  public var sums: UnsafeMutablePointer<S>?
  public var output: OutputAbove<S>?

  public init(
    _ form: DerivativeForm, first: UnsafePointer<S>, added: UnsafePointer<S>? = nil,
    main: UnsafeMutablePointer<S>, second: UnsafePointer<S>? = nil,
    other: UnsafeMutablePointer<S>? = nil, accumulates: Bool = false,
    sums: UnsafeMutablePointer<S>? = nil, output: OutputAbove<S>? = nil
  ) {
    (self.form, self.first, self.added, self.main) = (form, first, added, main)
    (self.second, self.other, self.accumulates) = (second, other, accumulates)
    (self.sums, self.output) = (sums, output)
  }
}

/// The products of a fully connected layer over a batch of rows.
///
/// `Float` has products of its own, on weights that are packed once per step. They write whole
/// vectors: buffers have rows of `rowStride`, and the elements behind a row's width have no
/// meaning. `Double` uses the BLAS on the weights as they are.
public protocol LayerProducts {
  /// The distance between the rows of a buffer of this width.
  static func rowStride(_ width: Int) -> Int
  /// The least distance between the rows of a product's input of this width.
  static func inputStride(_ width: Int) -> Int
  /// The number of elements of a layer's packed weights.
  static func packedCount(outputs: Int, inputs: Int) -> Int
  /// Packs the weights and biases for forward products.
  static func packForward(_ layer: LayerWeights<Self>)
  /// Packs the weights for backward products.
  static func packBackward(_ layer: LayerWeights<Self>)

  /// C ← A·Wᵀ + b: [rows][inputs] to [rows][outputs].
  static func forwardProduct(
    _ a: UnsafePointer<Self>, stride: Int, rows: Int, _ layer: LayerWeights<Self>,
    into c: UnsafeMutablePointer<Self>, stride cStride: Int)
  /// C ← σ(A·Wᵀ + b): [rows][inputs] to [rows][rowStride(outputs)].
  ///
  /// - activation: which σ; not `stored`.
  /// - slopes: the buffer for σ′·w, with one w per column.
  static func forwardProduct(
    _ a: UnsafePointer<Self>, stride: Int, rows: Int, _ layer: LayerWeights<Self>,
    activation: DerivativeForm, into c: UnsafeMutablePointer<Self>,
    slopes: (w: UnsafePointer<Self>, p: UnsafeMutablePointer<Self>)?)
  /// A·Wᵀ with a finish: [rows][inputs] to [rows][rowStride(outputs)].
  static func forwardProduct(
    _ a: UnsafePointer<Self>, stride: Int, rows: Int, _ layer: LayerWeights<Self>,
    finish: ProductFinish<Self>)

  /// C ← P·W: [rows][outputs] to [rows][inputs].
  static func backwardProduct(
    _ p: UnsafePointer<Self>, stride: Int, rows: Int, _ layer: LayerWeights<Self>,
    into c: UnsafeMutablePointer<Self>, stride cStride: Int)
  /// P·W with a finish: [rows][outputs] to [rows][rowStride(inputs)].
  static func backwardProduct(
    _ p: UnsafePointer<Self>, stride: Int, rows: Int, _ layer: LayerWeights<Self>,
    finish: ProductFinish<Self>)

  /// W ← (W +) Pᵀ·A: [rows][outputs] and [rows][inputs] to [outputs][inputs], summed row by row.
  static func gradientProduct(
    _ p: UnsafePointer<Self>, stride: Int, _ a: UnsafePointer<Self>, stride aStride: Int,
    rows: Int, outputs: Int, inputs: Int, into w: UnsafeMutablePointer<Self>, accumulate: Bool)

  /// y[row] ← x[row]·w + b; x and w as wide as `columns`, a row's stride.
  static func rowProducts(
    _ x: UnsafePointer<Self>, _ w: UnsafePointer<Self>, plus b: Self, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<Self>)

  /// target[column][row] ← source[row][column].
  static func transpose(
    _ source: UnsafePointer<Self>, rows: Int, columns: Int, stride: Int,
    into target: UnsafeMutablePointer<Self>, stride targetStride: Int)
}

extension Kernels {
  /// The number of columns of the tiles that products use: the faster kind here, measured once.
  public static var tileColumns: Int { lai_has_wide_tiles() == 0 ? 16 : 32 }
}

extension Float: LayerProducts {
  private static func rounded(_ width: Int, to group: Int) -> Int {
    (width + group - 1) / group * group
  }

  public static func rowStride(_ width: Int) -> Int {
    let stride = rounded(width, to: 16)
    // Rows a multiple of 512 bytes apart would share a few places of the first-level cache.
    return stride % 128 == 0 ? stride + 16 : stride
  }

  public static func inputStride(_ width: Int) -> Int { rounded(width, to: 8) }

  // A packed layer holds the transposed weights in panels of 16 columns, then the biases, then, if
  // their rows are not whole vectors or are far apart, the weights in panels too.

  private static func readsWeights(_ inputs: Int) -> Bool { inputs % 8 == 0 && inputs < 256 }

  public static func packedCount(outputs: Int, inputs: Int) -> Int {
    let back = readsWeights(inputs) ? 0 : rounded(inputs, to: 16) * outputs
    return rounded(outputs, to: 16) * (inputs + 1) + back
  }

  private static func biases(_ layer: LayerWeights<Float>) -> UnsafeMutablePointer<Float> {
    layer.packed + rounded(layer.outputs, to: 16) * layer.inputs
  }

  private static func weights(_ layer: LayerWeights<Float>) -> UnsafeMutablePointer<Float> {
    layer.packed + rounded(layer.outputs, to: 16) * (layer.inputs + 1)
  }

  // The room behind the last output or input stays zero.

  public static func packForward(_ layer: LayerWeights<Float>) {
    let (outputs, inputs) = (layer.outputs, layer.inputs)
    for start in stride(from: 0, to: outputs, by: 16) {
      lai_transpose(
        min(16, outputs - start), inputs, layer.weights + start * inputs, inputs,
        layer.packed + start * inputs, 16)
    }
    biases(layer).update(from: layer.biases, count: outputs)
  }

  public static func packBackward(_ layer: LayerWeights<Float>) {
    let (outputs, inputs) = (layer.outputs, layer.inputs)
    guard !readsWeights(inputs) else { return }
    for start in stride(from: 0, to: inputs, by: 16) {
      lai_copy_rows(
        layer.weights + start, inputs * 4, min(16, inputs - start) * 4, nil, outputs,
        weights(layer) + start * outputs, 16 * 4)
    }
  }

  private static func forwardRight(_ layer: LayerWeights<Float>) -> lai_right {
    lai_right(start: layer.packed, row: 16, panel: 16 * layer.inputs)
  }

  public static func forwardProduct(
    _ a: UnsafePointer<Float>, stride: Int, rows: Int, _ layer: LayerWeights<Float>,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    lai_product(
      rows, min(cStride, rounded(layer.outputs, to: 8)), layer.inputs,
      lai_left(start: a, row: stride, inner: 1), forwardRight(layer), biases(layer), 0, c, cStride)
  }

  public static func forwardProduct(
    _ a: UnsafePointer<Float>, stride: Int, rows: Int, _ layer: LayerWeights<Float>,
    activation: DerivativeForm, into c: UnsafeMutablePointer<Float>,
    slopes: (w: UnsafePointer<Float>, p: UnsafeMutablePointer<Float>)?
  ) {
    var finish = lai_finish()
    finish.form = activation == .ofTanh ? LAI_TO_TANH : LAI_TO_RELU
    finish.bias = UnsafePointer(biases(layer))
    finish.main = c
    finish.output.w = slopes?.w
    finish.other = slopes?.p
    finishedForward(a, stride, rows, layer, finish)
  }

  public static func forwardProduct(
    _ a: UnsafePointer<Float>, stride: Int, rows: Int, _ layer: LayerWeights<Float>,
    finish: ProductFinish<Float>
  ) { finishedForward(a, stride, rows, layer, finish.c) }

  private static func finishedForward(
    _ a: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ layer: LayerWeights<Float>,
    _ finish: lai_finish
  ) {
    lai_finished_product(
      rows, rounded(layer.outputs, to: 8), layer.inputs,
      lai_left(start: a, row: stride, inner: 1), forwardRight(layer), finish,
      rowStride(layer.outputs))
  }

  /// The weights by columns, and the number of columns with the padding.
  private static func backwardRight(_ layer: LayerWeights<Float>) -> (lai_right, columns: Int) {
    readsWeights(layer.inputs)
      ? (lai_right(start: layer.weights, row: layer.inputs, panel: 16), layer.inputs)
      : (
        lai_right(start: weights(layer), row: 16, panel: 16 * layer.outputs),
        rounded(layer.inputs, to: 8)
      )
  }

  public static func backwardProduct(
    _ p: UnsafePointer<Float>, stride: Int, rows: Int, _ layer: LayerWeights<Float>,
    into c: UnsafeMutablePointer<Float>, stride cStride: Int
  ) {
    let (right, columns) = backwardRight(layer)
    lai_product(
      rows, min(cStride, columns), layer.outputs, lai_left(start: p, row: stride, inner: 1), right,
      nil, 0, c, cStride)
  }

  public static func backwardProduct(
    _ p: UnsafePointer<Float>, stride: Int, rows: Int, _ layer: LayerWeights<Float>,
    finish: ProductFinish<Float>
  ) {
    let (right, columns) = backwardRight(layer)
    lai_finished_product(
      rows, columns, layer.outputs, lai_left(start: p, row: stride, inner: 1), right, finish.c,
      rowStride(layer.inputs))
  }

  public static func gradientProduct(
    _ p: UnsafePointer<Float>, stride: Int, _ a: UnsafePointer<Float>, stride aStride: Int,
    rows: Int, outputs: Int, inputs: Int, into w: UnsafeMutablePointer<Float>, accumulate: Bool
  ) {
    lai_product(
      outputs, inputs, rows, lai_left(start: p, row: 1, inner: stride),
      lai_right(start: a, row: aStride, panel: 16), accumulate ? UnsafePointer(w) : nil,
      accumulate ? inputs : 0, w, inputs)
  }

  public static func rowProducts(
    _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, plus b: Float, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<Float>
  ) { lai_row_products(rows, columns, x, columns, w, b, y) }

  public static func transpose(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into target: UnsafeMutablePointer<Float>, stride targetStride: Int
  ) { lai_transpose(rows, columns, source, stride, target, targetStride) }
}

extension Double: LayerProducts {
  public static func rowStride(_ width: Int) -> Int { width }
  public static func inputStride(_ width: Int) -> Int { width }
  public static func packedCount(outputs: Int, inputs: Int) -> Int { 0 }
  public static func packForward(_ layer: LayerWeights<Double>) {}
  public static func packBackward(_ layer: LayerWeights<Double>) {}

  public static func forwardProduct(
    _ a: UnsafePointer<Double>, stride: Int, rows: Int, _ layer: LayerWeights<Double>,
    into c: UnsafeMutablePointer<Double>, stride cStride: Int
  ) {
    for row in 0..<rows { (c + row * cStride).update(from: layer.biases, count: layer.outputs) }
    forwardProduct(a, stride, rows, layer, beta: 1, into: c, cStride)
  }

  public static func forwardProduct(
    _ a: UnsafePointer<Double>, stride: Int, rows: Int, _ layer: LayerWeights<Double>,
    activation: DerivativeForm, into c: UnsafeMutablePointer<Double>,
    slopes: (w: UnsafePointer<Double>, p: UnsafeMutablePointer<Double>)?
  ) {
    forwardProduct(a, stride: stride, rows: rows, layer, into: c, stride: layer.outputs)
    func activate<F: ActivationFunction, D: Derivatives>(_ function: F.Type, _ derivatives: D.Type)
    {
      Kernels.activate(F.self, c, count: rows * layer.outputs, first: nil, second: nil)
      guard let slopes else { return }
      Kernels.slopes(
        row: slopes.w, D.self, first: c, second: nil, p: slopes.p, q: nil, rows: rows,
        columns: layer.outputs)
    }
    if activation == .ofTanh {
      activate(Tanh.self, TanhDerivatives.self)
    } else {
      activate(ReLU.self, ReLUDerivatives.self)
    }
  }

  public static func forwardProduct(
    _ a: UnsafePointer<Double>, stride: Int, rows: Int, _ layer: LayerWeights<Double>,
    finish: ProductFinish<Double>
  ) {
    forwardProduct(a, stride, rows, layer, beta: 0, into: finish.main, layer.outputs)
    Kernels.finish(finish, rows: rows, columns: layer.outputs)
  }

  private static func forwardProduct(
    _ a: UnsafePointer<Double>, _ stride: Int, _ rows: Int, _ layer: LayerWeights<Double>,
    beta: Double, into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    matrixProduct(
      rows: rows, columns: layer.outputs, inner: layer.inputs, alpha: 1, a, lda: stride,
      transposeA: false, layer.weights, ldb: layer.inputs, transposeB: true, beta: beta,
      into: c, ldc: cStride)
  }

  public static func backwardProduct(
    _ p: UnsafePointer<Double>, stride: Int, rows: Int, _ layer: LayerWeights<Double>,
    into c: UnsafeMutablePointer<Double>, stride cStride: Int
  ) {
    matrixProduct(
      rows: rows, columns: layer.inputs, inner: layer.outputs, alpha: 1, p, lda: stride,
      transposeA: false, layer.weights, ldb: layer.inputs, transposeB: false, beta: 0, into: c,
      ldc: cStride)
  }

  public static func backwardProduct(
    _ p: UnsafePointer<Double>, stride: Int, rows: Int, _ layer: LayerWeights<Double>,
    finish: ProductFinish<Double>
  ) {
    backwardProduct(
      p, stride: stride, rows: rows, layer, into: finish.main, stride: layer.inputs)
    Kernels.finish(finish, rows: rows, columns: layer.inputs)
  }

  public static func gradientProduct(
    _ p: UnsafePointer<Double>, stride: Int, _ a: UnsafePointer<Double>, stride aStride: Int,
    rows: Int, outputs: Int, inputs: Int, into w: UnsafeMutablePointer<Double>, accumulate: Bool
  ) {
    matrixProduct(
      rows: outputs, columns: inputs, inner: rows, alpha: 1, p, lda: stride, transposeA: true, a,
      ldb: aStride, transposeB: false, beta: accumulate ? 1 : 0, into: w, ldc: inputs)
  }

  public static func rowProducts(
    _ x: UnsafePointer<Double>, _ w: UnsafePointer<Double>, plus b: Double, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<Double>
  ) {
    for row in 0..<rows { y[row] = Kernels.dot(x + row * columns, w, columns) + b }
  }

  public static func transpose(
    _ source: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int,
    into target: UnsafeMutablePointer<Double>, stride targetStride: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        target[column * targetStride + row] = source[row * stride + column]
      }
    }
  }
}

extension ProductFinish<Float> {
  fileprivate var c: lai_finish {
    lai_finish(
      form: lai_form(UInt32(form.rawValue)), bias: nil, first: first, added: added, main: main,
      second: second, other: other, accumulates: accumulates ? 1 : 0, sums: sums,
      output: lai_output(w: output?.w, u: output?.u, values: output?.values, sums: output?.sums))
  }
}
