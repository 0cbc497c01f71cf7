import Foundation
import GRDB

/// The tables of a store, by version. A change appends a step, and never changes an earlier one.
///
/// `StoreFormat.md` in the documentation describes the tables for those who read the file with other
/// programs.
struct StoreSchema: Sendable {
  /// "LaiE": `PRAGMA application_id` of every store.
  static let applicationID = 0x4c61_6945

  /// The step at place n makes version n + 1 from version n; the first one makes the tables.
  var steps: [@Sendable (Database) throws -> Void]

  /// `PRAGMA user_version` of a file with these tables.
  var version: Int { steps.count }

  static let current = StoreSchema(steps: [{ try $0.execute(sql: firstTables) }])

  /// Checks what the file says of itself.
  ///
  /// - Throws: `StoreError` if it is another program's, or newer.
  func check(
    applicationID: Int, userVersion: Int, isEmpty: Bool, path: String
  ) throws {
    if isEmpty && applicationID == 0 && userVersion == 0 { return }
    guard applicationID == StoreSchema.applicationID else {
      throw StoreError(
        path: path, reason: "is a database of another program: choose another name for the store")
    }
    guard userVersion <= version else {
      throw StoreError(
        path: path,
        reason: "has version \(userVersion), and this program knows versions up to \(version): use "
          + "a newer Lai, or another file")
    }
  }

  /// Makes the tables of an empty file, or brings those of an older version up to date, in one
  /// transaction. A file of an older version is copied first.
  func migrate(_ db: Database, path: String?) throws {
    let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard found < version else { return }
    if found > 0, let path { try StoreSchema.backUp(db, path: path, version: found) }
    try db.inTransaction(.immediate) {
      for step in steps[found...] { try step(db) }
      try StoreViews.make(db)
      try db.execute(sql: "PRAGMA user_version = \(version)")
      try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
      return .commit
    }
  }

  private static func backUp(_ db: Database, path: String, version: Int) throws {
    let name = "\(path).version-\(version)"
    let copy = (0...).lazy.map { $0 == 0 ? name : "\(name)-\($0)" }
      .first { FileIdentity($0) == nil }!
    do {
      try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
      try synchronize(copy)
    } catch {
      unlink(copy)
      throw StoreError(
        path: path,
        reason: "has version \(version) and must be brought up to date, but its backup '\(copy)' "
          + "cannot be written (\(error)); nothing has been changed")
    }
  }

  private static func synchronize(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    guard descriptor >= 0, fsync(descriptor) == 0 else {
      throw StoreError(path: path, reason: lastSystemError())
    }
  }

  private static let firstTables = """
    CREATE TABLE trials (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      point TEXT NOT NULL,
      seed INTEGER NOT NULL,
      recipe TEXT NOT NULL,
      state TEXT NOT NULL
        CHECK (state IN ('waiting', 'running', 'done', 'failed', 'pruned', 'lost')),
      token TEXT,
      worker TEXT,
      losses INTEGER NOT NULL DEFAULT 0,
      outcome TEXT,
      problem TEXT,
      seconds REAL,
      created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
      ended TEXT,
      CHECK ((state = 'running') = (token IS NOT NULL AND worker IS NOT NULL))
    ) STRICT;
    CREATE INDEX trials_running ON trials (worker) WHERE state = 'running';

    CREATE TABLE measures (
      trial INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
      name TEXT NOT NULL,
      value REAL,
      PRIMARY KEY (trial, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE epochs (
      trial INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
      epoch INTEGER NOT NULL,
      stage TEXT NOT NULL,
      base_loss REAL,
      lai_loss REAL,
      lai_ratio REAL,
      lai_count INTEGER NOT NULL,
      validation_rmse REAL,
      validation_loss REAL,
      learning_rate REAL,
      seconds REAL,
      metrics TEXT,
      above_kink TEXT,
      nans TEXT,
      PRIMARY KEY (trial, epoch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE models (
      trial INTEGER PRIMARY KEY REFERENCES trials ON DELETE CASCADE,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE sweeps (
      id INTEGER PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      options TEXT NOT NULL,
      script TEXT,
      environment TEXT NOT NULL,
      created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
    ) STRICT;

    CREATE TABLE sweep_trials (
      sweep INTEGER NOT NULL REFERENCES sweeps ON DELETE CASCADE,
      trial INTEGER NOT NULL REFERENCES trials ON DELETE CASCADE,
      place INTEGER NOT NULL,
      PRIMARY KEY (sweep, trial)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sweep_trials_trial ON sweep_trials (trial);

    CREATE TABLE names (
      kind TEXT NOT NULL CHECK (kind IN ('setting', 'measure')),
      name TEXT NOT NULL,
      place INTEGER PRIMARY KEY,
      UNIQUE (kind, name)
    ) STRICT;
    """
}
