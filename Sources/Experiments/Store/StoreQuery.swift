import Foundation
import Learning
import Tensors

/// Which trials are meant; each condition that is not nil must hold.
public struct TrialFilter: Sendable, Equatable {
  public var states: Set<TrialState>?
  public var seeds: Set<UInt64>?
  /// Settings of the point, by name. 1 and 1.0 are the same.
  public var settings: [String: JSON]

  public init(
    states: Set<TrialState>? = nil, seeds: Set<UInt64>? = nil, settings: [String: JSON] = [:]
  ) {
    (self.states, self.seeds, self.settings) = (states, seeds, settings)
  }

  func matches(_ trial: StoredTrial) -> Bool {
    if let states, !states.contains(trial.state) { return false }
    if let seeds, !seeds.contains(trial.spec.seed) { return false }
    guard !settings.isEmpty else { return true }
    guard case .object(let point) = trial.spec.point else { return false }
    return settings.allSatisfy { name, value in
      switch (point[name], value) {
      case (.integer(let a)?, .number(let b)): Double(a) == b
      case (.number(let a)?, .integer(let b)): a == Double(b)
      case (let a, let b): a == b
      }
    }
  }
}

/// A value of a query.
public enum StoreValue: Sendable, Equatable {
  case null
  case integer(Int)
  case number(Double)
  case text(String)
  case bytes(Data)
}

/// What a query gave.
public struct QueryResult: Sendable, Equatable {
  public var columns: [String]
  public var rows: [[StoreValue]]

  public init(columns: [String], rows: [[StoreValue]]) {
    (self.columns, self.rows) = (columns, rows)
  }
}

/// How many trials a merge took.
public struct MergeResult: Sendable, Equatable {
  /// That were not here.
  public var added = 0
  /// That were here without a result.
  public var completed = 0
}
