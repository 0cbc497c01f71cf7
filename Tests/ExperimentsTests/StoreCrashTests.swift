import Foundation
import Learning
import Platform
import Testing

@testable import Experiments

/// Processes that share a store, and die. Each test's children find the store through the environment
/// that they inherit: exit tests run in new processes.
@Suite("Store: processes", .serialized) struct StoreCrashTests {
  private static let variable = "LAI_TEST_STORE"

  static var sharedPath: String { ProcessInfo.processInfo.environment[variable] ?? "" }

  private func share(_ path: String) { setenv(StoreCrashTests.variable, path, 1) }

  /// Registers, claims and finishes until nothing is left.
  @Sendable static func work(_ count: Int) throws {
    let store = try SQLiteStore(path: sharedPath)
    let all = specs(count)
    try store.register(all, for: someSweep)
    while let claim = try store.claim(all, most: 1, lossLimit: 1000).first {
      let result = TrialResult(
        outcome: "finished", measures: ["process": Double(getpid())],
        history: (1...20).map { report($0) }, model: Data(count: 5_000))
      _ = try store.finish(claim, as: .done, result)
    }
  }

  private func checkAll(_ path: String, _ count: Int) throws {
    let store = try SQLiteStore(path: path)
    let stored = try store.list()
    #expect(stored.count == count && stored.allSatisfy { $0.state == .done })
    #expect(try store.query("SELECT count(*) FROM epochs").rows == [[.integer(20 * count)]])
    #expect(try store.query("SELECT count(*) FROM models").rows == [[.integer(count)]])
    #expect(try store.integrityCheck().isEmpty)
  }

  @Test func startAtOnceOnANewFile() async throws {
    let folder = TemporaryFolder()
    share(folder("a.db"))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) { try StoreCrashTests.work(40) }
        }
      }
    }
    try checkAll(folder("a.db"), 40)
    #expect(folder.names == ["a.db", "a.db.lock"])
  }

  @Test func areKilledAtRandomMoments() async throws {
    let folder = TemporaryFolder()
    share(folder("a.db"))
    for _ in 0..<4 {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<2 {
          group.addTask {
            await #expect(processExitsWith: .signal(SIGKILL)) {
              Thread.detachNewThread {
                usleep(UInt32.random(in: 1_000...150_000))
                kill(getpid(), SIGKILL)
              }
              try StoreCrashTests.work(200)
              kill(getpid(), SIGKILL)
            }
          }
        }
      }
    }
    await #expect(processExitsWith: .success) { try StoreCrashTests.work(200) }
    try checkAll(folder("a.db"), 200)
    #expect(folder.names == ["a.db", "a.db.lock"])
  }

  /// A killed process's trials are free at once, though another one of the store's processes lives.
  @Test func leaveTheirTrialsToOthers() async throws {
    let folder = TemporaryFolder()
    share(folder("a.db"))
    let store = try SQLiteStore(path: folder("a.db"))
    try store.register(specs(3), for: someSweep)
    let own = try store.claim(specs(1))
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let store = try SQLiteStore(path: StoreCrashTests.sharedPath)
      guard try store.claim(specs(3), most: 3).count == 2 else { exit(1) }
      kill(getpid(), SIGKILL)
    }
    #expect(folder.names.filter { $0.contains("worker") }.count == 2)
    #expect(try store.trials([specs(3)[1].key]).values.map(\.state) == [.lost])
    #expect(try store.claim(specs(3), most: 3).map(\.key) == specs(3)[1...].map(\.key))
    #expect(try store.list().map(\.losses) == [0, 1, 1])
    #expect(folder.names.filter { $0.contains("worker") }.count == 1)
    #expect(try store.finish(own[0], as: .done, TrialResult(outcome: "finished")))
  }

  /// A limit on file sizes stands for a full disk.
  @Test func keepTheirClaimsWhenTheDiskIsFull() async throws {
    let folder = TemporaryFolder()
    share(folder("a.db"))
    await #expect(processExitsWith: .success) {
      let store = try SQLiteStore(path: StoreCrashTests.sharedPath)
      try store.register(specs(2), for: someSweep)
      let claim = try store.claim(specs(2))[0]
      let result = TrialResult(
        outcome: "finished", measures: ["rmse": 1], model: Data(count: 1_000_000))
      let fileSizes = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      var limit = rlimit()
      getrlimit(fileSizes, &limit)
      let before = limit.rlim_cur
      limit.rlim_cur = 500_000
      setrlimit(fileSizes, &limit)
      let text = reason { _ = try store.finish(claim, as: .done, result) }
      guard text.contains("disk") else { exit(2) }
      guard try store.state(of: specs(1)[0]) == .running else { exit(3) }
      limit.rlim_cur = before
      setrlimit(fileSizes, &limit)
      guard try store.finish(claim, as: .done, result) else { exit(4) }
      guard try store.model(of: claim.key) == result.model else { exit(5) }
      guard try store.integrityCheck().isEmpty else { exit(6) }
    }
  }
}
