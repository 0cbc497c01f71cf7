import Kernels
import Tensors

/// The loss of a batch and the loss without its factor.
public struct StepResult: Sendable {
  public var value: Double
  public var base: Double
}

/// A fully connected network's forward pass, input slopes and exact parameter gradients of any Lai
/// loss, written out by hand: six matrix products a hidden layer where plain MSE takes three.
///
/// With u = ∂L/∂ŷ and V = ∂L/∂k held constant, ∇L = ∇[Σ u·ŷ + Σ V·∂ŷ/∂x], and the second sum is the
/// tangent of Σ ŷ in direction V (spec of the derivation: arXiv 2405.07884, §2, and double
/// backward). So: forward; backward for k; tangent forward along V; backward over both, in which
/// the adjoints of the tangent variables are those that k already needed.
///
/// All memory is taken at the start and nothing is allocated in a step. Not safe for two threads
/// at once; separate instances are independent.
public final class TrainingStep<S: TensorScalar> {
  public let layout: ParameterLayout
  public let maximumRows: Int
  /// Flat, as `layout` says.
  public let parameters: UnsafeMutablePointer<S>
  public let gradients: UnsafeMutablePointer<S>

  let activate: Activation.Kernel<S>
  let form: DerivativeForm
  let memory: Workspace<S>
  /// Hidden layers.
  let depth: Int
  let inputs: Int
  let outputs: Int

  /// A hidden layer's buffers, rows × stride each, of which columns behind the width mean nothing;
  /// stacks hold two of them, one behind the other.
  struct Layer {
    let inputs: Int
    let width: Int
    let stride: Int
    let weights: Int
    let biases: Int
    /// Rows that go through a product and what follows it at once: what comes between stays in the
    /// first-level cache.
    let block: Int
    /// [a; ȧ]
    let activations: UnsafeMutablePointer<S>
    /// [λ; p], the adjoints of z and of the tangent ż
    let adjoints: UnsafeMutablePointer<S>
    /// σ′, or the activations when it follows from them
    let first: UnsafeMutablePointer<S>
    /// σ″, unless it follows from `first`
    let second: UnsafeMutablePointer<S>?
    /// q = σ″·s, unless that follows from p; in the place of σ″ when one output needs that only once
    let curvature: UnsafeMutablePointer<S>?
    /// Σ over outputs of q·ż, unless that is 0; with one output in the place of q
    let cross: UnsafeMutablePointer<S>?
  }
  let layers: [Layer]

  let prediction: UnsafeMutablePointer<S>
  /// Targets, ∂L/∂ŷ and predictions of one of several outputs, [rows]
  let targets: UnsafeMutablePointer<S>
  let u: UnsafeMutablePointer<S>
  /// ∂L/∂ŷ of all outputs, [rows][outputs]
  let allU: UnsafeMutablePointer<S>
  let column: UnsafeMutablePointer<S>
  /// Of a layer's adjoints, as wide as the widest row
  let columnSums: UnsafeMutablePointer<S>
  /// The gradient of a single output's weights, as wide as the highest layer's row
  let weightSums: UnsafeMutablePointer<S>
  let losses: UnsafeMutablePointer<S>
  /// k, then ∂L/∂k, [inputs][maximumRows]
  let slopes: UnsafeMutablePointer<S>
  /// The same as rows [maximumRows][inputStride]
  let slopeRows: UnsafeMutablePointer<S>
  /// x with rows of `inputStride`, where they have others
  let paddedInputs: UnsafeMutablePointer<S>
  let inputStride: Int
  let lastStride: Int
  let factor: UnsafeMutablePointer<S>
  let lossScratch: UnsafeMutablePointer<S>
  /// Σᵢ fᵢ gᵢⱼ of one output, [inputs]
  let directionSums: UnsafeMutablePointer<S>

  /// The parameters as the products take them; pointers, so that a step counts no references.
  struct Weights {
    /// Of all layers, the last too
    let layers: UnsafeMutablePointer<LayerWeights<S>>
    /// The last layer's as rows of `lastStride`, zeros behind them
    let lastRows: UnsafeMutablePointer<S>
  }
  private let own: Weights
  /// Of the forward passes that follow; only with `hasMasks`.
  var masks: UnitMasks<S>?
  private(set) var weights: Weights

  /// Room for batches of up to `maximumRows` rows.
  ///
  /// Throws: `AllocationError`.
  public convenience init(sizes: [Int], activation: Activation, maximumRows: Int) throws {
    try self.init(
      sizes: sizes, activation: activation, maximumRows: maximumRows, parametersOf: nil)
  }

  /// - owner: whose parameters are read; nil for some of its own.
  /// - hasMasks: whether hidden units may be masked, as dropout does: σ′ and σ″ are stored then.
  init(
    sizes: [Int], activation: Activation, maximumRows: Int, parametersOf owner: TrainingStep?,
    hasMasks: Bool = false
  ) throws {
    let layout = ParameterLayout(sizes: sizes)
    let rows = maximumRows
    let inputs = sizes[0]
    let outputs = sizes[sizes.count - 1]
    let hidden = Array(sizes.dropFirst().dropLast())
    let strides = hidden.map(S.rowStride)
    let inputStride = S.inputStride(inputs)
    let lastStride = strides.last ?? inputStride
    let packedCounts = zip(sizes, sizes.dropFirst()).map {
      S.packedCount(outputs: $1, inputs: $0)
    }
    let form = hasMasks ? .stored : activation.form
    let isStored = form == .stored
    // σ′, σ″, q and the cross terms; or these only.
    let extra = isStored ? (outputs == 1 ? 2 : 4) : form.isFlat ? 0 : 1
    let perLayer = strides.flatMap {
      [2 * rows * $0, 2 * rows * $0] + Array(repeating: rows * $0, count: extra)
    }
    memory = try Workspace(
      counts: (owner == nil ? [layout.count] : []) + packedCounts + [layout.count] + perLayer
        + [rows * outputs, rows, rows, rows * outputs, rows, rows * outputs]
        + [inputs * rows, inputs * rows, inputStride * rows, inputStride * rows]
        + [outputs * lastStride, 2 * rows, inputs, strides.max() ?? 0, lastStride])
    self.layout = layout
    self.maximumRows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.inputStride = inputStride
    self.lastStride = lastStride
    depth = hidden.count
    activate = activation.kernel(for: S.self)
    self.form = form
    let memory = memory
    let parameters = owner?.parameters ?? memory.take(layout.count)
    self.parameters = parameters
    gradients = memory.take(layout.count)
    let packed = packedCounts.enumerated().map { index, count in
      LayerWeights(
        outputs: sizes[index + 1], inputs: sizes[index],
        weights: parameters + layout.weights[index], biases: parameters + layout.biases[index],
        packed: memory.take(count))
    }
    layers = hidden.enumerated().map { index, width in
      let stride = strides[index]
      let activations = memory.take(2 * rows * stride)
      let adjoints = memory.take(2 * rows * stride)
      func take() -> UnsafeMutablePointer<S> { memory.take(rows * stride) }
      let first = isStored ? take() : activations
      let second = isStored ? take() : nil
      let curvature = isStored && outputs > 1 ? take() : second
      return Layer(
        inputs: sizes[index], width: width, stride: stride, weights: layout.weights[index],
        biases: layout.biases[index],
        block: TrainingStep.block(stride: stride, weights: sizes[index] * width),
        activations: activations, adjoints: adjoints, first: first, second: second,
        curvature: curvature,
        cross: form.isFlat ? nil : isStored && outputs == 1 ? curvature : take())
    }
    prediction = memory.take(rows * outputs)
    targets = memory.take(rows)
    u = memory.take(rows)
    allU = memory.take(rows * outputs)
    column = memory.take(rows)
    losses = memory.take(rows * outputs)
    slopes = memory.take(inputs * rows)
    factor = memory.take(inputs * rows)
    slopeRows = memory.take(inputStride * rows)
    paddedInputs = memory.take(inputStride * rows)
    own = Weights(
      layers: .allocate(capacity: packed.count), lastRows: memory.take(outputs * lastStride))
    own.layers.initialize(from: packed, count: packed.count)
    weights = own
    lossScratch = memory.take(2 * rows)
    directionSums = memory.take(inputs)
    columnSums = memory.take(strides.max() ?? 0)
    weightSums = memory.take(lastStride)
  }

  deinit { own.layers.deallocate() }

  /// Weights too large for the first two levels of cache are gone through once for all rows.
  private static func block(stride: Int, weights: Int) -> Int {
    weights > 1 << 15 ? .max : max(32, (1 << 12) / stride / 16 * 16)
  }

  public var parameterCount: Int { layout.count }

  var lastWeights: UnsafeMutablePointer<S> { parameters + layout.weights[depth] }
  var lastBiases: UnsafeMutablePointer<S> { parameters + layout.biases[depth] }
  /// Width of what the last layer takes.
  var lastWidth: Int { layout.sizes[depth] }

  /// The weighted loss's gradients with respect to all parameters, into `gradients`.
  ///
  /// - x: [rows][inputs], y: [rows][outputs], rows ≤ maximumRows.
  /// - weight: multiplies the loss in the gradients; the result is not weighted.
  /// - accumulate: adds to the gradients that are there.
  public func gradients(
    x: UnsafePointer<S>, y: UnsafePointer<S>, rows: Int, loss: PreparedObjective<S>, weight: S = 1,
    accumulate: Bool = false
  ) -> StepResult {
    prepareWeights(hasSlopes: loss.isLai)
    return loss.isLai
      ? laiGradients(x, y, rows, loss, weight, accumulate)
      : baseGradients(x, y, rows, loss, weight, accumulate)
  }

  /// What a step takes from the parameters, one with slopes ∂ŷ/∂x or without.
  func prepareWeights(hasSlopes: Bool) { prepareWeights(backTo: hasSlopes ? 0 : 1) }

  /// - lowest: the lowest layer through whose weights something goes back.
  private func prepareWeights(backTo lowest: Int) {
    weights = own
    // The weights of a single output are taken as they are.
    let count = outputs == 1 && depth > 0 ? depth : depth + 1
    for layer in 0..<count {
      S.packForward(own.layers[layer])
      if layer >= lowest { S.packBackward(own.layers[layer]) }
    }
    for output in 0..<outputs {
      (own.lastRows + output * lastStride).update(
        from: lastWeights + output * lastWidth, count: lastWidth)
    }
  }

  /// Takes the weights that another step with the same parameters has prepared.
  func useWeights(of other: TrainingStep) { weights = other.own }

  /// Predictions [rows][outputs] of any number of rows, in blocks.
  public func predict(x: UnsafePointer<S>, rows: Int, into y: UnsafeMutablePointer<S>) {
    prepareWeights(backTo: depth + 1)
    var done = 0
    while done < rows {
      let block = min(maximumRows, rows - done)
      forward(x + done * inputs, block, derivatives: 0)
      (y + done * outputs).update(from: prediction, count: block * outputs)
      done += block
    }
  }

  /// Slopes ∂ŷ/∂x [rows][outputs][inputs] of any number of rows, in blocks.
  public func inputGradients(x: UnsafePointer<S>, rows: Int, into k: UnsafeMutablePointer<S>) {
    prepareWeights(backTo: 0)
    var done = 0
    while done < rows {
      let block = min(maximumRows, rows - done)
      forward(x + done * inputs, block, derivatives: 2)
      for output in 0..<outputs {
        backwardForSlopes(output, block)
        for row in 0..<block {
          let target = k + ((done + row) * outputs + output) * inputs
          for feature in 0..<inputs { target[feature] = slopes[feature * maximumRows + row] }
        }
      }
      done += block
    }
  }
}
