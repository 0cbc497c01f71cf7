import Foundation
import Learning
import Tensors

/// Where trials and their results are kept. Trials belong to the store, not to a sweep: each is there
/// once, under its key, whoever asks for it.
///
/// Several processes may use one store. Nothing here depends on what the store is made of.
public protocol TrialStore: AnyObject, Sendable {
  /// Where it is, for people: "sweep.db", "in memory".
  var path: String { get }

  /// Adds what is missing of these trials, as waiting, and records the sweep that asks for them.
  ///
  /// - Throws: `StoreError`.
  func register(_ trials: [TrialSpec], for sweep: SweepRecord) throws

  /// The trials with these keys, as they are now, without histories and models.
  ///
  /// - Throws: `StoreError`.
  func trials(_ keys: [String]) throws -> [String: StoredTrial]

  /// Takes as many of these trials as nobody has, in this order, `most` at most, for this process:
  /// those that wait, those whose process has ended, and with `retriesFailed` those that failed.
  /// A trial that was lost more often than `lossLimit` becomes failed instead.
  ///
  /// - Throws: `StoreError`.
  func claim(_ keys: [String], most: Int, lossLimit: Int, retriesFailed: Bool) throws
    -> [TrialClaim]

  /// Stores the result of a trial in one transaction. False if the claim is no longer valid: somebody
  /// else has the trial, and the result is dropped.
  ///
  /// - Throws: `StoreError`; the claim stays valid then.
  func finish(_ claim: TrialClaim, as state: TrialState, _ result: TrialResult) throws -> Bool

  /// Returns trials that were not run, as waiting, without counting them as lost.
  ///
  /// - Throws: `StoreError`.
  func release(_ claims: [TrialClaim]) throws

  /// The epochs of a trial; empty without any.
  ///
  /// - Throws: `StoreError`.
  func history(of key: String) throws -> [EpochReport]

  /// The network of a trial as a safetensors file; nil if it was not kept.
  ///
  /// - Throws: `StoreError`.
  func model(of key: String) throws -> Data?
}

/// What a sweep leaves in the store beside its trials.
public struct SweepRecord: Sendable, Equatable {
  /// Options of the sweep, for people to read.
  public var options: JSON
  /// The text of the script that ran it; nil at a prompt.
  public var script: String?
  /// Versions, machine, arguments.
  public var environment: JSON

  public init(options: JSON, script: String? = nil, environment: JSON) {
    (self.options, self.script, self.environment) = (options, script, environment)
  }
}

/// The right to run a trial and to store its result.
public struct TrialClaim: Sendable, Equatable {
  public let key: String
  public let token: String

  public init(key: String, token: String) { (self.key, self.token) = (key, token) }
}

/// A trial as the store has it.
public struct StoredTrial: Sendable, Equatable {
  public let spec: TrialSpec
  public let state: TrialState
  /// nil until it has ended. Its history and model are asked for on their own.
  public let result: TrialResult?
  /// How often its process ended before it did.
  public let losses: Int

  public init(spec: TrialSpec, state: TrialState, result: TrialResult?, losses: Int) {
    (self.spec, self.state, self.result, self.losses) = (spec, state, result, losses)
  }
}

/// A store that cannot be opened, read or written.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  public let path: String
  /// What is wrong, and the way out: ends the sentence "store 'sweep.db': …".
  public let reason: String

  public init(path: String, reason: String) { (self.path, self.reason) = (path, reason) }

  public var description: String { "store '\(path)': \(reason)" }
}
