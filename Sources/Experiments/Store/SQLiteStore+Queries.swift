import Foundation
import GRDB
import Learning
import Tensors

extension SQLiteStore {
  /// The trials of all sweeps, in the order in which they came, with measures.
  ///
  /// - Throws: `StoreError`.
  public func list(_ filter: TrialFilter = TrialFilter()) throws -> [StoredTrial] {
    // Not in SQL, whose numbers in JSON may differ in the last bit.
    try read { try stored($0, from: "trials t ORDER BY t.id") }.filter(filter.matches)
  }

  /// Runs one SELECT on the tables and views that the documentation describes.
  ///
  /// - arguments: for the question marks in it.
  /// - Throws: `StoreError`, also for a statement that does anything else than read.
  public func query(_ sql: String, _ arguments: [StoreValue] = []) throws -> QueryResult {
    try read { db in
      let statement = try db.makeStatement(sql: sql)
      guard statement.isReadonly, statement.columnCount > 0, !beginsWithPragma(sql) else {
        throw StoreError(path: path, reason: "a query only reads: it is one SELECT")
      }
      let arguments = StatementArguments(arguments.map(\.databaseValue))
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      var result = QueryResult(columns: statement.columnNames, rows: [])
      while let row = try rows.next() {
        result.rows.append(row.databaseValues.map(StoreValue.init))
      }
      return result
    }
  }

  /// Removes trials, with their results. One that runs goes on, and its result is dropped.
  ///
  /// - Returns: how many there were.
  /// - Throws: `StoreError`.
  @discardableResult
  public func delete(_ keys: [String]) throws -> Int {
    guard !keys.isEmpty else { return 0 }
    return try write { db, _ in
      try db.execute(
        sql: "DELETE FROM trials WHERE key IN (SELECT value FROM json_each(?))",
        arguments: [SQLiteStore.list(keys)])
      return db.changesCount
    }
  }

  /// Looks through the whole file.
  ///
  /// - Returns: what is wrong, a line for each fault; nothing for a sound file.
  /// - Throws: `StoreError`.
  public func integrityCheck() throws -> [String] {
    try read { db in
      let faults = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map { row in
        "a row of \(row[0] as String) belongs to no row of \(row[2] as String)"
      }
      return faults + orphans
    }
  }
}

/// Whether the first word is PRAGMA, which may change settings of the connection.
private func beginsWithPragma(_ sql: String) -> Bool {
  var rest = sql[...]
  while true {
    rest = rest.drop { $0.isWhitespace || $0 == ";" }
    if rest.hasPrefix("--") {
      rest = rest.drop { !$0.isNewline }
    } else if rest.hasPrefix("/*"), let end = rest.range(of: "*/") {
      rest = rest[end.upperBound...]
    } else {
      return rest.lowercased().hasPrefix("pragma")
    }
  }
}

extension StoreValue {
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(Int(integer))
    case .double(let number): self = .number(number)
    case .string(let text): self = .text(text)
    case .blob(let bytes): self = .bytes(bytes)
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .number(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): bytes.databaseValue
    }
  }
}
