/// Who watches a run and may end it. Called on the thread that trains.
public protocol TrainingControl {
  /// Asked before every batch.
  func shouldStop() -> Bool
  /// Asked before every batch; an error ends the run, as one of its own would.
  func checkTime() throws
  /// Measures of the caller's own, by name, of the model after an epoch; they become part of its
  /// report. An error ends the run.
  func metrics(_ model: () throws -> TrainedModel) throws -> [String: Double]
  /// Called after every epoch; false or an error ends the run.
  func epochEnded(_ report: EpochReport) throws -> Bool
  /// The outcome, `.stopped` or `.failed`, of a run that an error ends, which then returns its
  /// model so far; nil to throw the error instead.
  func outcome(after error: any Error) -> Run.Outcome?
}

extension TrainingControl {
  public func checkTime() {}
  public func metrics(_ model: () throws -> TrainedModel) throws -> [String: Double] { [:] }
  public func outcome(after error: any Error) -> Run.Outcome? { nil }
}

/// Never stops a run.
public struct Unattended: TrainingControl {
  public init() {}
  public func shouldStop() -> Bool { false }
  public func epochEnded(_ report: EpochReport) -> Bool { true }
}
