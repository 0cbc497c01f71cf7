import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

@Suite("Store: claims") struct StoreClaimsTests {
  let folder = TemporaryFolder()

  /// The same in memory and in a file.
  @Test(arguments: [true, false]) func returnsWhatWasStored(inMemory: Bool) throws {
    let store = try inMemory ? SQLiteStore() : SQLiteStore(path: folder("a.db"))
    let spec = try TrialSpec(
      point: .object(["x.y": .array([.integer(1), .number(1)]), "b": .bool(true)]),
      seed: .max, recipe: .object(["r": .number(0.1)]))
    try store.register([spec], for: someSweep)
    let claim = try #require(try store.claim([spec]).first)
    let history = [
      report(1), report(2, metrics: ["a": .nan, "b": -.infinity, "c": 0.1], laiLoss: 2),
      report(3, laiLoss: .infinity),
    ]
    let measures = [
      "rmse": 0.1, "bad": Double.nan, "all": .infinity, "none": -.infinity, "zero": 0,
    ]
    let model = Data([0, 1, 255])
    #expect(
      try store.finish(
        claim, as: .done,
        TrialResult(
          outcome: "stopped early", problem: "a 'b'", measures: measures, history: history,
          seconds: 1.5, model: model)))
    let stored = try #require(try store.trials([spec.key])[spec.key])
    #expect(stored.spec == spec)
    #expect(stored.state == .done && stored.losses == 0)
    let result = try #require(stored.result)
    #expect(result.outcome == "stopped early" && result.problem == "a 'b'")
    #expect(result.seconds == 1.5 && result.history.isEmpty && result.model == nil)
    #expect(result.measures.keys.sorted() == measures.keys.sorted())
    #expect(result.measures["bad"]!.isNaN)
    #expect(result.measures["all"] == .infinity && result.measures["none"] == -.infinity)
    #expect(result.measures["rmse"] == 0.1 && result.measures["zero"] == 0)
    let epochs = try store.history(of: spec.key)
    #expect(epochs.count == 3 && epochs[0] == history[0] && epochs[2] == history[2])
    #expect(epochs[1].metrics["a"]!.isNaN && epochs[1].metrics["b"] == -.infinity)
    #expect(epochs[1].metrics["c"] == 0.1 && epochs[1].seconds == 0.25)
    #expect(epochs[1].aboveKink == FeatureShares(features: ["b", "a"], shares: [0.25, nil]))
    #expect(
      try store.query("SELECT name, value FROM history_long WHERE name LIKE 'above%'").rows
        == Array(repeating: [.text("above_kink.b"), .number(0.25)], count: 2))
    #expect(try store.model(of: spec.key) == model)
    #expect(try store.history(of: "none") == [] && store.model(of: "none") == nil)
  }

  @Test func keepsNaNApartFromNothing() throws {
    let store = try SQLiteStore()
    let spec = specs(1)[0]
    try store.register([spec], for: someSweep)
    let bad = EpochReport(
      epoch: 1, stage: .train, baseLoss: .nan, laiLoss: .nan, laiRatio: nil, laiCount: 0,
      validationRMSE: nil, validationLoss: .nan, metrics: [:], learningRate: 1, seconds: 2)
    _ = try store.finish(
      store.claim([spec])[0], as: .failed, TrialResult(outcome: "diverged", history: [bad]))
    let epoch = try store.history(of: spec.key)[0]
    #expect(epoch.baseLoss.isNaN && epoch.laiLoss!.isNaN && epoch.validationLoss!.isNaN)
    #expect(epoch.laiRatio == nil && epoch.validationRMSE == nil && epoch.learningRate == 1)
  }

  @Test func claimsInOrderAndOnce() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    let other = try SQLiteStore(path: folder("a.db"))
    let all = specs(6)
    try store.register(all, for: someSweep)
    try store.register(all, for: someSweep)
    let order = [all[4], all[1], all[4], all[3], all[0]]
    #expect(try store.claim(order, most: 3).map(\.key) == [all[4], all[1], all[3]].map(\.key))
    #expect(try other.claim(all, most: 2).map(\.key) == [all[0], all[2]].map(\.key))
    #expect(try store.claim(all, most: 9).map(\.key) == [all[5].key])
    #expect(try store.claim(all, most: 9).isEmpty && store.claim([]).isEmpty)
    #expect(try store.claim(specs(1, from: 50)).isEmpty)
  }

  @Test func finishesByTokenOnly() throws {
    let store = try SQLiteStore()
    let all = specs(2)
    try store.register(all, for: someSweep)
    let claim = try #require(try store.claim(all).first)
    let result = TrialResult(outcome: "finished", measures: ["rmse": 1])
    #expect(try !store.finish(TrialClaim(key: claim.key, token: "other"), as: .done, result))
    #expect(try store.state(of: all[0]) == .running)
    #expect(try store.finish(claim, as: .pruned, result))
    #expect(try !store.finish(claim, as: .done, result))
    #expect(try store.state(of: all[0]) == .pruned)
    #expect(throws: ArgumentError.self) { try store.finish(claim, as: .waiting, result) }

    let second = try store.claim(all)[0]
    try store.release([second, claim])
    #expect(try store.state(of: all[0]) == .pruned && store.state(of: all[1]) == .waiting)
    #expect(try !store.finish(second, as: .done, result))
  }

  @Test func retriesFailedTrialsWhenAsked() throws {
    let store = try SQLiteStore()
    let spec = specs(1)
    try store.register(spec, for: someSweep)
    _ = try store.finish(
      store.claim(spec)[0], as: .failed,
      TrialResult(
        outcome: "failed", problem: "no", measures: ["old": 1], history: [report(1), report(2)],
        model: Data([1])))
    #expect(try store.claim(spec).isEmpty)
    let again = try store.claim(spec, retriesFailed: true)[0]
    #expect(try store.trials([spec[0].key])[spec[0].key]?.result == nil)
    _ = try store.finish(again, as: .done, TrialResult(outcome: "finished", measures: ["new": 2]))
    #expect(try store.trials([spec[0].key])[spec[0].key]?.result?.measures == ["new": 2])
    #expect(try store.history(of: spec[0].key).isEmpty && store.model(of: spec[0].key) == nil)
  }

  /// Without its worker's lock a trial is lost, and after too many times failed.
  @Test func losesTrialsWhoseProcessHasEnded() throws {
    let path = folder("a.db")
    let store = try SQLiteStore(path: path)
    let spec = specs(1)
    try store.register(spec, for: someSweep)
    let key = spec[0].key
    var others: [SQLiteStore] = []
    defer { others = [] }
    for round in 1...3 {
      let other = try SQLiteStore(path: path)
      others.append(other)
      let before = folder.names
      let claim = try #require(try other.claim(spec, lossLimit: 2).first)
      #expect(try store.state(of: spec[0]) == .running && store.claim(spec).isEmpty)
      // As if the process had been killed: its file is gone or without a lock.
      let file = try #require(folder.names.first { !before.contains($0) })
      try FileManager.default.removeItem(atPath: folder(file))
      #expect(try store.trials([key])[key]?.state == .lost)
      #expect(try store.trials([key])[key]?.losses == round)
      if round == 3 { continue }
      let next = try store.claim(spec, lossLimit: 2)
      #expect(next.map(\.key) == [key])
      #expect(try !other.finish(claim, as: .done, TrialResult(outcome: "late")))
      try store.release(next)
    }
    #expect(try store.claim(spec, lossLimit: 2).isEmpty)
    let lost = try #require(try store.trials([key])[key])
    #expect(lost.state == .failed && lost.losses == 3)
    #expect(lost.result?.problem == "its process ended before it did, 3 times")
    #expect(try store.claim(spec, lossLimit: 2, retriesFailed: true).count == 1)
    #expect(try store.trials([key])[key]?.losses == 0)
  }

  @Test func closesWithoutLosses() throws {
    let path = folder("a.db")
    let store = try SQLiteStore(path: path)
    let all = specs(3)
    try store.register(all, for: someSweep)
    let claim = try #require(try store.claim(all).first)
    #expect(folder.names.contains { $0.hasPrefix("a.db.worker-") })
    try store.close()
    try store.close()
    #expect(folder.names == ["a.db", "a.db.lock"])
    #expect(reason { _ = try store.claim(all) }.hasSuffix("is closed"))
    #expect(reason { _ = try store.history(of: "") }.hasSuffix("is closed"))
    let next = try SQLiteStore(path: path)
    #expect(try next.trials([claim.key])[claim.key]?.losses == 0)
    #expect(try next.state(of: all[0]) == .waiting)
  }

  /// Two sweeps may name the same trial by different settings.
  @Test func addsSettingsOfLaterSweeps() throws {
    let store = try SQLiteStore()
    let recipe = JSON.object(["alpha": .number(1), "lambda": .number(2)])
    let first = try TrialSpec(point: .object(["alpha": .number(1)]), seed: 1, recipe: recipe)
    let second = try TrialSpec(
      point: .object(["alpha": .number(9), "lambda": .number(2)]), seed: 1, recipe: recipe)
    try store.register([first], for: someSweep)
    try store.register([second], for: someSweep)
    #expect(
      try store.trials([first.key])[first.key]?.spec.point
        == .object(["alpha": .number(1), "lambda": .number(2)]))
  }

  @Test func threadsFinishEachTrialOnce() async throws {
    let store = try SQLiteStore(path: folder("a.db"))
    let all = specs(40)
    try store.register(all, for: someSweep)
    let done = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<4 {
        let path = folder("a.db")
        group.addTask {
          // Two of the tasks share a store.
          let own = try number < 2 ? store : SQLiteStore(path: path)
          var count = 0
          while let claim = try own.claim(all, most: 1).first {
            if try own.finish(claim, as: .done, TrialResult(outcome: "finished")) { count += 1 }
          }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(done == 40)
    let stored = try store.trials(all.map(\.key))
    #expect(stored.count == 40 && stored.values.allSatisfy { $0.state == .done })
  }
}
