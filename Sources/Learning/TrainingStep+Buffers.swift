import Kernels
import Tensors

/// The buffers of a training step; numbers are those of layers.
enum BufferName: Hashable {
  case parameters, gradients
  case packed(Int)
  case activations(Int)
  case adjoints(Int)
  case first(Int)
  case second(Int)
  case curvature(Int)
  case cross(Int)
  case prediction, targets, column, u, allU, otherU, losses
  case residualFirst, residualSecond, otherFirst, otherSecond
  case slopes, slopeAdjoints, slopeRows, paddedInputs
  case lastRows, columnSums, weightSums

  /// Each with its number of elements, as they lie in memory.
  ///
  /// - strides: of the hidden layers' rows.
  /// - hasParameters: whether they are the step's own.
  static func table<S: TensorScalar>(
    _ layout: ParameterLayout, rows: Int, _ form: DerivativeForm, strides: [Int], inputStride: Int,
    hasParameters: Bool, as type: S.Type
  ) -> [(name: BufferName, count: Int)] {
    let (sizes, inputs) = (layout.sizes, layout.sizes[0])
    let outputs = sizes[sizes.count - 1]
    let lastStride = strides.last ?? inputStride
    var table: [(name: BufferName, count: Int)] = []
    if hasParameters { table.append((.parameters, layout.count)) }
    for layer in 0..<layout.layers {
      let count = S.packedCount(outputs: sizes[layer + 1], inputs: sizes[layer])
      table.append((.packed(layer), count))
    }
    table.append((.gradients, layout.count))
    for (layer, stride) in strides.enumerated() {
      let count = rows * stride
      table.append((.activations(layer), 2 * count))
      table.append((.adjoints(layer), 2 * count))
      // σ′ and σ″ are stored, or follow from the activations.
      if form == .stored {
        table.append((.first(layer), count))
        table.append((.second(layer), count))
        // One output needs σ″ only once: q and the cross terms are in its place.
        if outputs > 1 { table.append((.curvature(layer), count)) }
      }
      if !form.isFlat, form != .stored || outputs > 1 { table.append((.cross(layer), count)) }
    }
    return table + [
      (.prediction, rows * outputs), (.targets, rows), (.u, rows), (.allU, rows * outputs),
      (.otherU, rows * outputs), (.column, rows), (.losses, rows * outputs),
      (.residualFirst, rows), (.residualSecond, rows), (.otherFirst, rows), (.otherSecond, rows),
      (.slopes, inputs * rows), (.slopeAdjoints, inputs * rows), (.slopeRows, inputStride * rows),
      (.paddedInputs, inputStride * rows), (.lastRows, outputs * lastStride),
      (.columnSums, strides.max() ?? 0), (.weightSums, lastStride),
    ]
  }
}
