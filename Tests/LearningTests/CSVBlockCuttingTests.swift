import Foundation
import Tensors
import Testing

@testable import Learning

/// The block reader reads what the general reader reads, however the file is cut into blocks, or
/// leaves it alone.
@Suite struct CSVBlockCuttingTests {
  private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result
  {
    let path = NSTemporaryDirectory() + "cut-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    return try body(path)
  }

  /// Numbers of the data set by their bits, names and report; nil for nil.
  private func content(_ data: Dataset?) throws -> [String]? {
    try data.map { data in
      let x = try data.x.elements(as: Double.self).map { "\($0.bitPattern)" }
      let y = try data.y?.elements(as: Double.self).map { "\($0.bitPattern)" } ?? []
      return data.features + ["\(data.x.shape) \(data.x.dtype)", data.target ?? "-"] + x + y
        + [data.report!.description, "\(data.schema!)"]
    }
  }

  /// How often the block reader read the file.
  @discardableResult
  private func compare(_ text: String, _ options: CSVOptions) throws -> Int {
    try withFile(text) { path in
      // Small files are read as a table.
      let wanted = try? content(Dataset.csv(path, options))
      var count = 0
      for block in [1, 2, 3, 7, 64, 1 << 20] {
        var options = options
        options.blockSize = block
        let data = try Dataset.inBlocks(path, CSVDialect(options), options, ReadingWatch())
        guard let found = try content(data) else { continue }
        count += 1
        #expect(found == wanted, "blocks of \(block): \(text.prefix(200))")
      }
      return count
    }
  }

  @Test func plainFiles() throws {
    let texts = [
      "a,b,y\n1,2,3\n4,5,6\n", "a,b,y\n1,2,3\n4,5,6", "a,b,y\r\n1,2,3\r\n4,5,6\r\n",
      "a,b,y\r\n1,2,3\r\n4,5,6", "y\n1\n2\n3\n", "y,a\n-1.5,+2\n1e3,.5\n-0,7.\n",
      "a,y,ä\n0.1,123456789012345678,1e-400\n2,3,4\n",
      "a,y\n 1 ,2\n3,\t4\n", "a,y\n16777216,16777215\n1,2\n", "\n\na,y\n1,2\n3,4\n",
      ",y\n0,1\n1,2\n", "a,y\n3.4028235677973366e38,1\n1,2\n",
      "\u{FEFF}a,y\n1,2\n3,4\n",
      "a,y\n" + (0..<300).map { "\($0).25,\(-Double($0) / 7)" }.joined(separator: "\n") + "\n",
    ]
    var read = 0
    for text in texts {
      for dtype in [DType.float32, .float64] {
        read += try compare(text, CSVOptions(target: "y", dtype: dtype))
        read += try compare(text, CSVOptions(dtype: dtype))
      }
    }
    #expect(read > 100)
  }

  @Test("columns, targets and separators of one's own") func options() throws {
    let text = "a;b;c;y\n1,5;x;3;4\n2,5;y z;6;7\n"
    var options = CSVOptions(target: "y", drop: ["b"])
    (options.separator, options.decimal) = (";", ",")
    #expect(try compare(text, options) >= 4)
    options.drop = []
    options.columns = ["c", "a"]
    #expect(try compare(text, options) >= 4)
    options.missing = .number(3)
    #expect(try compare(text, options) >= 4)
    options.columns = nil
    #expect(try compare(text, options) == 0, "a text column is not for it")
  }

  @Test("what is not plain reads the same, or is left to the general reader") func others() throws {
    let texts = [
      "a,y\n1,2\n3\n", "a,y\n1,2\n3,4,5\n", "a,y\n1,\n3,4\n", "a,y\n1,2\nx,4\n",
      "a,y\n\"1\",2\n3,4\n", "a,y\n1,2\n\n3,4\n", "a,y\n1,2\n3,4\n\n", "a,y\r1,2\r3,4\r",
      "a,y\n1,2\r\r\n3,4\n", "a,y\nNA,2\n3,4\n", "a,y\ninf,2\n3,4\n", "a,y\n1e999,2\n3,4\n",
      "a,a\n1,2\n", "1,2\n3,4\n5,6\n", "a,y\n1,2,\n3,4,\n", "a,y\n", "", "a\n\n\n",
      "y\n1\n\n3\n", "a,y\n1 2,3\n4,5\n", "a,y\n1,2\n3,4\n,", "a,y\n1,2\n3,4\n\r",
      "a,y\n12345678901234567890123,2\n3,4\n", "a,y\n1\u{0},2\n3,4\n",
      "a,y\n1,2 # note\n3,4\n",
    ]
    for text in texts { try compare(text, CSVOptions(target: "y")) }
    var options = CSVOptions(target: "y")
    options.na = ["-999"]
    for text in ["a,y\n-999,2\n3,4\n", "a,y\n-99,2\n3,4\n"] { try compare(text, options) }
    options.missing = .number(7)
    #expect(try compare("a,y\n-999,2\n3,4\n", options) >= 4)
  }

  @Test("random files, cut anywhere", arguments: 0..<20) func random(seed: Int) throws {
    var generator = RandomGenerator(seed: UInt64(seed))
    func number() -> String {
      let value = generator.normal() * [1e-8, 1, 1e3, 1e12][Int(generator.uniform() * 4)]
      switch Int(generator.uniform() * 40) {
      case 0: return ""
      case 1: return "\"\(value)\""
      case 2..<10: return "\(Int(value.clamped))"
      case 10..<14: return String(format: "%.3f", value)
      case 14..<16: return String(format: "%.20e", value)
      default: return "\(value)"
      }
    }
    let columns = 1 + Int(generator.uniform() * 5)
    let end = seed % 3 == 0 ? "\r\n" : "\n"
    // Most of the files are plain.
    let isPlain = seed % 4 != 0
    let rows = (0..<60).map { _ in
      (0..<columns).map { _ in
        var text = number()
        while isPlain, text.isEmpty || text.hasPrefix("\"") { text = number() }
        return text
      }.joined(separator: ",")
    }
    let header = (0..<columns).map { $0 == 0 ? "y" : "c\($0)" }.joined(separator: ",")
    let text = ([header] + rows).joined(separator: end) + (seed % 2 == 0 ? end : "")
    for missing in [MissingValues.error, .drop, .mean, .median, .number(2.5)] {
      for dtype in [DType.float32, .float64] {
        var options = CSVOptions(target: columns > 1 ? "y" : nil, missing: missing, dtype: dtype)
        if seed % 5 == 1 { options.rows = 11...47 }
        let read = try compare(text, options)
        #expect(!isPlain || read >= 4 || dtype == .float32)
      }
    }
  }

  @Test func stops() throws {
    try withFile("a,y\n1,2\n3,4\n") { path in
      var options = CSVOptions(target: "y")
      options.blockSize = 2
      #expect(throws: CancellationError.self) {
        try Dataset.csv(path, options, watch: ReadingWatch(shouldStop: { true }))
      }
    }
  }
}

extension Double {
  fileprivate var clamped: Double { Swift.min(9e15, Swift.max(-9e15, self)) }
}
