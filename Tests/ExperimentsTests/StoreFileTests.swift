import Foundation
import GRDB
import Platform
import Testing

@testable import Experiments

@Suite("Store: files") struct StoreFileTests {
  let folder = TemporaryFolder()

  private func opening(_ path: String, _ schema: StoreSchema = .current) -> String {
    reason { _ = try SQLiteStore(path: path, waitingAtMost: .seconds(1), schema: schema) }
  }

  @Test func refusesPathsWithoutWriting() throws {
    #expect(opening("").contains("is not a path"))
    #expect(opening("a\0b").contains("is not a path"))
    #expect(opening(folder.path).contains("is a folder"))
    #expect(opening(folder.path + "/").contains("is a folder"))
    #expect(opening(folder("no/a.db")).contains("does not exist: make it first"))
    #expect(opening("/dev/null").contains("is not an ordinary file"))
    #expect(opening("/proc/a.db") != "no error")
    #expect(folder.names.isEmpty)
  }

  @Test func leavesOtherFilesAsTheyAre() throws {
    let text = folder("text.db")
    try Data("not a database".utf8).write(to: URL(fileURLWithPath: text))
    #expect(opening(text).contains("is not a database"))
    let foreign = folder("foreign.db")
    for setup in ["PRAGMA application_id = 77", "PRAGMA application_id = 0"] {
      let queue = try DatabaseQueue(path: foreign)
      try queue.write { try $0.execute(sql: "CREATE TABLE IF NOT EXISTS t (a); \(setup)") }
      try queue.close()
      let bytes = try Data(contentsOf: URL(fileURLWithPath: foreign))
      #expect(opening(foreign).contains("another program"), "\(setup)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == bytes)
    }
    let memory = try SQLiteStore()
    #expect(reason { _ = try memory.merge(from: text) }.contains("is not a database"))
    #expect(reason { _ = try memory.merge(from: foreign) }.contains("another program"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == Data("not a database".utf8))
  }

  @Test func migratesAfterABackup() throws {
    let path = folder("a.db")
    let spec = specs(1)
    let store = try SQLiteStore(path: path)
    try store.register(spec, for: someSweep)
    try store.close()
    var next = StoreSchema.current
    next.steps.append { try $0.execute(sql: "ALTER TABLE trials ADD COLUMN note TEXT") }
    var broken = next
    broken.steps[next.version - 1] = { try $0.execute(sql: "DROP TABLE epochs; DROP TABLE absent") }
    #expect(opening(path, broken).contains("absent"))
    let migrated = try SQLiteStore(path: path, waitingAtMost: .seconds(1), schema: next)
    #expect(
      try migrated.query("SELECT note, state FROM trials").rows == [[.null, .text("waiting")]])
    #expect(try migrated.query("SELECT count(*) FROM epochs").rows == [[.integer(0)]])
    try migrated.close()
    let text = opening(path)
    #expect(text.contains("has version 2") && text.contains("up to 1"))
    let memory = try SQLiteStore()
    #expect(reason { _ = try memory.merge(from: path) } == text)
    #expect(try memory.list().isEmpty)
    #expect(folder.names == ["a.db", "a.db.lock", "a.db.version-1", "a.db.version-1-1"])
    #expect(try SQLiteStore(path: folder("a.db.version-1-1")).state(of: spec[0]) == .waiting)
  }

  @Test func waitsForTheLockOnlySoLong() throws {
    let path = folder("a.db")
    let store = try SQLiteStore(path: path, waitingAtMost: .milliseconds(50))
    var lock = try StoreLock(path + ".lock")
    try lock.acquire(within: .seconds(1))
    let text = reason { try store.register(specs(1), for: someSweep) }
    #expect(text.contains("locked by process \(getpid())") && text.contains("fg"))
    #expect(try store.list().isEmpty)
    lock.release()
    lock.close()
    try store.register(specs(1), for: someSweep)
  }

  /// Two names of one file have one lock, and a removed lock is made again.
  @Test func followsLinks() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    try FileManager.default.createSymbolicLink(
      atPath: folder("b.db"), withDestinationPath: folder("a.db"))
    let other = try SQLiteStore(path: folder("b.db"))
    try FileManager.default.removeItem(atPath: folder("a.db.lock"))
    try other.register(specs(1), for: someSweep)
    #expect(try store.list().count == 1)
    #expect(!folder.names.contains { $0.hasPrefix("b.db.") || $0.hasPrefix("b.db-") })
    #expect(folder.names.contains("a.db.lock"))
  }

  @Test func noticesThatTheFileIsGone() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    try FileManager.default.moveItem(atPath: folder("a.db"), toPath: folder("b.db"))
    #expect(reason { try store.register(specs(1), for: someSweep) }.contains("removed, moved"))
  }

  @Test func refusesWritingWithoutRights() async throws {
    guard getuid() == 0 else { return }
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      try SQLiteStore(path: folder("a.db")).close()
      chmod(folder("a.db"), 0o444)
      chmod(folder.path, 0o777)
      let closed = TemporaryFolder()
      let store = try SQLiteStore(path: closed("a.db"))
      try store.register(specs(2), for: someSweep)
      try store.close()
      unlink(closed("a.db.lock"))
      chmod(closed("a.db"), 0o444)
      chmod(closed.path, 0o555)
      setuid(65534)
      guard reason({ _ = try SQLiteStore(path: folder("a.db")) }).contains("a folder of your own")
      else { exit(1) }
      // Reading is enough for a merge.
      guard try SQLiteStore().merge(from: folder("a.db")) == MergeResult() else { exit(2) }
      guard try SQLiteStore().merge(from: closed("a.db")).added == 2 else { exit(3) }
      guard closed.names == ["a.db"] else { exit(4) }
    }
  }

  @Test func knowsNetworkFileSystems() {
    let mounts = """
      22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
      30 22 0:50 / /home/a\\040b rw master:1 - nfs4 server:/x rw
      31 22 0:51 / /home/local rw - fuse.ntfs-3g /dev/sdb rw
      32 22 0:52 / /far rw - fuse.sshfs me@x rw
      33 32 0:53 / /far/near rw - tmpfs tmpfs rw
      34 22 0:54 / /over rw - ext4 /dev/vdb rw
      35 34 0:55 / /over rw shared:3 - cifs //x/y rw
      """
    let kinds = [
      ("/", nil), ("/home/c", nil), ("/home/a b", "nfs4"), ("/home/a b/c", "nfs4"),
      ("/home/a bc", nil), ("/home/local/x", nil), ("/far/x", "fuse.sshfs"), ("/far/near/x", nil),
      ("/over/x", "cifs"),
    ]
    for (folder, kind) in kinds {
      #expect(networkFileSystem(of: folder, mounts: mounts) == kind, "\(folder)")
    }
    #expect(networkFileSystem(of: "/x", mounts: "") == nil)
  }

  /// FULL on the writer, and no checkpoint but under the lock.
  @Test func setsTheConnectionUp() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    let settings = try store.read { db in
      try ["journal_mode", "synchronous", "wal_autocheckpoint", "application_id", "user_version"]
        .map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
    }
    #expect(settings == ["wal", "2", "0", "1281452357", "1"])
  }

  /// The log is copied to the file about every hundred commits.
  @Test func checkpointsNowAndThen() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    try store.register(specs(1), for: someSweep)
    for _ in 0..<150 { try store.release(store.claim(specs(1))) }
    let log = try Data(contentsOf: URL(fileURLWithPath: folder("a.db-wal"))).count
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder("a.db"))).count
    #expect(log < 2_000_000 && whole > 40_000)
  }

  /// A process cannot go on with what was open when it was forked.
  @Test func refusesForks() throws {
    let store = try SQLiteStore(path: folder("a.db"))
    let identity = try #require(FileIdentity(folder("a.db")))
    StoreRegistry.attribute(identity, to: getpid() - 1)
    #expect(opening(folder("a.db")).contains("forked"))
    StoreRegistry.attribute(identity, to: getpid())
    #expect(opening(folder("a.db")) == "no error")
    try store.close()
  }
}
