import Foundation
import Tensors
import Testing

@testable import Learning

/// Files that are read in blocks.
@Suite struct CSVBlockTests {
  static let texts = [
    "a,b\n1,2\n3,4", "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
    "a,b\n1,2\n3,4\n\n\n", "\u{FEFF}a,b\n1,2\n3,4\n", " a , b \n 1 ,\t2\n3, 4 \n",
    "\"a\",\"b\"\n\"1\",2\n 3 ,\" 4 \"\n", "a,b\n+1,2.\n3e0,.4E+1\n", "a,b\n1,2\n3,4\n  ",
    "ä,\"b\n\"\"ü\"\n\"1\",2\n1e400,3\n", "a,b\n1,\"x\ny\"\n3,4\n", "a,b\n1,2\n\n3,4\n",
    "a,b\n1,2\n3\n",
    "a,b\n1,2,3\n4,5,6\n", "a\n1\n\n2\n", "a\n\n1\n", "a,b\n,2\n3,NA\n5,6\n", "a,b\n1,\"2\n3,4\n",
    "a,b\n1,\"2\"x\n3,4\n", "a,b\n1,16777217\n", "a,b\n1,5\"\n2,3\n\"4\",6\"\n", "a,b\n1,é\n2,3\n",
    "a,b\n0.1234567890123456,12345678901234567890.5\n-0,9007199254740993.\n1.e5,.5\n",
    "a,b\n1,2\r\r\n3,4\n", "a,b\n", "a", ",b\n1,2\n2,3\n", "\"b\"\n\"r\",2\n\"s\",3\n",
    "a,b\nx\u{0},1\n", "a,b\n\"1,\n2\",3\n4,5\n", "a,b\n1,2\n\"3\n\",4\n",
  ]

  static let changes: [@Sendable (inout CSVOptions) -> Void] = [
    { _ in }, { $0.missing = .number(7) }, { $0.missing = .drop }, { $0.drop = ["b"] },
    { $0.target = "b" }, { $0.columns = ["b", "a"] }, { $0.rows = 1...1 }, { $0.rows = 2...9 },
    { $0.missing = .mean }, { ($0.missing, $0.dtype) = (.median, .float64) },
    { ($0.missing, $0.target, $0.rows) = (.drop, "b", 2...9) },
    { ($0.missing, $0.id) = (.drop, "a") },
    { $0.id = "a" }, { $0.id = "b" }, { $0.quote = "" }, { $0.dtype = .float64 },
  ]

  /// The data, or the error, as text.
  static func outcome(_ path: String, _ options: CSVOptions) -> String {
    do {
      let data = try Dataset.csv(path, options)
      return """
        \(data.features) \(data.x.shape) \(data.x.doubles) \(data.y?.doubles ?? []) \
        \(data.ids.map { "\($0)" } ?? "") \(data.schema.map { "\($0)" } ?? "") \
        \(data.report.map { "\($0)" } ?? "")
        """
    } catch { return "\(error)" }
  }

  @Test("one block and many give the same data and the same errors", arguments: texts)
  func sameAsTable(text: String) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    for change in CSVBlockTests.changes {
      var options = CSVOptions()
      change(&options)
      let whole = CSVBlockTests.outcome(path, options)
      for size in [1, 2, 3, 5, 7, 16, 1000] {
        options.blockSize = size
        #expect(CSVBlockTests.outcome(path, options) == whole, "\(size)")
      }
    }
  }

  @Test("plain files, quotes and ends of lines are read in blocks", arguments: [1, 4, 9, 1000])
  func isTaken(size: Int) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = CSVOptions(target: "b")
    (options.id, options.blockSize) = ("n", size)
    for end in ["\n", "\r\n"] {
      let rows = ["n,a,b", "\"x,\n1\",1.5,2", "é,\"-3\",4e2", "z,0.1,7"]
      try Data((rows.joined(separator: end) + end).utf8).write(to: URL(filePath: path))
      let dialect = try CSVDialect(options)
      let data = try #require(try Dataset.inBlocks(path, dialect, options, ReadingWatch()))
      #expect(data.x.doubles == [1.5, -3, Double(Float(0.1))])
      #expect(data.y?.doubles == [2, 400, 7])
      #expect(data.ids?.values == ["x,\n1", "é", "z"])
      let schema = try #require(data.schema)
      let again = try #require(
        try Dataset.inBlocks(path, like: schema, dialect, options, ReadingWatch()))
      #expect(again.x.doubles == data.x.doubles)
    }
    #expect(throws: CancellationError.self) {
      try Dataset.csv(path, options, watch: ReadingWatch(shouldStop: { true }))
    }
  }

  @Test(
    "missing cells are filled and rows dropped as pandas does, in blocks", arguments: [1, 5, 999])
  func missing(size: Int) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("n,a,b,y\np,0.1,1,1\nq,,2,2\nr,0.2,NA,3\ns,0.7,4,4\n".utf8).write(
      to: URL(filePath: path))
    func read(_ missing: MissingValues) throws -> Dataset {
      var options = CSVOptions(target: "y", missing: missing)
      (options.id, options.blockSize) = ("n", size)
      return try #require(
        try Dataset.inBlocks(path, CSVDialect(options), options, ReadingWatch()))
    }
    // pandas: df.fillna(df.mean()), df.fillna(df.median()), df.dropna().
    let mean = try read(.mean)
    #expect(mean.x.doubles[2] == Double(Float(1.0 / 3)))
    #expect(mean.x.doubles[5] == Double(Float(7.0 / 3)))
    let means: [Double] = [(0.1 + 0.2 + 0.7) / 3, 7.0 / 3]
    #expect(mean.report?.fills.map(\.value) == means)
    #expect(mean.schema?.columns.map(\.fill) == means)
    let median = try read(.median)
    #expect(median.report?.fills.map(\.value) == [0.2, 2])
    let dropped = try read(.drop)
    #expect(dropped.x.doubles == [Double(Float(0.1)), 1, Double(Float(0.7)), 4])
    #expect(dropped.y?.doubles == [1, 4])
    #expect(dropped.ids?.values == ["p", "s"])
    #expect(dropped.report?.droppedLines == [3, 4])
    #expect(dropped.schema?.columns.map(\.fill) == [nil, nil])
  }

  @Test("a file that becomes shorter is an error") func shorter() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("a\n1\n2\n3\n".utf8).write(to: URL(filePath: path))
    var options = CSVOptions()
    options.blockSize = 2
    let reader = try #require(
      try CSVBlockReader(path, CSVDialect(options), options, ReadingWatch()))
    try Data("a\n1\n".utf8).write(to: URL(filePath: path))
    let error = #expect(throws: FileError.self) {
      try reader.read([.init(use: .feature)])
    }
    #expect(error?.reason.description.contains("became shorter") == true)
  }
}
