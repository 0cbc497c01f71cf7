import Foundation
import GRDB
import Platform
import Synchronization

/// A store in one file of SQLite, which several processes of one machine may use at once.
///
/// Beside the file there are `-wal` and `-shm`, SQLite's log, `.lock`, and, while trials run, a
/// `.worker-…` for each process. All but `.lock` disappear with the last user. Every write is on the
/// disk when it returns.
///
/// A store that was open when the process was forked must not be used in the new process.
public final class SQLiteStore: TrialStore {
  /// As it was given; "in memory" without a file.
  public let path: String

  let file: StoreFile?
  let identity: FileIdentity?
  let limit: Duration
  private let process = getpid()
  private let database: DatabaseQueue
  private let state: Mutex<State>

  /// What a writer needs and changes. It is locked during a write, which excludes other threads.
  struct State {
    fileprivate var lock: StoreLock?
    fileprivate var commits = 0
    fileprivate var isClosed = false
    /// Made by the first claim.
    var worker: Worker?
  }

  /// How many commits the log holds before they are copied to the file.
  private static let commitsBetweenCheckpoints = 100

  /// A store that ends with the program.
  ///
  /// - Throws: `StoreError`.
  public convenience init() throws { try self.init(memory: .current) }

  /// Opens a store, or makes it if there is no such file.
  ///
  /// - limit: how long to wait for other processes, here and in every write.
  /// - Throws: `StoreError`.
  public convenience init(path: String, waitingAtMost limit: Duration = .seconds(30)) throws {
    try self.init(path: path, waitingAtMost: limit, schema: .current)
  }

  init(memory schema: StoreSchema) throws {
    (path, file, identity, limit) = ("in memory", nil, nil, .zero)
    state = Mutex(State())
    database = try describingFailures("in memory") {
      let database = try DatabaseQueue(configuration: SQLiteStore.configuration(.zero))
      try database.writeWithoutTransaction { try schema.migrate($0, path: nil) }
      return database
    }
  }

  init(path: String, waitingAtMost limit: Duration, schema: StoreSchema) throws {
    let file = try StoreFile(path)
    (self.path, self.file, self.limit) = (path, file, limit)
    let opened = try describingFailures(path) {
      try SQLiteStore.checkHeader(of: file, path: path, schema)
      var lock = try StoreLock(file.lock)
      do {
        try lock.acquire(within: limit)
        defer { lock.release() }
        let (identity, database) = try SQLiteStore.open(file, path: path, limit, schema)
        return (identity, database, lock)
      } catch {
        lock.close()
        throw error
      }
    }
    (identity, database) = (opened.0, opened.1)
    state = Mutex(State(lock: opened.2))
    // Best effort: the next claim does the same.
    try? removeDeadWorkers()
  }

  deinit { try? close() }

  /// Ends the use of the store. Trials that this store has claimed and not finished wait again.
  ///
  /// - Throws: `StoreError`.
  public func close() throws {
    guard process == getpid() else { return neverClose() }
    do {
      try write { db, state in
        guard let worker = state.worker else { return }
        try db.execute(
          sql: """
            UPDATE trials SET state = 'waiting', token = NULL, worker = NULL
            WHERE worker = ? AND state = 'running'
            """, arguments: [worker.id])
      }
    } catch let error as StoreError where error.isClosed {
      return
    } catch {
      try shut()
      throw error
    }
    try shut()
  }

  private func neverClose() { _ = Unmanaged.passRetained(database) }

  /// Closes the file under the lock: SQLite empties its log when the last connection closes.
  private func shut() throws {
    try describingFailures(path) {
      try state.withLock { state in
        guard !state.isClosed else { return }
        state.isClosed = true
        defer {
          if let identity { StoreRegistry.close(identity) }
          state.lock?.close()
        }
        do {
          try state.lock?.acquire(within: limit)
        } catch {
          // Never closed, rather than closed while another process writes.
          neverClose()
          state.worker?.abandon()
          throw error
        }
        state.worker?.end()
        try withoutFileSizeSignal { try database.close() }
      }
    }
  }
}

// MARK: - Opening

extension SQLiteStore {
  static func configuration(_ limit: Duration) -> Configuration {
    var configuration = Configuration()
    configuration.label = "store"
    let (seconds, attoseconds) = limit.components
    configuration.busyMode = .timeout(Double(seconds) + Double(attoseconds) * 1e-18)
    configuration.prepareDatabase { db in
      // Before the first write: checkpoints happen under the lock.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
    }
    return configuration
  }

  /// Refuses files of other programs before SQLite, or the lock, leaves anything beside them.
  static func checkHeader(of file: StoreFile, path: String, _ schema: StoreSchema) throws {
    guard let identity = FileIdentity(file.path) else { return }
    try StoreRegistry.check(identity) {
      guard let header = try DatabaseHeader(file.path) else { return }
      guard header.isDatabase else {
        throw StoreError(
          path: path, reason: "is not a database: choose another name for the store")
      }
      // Those of a new database may still be in its log.
      guard header.applicationID != 0 else { return }
      try schema.check(
        applicationID: header.applicationID, userVersion: header.userVersion, isEmpty: false,
        path: path)
    }
  }

  private static func open(
    _ file: StoreFile, path: String, _ limit: Duration, _ schema: StoreSchema
  ) throws -> (FileIdentity, DatabaseQueue) {
    // An empty file, so that it is known before SQLite has it.
    let descriptor =
      FileIdentity(file.path) == nil
      ? Platform.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) : -1
    if descriptor >= 0 { Platform.close(descriptor) }
    guard let identity = FileIdentity(file.path) else {
      throw StoreError(path: path, reason: "cannot be made: \(lastSystemError())")
    }
    try StoreRegistry.open(identity, path: path) {}
    do {
      let database = try withoutFileSizeSignal {
        let database = try DatabaseQueue(path: file.path, configuration: configuration(limit))
        try database.writeWithoutTransaction { db in
          try schema.check(
            applicationID: Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
            userVersion: Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0,
            isEmpty: Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0, path: path)
          guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw StoreError(
              path: path,
              reason: "the file system does not allow memory shared by processes, which SQLite's "
                + "write-ahead log needs: keep the store on a local disk")
          }
          try db.execute(sql: "PRAGMA synchronous = FULL")
          try schema.migrate(db, path: file.path)
        }
        return database
      }
      return (identity, database)
    } catch {
      StoreRegistry.close(identity)
      throw error
    }
  }
}

// MARK: - Reading and writing

extension SQLiteStore {
  /// Reads one state of the file, whatever others write meanwhile.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try describingFailures(path) {
      try checkUse(isClosed: state.withLock { $0.isClosed })
      return try database.read(body)
    }
  }

  /// Writes in one transaction, which is undone if `body` throws.
  func write<Result: Sendable>(
    _ body: (Database, inout State) throws -> Result
  ) throws -> Result {
    try exclusively { database, state in
      var inner = state
      defer { state.worker = inner.worker }
      return try database.write { try body($0, &inner) }
    }
  }

  /// Calls `body` while no other thread or process writes. Counts it as a commit.
  func exclusively<Result: Sendable>(
    _ body: (DatabaseQueue, inout State) throws -> Result
  ) throws -> Result {
    try describingFailures(path) {
      try state.withLock { state in
        try checkUse(isClosed: state.isClosed)
        try state.lock?.acquire(within: limit)
        defer { state.lock?.release() }
        try checkPlace()
        return try withoutFileSizeSignal {
          let result = try body(database, &state)
          state.commits += 1
          if state.commits >= SQLiteStore.commitsBetweenCheckpoints { checkpoint(&state) }
          return result
        }
      }
    }
  }

  /// Copies the log to the file, as far as no reader needs it. If that fails, the log grows and is
  /// copied later.
  private func checkpoint(_ state: inout State) {
    let isDone: ()? = try? database.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    if isDone != nil { state.commits = 0 }
  }

  private func checkUse(isClosed: Bool) throws {
    guard process == getpid() else {
      throw StoreError(
        path: path,
        reason: "was open when this process was forked, which SQLite does not allow: open it after")
    }
    guard !isClosed else { throw StoreError.closed(path) }
  }

  /// What is written to a file without a name is lost.
  private func checkPlace() throws {
    guard let file, FileIdentity(file.path) != identity else { return }
    throw StoreError(
      path: path,
      reason: "the file was removed, moved or replaced while it was open: put it back, or open the "
        + "store again; results since then are not stored")
  }

  // MARK: Workers

  /// The id that running trials of this store have; made at the first call.
  func worker(_ state: inout State) throws -> String {
    if let worker = state.worker { return worker.id }
    let worker = try Worker(of: file?.path)
    state.worker = worker
    return worker.id
  }

  /// Whether a worker's process lives. In memory there are no others.
  func isAlive(_ worker: String) -> Bool {
    guard let file else { return true }
    return Worker.isAlive(worker, of: file.path)
  }

  /// Running trials of processes that have ended are lost from now on.
  func loseTrialsOfDead(_ db: Database) throws {
    let workers = try String.fetchAll(
      db, sql: "SELECT DISTINCT worker FROM trials WHERE state = 'running'")
    for worker in workers where !isAlive(worker) {
      try db.execute(
        sql: """
          UPDATE trials SET state = 'lost', losses = losses + 1, token = NULL, worker = NULL
          WHERE state = 'running' AND worker = ?
          """, arguments: [worker])
      if let file { Worker.removeFile(of: worker, of: file.path) }
    }
  }

  /// Removes the files of processes that have ended. Their trials are lost.
  private func removeDeadWorkers() throws {
    guard let file, !Worker.all(of: file.path).isEmpty else { return }
    try write { db, _ in
      try loseTrialsOfDead(db)
      for worker in Worker.all(of: file.path) where !isAlive(worker) {
        Worker.removeFile(of: worker, of: file.path)
      }
    }
  }
}
