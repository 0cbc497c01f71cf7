import Foundation
import Learning
import Platform
import Tensors
import Testing

@testable import Experiments

@Suite("Store: queries and merges") struct StoreQueriesTests {
  let folder = TemporaryFolder()

  private func done(_ store: SQLiteStore, _ specs: [TrialSpec], rmse: Double) throws {
    for claim in try store.claim(specs, most: specs.count) {
      _ = try store.finish(
        claim, as: .done,
        TrialResult(
          outcome: "finished", measures: ["rmse": rmse], history: [report(1, metrics: ["r2": 0.5])],
          seconds: 2, model: Data([1])))
    }
  }

  @Test func listsByStateSeedAndSetting() throws {
    let store = try SQLiteStore()
    try store.register(specs(4), for: someSweep)
    try done(store, Array(specs(4)[1...2]), rmse: 3)
    #expect(try store.list().map(\.spec) == specs(4))
    #expect(try store.list(TrialFilter(states: [.done])).map(\.spec.seed) == [1, 2])
    #expect(
      try store.list(TrialFilter(states: [.done])).allSatisfy { $0.result?.measures == ["rmse": 3] }
    )
    #expect(try store.list(TrialFilter(seeds: [2, 3, 9])).map(\.spec.seed) == [2, 3])
    let half = TrialFilter(settings: ["alpha": .number(0.125)])
    #expect(try store.list(half).map(\.spec.seed) == [1])
    #expect(try store.list(TrialFilter(settings: ["alpha": .integer(0)])).map(\.spec.seed) == [0])
    #expect(try store.list(TrialFilter(settings: ["alpha": .string("0")])).isEmpty)
    #expect(try store.list(TrialFilter(settings: ["beta": .null])).isEmpty)
  }

  @Test func answersQueriesAndRefusesToWrite() throws {
    let store = try SQLiteStore()
    try store.register(specs(2), for: someSweep)
    let result = try store.query("SELECT seed, ?, 0.5 AS half, NULL n FROM trials;", [.text("a")])
    #expect(result.columns == ["seed", "?", "half", "n"])
    #expect(result.rows == [0, 1].map { [.integer($0), .text("a"), .number(0.5), .null] })
    #expect(try store.query("SELECT x'00ff'").rows == [[.bytes(Data([0, 255]))]])
    for sql in [
      "DELETE FROM trials", "WITH a AS (SELECT 1) DELETE FROM trials RETURNING id",
      "PRAGMA journal_mode = DELETE", " -- x\n/* y */ pragma user_version", "ATTACH 'x' AS y",
      "BEGIN",
      "INSERT INTO sweeps (digest, options, environment) VALUES (1, 2, 3) RETURNING id",
    ] {
      #expect(reason { _ = try store.query(sql) }.contains("only reads"), "\(sql)")
    }
    #expect(reason { _ = try store.query("SELECT absent") }.contains("no such column: absent"))
    #expect(reason { _ = try store.query("SELECT 1; SELECT 2") } != "no error")
    #expect(reason { _ = try store.query("SELECT ?") } != "no error")
    #expect(reason { _ = try store.query("") } != "no error")
    #expect(try store.list().count == 2)
  }

  @Test func viewsFollowTheNames() throws {
    let store = try SQLiteStore()
    let point: [String: JSON] = [
      "alpha": .number(0.5), "it's \"x\"": .string("y"), "quote'\u{301}": .integer(1),
      "SEED": .integer(7), "list": .array([.integer(1), .null]),
    ]
    let spec = try TrialSpec(point: .object(point), seed: .max, recipe: .object(point))
    try store.register([spec], for: someSweep)
    let names = [
      "key", "seed", "state", "outcome", "problem", "seconds", "losses", "created", "ended",
    ]
    let settings = ["setting.SEED", "alpha", "it's \"x\"", "list", "quote'\u{301}"]
    #expect(try store.query("SELECT * FROM trials_wide").columns == names + settings)
    let measures = ["rmse": Double.infinity, "Alpha": 2, "nan": .nan]
    let history = [report(1, metrics: ["r2": 0.5, "bad": .nan, "low": -.infinity])]
    _ = try store.finish(
      store.claim([spec])[0], as: .done,
      TrialResult(outcome: "finished", measures: measures, history: history, seconds: 2))
    let wide = try store.query("SELECT * FROM trials_wide")
    #expect(wide.columns == names + settings + ["measure.Alpha", "nan", "rmse"])
    #expect(wide.rows[0][1...2] == [.integer(-1), .text("done")])
    #expect(
      Array(wide.rows[0][9...])
        == [
          .integer(7), .number(0.5), .text("y"), .text("[1,null]"), .integer(1), .number(2), .null,
          .number(.infinity),
        ])
    let long = try store.query("SELECT name, value FROM history_long ORDER BY name")
    let wanted: [[StoreValue]] = [
      [.text("bad"), .null], [.text("base_loss"), .number(1)], [.text("lai_count"), .number(7)],
      [.text("learning_rate"), .number(3e-3)], [.text("low"), .number(-.infinity)],
      [.text("r2"), .number(0.5)], [.text("seconds"), .number(0.25)],
      [.text("validation_rmse"), .number(1.1)],
    ]
    #expect(long.rows == wanted)
  }

  @Test func deletesWithResults() throws {
    let store = try SQLiteStore()
    let all = specs(3)
    try store.register(all, for: someSweep)
    try done(store, all, rmse: 1)
    #expect(try store.delete([all[1].key, "none"]) == 1)
    #expect(try store.list().map(\.spec.seed) == [0, 2])
    #expect(try store.history(of: all[1].key).isEmpty && store.model(of: all[1].key) == nil)
    #expect(try store.query("SELECT count(*) FROM measures").rows == [[.integer(2)]])
    #expect(try store.integrityCheck().isEmpty)
  }

  /// A sweep that is registered again, or with more trials, stays one.
  @Test func recordsASweepOnce() throws {
    let store = try SQLiteStore()
    try store.register(specs(2), for: someSweep)
    try store.register(specs(3), for: someSweep)
    var other = someSweep
    other.script = nil
    try store.register(specs(1), for: other)
    let sql = "SELECT sweep, trial, place FROM sweep_trials ORDER BY sweep, place"
    #expect(
      try store.query(sql).rows
        == [[1, 1, 0], [1, 2, 1], [1, 3, 2], [2, 1, 0]].map { $0.map(StoreValue.integer) })
  }

  @Test func mergesAndOnlyReadsTheOther() throws {
    let ours = try SQLiteStore(path: folder("ours.db"))
    let path = folder("odd name?#%.db")
    let theirs = try SQLiteStore(path: path)
    let all = specs(6)
    // Ours: 0 done, 1 waiting, 2 failed, 3 running. Theirs: 0 to 3 done, 4 running, 5 failed.
    try ours.register(Array(all[0...3]), for: someSweep)
    try done(ours, [all[0]], rmse: 1)
    _ = try ours.finish(ours.claim([all[2]])[0], as: .failed, TrialResult(outcome: "failed"))
    let running = try ours.claim([all[3]])[0]
    var sweep = someSweep
    sweep.script = "other"
    try theirs.register(all, for: sweep)
    try done(theirs, Array(all[0...3]), rmse: 2)
    _ = try theirs.claim([all[4]])
    _ = try theirs.finish(
      theirs.claim([all[5]])[0], as: .failed, TrialResult(outcome: "failed", problem: "no"))

    // In use, with a log; then closed, without one.
    #expect(try ours.merge(from: path) == MergeResult(added: 2, completed: 3))
    try theirs.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let names = folder.names
    #expect(try ours.merge(from: path) == MergeResult())
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes && folder.names == names)

    let merged = try ours.list()
    #expect(merged.map(\.state) == [.done, .done, .done, .done, .waiting, .failed])
    #expect(merged[0...3].map { $0.result?.measures["rmse"] } == [1, 2, 2, 2])
    #expect(merged[5].result?.problem == "no")
    #expect(try ours.history(of: all[3].key) == [report(1, metrics: ["r2": 0.5])])
    #expect(try ours.model(of: all[3].key) == Data([1]))
    #expect(try !ours.finish(running, as: .done, TrialResult(outcome: "late")))
    #expect(try ours.query("SELECT count(*) FROM sweep_trials").rows == [[.integer(10)]])
    #expect(try ours.query("SELECT rmse FROM trials_wide WHERE seed = 3").rows == [[.number(2)]])
    #expect(try ours.integrityCheck().isEmpty)

    #expect(reason { _ = try ours.merge(from: folder("ours.db")) }.contains("this store itself"))
    #expect(reason { _ = try ours.merge(from: folder("none.db")) }.contains("No such file"))
    let memory = try SQLiteStore()
    #expect(try memory.merge(from: path).added == 6)
  }
}
