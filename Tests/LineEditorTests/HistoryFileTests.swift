import Foundation
import Testing

@testable import LineEditor

@Suite struct HistoryFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID())")
  private func file(_ limit: Int = 10_000) -> HistoryFile {
    HistoryFile(path: folder.appending(path: "a/b/history").path, limit: limit)
  }
  private func remove() { try? FileManager.default.removeItem(at: folder) }
  private func put(_ bytes: [UInt8]) throws {
    #expect(file().append("first"))
    try Data(bytes).write(to: URL(filePath: file().path))
  }

  @Test func blocksComeBackWhole() {
    defer { remove() }
    let blocks = ["a", "b\nc", "\\n\\", "d\\\ne\n", "中 \t\u{1}", " x"]
    for block in blocks { #expect(file().append(block)) }
    #expect(file().load().entries == blocks)
  }

  @Test func onlyTheUserReadsIt() throws {
    defer { remove() }
    file().append("a")
    let attributes = try FileManager.default.attributesOfItem(atPath: file().path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func damageCostsOneLine() throws {
    defer { remove() }
    try put(
      Array("good\n".utf8) + [0xff, 0xfe, 10, 0, 0, 0, 10] + Array("also good\ncut sho".utf8))
    #expect(file().append("next"))
    #expect(file().load().entries == ["good", "also good", "cut sho", "next"])
  }

  @Test func nothingThereIsEmpty() throws {
    defer { remove() }
    #expect(file().load().entries.isEmpty)
    try put([])
    #expect(file().load().entries.isEmpty)
    #expect(!HistoryFile(path: folder.path).append("a"))
    #expect(HistoryFile(path: folder.path).load().entries.isEmpty)
    #expect(!HistoryFile(path: "/proc/none/history").append("a"))
  }

  @Test func sessionsAtOnceLoseNothing() async {
    defer { remove() }
    let file = file(1_000)
    await withTaskGroup(of: Void.self) { group in
      for session in 0..<4 {
        group.addTask {
          for block in 0..<100 { file.append("session \(session)\nblock \(block)") }
        }
      }
    }
    let entries = file.load().entries
    #expect(entries.count == 400 && Set(entries).count == 400)
    for session in 0..<4 {
      #expect(
        entries.filter { $0.hasPrefix("session \(session)\n") }
          == (0..<100).map { "session \(session)\nblock \($0)" })
    }
  }

  @Test func theNewestStay() throws {
    defer { remove() }
    let small = file(10)
    let numbers: [String] = (20..<30).map { "\($0)" }
    for number in 0..<30 { small.append("\(number)") }
    #expect(small.load().entries == numbers)
    #expect(
      try String(contentsOfFile: small.path, encoding: .utf8).split(separator: "\n").count == 10)
    small.append("30")
    #expect(small.load().entries.suffix(2) == ["29", "30"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "a/b").path) == [
        "history"
      ])
  }

  @Test func memoryHasALimitToo() {
    var history = History(["a", "b", "c"], limit: 2)
    #expect(history.entries == ["b", "c"])
    let added = ["c", " \n", "b"].map { history.add($0) }
    #expect(added == [false, false, true])
    #expect(history.entries == ["c", "b"])
  }

  private func link(_ name: String, to target: String) throws -> String {
    let path = folder.appending(path: name).path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    return path
  }

  @Test func aLinkStaysOne() throws {
    defer { remove() }
    let files = FileManager.default
    let real = folder.appending(path: "dotfiles/history").path
    try files.createDirectory(
      atPath: folder.appending(path: "dotfiles").path, withIntermediateDirectories: true)
    _ = try link("middle", to: "dotfiles/history")
    let path = try link("history", to: folder.appending(path: "middle").path)
    // The file does not exist yet.
    #expect(HistoryFile(path: path).load().entries.isEmpty)
    let file = HistoryFile(path: path, limit: 10)
    #expect(file.append("0"))
    #expect(files.fileExists(atPath: real))
    #expect(chmod(real, 0o640) == 0)
    for number in 1..<30 { file.append("\(number)") }
    let numbers: [String] = (20..<30).map { "\($0)" }
    #expect(HistoryFile(path: path, limit: 10).load().entries == numbers)
    // The file was replaced, and the links lead to the new one.
    #expect(try String(contentsOfFile: real, encoding: .utf8).split(separator: "\n").count == 10)
    #expect(
      try files.destinationOfSymbolicLink(atPath: path) == folder.appending(path: "middle").path)
    #expect(
      try files.destinationOfSymbolicLink(atPath: folder.appending(path: "middle").path)
        == "dotfiles/history")
    #expect(try files.attributesOfItem(atPath: real)[.posixPermissions] as? Int == 0o640)
    #expect(
      try files.contentsOfDirectory(atPath: folder.appending(path: "dotfiles").path) == ["history"])
  }

  @Test func linksThatLeadNowhere() throws {
    defer { remove() }
    // Missing folders are created, as for a plain path.
    let path = try link("history", to: "not/there/yet")
    #expect(HistoryFile(path: path).append("a"))
    #expect(HistoryFile(path: folder.appending(path: "not/there/yet").path).load().entries == ["a"])
    let circle = try link("circle", to: "circle")
    #expect(!HistoryFile(path: circle).append("a"))
    #expect(HistoryFile(path: circle).load().entries.isEmpty)
    let null = try link("null", to: "/dev/null")
    #expect(!HistoryFile(path: null).append("a"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: null) == "/dev/null")
  }

  @Test("what is no regular file is left alone", .timeLimit(.minutes(10))) func obstacles() throws {
    defer { remove() }
    try put([])
    let pipe = folder.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    for (path, obstacle) in [
      (pipe, "is a named pipe"), (folder.path, "is a directory"), ("/dev/null", "is a device"),
      ("/dev/zero", "is a device"), (try link("null", to: "/dev/null"), "is a device"),
      (try link("circle", to: "circle"), "is a loop of symbolic links"),
    ] {
      let file = HistoryFile(path: path)
      #expect(file.obstacle == obstacle)
      #expect(file.load().entries.isEmpty)
      #expect(!file.append("a"))
    }
    #expect(file().obstacle == nil)
    #expect(HistoryFile(path: folder.path + "/none").obstacle == nil)
  }

  @Test func aKilledSessionLeavesNothingForLong() throws {
    defer { remove() }
    let small = file(10)
    small.append("a")
    try Data("left".utf8).write(to: URL(filePath: small.path + ".new"))
    for number in 0..<30 { small.append("\(number)") }
    #expect(small.load().entries.count == 10)
    #expect(!FileManager.default.fileExists(atPath: small.path + ".new"))
    #expect(small.load().entries.last == "29")
  }
}
