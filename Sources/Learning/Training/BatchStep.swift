import Tensors

/// What the loop trains: a model with its optimizer and its data. A network's hand-written step and a
/// scripted model's tape are the two.
protocol BatchStep: AnyObject {
  /// Rows of the training data, and the most of a batch.
  var rowCount: Int { get }
  var batch: Int { get }
  /// Whether α chooses some of the batches, or rows, for another loss than the others.
  var hasChoice: Bool { get }
  var hasValidation: Bool { get }
  /// "loss" or "value": what errors call what is minimised.
  static var noun: String { get }

  /// Batches that were trained before the next one.
  var batchNumber: UInt64 { get set }

  /// The gradients of some rows of a batch, which wait for `update`.
  ///
  /// - total: Rows of the whole batch; these count for their share.
  /// - accumulate: Adds to the gradients that wait.
  func gradients(
    _ rows: UnsafeBufferPointer<Int>, isChosen: Bool, of total: Int, accumulate: Bool
  ) throws -> StepResult

  /// Adds how many slopes of the last rows that were chosen are above the kink of the Lai loss, per
  /// feature.
  func addAboveKink(to counts: inout [Int])

  /// One update with the gradients that wait; what went wrong with it, which is then taken back.
  ///
  /// - control: Asked by a search, which may take long.
  /// - Throws: `StoppedInBatch` when the control ended it; what the model throws.
  func update(rateFactor: Double, _ control: any TrainingControl) throws -> String?

  /// The model on the validation data.
  func evaluate() throws -> Evaluation

  /// The parameters as they are.
  func parameters() throws -> [StoredTensor]
  /// What the optimizer keeps.
  func optimizerState() throws -> [StoredOptimizer]
  /// Goes on from elsewhere; what does not fit is an error.
  func restore(_ parameters: [StoredTensor], _ optimizer: [StoredOptimizer]) throws
  /// The model with the parameters as they are; a copy.
  func model() throws -> TrainedModel
}

extension BatchStep {
  func addAboveKink(to counts: inout [Int]) {}
}

/// A model on the validation data.
struct Evaluation {
  /// The mean value of a scripted model's step.
  var loss: Double?
  /// The root mean squared error, in the target's own units.
  var rmse: Double?
  /// The same in scaled units; nil unless the target is scaled.
  var scaledRMSE: Double?
  /// The metrics asked for, by name.
  var metrics: [String: Double] = [:]
}

/// A model that is being trained.
public enum TrainedModel {
  case network(MLP)
  case tensors([Tensor])
}
