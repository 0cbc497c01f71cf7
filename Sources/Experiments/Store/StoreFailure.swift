import GRDB
import Tensors

/// Calls `body`; its errors become those of a store.
///
/// - Throws: `StoreError`.
func describingFailures<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as StoreError {
    throw error
  } catch let error as DatabaseError {
    throw StoreError(path: path, reason: reason(of: error))
  } catch {
    throw StoreError(path: path, reason: "\(words(of: error))")
  }
}

/// What SQLite's error means, and the way out.
private func reason(of error: DatabaseError) -> String {
  let message = error.message ?? "\(error.resultCode)"
  switch error.resultCode.primaryResultCode {
  case .SQLITE_FULL:
    return "the disk is full: free some space and try again; what is stored is whole"
  case .SQLITE_IOERR:
    return "cannot be read or written (SQLite: \(message)); the disk may be full or faulty, or a "
      + "quota or a limit on file sizes reached: correct that and try again; what is stored is whole"
  case .SQLITE_BUSY, .SQLITE_LOCKED:
    return "another program has it locked, perhaps an SQL shell with an open transaction: end that "
      + "and try again"
  case .SQLITE_READONLY:
    return "cannot be written (SQLite: \(message)): \(StoreFile.readOnlyAdvice)"
  case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
    return "cannot be opened (SQLite: \(message)): its folder and the files beside it, -wal and "
      + "-shm, must be writable"
  case .SQLITE_NOTADB:
    return "is not a database: choose another name for the store"
  case .SQLITE_CORRUPT:
    return
      "is damaged (SQLite: \(message)): keep a copy, and merge what can be read into a new store"
  case .SQLITE_TOOBIG:
    return "a text or a model is larger than SQLite stores (1 GB)"
  case .SQLITE_NOMEM:
    return "not enough memory"
  default:
    return "SQLite: \(message)"
  }
}

extension StoreError {
  private static let closedReason = "is closed"

  static func closed(_ path: String) -> StoreError { StoreError(path: path, reason: closedReason) }

  var isClosed: Bool { reason == StoreError.closedReason }
}
