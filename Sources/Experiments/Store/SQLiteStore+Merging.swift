import Foundation
import GRDB
import Platform

extension SQLiteStore {
  /// Adds the trials and sweeps of another store, which is only read. Of trials that both have, a
  /// result wins over none, and one that is not failed over a failed one; else the trial here stays.
  ///
  /// - Throws: `StoreError`; nothing has been added then.
  @discardableResult
  public func merge(from other: String) throws -> MergeResult {
    let source = try StoreFile(other, isWritten: false)
    guard FileIdentity(source.path) != identity || identity == nil else {
      throw StoreError(path: other, reason: "is this store itself")
    }
    return try describingFailures(other) {
      try SQLiteStore.checkHeader(of: source, path: other, .current)
      // Without the file nobody has ever used it as a store here.
      var lock = FileIdentity(source.lock) == nil ? nil : try? StoreLock(source.lock)
      defer { lock?.close() }
      try lock?.acquire(within: limit)
      defer { lock?.release() }
      return try SQLiteStore.openToRead(source, limit).read { from in
        try SQLiteStore.checkSource(from, path: other)
        return try write { db, _ in
          var merge = Merge(from: from, to: db)
          return try merge.run()
        }
      }
    }
  }

  /// Without files beside it if its log is empty; else SQLite needs its `-shm` for the log.
  private static func openToRead(_ file: StoreFile, _ limit: Duration) throws -> DatabaseQueue {
    var configuration = configuration(limit)
    configuration.readonly = true
    var status = stat()
    if stat(file.path + "-wal", &status) != 0 || status.st_size == 0 {
      let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%;"))
      if let name = file.path.addingPercentEncoding(withAllowedCharacters: allowed),
        let database = try? DatabaseQueue(
          path: "file:\(name)?immutable=1", configuration: configuration)
      {
        return database
      }
    }
    return try DatabaseQueue(path: file.path, configuration: configuration)
  }

  private static func checkSource(_ db: Database, path: String) throws {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    try StoreSchema.current.check(
      applicationID: Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0, userVersion: version,
      isEmpty: false, path: path)
    guard version == StoreSchema.current.version else {
      throw StoreError(
        path: path,
        reason:
          "has version \(version), older than \(StoreSchema.current.version): open it once as "
          + "a store, which brings it up to date")
    }
  }
}

/// A merge in progress: rows of one file become rows of another, with other ids.
private struct Merge {
  let source: Database
  let target: Database
  private var result = MergeResult()
  /// Ids here, by those there.
  private var trials: [Int64: Int64] = [:]

  init(from source: Database, to target: Database) {
    (self.source, self.target) = (source, target)
  }

  mutating func run() throws -> MergeResult {
    let rows = try Row.fetchCursor(source, sql: "SELECT * FROM trials ORDER BY id")
    while let row = try rows.next() { try merge(row) }
    for kind in ["setting", "measure"] {
      let names = try String.fetchAll(
        source, sql: "SELECT name FROM names WHERE kind = ? ORDER BY place", arguments: [kind])
      try StoreViews.add(kind, names: names, target)
    }
    try mergeSweeps()
    return result
  }

  private mutating func merge(_ row: Row) throws {
    let (id, key): (Int64, String) = (row["id"], row["key"])
    let theirs = TrialState(rawValue: row["state"]) ?? .waiting
    let here = try Row.fetchOne(
      target.cachedStatement(sql: "SELECT id, state FROM trials WHERE key = ?"), arguments: [key])
    guard let here else {
      try target.cachedStatement(
        sql: """
          INSERT INTO trials (key, point, seed, recipe, state, created)
          VALUES (?, ?, ?, ?, 'waiting', ?)
          """
      ).execute(arguments: [key, row["point"], row["seed"], row["recipe"], row["created"]])
      trials[id] = target.lastInsertedRowID
      result.added += 1
      if theirs.rank > 0 { try copyResult(row, to: target.lastInsertedRowID) }
      return
    }
    trials[id] = here["id"]
    let ours = TrialState(rawValue: here["state"]) ?? .waiting
    guard theirs.rank > ours.rank else { return }
    try copyResult(row, to: here["id"])
    result.completed += 1
  }

  private func copyResult(_ row: Row, to trial: Int64) throws {
    try target.cachedStatement(
      sql: """
        UPDATE trials SET state = ?, token = NULL, worker = NULL, losses = ?, outcome = ?,
          problem = ?, seconds = ?, ended = ? WHERE id = ?
        """
    ).execute(arguments: [
      row["state"], row["losses"], row["outcome"], row["problem"], row["seconds"], row["ended"],
      trial,
    ])
    for table in ["measures", "epochs", "models"] {
      try target.cachedStatement(sql: "DELETE FROM \(table) WHERE trial = ?")
        .execute(arguments: [trial])
      let rows = try Row.fetchCursor(
        source.cachedStatement(sql: "SELECT * FROM \(table) WHERE trial = ?"),
        arguments: [row["id"] as Int64])
      while let values = try rows.next() {
        // The trial is the first column.
        let rest = values.databaseValues.dropFirst()
        let marks = repeatElement("?", count: values.count).joined(separator: ", ")
        try target.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(marks))")
          .execute(arguments: StatementArguments([trial.databaseValue] + rest))
      }
    }
  }

  private func mergeSweeps() throws {
    let link = try target.cachedStatement(
      sql: """
        INSERT INTO sweep_trials (sweep, trial, place)
        VALUES (?1, ?2, (SELECT count(*) FROM sweep_trials WHERE sweep = ?1))
        ON CONFLICT DO NOTHING
        """)
    for row in try Row.fetchAll(source, sql: "SELECT * FROM sweeps ORDER BY id") {
      try target.execute(
        sql: """
          INSERT INTO sweeps (digest, options, script, environment, created) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """,
        arguments: [
          row["digest"], row["options"], row["script"], row["environment"], row["created"],
        ])
      let sweep = try Int64.fetchOne(
        target, sql: "SELECT id FROM sweeps WHERE digest = ?", arguments: [row["digest"]])
      let members = try Int64.fetchAll(
        source, sql: "SELECT trial FROM sweep_trials WHERE sweep = ? ORDER BY place",
        arguments: [row["id"]])
      for member in members { try link.execute(arguments: [sweep, trials[member]]) }
    }
  }
}

extension TrialState {
  /// A result of a higher rank replaces one of a lower rank.
  fileprivate var rank: Int {
    switch self {
    case .waiting, .running, .lost: 0
    case .failed: 1
    case .done, .pruned: 2
    }
  }
}
