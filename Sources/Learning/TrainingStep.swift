import Kernels
import Tensors

/// The objective of a batch, and its base's residuals.
public struct StepResult: Sendable {
  public var value: Double
  public var base: Double
}

/// A fully connected network's forward pass, input slopes and exact parameter gradients of any
/// objective, written out by hand: six matrix products a hidden layer for a function of the slopes,
/// such as the Lai loss, where plain MSE takes three.
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

  let activation: Activation
  let activate: Activation.Kernel<S>
  let form: DerivativeForm
  /// The activation's own; with masks `form` is `stored`.
  let activationForm: DerivativeForm
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
    /// [z̄; p], the adjoints of z and of the tangent ż
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

  /// ŷ, [rows][outputs]
  let prediction: UnsafeMutablePointer<S>
  /// Targets, ŷ and ∂L/∂ŷ of one of several outputs, [rows]
  let targets: UnsafeMutablePointer<S>
  let column: UnsafeMutablePointer<S>
  let u: UnsafeMutablePointer<S>
  /// ∂L/∂ŷ of all outputs, and that of one residual, [rows][outputs]
  let allU: UnsafeMutablePointer<S>
  let otherU: UnsafeMutablePointer<S>
  /// Of one residual, [rows][outputs]
  let losses: UnsafeMutablePointer<S>
  /// f′ and f″ of the objective's residuals by one output, and those of one residual, [rows]
  let residualFirst: UnsafeMutablePointer<S>
  let residualSecond: UnsafeMutablePointer<S>
  let otherFirst: UnsafeMutablePointer<S>
  let otherSecond: UnsafeMutablePointer<S>
  /// k and ∂L/∂k of one output, [inputs][maximumRows]
  let slopes: UnsafeMutablePointer<S>
  let slopeAdjoints: UnsafeMutablePointer<S>
  /// Either as rows [maximumRows][inputStride]
  let slopeRows: UnsafeMutablePointer<S>
  /// x with rows of `inputStride`, where they have others
  let paddedInputs: UnsafeMutablePointer<S>
  let inputStride: Int
  let lastStride: Int
  /// Of a layer's adjoints, as wide as the widest row
  let columnSums: UnsafeMutablePointer<S>
  /// The gradient of a single output's weights, as wide as the highest layer's row
  let weightSums: UnsafeMutablePointer<S>

  /// What the objective's terms keep between their two parts, and one output's sums over the batch.
  var termMemory: UnsafeMutablePointer<S>
  var sums: UnsafeMutablePointer<S>
  var termCount = 0
  var sumCount = 0
  var termWorkspace: Workspace<S>?
  /// Slopes above the kink of the Lai loss, per feature: of the batches since it was last set to 0.
  var aboveKink: [Int]
  /// For passes in Double; nil where none are reserved for, and where S is Double.
  var wide: WideStep?

  /// The parameters as the products take them; pointers, so that a step counts no references.
  struct Weights {
    /// Of all layers, the last too
    let layers: UnsafeMutablePointer<LayerWeights<S>>
    /// The last layer's as rows of `lastStride`, zeros behind them
    let lastRows: UnsafeMutablePointer<S>
  }
  private let own: Weights
  /// Which rows of a run's batches come next: random numbers depend on it.
  var place = BatchPlace()
  /// Of the forward passes that follow; only with `hasMasks`.
  var masks: UnitMasks<S>?
  private(set) var weights: Weights

  /// Room for batches of up to `maximumRows` rows.
  ///
  /// - Throws: `AllocationError`.
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
    // Of the two number types, this one multiplies by the BLAS.
    if S.dtype == .float64 { try SystemMemory.prepareBLAS() }
    let layout = ParameterLayout(sizes: sizes)
    let rows = maximumRows
    let inputs = sizes[0]
    let outputs = sizes[sizes.count - 1]
    let hidden = Array(sizes.dropFirst().dropLast())
    let strides = hidden.map(S.rowStride)
    let inputStride = S.inputStride(inputs)
    let lastStride = strides.last ?? inputStride
    let form = hasMasks ? .stored : activation.form
    let (memory, buffers) = try Workspace<S>.carve(
      BufferName.table(
        layout, rows: rows, form, strides: strides, inputStride: inputStride,
        hasParameters: owner == nil, as: S.self))
    func buffer(_ name: BufferName) -> UnsafeMutablePointer<S> { buffers[name]! }
    self.memory = memory
    self.layout = layout
    self.maximumRows = rows
    self.inputs = inputs
    aboveKink = Array(repeating: 0, count: inputs)
    self.outputs = outputs
    self.inputStride = inputStride
    self.lastStride = lastStride
    depth = hidden.count
    self.activation = activation
    activate = activation.kernel(for: S.self)
    self.form = form
    activationForm = activation.form
    let parameters = owner?.parameters ?? buffer(.parameters)
    self.parameters = parameters
    gradients = buffer(.gradients)
    let packed = (0..<layout.layers).map { index in
      LayerWeights(
        outputs: sizes[index + 1], inputs: sizes[index],
        weights: parameters + layout.weights[index], biases: parameters + layout.biases[index],
        packed: buffer(.packed(index)))
    }
    layers = hidden.enumerated().map { index, width in
      let second = buffers[.second(index)]
      let curvature = buffers[.curvature(index)] ?? second
      return Layer(
        inputs: sizes[index], width: width, stride: strides[index], weights: layout.weights[index],
        biases: layout.biases[index],
        block: TrainingStep.block(stride: strides[index], weights: sizes[index] * width),
        activations: buffer(.activations(index)), adjoints: buffer(.adjoints(index)),
        first: buffers[.first(index)] ?? buffer(.activations(index)), second: second,
        curvature: curvature,
        cross: form.isFlat ? nil : buffers[.cross(index)] ?? curvature)
    }
    prediction = buffer(.prediction)
    targets = buffer(.targets)
    column = buffer(.column)
    u = buffer(.u)
    allU = buffer(.allU)
    otherU = buffer(.otherU)
    losses = buffer(.losses)
    residualFirst = buffer(.residualFirst)
    residualSecond = buffer(.residualSecond)
    otherFirst = buffer(.otherFirst)
    otherSecond = buffer(.otherSecond)
    slopes = buffer(.slopes)
    slopeAdjoints = buffer(.slopeAdjoints)
    slopeRows = buffer(.slopeRows)
    paddedInputs = buffer(.paddedInputs)
    columnSums = buffer(.columnSums)
    weightSums = buffer(.weightSums)
    own = Weights(
      layers: .allocate(capacity: packed.count), lastRows: buffer(.lastRows))
    own.layers.initialize(from: packed, count: packed.count)
    weights = own
    // Until `reserve` finds more.
    (termMemory, sums) = (losses, losses)
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
