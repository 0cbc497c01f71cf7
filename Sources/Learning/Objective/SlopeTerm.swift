import Tensors

/// A part of an objective that is a function of predictions, targets and slopes ∂ŷ/∂x.
///
/// It sees one output at a time, first with `begin`, which may leave sums, then with `finish`, which
/// has those of all rows of the batch and adds to ∂L/∂ŷ and ∂L/∂k. The step takes ∂L/∂θ from these,
/// once for all terms.
protocol SlopeTerm: Sendable {
  /// - Throws: `ArgumentError` for options that do not fit the network or the data.
  func prepared<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S>

  // The same where the number type is known. Called through `any SlopeTerm`, the generic method would
  // give closures that are not specialised.
  func preparedSingle(_ context: ObjectiveContext<Float>) throws -> PreparedSlopeTerm<Float>
  func preparedDouble(_ context: ObjectiveContext<Double>) throws -> PreparedSlopeTerm<Double>
}

extension SlopeTerm {
  func preparedSingle(_ context: ObjectiveContext<Float>) throws -> PreparedSlopeTerm<Float> {
    try prepared(context)
  }
  func preparedDouble(_ context: ObjectiveContext<Double>) throws -> PreparedSlopeTerm<Double> {
    try prepared(context)
  }

  /// `prepared`, specialised.
  func ready<S: TensorScalar>(_ context: ObjectiveContext<S>) throws -> PreparedSlopeTerm<S> {
    S.self == Float.self
      ? try preparedSingle(context as! ObjectiveContext<Float>) as! PreparedSlopeTerm<S>
      : try preparedDouble(context as! ObjectiveContext<Double>) as! PreparedSlopeTerm<S>
  }
}

/// A slope term for a number type, a network and data. Its closures keep nothing between two batches.
struct PreparedSlopeTerm<S: TensorScalar>: Sendable {
  /// Rows of numbers, each as long as the batch, that it needs between `begin` and `finish`.
  var memoryRows = 0
  /// Sums over all rows of a batch, of one output.
  var sumCount = 0
  /// Whether it is a function of slopes, and whether it adds to ∂L/∂k.
  var usesSlopes = true
  var givesSlopes = true
  /// Whether it needs f′ and f″ of the objective's residual.
  var usesResidual = false
  /// What it is multiplied by when that residual is multiplied by c: c to this power.
  var residualDegree = 0
  /// Evaluates all rows and outputs of a batch at once, between the forward pass and `begin`.
  var whole: WholeTerm<S>?
  /// An evaluation of the network at other inputs, in the place of `begin` and `finish`.
  var pass: ExtraPass<S>?
  /// Of a Lai loss: adds how many of the slopes are above the kink, per feature.
  var countAboveKink: (@Sendable (OutputRows<S>, UnsafeMutableBufferPointer<Int>) -> Void)?

  /// Leaves sums over the rows; returns Σ f of the residual that the term has of its own, else 0.
  ///
  /// - memory: `memoryRows` rows, `stride` apart.
  var begin:
    @Sendable (
      _ output: OutputRows<S>, _ memory: UnsafeMutablePointer<S>, _ sums: UnsafeMutablePointer<S>
    ) -> S = { _, _, _ in 0 }
  /// Adds the weighted derivatives to `u` and `v` of the output, and returns the term's value.
  ///
  /// - sums: over all rows of the batch.
  /// - adds: whether `v` has something already; if not, all of it is written.
  var finish:
    @Sendable (
      _ output: OutputRows<S>, _ memory: UnsafeMutablePointer<S>, _ sums: UnsafePointer<S>,
      _ weight: S, _ adds: Bool
    ) -> TermValue = { _, _, _, _, _ in TermValue() }
}

/// What a term gives to an objective's value.
struct TermValue {
  /// Of these rows: those of a batch's parts are added.
  var own = 0.0
  /// Of all rows of the batch, as its sums give it.
  var shared = 0.0
}

/// One output's numbers for some rows of a batch, and the place of its derivatives.
struct OutputRows<S: TensorScalar> {
  let output: Int
  let outputs: Int
  let inputs: Int
  /// These, and all of the batch.
  let rows: Int
  let total: Int
  /// Where these rows are among the data's; nil for 0, 1, ….
  let places: UnsafePointer<Int>?
  /// [rows]
  let predictions: UnsafePointer<S>
  let targets: UnsafePointer<S>
  /// k, [inputs][stride]
  let slopes: UnsafePointer<S>
  let stride: Int
  /// f′ and f″ of the objective's residual, [rows]
  let first: UnsafePointer<S>
  let second: UnsafePointer<S>
  /// ∂L/∂ŷ, [rows], and ∂L/∂k, [inputs][stride]
  let u: UnsafeMutablePointer<S>
  let v: UnsafeMutablePointer<S>

  func place(_ row: Int) -> Int { places?[row] ?? row }
}

/// What a term may ask about the network and the data.
struct ObjectiveContext<S: TensorScalar>: Sendable {
  let features: [String]?
  let inputs: Int
  let outputs: Int
  /// The objective's residuals.
  let residuals: [PreparedObjective<S>.Part]
  let doubleResiduals: [PreparedObjective<Double>.Part]
  /// Rows of the data; nil when they are not known.
  let rows: Int?
  /// The data's own slopes, [rows][outputs][inputs]; none if there are none.
  let slopes: [S]
  /// The rows themselves, [rows][inputs]; none when they are not known.
  let x: [S]

  /// The largest |x| of a feature; 0 when the rows are not known.
  func largestInput(_ feature: Int) -> Double {
    stride(from: feature, to: x.count, by: inputs).reduce(0) { max($0, abs(Double(x[$1]))) }
  }

  /// The weight of each feature: 1 without any, 0 for one that is excluded.
  ///
  /// - Throws: what `PerFeature.resolved` does; `ArgumentError` for a weight that S cannot hold.
  func weights(_ features: PerFeature?) throws -> [S] {
    guard let features else { return Array(repeating: 1, count: inputs) }
    if features.excludesAll { throw ArgumentError.allExcluded("features") }
    return try features.resolved(features: self.features, count: inputs, label: "features").map {
      guard let value = $0.value else { return 0 }
      guard S(value).isNormal else {
        let range = "\(S.leastNormalMagnitude) to \(S.greatestFiniteMagnitude)"
        throw ArgumentError("features", mustBe: "\(range) in \(S.dtype.rawValue)", got: value)
      }
      return S(value)
    }
  }

  /// - Throws: `ArgumentError` if the objective has no residual.
  func requireResidual(_ name: String) throws {
    guard !residuals.isEmpty else {
      throw ArgumentError(
        name, mustBe: "added to a loss of residuals, such as mse", got: "none")
    }
  }
}
