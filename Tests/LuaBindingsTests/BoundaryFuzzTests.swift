import CLai
import Foundation
import LuaBindings
import Testing

/// Random Lua programs that use the bindings: nothing crashes, leaks or hangs, and every error is
/// readable.
///
/// A test run executes a fixed number of programs. With `LAI_FUZZ_SECONDS=600` in the environment
/// it continues for that time, from the seed `LAI_FUZZ_SEED`. The current program is in the file
/// `lai-fuzz.lua` in the temporary folder: after a crash it holds the cause.
@Suite("Boundary: random programs") struct BoundaryFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["LAI_FUZZ_SECONDS"].flatMap(Double.init)
  private static let firstSeed = environment["LAI_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  private let folder = FileManager.default.temporaryDirectory.appending(path: "lai-fuzz-\(UUID())")

  @Test func programs() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let start = ContinuousClock.now
    let end = Self.seconds.map { start + .seconds($0) }
    var seed = Self.firstSeed
    var problems = 0
    while end.map({ ContinuousClock.now < $0 }) ?? (seed < Self.firstSeed + 150), problems < 50 {
      let found = try run(seed)
      for problem in found { Issue.record("seed \(seed): \(problem)") }
      problems += found.count
      seed += 1
    }
    if Self.seconds != nil {
      print("\(seed - Self.firstSeed) random programs in \(ContinuousClock.now - start)")
    }
  }

  /// Runs a program in a new state and returns what is wrong.
  private func run(_ seed: UInt64) throws -> [String] {
    let program = RandomProgram(seed: seed, folder: folder.path)
    if Self.seconds != nil {
      let file = FileManager.default.temporaryDirectory.appending(path: "lai-fuzz.lua")
      try Data(program.text.utf8).write(to: file)
    }
    let (before, start) = (lai_live_objects(), Self.threadSeconds())
    var found: [String] = []
    do {
      let interpreter = try Interpreter()
      do throws(LuaFailure) {
        try interpreter.run(program.text, name: "=program")
      } catch {
        found.append("the program ended: \(error.message)")
      }
      let notes = try interpreter.value(of: "return table.concat(notes, '\\1')")
      for note in Set(notes.split(separator: "\u{1}").map(String.init)) where !isReadable(note) {
        found.append("an error that tells a user nothing: \(note)")
      }
    }
    if lai_live_objects() != before { found.append("\(lai_live_objects() - before) objects stay") }
    let time = Self.threadSeconds() - start
    if time > 20 { found.append("it took \(time) s") }
    return found
  }

  /// The processor time of this thread, because other tests run in parallel.
  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// How an error begins after its position: with the name of one of lai's functions, with Lua's
  /// own text, or with the program's.
  private static let beginnings: [String] = {
    let module = LuaModule.shared
    let names = (module.functions + module.classes.flatMap { $0.methods + $0.properties }).map {
      "\($0.name): "
    }
    let types = (module.classes.map(\.name) + module.tables.map(\.name)).map {
      String($0.dropFirst("lai.".count)) + ": "
    }
    return names + types + [
      "lai: ", "tostring: ", "call: ", "index: ", "len: ", "user! ", "attempt to ",
      "number has no integer representation", "variable 'c' got a non-closable value",
      "bad argument ",
      "stack overflow", "C stack overflow", "cannot resume ", "not enough memory",
    ]
  }()
  /// Texts that reveal the program's internals.
  private static let internals = [
    "Optional(", "Swift.", "LuaBindings", "Learning.", "Tensors.", "Unsafe", "NSError", "Error(",
    "ClosedRange", "Mirror", "<lai", "__C", ":  must",
  ]

  private func isReadable(_ note: String) -> Bool {
    var text = note[...]
    let position = /program:\d+:[ ]/
    while let match = text.prefixMatch(of: position) { text = text[match.range.upperBound...] }
    return Self.beginnings.contains { text.hasPrefix($0) }
      && !Self.internals.contains { note.contains($0) }
  }
}
