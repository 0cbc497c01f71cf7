import Foundation
import Learning
import Tensors

/// What is trained and measured once: a point of a sweep with one seed.
public struct TrialSpec: Sendable, Equatable {
  /// The settings that tell this point from the others, by option: {"alpha": 0.01, "lambda": 0.1}.
  public let point: JSON
  public let seed: UInt64
  /// Everything that determines the result, the seed among it.
  public let recipe: JSON
  /// SHA-256 of the canonical JSON of `recipe`, in hexadecimal. Trials with the same key have the
  /// same result.
  public let key: String

  /// - Throws: `ArgumentError` for a number in the recipe that is not finite.
  public init(point: JSON, seed: UInt64, recipe: JSON) throws {
    (self.point, self.seed, self.recipe) = (point, seed, recipe)
    key = SHA256.hexadecimal(of: try recipe.text())
  }

  /// A trial whose key is known.
  init(point: JSON, seed: UInt64, recipe: JSON, key: String) {
    (self.point, self.seed, self.recipe, self.key) = (point, seed, recipe, key)
  }
}

/// What a trial gave.
public struct TrialResult: Sendable, Equatable {
  /// How its run ended: "finished", "stopped early", "diverged", ….
  public var outcome: String
  /// What went wrong in a trial that failed, with its traceback; nil if nothing did.
  public var problem: String?
  /// By name: "rmse", "var", "noise.X8".
  public var measures: [String: Double]
  public var history: [EpochReport]
  /// Of training and measuring
  public var seconds: Double
  /// The network as a safetensors file; nil unless it is to be kept.
  public var model: Data?

  public init(
    outcome: String, problem: String? = nil, measures: [String: Double] = [:],
    history: [EpochReport] = [], seconds: Double = 0, model: Data? = nil
  ) {
    (self.outcome, self.problem, self.measures) = (outcome, problem, measures)
    (self.history, self.seconds, self.model) = (history, seconds, model)
  }
}

/// How far a trial is.
public enum TrialState: String, Sendable, CaseIterable {
  case waiting, running, done, failed, pruned
  /// Its process ended before it did. It is run again, up to a limit.
  case lost
}
