import Tensors

/// What a term does that is a function of all rows and outputs of a batch at once. Such a batch is
/// not split.
struct WholeTerm<S: TensorScalar>: Sendable {
  /// Takes k of one output, when slopes are used.
  let survey: @Sendable (_ slopes: OutputSlopes<S>) throws -> Void
  /// Evaluates, once k of all outputs is known; targets and predictions are [rows][outputs].
  let evaluate:
    @Sendable (_ predictions: UnsafePointer<S>, _ targets: UnsafePointer<S>, _ rows: Int) throws ->
      Void
}

/// k of one output, [inputs][stride], for some rows.
struct OutputSlopes<S: TensorScalar> {
  let output: Int
  let rows: Int
  let slopes: UnsafePointer<S>
  let stride: Int
}

/// An evaluation of the network at inputs other than the batch's, or in other directions: its gradients
/// come before those of the batch itself.
struct ExtraPass<S: TensorScalar>: Sendable {
  /// Whether it asks the step for one in Double: see `TrainingStep.inDouble`.
  var isInDouble = false
  /// Adds to the step's gradients, or writes them unless `accumulate`, and returns the value.
  ///
  /// - batch: rows of a batch, or a part of one: `total` of the batch is what means are over.
  /// - weight: multiplies the gradients.
  let run:
    @Sendable (
      _ step: TrainingStep<S>, _ batch: BatchRows<S>, _ weight: S, _ accumulate: Bool
    ) -> Double
}

/// Rows of a batch, or of a part of one.
struct BatchRows<S: TensorScalar> {
  /// [count][inputs] and [count][outputs]
  let x: UnsafePointer<S>
  let y: UnsafePointer<S>
  let count: Int
  /// Rows of the whole batch, of which these are those from `start` on.
  let total: Int
  let start: Int
  /// Where these rows are among the data's; nil for 0, 1, ….
  let places: UnsafePointer<Int>?
}
