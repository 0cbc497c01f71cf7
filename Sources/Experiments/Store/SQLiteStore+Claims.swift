import Foundation
import GRDB
import Learning
import Tensors

extension SQLiteStore {
  /// A setting that an earlier sweep did not name is added to the trial's point.
  ///
  /// - Throws: `StoreError`.
  public func register(_ trials: [TrialSpec], for sweep: SweepRecord) throws {
    try write { db, _ in
      let sweep = try SQLiteStore.add(sweep, db)
      let insert = try db.cachedStatement(
        sql: """
          INSERT INTO trials (key, point, seed, recipe, state) VALUES (?, ?, ?, ?, 'waiting')
          ON CONFLICT DO NOTHING
          """)
      let link = try db.cachedStatement(
        sql: """
          INSERT INTO sweep_trials (sweep, trial, place)
          SELECT ?1, id, (SELECT count(*) FROM sweep_trials WHERE sweep = ?1) FROM trials
          WHERE key = ?2 ON CONFLICT DO NOTHING
          """)
      var settings: Set<String> = []
      for trial in trials {
        try insert.execute(arguments: [
          trial.key, trial.point.text(), Int64(bitPattern: trial.seed), trial.recipe.text(),
        ])
        if db.changesCount == 0 { try SQLiteStore.widen(trial, db) }
        try link.execute(arguments: [sweep, trial.key])
        if case .object(let fields) = trial.point { settings.formUnion(fields.keys) }
      }
      try StoreViews.add("setting", names: settings.sorted(), db)
    }
  }

  /// The sweep's id. A sweep with the same record is the same sweep.
  private static func add(_ sweep: SweepRecord, _ db: Database) throws -> Int64 {
    let (options, environment) = try (sweep.options.text(), sweep.environment.text())
    let script = sweep.script.map(JSON.string) ?? .null
    let whole = JSON.array([.string(options), script, .string(environment)])
    let digest = SHA256.hexadecimal(of: try whole.text())
    try db.execute(
      sql: """
        INSERT INTO sweeps (digest, options, script, environment) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """, arguments: [digest, options, sweep.script, environment])
    return try Int64.fetchOne(
      db, sql: "SELECT id FROM sweeps WHERE digest = ?", arguments: [digest])!
  }

  /// Adds to a trial's point what only this sweep says of it.
  private static func widen(_ trial: TrialSpec, _ db: Database) throws {
    let text = try String.fetchOne(
      db.cachedStatement(sql: "SELECT point FROM trials WHERE key = ?"), arguments: [trial.key])
    guard let text, case .object(let known) = try JSON(parsing: text.utf8),
      case .object(let new) = trial.point, new.contains(where: { known[$0.key] == nil })
    else { return }
    try db.execute(
      sql: "UPDATE trials SET point = ? WHERE key = ?",
      arguments: [JSON.object(known.merging(new) { known, _ in known }).text(), trial.key])
  }

  /// - Throws: `StoreError`.
  public func claim(
    _ keys: [String], most: Int, lossLimit: Int, retriesFailed: Bool
  ) throws -> [TrialClaim] {
    guard most > 0, !keys.isEmpty else { return [] }
    return try write { db, state in
      let list = try SQLiteStore.list(keys)
      try loseTrialsOfDead(db)
      var free = ["waiting", "lost"]
      if retriesFailed { free.append("failed") }
      // Before trials that are lost too often become failed: these are not for this claim.
      let claimed = try Row.fetchAll(
        db,
        sql: """
          SELECT t.id, t.key, t.state FROM json_each(?) k CROSS JOIN trials t ON t.key = k.value
          WHERE t.state IN (\(free.map { "'\($0)'" }.joined(separator: ", ")))
            AND NOT (t.state = 'lost' AND t.losses > ?)
          ORDER BY k.id LIMIT ?
          """, arguments: [list, lossLimit, most])
      try db.execute(
        sql: """
          UPDATE trials SET state = 'failed', outcome = 'failed', seconds = 0,
            problem = 'its process ended before it did, ' || losses || ' times',
            ended = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
          WHERE state = 'lost' AND losses > ? AND key IN (SELECT value FROM json_each(?))
          """, arguments: [lossLimit, list])
      let take = try db.cachedStatement(
        sql: """
          UPDATE trials SET state = 'running', token = ?, worker = ?,
            losses = iif(state = 'failed', 0, losses)
          WHERE id = ?
          """)
      var claims: [TrialClaim] = []
      for row in claimed {
        let claim = TrialClaim(key: row[1], token: randomName())
        try take.execute(arguments: [claim.token, worker(&state), row[0] as Int64])
        claims.append(claim)
      }
      return claims
    }
  }

  /// - Throws: `StoreError`.
  public func release(_ claims: [TrialClaim]) throws {
    guard !claims.isEmpty else { return }
    try write { db, _ in
      let release = try db.cachedStatement(
        sql: """
          UPDATE trials SET state = 'waiting', token = NULL, worker = NULL
          WHERE key = ? AND token = ?
          """)
      for claim in claims { try release.execute(arguments: [claim.key, claim.token]) }
    }
  }

  /// - Throws: `StoreError`; the claim stays valid then. `ArgumentError` for a state in which no trial
  ///   ends.
  public func finish(_ claim: TrialClaim, as state: TrialState, _ result: TrialResult) throws
    -> Bool
  {
    guard [.done, .failed, .pruned].contains(state) else {
      throw ArgumentError("state", mustBe: "done, failed or pruned", got: state.rawValue)
    }
    return try write { db, _ in
      let end = try db.cachedStatement(
        sql: """
          UPDATE trials SET state = ?, token = NULL, worker = NULL, outcome = ?, problem = ?,
            seconds = ?, ended = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
          WHERE key = ? AND token = ? RETURNING id
          """)
      let id = try Int64.fetchOne(
        end,
        arguments: [
          state.rawValue, result.outcome, result.problem, result.seconds, claim.key, claim.token,
        ])
      guard let id else { return false }
      try result.write(as: id, db)
      return true
    }
  }

  /// Keys as a parameter of `json_each`, each once.
  static func list(_ keys: [String]) throws -> String {
    var seen: Set<String> = []
    return try JSON.array(keys.filter { seen.insert($0).inserted }.map(JSON.string)).text()
  }
}
