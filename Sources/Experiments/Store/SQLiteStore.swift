import Foundation
import Learning
import Tensors

/// Placeholder until the real one is merged.
public final class SQLiteStore: TrialStore, @unchecked Sendable {
  var trials: [String: StoredTrial] = [:]
  var histories: [String: [EpochReport]] = [:]
  public init() {}
  public init(path: String) throws {}
  public func register(_ trials: [TrialSpec], for sweep: SweepRecord) throws {}
  public func trials(_ keys: [String]) throws -> [String: StoredTrial] {
    trials.filter { keys.contains($0.key) }
  }
  public func claim(_ keys: [String], most: Int, lossLimit: Int, retriesFailed: Bool) throws
    -> [TrialClaim]
  {
    keys.filter { trials[$0]?.state.isOver != true }.map { TrialClaim(key: $0, token: "") }
  }
  public func finish(_ claim: TrialClaim, as state: TrialState, _ result: TrialResult) throws
    -> Bool
  {
    trials[claim.key] = StoredTrial(
      spec: try TrialSpec(point: .null, seed: 0, recipe: .null), state: state, result: result,
      losses: 0)
    return true
  }
  public func release(_ claims: [TrialClaim]) throws {}
  public func history(of key: String) throws -> [EpochReport] { [] }
  public func model(of key: String) throws -> Data? { nil }
}
