import Foundation
import GRDB
import Learning
import Tensors

extension SQLiteStore {
  /// - Throws: `StoreError`.
  public func trials(_ keys: [String]) throws -> [String: StoredTrial] {
    let list = try SQLiteStore.list(keys)
    let found = try read { db in
      try stored(db, from: "json_each(?) k CROSS JOIN trials t ON t.key = k.value", [list])
    }
    return Dictionary(found.map { ($0.spec.key, $0) }) { first, _ in first }
  }

  /// Trials of a query, with their measures.
  ///
  /// - source: what follows FROM; the trials are `t`.
  func stored(
    _ db: Database, from source: String, _ arguments: StatementArguments = []
  ) throws -> [StoredTrial] {
    var measures: [Int64: [String: Double]] = [:]
    let values = try Row.fetchCursor(
      db,
      sql: """
        SELECT m.trial, m.name, m.value FROM measures m
        WHERE m.trial IN (SELECT t.id FROM \(source))
        """, arguments: arguments)
    while let row = try values.next() {
      measures[row[0], default: [:]][row[1]] = row[2] as Double? ?? .nan
    }
    var alive: [String: Bool] = [:]
    func isAlive(_ worker: String) -> Bool {
      if let known = alive[worker] { return known }
      let answer = self.isAlive(worker)
      alive[worker] = answer
      return answer
    }
    var trials: [StoredTrial] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT t.* FROM \(source)", arguments: arguments)
    while let row = try rows.next() {
      trials.append(
        try StoredTrial(row, measures: measures[row["id"]] ?? [:], isAlive: isAlive))
    }
    return trials
  }

  /// - Throws: `StoreError`.
  public func history(of key: String) throws -> [EpochReport] {
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT e.* FROM trials t JOIN epochs e ON e.trial = t.id WHERE t.key = ? ORDER BY e.epoch
          """, arguments: [key])
      var reports: [EpochReport] = []
      while let row = try rows.next() { reports.append(try EpochReport(row)) }
      return reports
    }
  }

  /// - Throws: `StoreError`.
  public func model(of key: String) throws -> Data? {
    try read { db in
      try Data.fetchOne(
        db,
        sql: "SELECT m.bytes FROM trials t JOIN models m ON m.trial = t.id WHERE t.key = ?",
        arguments: [key])
    }
  }
}
