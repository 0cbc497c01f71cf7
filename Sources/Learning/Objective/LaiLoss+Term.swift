import Kernels
import Tensors

/// A Lai loss for a number type and a number of features: λ resolved, constants taken.
struct PreparedLai<S: TensorScalar>: Sendable {
  let residual: ResidualKernels.Kernel<S>
  /// The factor of each feature, nil where it is left out.
  let factors: [LaiFactor<S>?]
  let l1: S
  let l2: S
  let isPerSample: Bool

  init(_ loss: LaiLoss, features: [String]?, count: Int) throws {
    residual = loss.base.kernel(for: S.self)
    let isSquared = loss.base.power == 2
    factors = try loss.lambda.resolved(features: features, count: count, label: "lambda").map {
      try $0.value.map {
        guard S($0).isNormal else {
          let range = "\(S.leastNormalMagnitude) to \(S.greatestFiniteMagnitude)"
          throw ArgumentError("lambda", mustBe: "\(range) in \(S.dtype.rawValue)", got: $0)
        }
        return LaiFactor(lambda: S($0), isSquared: isSquared)
      }
    }
    (l1, l2) = (S(loss.norm.weights.l1), S(loss.norm.weights.l2))
    isPerSample = loss.reduction == .sample
  }

  /// Its numbers between the two parts, in rows `stride` apart.
  struct Memory {
    /// f and df/dŷ of the residual
    let loss: UnsafeMutablePointer<S>
    let first: UnsafeMutablePointer<S>
    /// g and dg/dk, [features][stride]
    let factor: UnsafeMutablePointer<S>
    let derivative: UnsafeMutablePointer<S>
    /// Two rows
    let scratch: UnsafeMutablePointer<S>

    init(_ memory: UnsafeMutablePointer<S>, features: Int, stride: Int) {
      (loss, first, scratch) = (memory, memory + stride, memory + 2 * stride)
      factor = memory + 4 * stride
      derivative = factor + features * stride
    }
  }
  var memoryRows: Int { 4 + 2 * factors.count }
}

extension LaiLoss: SlopeTerm {
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    let lai = try PreparedLai<S>(self, features: context.features, count: context.inputs)
    let detach = detach
    var term = PreparedSlopeTerm<S>()
    term.memoryRows = lai.memoryRows
    term.sumCount = lai.isPerSample ? 0 : context.inputs
    term.givesSlopes = detach != .slope
    term.begin = { lai.begin($0, $1, sums: $2) }
    term.countAboveKink = { lai.countAboveKink($0, $1) }
    term.finish = { lai.finish($0, $1, sums: $2, weight: $3, adds: $4, detach) }
    return term
  }
}

/// A Lai loss of one output and its derivatives, in two parts: when the norm is that of sums over a
/// batch, all its rows must be through the first part before any takes the second.
extension PreparedLai {
  /// Leaves the residuals' losses and the factors and, for a norm of sums, Σᵢ fᵢ gᵢⱼ. Returns Σ f.
  func begin(
    _ output: OutputRows<S>, _ memory: UnsafeMutablePointer<S>, sums: UnsafeMutablePointer<S>
  ) -> S {
    let (rows, stride) = (output.rows, output.stride)
    let memory = Memory(memory, features: output.inputs, stride: stride)
    let sum = residual(
      output.predictions, output.targets, memory.loss, memory.first, nil, rows)
    for (feature, prepared) in factors.enumerated() {
      let g = memory.factor + feature * stride
      let derivative = memory.derivative + feature * stride
      if let prepared {
        Kernels.laiFactor(
          output.slopes + feature * stride, prepared, value: g, derivative: derivative, count: rows)
      } else {
        g.update(repeating: 1, count: rows)
        derivative.update(repeating: 0, count: rows)
      }
      if !isPerSample { sums[feature] = Kernels.dot(memory.loss, g, rows) }
    }
    return sum
  }

  /// Adds how many of the slopes are above the kink, per feature.
  func countAboveKink(_ output: OutputRows<S>, _ counts: UnsafeMutableBufferPointer<Int>) {
    for (feature, factor) in factors.enumerated() {
      guard let factor else { continue }
      counts[feature] += Kernels.countAboveKink(
        output.slopes + feature * output.stride, factor, count: output.rows)
    }
  }

  /// u ← u + weight·∂L/∂ŷ and v ← (v +) weight·∂L/∂k, where L is the mean over outputs and rows of
  /// the norm of the sums, or of the rows' norms.
  func finish(
    _ output: OutputRows<S>, _ memory: UnsafeMutablePointer<S>, sums: UnsafePointer<S>, weight: S,
    adds: Bool, _ detach: Detach?
  ) -> TermValue {
    let memory = Memory(memory, features: output.inputs, stride: output.stride)
    let weight = weight / S(output.outputs) / S(output.total)
    let count = Double(output.total * output.outputs)
    var value = TermValue()
    if isPerSample {
      value.own = Double(perSample(output, memory, weight, adds, detach)) / count
    } else {
      value.shared = Double(perBatch(output, memory, sums, weight, adds, detach)) / count
    }
    if detach != .residual {
      Kernels.addProduct(
        memory.first, memory.scratch, isPerSample ? weight : 1, to: output.u, count: output.rows)
    }
    return value
  }

  /// The norm of Σᵢ fᵢ gᵢⱼ over directions j. Leaves its derivative by f, weighted, in `scratch`.
  private func perBatch(
    _ output: OutputRows<S>, _ memory: Memory, _ sums: UnsafePointer<S>, _ weight: S, _ adds: Bool,
    _ detach: Detach?
  ) -> S {
    let features = factors.count
    var total: S = 0
    var largest: S = 0
    for feature in 0..<features {
      total += sums[feature]
      largest = max(largest, sums[feature])
    }
    // Scaled, so that squares of large losses do not overflow.
    var squares: S = 0
    if largest > 0 {
      for feature in 0..<features {
        let ratio = sums[feature] / largest
        squares += ratio * ratio
      }
    }
    // `max` passes over NaN.
    let root = total.isNaN || !largest.isFinite ? total : largest * squares.squareRoot()
    memory.scratch.update(repeating: 0, count: output.rows)
    for feature in 0..<features {
      // dN/dℓ: of an all-zero vector 0.
      let direction = sums[feature] == 0 ? 0 : l1 + (l2 == 0 ? 0 : l2 * (sums[feature] / root))
      let place = feature * output.stride
      Kernels.laiDerivatives(
        value: memory.factor + place, derivative: memory.derivative + place, loss: memory.loss,
        weight: direction * weight, byLoss: memory.scratch,
        into: detach == .slope ? nil : output.v + place, adds: adds, count: output.rows)
    }
    return (l1 == 0 ? 0 : l1 * total) + (l2 == 0 ? 0 : l2 * root)
  }

  /// Σᵢ of the norm of fᵢ gᵢⱼ over directions j; f ≥ 0 comes out of the norm. Leaves its derivative by
  /// f in `scratch`.
  private func perSample(
    _ output: OutputRows<S>, _ memory: Memory, _ weight: S, _ adds: Bool, _ detach: Detach?
  ) -> S {
    let (features, stride, rows) = (factors.count, output.stride, output.rows)
    let inverse = memory.scratch + stride
    Kernels.sampleNorms(
      memory.factor, features: features, stride: stride, l1: l1, l2: l2, norm: memory.scratch,
      inverse: inverse, count: rows)
    let sum = Kernels.dot(memory.loss, memory.scratch, rows)
    if detach != .slope {
      for feature in 0..<features {
        let place = feature * stride
        Kernels.sampleDerivatives(
          value: memory.factor + place, derivative: memory.derivative + place, loss: memory.loss,
          inverse: inverse, l1: l1, weight: weight, into: output.v + place, adds: adds, count: rows)
      }
    }
    return sum
  }
}
