import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sweeps of the real program: killed, in company, without room, interrupted. The store then has, bit
/// for bit, what an undisturbed run gives, and no finished trial runs twice.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SweepTests {
  /// Prints every trial but for its time. The measure notes each run in a file; its value tells trials
  /// apart.
  private static let sweep = """
    local lai = require "lai"
    local kind = arg[2]
    local s = lai.sweep{data = lai.synthetic.friedman1{n = 400, seed = 1}, store = arg[1], workers = 2,
      base = {hidden = {12}, pretrain = 10, epochs = 10, batch = 16}, seeds = 3,
      grid = {lambda = {0.1, 0.01}, alpha = {0.25, 0.5, 1}}, search = kind, trials = kind and 6,
      round = kind and 2, start = kind and 2, measure = {noise = {"X4"}, once = function(run)
        local loss = run.history[#run.history].base_loss
        local ledger <close> = assert(io.open(os.getenv "LEDGER" or "ledger", "a"))
        ledger:write(("%a\\n"):format(loss))
        return loss
      end}}
    s:run()
    for _, trial in ipairs(s:trials()) do
      trial.seconds = nil
      print(lai.json.encode(trial))
    end
    """
  private static let check = """
    local lai = require "lai"
    local store = lai.store(arg[1])
    for _, fault in ipairs(store:check()) do print("fault", fault) end
    for _, trial in ipairs(store:trials{state = "done"}) do
      print("done", ("%a"):format(trial.measures.once))
    end
    for _, row in ipairs(store:query "SELECT state, count(*) AS n FROM trials GROUP BY 1") do
      print("state", row.state, row.n)
    end
    """

  private let folder: Folder

  init() throws { folder = try Folder(["sweep.lua": Self.sweep, "check.lua": Self.check]) }

  private func shell(_ script: String) async throws -> Outcome {
    try await folder.run(
      URL(filePath: "/bin/sh"), ["-c", script, Place.program.path])
  }

  private func lines(_ name: String) -> [Substring] {
    let text = (try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)) ?? ""
    return text.split(separator: "\n")
  }

  /// The trials of a store that are done, by the values of their measure; it must be whole.
  private func done(_ store: String = "a.db") async throws -> Set<Substring> {
    let outcome = try await folder.lai(["check.lua", store])
    #expect(outcome.status == 0 && !outcome.output.contains("fault"), "\(outcome)")
    return Set(
      outcome.output.split(separator: "\n").filter { $0.hasPrefix("done\t") }
        .map { $0.dropFirst(5) })
  }

  /// What an undisturbed run prints, and how long it takes.
  private func undisturbed(_ kind: String = "") async throws -> (output: String, seconds: Double) {
    let start = ContinuousClock.now
    let whole = try await folder.lai(
      ["sweep.lua", "whole.db"] + (kind.isEmpty ? [] : [kind]), environment: ["LEDGER": "other"])
    #expect(whole.status == 0 && whole.output.split(separator: "\n").count == 21, "\(whole)")
    #expect(lines("other").count == 21 && Set(lines("other")).count == 21)
    return (whole.output, (ContinuousClock.now - start) / .seconds(1))
  }

  /// A run that is killed after up to three further trials, in the middle of something.
  private func killedRun(_ kind: String) async throws {
    let enough = min(20, lines("ledger").count + Int.random(in: 0...3))
    let run = Task { [folder] in
      try await folder.lai(["sweep.lua", "a.db"] + (kind.isEmpty ? [] : [kind]))
    }
    while lines("ledger").count < enough { try await Task.sleep(for: .milliseconds(5)) }
    try await Task.sleep(for: .milliseconds(.random(in: 0...200)))
    run.cancel()
    _ = try await run.value
  }

  @Test("killed at random moments, again and again", arguments: ["", "tpe"])
  func killed(kind: String) async throws {
    let whole = try await undisturbed(kind)
    var finished: Set<Substring> = []
    for _ in 0..<6 {
      let before = lines("ledger").count
      try await killedRun(kind)
      #expect(finished.isDisjoint(with: lines("ledger")[before...]), "a finished trial ran again")
      // It is made before the first trial; a process may be killed earlier.
      if FileManager.default.fileExists(atPath: folder.url.appending(path: "a.db").path) {
        let now = try await done()
        #expect(now.isSuperset(of: finished))
        finished = now
      }
    }
    let before = lines("ledger").count
    let last = try await folder.lai(["sweep.lua", "a.db"] + (kind.isEmpty ? [] : [kind]))
    #expect(last.output == whole.output && last.errors.isEmpty, "\(last)")
    #expect(finished.isDisjoint(with: lines("ledger")[before...]))
    #expect(try await done().count == 21)
    // Killed between a trial's measure and the end of its storing, it runs again: once for each kill.
    #expect(lines("ledger").count <= 21 + 6 && Set(lines("ledger")).count == 21)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left.filter { $0.hasPrefix("a.db") }.sorted() == ["a.db", "a.db.lock"])
  }

  @Test("two processes, of which one is killed") func company() async throws {
    let whole = try await undisturbed()
    let outcome = try await shell(
      """
      "$0" sweep.lua a.db >first & p=$!
      "$0" sweep.lua a.db >second & q=$!
      sleep \(whole.seconds * 0.3)
      kill -KILL $p
      wait $p
      wait $q
      """)
    #expect(outcome.status == 0, "\(outcome)")
    #expect(lines("second").joined(separator: "\n") + "\n" == whole.output)
    #expect(lines("ledger").count <= 22 && Set(lines("ledger")).count == 21)
    #expect(try await done().count == 21)
  }

  @Test("four processes that start at once on a new file") func crowd() async throws {
    let whole = try await undisturbed()
    async let first = folder.lai(["sweep.lua", "a.db"])
    async let second = folder.lai(["sweep.lua", "a.db"])
    async let third = folder.lai(["sweep.lua", "a.db"])
    async let fourth = folder.lai(["sweep.lua", "a.db"])
    for outcome in try await [first, second, third, fourth] {
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      #expect(outcome.output == whole.output)
    }
    #expect(lines("ledger").count == 21 && Set(lines("ledger")).count == 21)
    #expect(try await done().count == 21)
  }

  /// A limit on file sizes stands for a full disk.
  @Test("without room, then with room", arguments: [8, 64, 160, 256, 400])
  func fullDisk(kilobytes: Int) async throws {
    let full = try await shell("ulimit -f \(2 * kilobytes); exec \"$0\" sweep.lua a.db")
    #expect(full.status == 1, "\(full)")
    #expect(full.errors.contains("disk"), "\(full)")
    #expect(full.errors.contains("sweep.lua:"), "\(full)")
    let exists = FileManager.default.fileExists(atPath: folder.url.appending(path: "a.db").path)
    let finished = exists && kilobytes > 64 ? try await done() : []
    let before = lines("ledger").count
    let whole = try await folder.lai(["sweep.lua", "a.db"])
    #expect(whole.status == 0 && whole.output.split(separator: "\n").count == 21, "\(whole)")
    #expect(finished.isDisjoint(with: lines("ledger")[before...]))
    #expect(try await done().count == 21)
    if kilobytes == 400 {
      #expect(!finished.isEmpty, "the limit left no room for any trial: \(full)")
      #expect(try await undisturbed().output == whole.output)
    }
  }

  @Test("files that are no stores, or newer ones") func otherFiles() async throws {
    let notes = String(repeating: "dear diary\n", count: 200)
    try folder.write(notes, to: "notes.txt")
    let refused = try await folder.lai(["sweep.lua", "notes.txt"])
    #expect(refused.status == 1, "\(refused)")
    #expect(
      refused.errors.contains("sweep.lua:3: sweep: store 'notes.txt': is not a database"),
      "\(refused)")
    #expect(lines("notes.txt").joined(separator: "\n") + "\n" == notes)
    _ = try await undisturbed()
    let file = folder.url.appending(path: "whole.db")
    var data = try Data(contentsOf: file)
    // Bytes 60 to 63 of a file of SQLite are its user_version.
    data[62] = 1
    try data.write(to: file)
    let newer = try await folder.lai(["sweep.lua", "whole.db"])
    #expect(newer.status == 1 && newer.errors.contains("store 'whole.db': "), "\(newer)")
    #expect(
      newer.errors.contains("has version 257, and this program knows versions up to"), "\(newer)")
    #expect(try Data(contentsOf: file) == data)
    let place = try await folder.lai(["sweep.lua", "."])
    #expect(place.status == 1 && place.errors.contains("store '.': is a folder"), "\(place)")
  }

  /// As a user who may not write; the superuser may always.
  @Test("a folder that is read-only") func readOnly() async throws {
    let user =
      geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    let works = try await shell("\(user)\"$0\" -v && chmod 755 .")
    guard works.status == 0 else { return }
    let whole = try await undisturbed()
    let before = try Data(contentsOf: folder.url.appending(path: "whole.db"))
    for name in ["whole.db", "new.db"] {
      let refused = try await shell(
        "chmod 555 . && \(user)\"$0\" sweep.lua \(name); s=$?; chmod 755 .; exit $s")
      #expect(refused.status == 1, "\(refused)")
      #expect(refused.errors.contains("sweep.lua:3: sweep: store '\(name)': "), "\(refused)")
    }
    #expect(try Data(contentsOf: folder.url.appending(path: "whole.db")) == before)
    let again = try await folder.lai(["sweep.lua", "whole.db"])
    #expect(again.output == whole.output && lines("ledger").isEmpty)
  }

  @Test("Ctrl-C keeps what has finished, and running again finishes", arguments: ["", "a.db"])
  func interrupted(store: String) async throws {
    try folder.write(
      """
      local lai = require "lai"
      local runs = 0
      local s = lai.sweep{data = lai.synthetic.friedman1{n = 100, seed = 1}, workers = 2,
        store = arg[1], base = {hidden = {8}, epochs = 4, batch = 16}, seeds = 3,
        grid = {lambda = {0.1, 0.01}, alpha = {0.5, 1}}, measure = {own = function(run)
          runs = runs + 1
          if runs == 4 then io.popen("kill -INT $PPID"):close() end
          return #run.history
        end}}
      s:run()
      local done, before = 0, runs
      for _, trial in ipairs(s:trials()) do
        assert(trial.state == "done" or trial.state == "waiting", trial.state)
        if trial.state == "done" then done = done + 1 end
      end
      print(done >= 3 and done <= 4, tostring(s:table()):find("4.000") ~= nil, s:rows()[1].n > 0)
      s:run()
      assert(runs - before == 15 - done, runs)
      for _, row in ipairs(s:rows()) do assert(row.n == 3 and row.own.mean == 4) end
      print("all")
      """, to: "interrupted.lua")
    let outcome = try await folder.lai(["interrupted.lua"] + (store.isEmpty ? [] : [store]))
    #expect(outcome.output == "true\ttrue\ttrue\nall\n", "\(outcome)")
    #expect(outcome.errors.hasPrefix("sweep: stopped after "), "\(outcome)")
    #expect(outcome.errors.contains("of 15 trials"), "\(outcome)")
  }

  /// The second press ends the command, from within a measure too, and loses nothing.
  @Test("Ctrl-C twice ends the command") func interruptedTwice() async throws {
    try folder.write(
      """
      local lai = require "lai"
      local s = lai.sweep{data = lai.synthetic.friedman1{n = 100, seed = 1}, workers = 1,
        store = "a.db", base = {hidden = {8}, epochs = 4, batch = 16}, seeds = 3,
        grid = {lambda = {0.1, 0.01}}, measure = {once = function(run)
          if not arg[1] then return 1 end
          local lines = io.open "count"
          local count = lines and #lines:read "a" or 0
          if lines then lines:close() end
          io.open("count", "a"):write "x":close()
          if count == 2 then
            for i = 1, 2 do io.popen("kill -INT $PPID"):close() end
            while true do end
          end
          return 1
        end}}
      print(pcall(s.run, s))
      """, to: "twice.lua")
    let outcome = try await folder.lai(["twice.lua", "press"])
    #expect(outcome.status != 0 && outcome.status != nil, "\(outcome)")
    let states = try await folder.lai(["check.lua", "a.db"])
    #expect(states.output.hasSuffix("state\tdone\t2\nstate\twaiting\t7\n"), "\(states)")
    let again = try await folder.lai(["twice.lua", "press"])
    #expect(again.status == 0, "\(again)")
    #expect(try await done().count == 1)
  }
}
