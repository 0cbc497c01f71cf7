import Foundation
import Tensors
import Testing

@testable import Learning

/// CSV files compressed by gzip.
@Suite struct GzipTests {
  private static let text = "a,y\n" + (0..<200).map { "\($0),\($0 * $0)\n" }.joined()

  /// What `gzip` writes.
  private func packed(_ text: String, _ arguments: [String] = []) throws -> Data {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try Data(text.utf8).write(to: path)
    defer { try? FileManager.default.removeItem(at: path) }
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      ["-c", "exec gzip \"$@\"", "gzip", "--stdout"] + arguments + [path.path]
    process.standardOutput = output
    try process.run()
    let data = try #require(try output.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    return data
  }

  private func withFile<Result>(_ data: Data, _ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv.gz").path
    try data.write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  private func reason(_ data: Data) throws -> String {
    try withFile(data) { path in
      let error = #expect(throws: FileError.self) { try Dataset.csv(path) }
      return error?.reason.description ?? ""
    }
  }

  @Test("the numbers of the plain file, as a table and in blocks", arguments: [nil, 7, 1000])
  func same(size: Int?) throws {
    try withFile(packed(GzipTests.text)) { path in
      var options = CSVOptions(target: "y")
      options.blockSize = size
      let data = try Dataset.csv(path, options)
      #expect(data.x.doubles == (0..<200).map(Double.init))
      #expect(data.y?.doubles == (0..<200).map { Double($0 * $0) })
    }
  }

  @Test("members one after another, zeros at the end, and an empty member") func members() throws {
    let data =
      try packed("a,y\n1,2\n") + packed("", ["-1"]) + packed("3,4\n", ["-9"])
      + Data(repeating: 0, count: 512)
    try withFile(data) { path in
      let read = try Dataset.csv(path)
      #expect(read.x.doubles == [1, 2, 3, 4])
    }
  }

  @Test("a size in the trailer that is a lie decides nothing") func trailer() throws {
    var data = try packed(GzipTests.text)
    for place in (data.count - 4)..<data.count { data[place] = 0xFF }
    let reason = try reason(data)
    #expect(reason.contains("incorrect length check"))
  }

  @Test("cut at any byte is an error, and so is any changed byte of the data") func damage() throws
  {
    let data = try packed(GzipTests.text)
    for count in stride(from: 18, to: data.count, by: 7) {
      let reason = try reason(data.prefix(count))
      #expect(reason.contains("ends too early"), "\(count)")
    }
    for place in stride(from: 60, to: data.count - 4, by: 11) {
      var damaged = data
      damaged[place] ^= 0x10
      _ = try reason(damaged)
    }
    let more = try reason(data + Data("x".utf8))
    #expect(more.contains("other bytes follow"))
  }

  @Test func stops() throws {
    try withFile(packed(GzipTests.text)) { path in
      _ = #expect(throws: CancellationError.self) {
        try Dataset.csv(path, watch: ReadingWatch(shouldStop: { true }))
      }
    }
  }
}
