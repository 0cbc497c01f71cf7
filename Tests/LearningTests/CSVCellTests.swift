import Foundation
import Learning
import Tensors
import Testing

/// What cells are numbers, which are missing, and what is said of all others.
@Suite struct CSVCellTests {
  /// Every way to treat missing cells.
  static let modes: [MissingValues] = [.error, .drop, .mean, .median, .number(0)]

  @Test(
    "what is no number is an error in every mode",
    arguments: [
      ("oops", "'oops' is not a number: correct it, or na = {\"oops\"} reads it as missing"),
      ("1e400", "'1e400' is larger than float64 can hold: na = {\"1e400\"} reads it as missing"),
      ("-1e400", "'-1e400' is larger than float64 can hold: na = {\"-1e400\"} reads it as missing"),
      ("1e39", "'1e39' is larger than float32 can hold: dtype = \"float64\" can"),
      (
        "-3.4028236e38", "'-3.4028236e38' is larger than float32 can hold: dtype = \"float64\" can"
      ),
      ("inf", "'inf' is infinite: na = {\"inf\"} reads it as missing"),
      ("-Infinity", "'-Infinity' is infinite: na = {\"-Infinity\"} reads it as missing"),
      (
        "16777217",
        "'16777217' is an integer that float32 can only round: dtype = \"float64\" holds it"
      ),
      (
        "1925036343869802844",
        "'1925036343869802844' is an integer that float64 can only round: drop = \"a\" leaves the "
          + "column out, onehot = \"a\" reads it as text"
      ),
      ("\"1,234\"", "'1,234' is not a number: thousands = \",\" would read it"),
      (
        "\"1,5\"",
        "'1,5' is not a number: for decimals after a comma the file needs another separator, "
          + "such as ';'"
      ),
      ("1 000", "'1 000' is not a number: thousands = \" \" would read it"),
      ("1'000'000.5", "'1'000'000.5' is not a number: thousands = \"'\" would read it"),
      ("1_000", "'1_000' is not a number: thousands = \"_\" would read it"),
      (
        "1\u{202F}000",
        "'1\u{202F}000' is not a number: thousands = \"\\u{202F}\" would read it"
      ),
    ])
  func refused(cell: String, reason: String) throws {
    for missing in CSVCellTests.modes {
      let failure = try csvFailure("a,b\n1,2\n\(cell),4\n5,\n7,8\n") { $0.missing = missing }
      #expect(failure == "'FILE', line 3, column 'a': \(reason)", "\(missing)")
      let dropped = try csv("a,b\n1,2\n\(cell),4\n7,8\n") {
        ($0.missing, $0.drop) = (missing, ["a"])
      }
      #expect(dropped.x.doubles == [2, 4, 8])
    }
  }

  @Test(
    "other writings of no number",
    arguments: [
      "0x10", "1.2.3", "1e", ".", "1 2", "--5", "e5", "1d5", "5 %", "$5", "1/2", "TRUE", "−5", "１",
      "None", "1,2,3", "12,34", "1e5.0", "+", "1e+", "5-", "infinit", "nano", "1\u{A0}",
    ])
  func texts(cell: String) throws {
    let failure = try csvFailure("a,b\n1,2\n\"\(cell)\",4\n7,8\n") { $0.missing = .mean }
    #expect(
      failure.hasPrefix("'FILE', line 3, column 'a': '\(cell)' is not a number"), "\(failure)")
  }

  @Test("long and unprintable texts are quoted in short") func longText() throws {
    let long = String(repeating: "x", count: 1000)
    let failure = try csvFailure("a\n1\n\(long)\n2\n")
    #expect(failure.count < 150 && failure.contains("xxx…' is not a number"))
    #expect(
      try csvFailure("a,b\n1,2\n\"\n\",4\n7,8\n")
        == "'FILE', line 3, column 'a': '\u{FFFD}' is not a number: correct it, or na reads it as missing"
    )
    #expect(try csvFailure("a\n1\n\"2\"\"\"\n3\n").contains("line 3, column 'a': '2\"' is not"))
  }

  @Test("integers that a number type holds, and those that it can only round")
  func integers() throws {
    // Beside 2^53 only multiples of 2, beside 2^64 of 4096; 10^22 is 2^22 times 5^22 (52 bits).
    let exact = [
      "9007199254740992", "-9007199254740994", "18446744073709551616", "18446744073709555712",
      "10000000000000000000000", "0", "-0", "00000000000000000000000000001",
      "1" + String(repeating: "0", count: 22),
    ]
    #expect(
      try csv("a\n" + exact.joined(separator: "\n")).x.doubles == exact.map { Double($0)! })
    let inexact = [
      "9007199254740993", "-9007199254740993", "18446744073709551617", "18446744073709551615",
      "100000000000000000000000", "123456789012345678901234567890",
    ]
    for text in inexact {
      let failure = try csvFailure("a\n1\n\(text)\n") { $0.dtype = .float64 }
      #expect(failure.contains("'\(text)' is an integer that float64 can only round"), "\(failure)")
      // Written as a decimal number, it is meant to be rounded.
      #expect(try csv("a\n\(text).0\n").x.doubles == [Double(text)!])
    }
    // 2^24 and 2^24 + 2, 500001, 10^10 = 2^10 times 5^10 (24 bits).
    let short = ["16777216", "16777218", "500001", "10000000000", "-16777216"]
    let options = CSVOptions()
    #expect(
      try csv("a\n" + short.joined(separator: "\n"), options).x.doubles == short.map { Double($0)! }
    )
    for text in ["16777217", "-16777219", "2147483647", "100000000001"] {
      #expect(try csvFailure("a\n1\n\(text)\n").contains("float32 can only round"), "\(text)")
      #expect(try csv("a\n\(text).\n", options).x.doubles == [Double(Float(text)!)])
      #expect(try csv("a\n\(text)\n").x.doubles == [Double(text)!])
    }
  }

  @Test func numbersAtTheEdge() throws {
    let options = CSVOptions()
    let texts = ["3.4028235e38", "-3.40282356e38", "1e-46", "1e-400", "-0.0"]
    let largest = Double(Float.greatestFiniteMagnitude)
    let values = try csv("a\n" + texts.joined(separator: "\n"), options).x.doubles
    #expect(values == [largest, -largest, 0, 0, 0])
    #expect(values[4].sign == .minus)
    #expect(try csv("a\n1e300\n").x.doubles == [1e300])
  }

  // MARK: Missing cells

  @Test("empty cells and the usual markers are missing, in either case")
  func markers() throws {
    let cells = [
      "", "  ", "\"\"", "\" \"", "NA", "na", "N/A", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL",
      "null", "?",
    ]
    for cell in cells {
      let text = "a,b\n1,2\n\(cell),4\n7,8\n"
      #expect(try csv(text) { $0.missing = .drop }.x.doubles == [1, 2, 7, 8], "\(cell)")
      #expect(try csv(text) { $0.missing = .mean }.x.doubles == [1, 2, 4, 4, 7, 8], "\(cell)")
      let failure = try csvFailure(text)
      #expect(failure.hasPrefix("'FILE', line 3, column 'a': the value is missing ('"))
      #expect(
        failure.hasSuffix(
          "'): missing = \"drop\", \"mean\", \"median\" or a number says what to do"))
    }
  }

  @Test("markers of one's own replace the usual ones") func ownMarkers() throws {
    let text = "a\n1\nx\n3\n"
    #expect(try csv(text) { ($0.na, $0.missing) = (["X"], .mean) }.x.doubles == [1, 2, 3])
    #expect(
      try csvFailure("a\n1\nNA\n3\n") { ($0.na, $0.missing) = ([], .mean) }
        == "'FILE', line 3, column 'a': 'NA' is not a number: correct it, or na = {\"NA\"} reads it "
        + "as missing")
    // A number, however it is written; also one that would be an error.
    let numbers = "a\n1\n-999\n-999.00\n-9.99e2\n3\n"
    #expect(
      try csv(numbers) { ($0.na, $0.missing) = (["-999"], .drop) }.x.doubles == [1, 3])
    #expect(
      try csv("a\n1\n9007199254740993\n") { ($0.na, $0.missing) = (["9007199254740993"], .drop) }
        .x.doubles == [1])
    #expect(
      try csv("a\n1\ninf\n1e999\n") { ($0.na, $0.missing) = (["inf", "1e999"], .drop) }.x.doubles
        == [1])
  }

  @Test func fills() throws {
    let text = "a,b,y\n1,?,2\nNA,3,3\n4,5,6\n10,10,6\n"
    func x(_ missing: MissingValues) throws -> [Double] {
      try csv(text) { ($0.missing, $0.target) = (missing, "y") }.x.doubles
    }
    #expect(try x(.mean) == [1, 6, 5, 3, 4, 5, 10, 10])
    #expect(try x(.median) == [1, 5, 4, 3, 4, 5, 10, 10])
    #expect(try x(.number(-1.5)) == [1, -1.5, -1.5, 3, 4, 5, 10, 10])
    // Between the two in the middle, which may be large.
    let even = try csv("a\n1\n8\n\"\"\n3\n2\n") { $0.missing = .median }
    #expect(even.x.doubles == [1, 8, 2.5, 3, 2])
    for missing in [MissingValues.median, .mean] {
      let large = try csv("a\n1e308\n1.5e308\n\"\"\n") { $0.missing = missing }
      #expect(large.x.doubles[2] == 1.25e308)
    }
    for (fill, dtype) in [
      (1e300, DType.float32), (16_777_217, .float32), (.nan, .float64), (.infinity, .float64),
    ] {
      let failure = try csvFailure("a\n1\n") { ($0.missing, $0.dtype) = (.number(fill), dtype) }
      #expect(failure.hasPrefix("missing must be a number that \(dtype) can hold (got "))
    }
  }

  @Test("a missing target drops its row or is an error") func missingTarget() throws {
    let text = "a,y\n1,2\n3,\n4,NaN\n5,6\n"
    let data = try csv(text) { ($0.missing, $0.target) = (.drop, "y") }
    #expect(data.x.doubles == [1, 5] && data.y?.doubles == [2, 6])
    for missing in CSVCellTests.modes where missing != .drop {
      #expect(
        try csvFailure(text) { ($0.missing, $0.target) = (missing, "y") }
          == "'FILE', line 3, column 'y': the target is missing (''): missing_target = \"drop\" leaves "
          + "such rows out")
      // The features' rule holds for the rows that are left.
      let left = try csv("a,y\n1,2\n,\n4,NaN\n5,6\n") {
        ($0.missing, $0.target, $0.missingTarget) = (missing, "y", .drop)
      }
      #expect(left.x.doubles == [1, 5] && left.y?.doubles == [2, 6])
      #expect(left.report?.droppedLines == [3, 4] && left.report?.fills.isEmpty == true)
    }
  }

  @Test("a column of nothing, rows of nothing") func nothing() throws {
    for missing in CSVCellTests.modes {
      #expect(
        try csvFailure("a,b\n1,\n2,?\n") { $0.missing = missing }
          == "'FILE', column 'b': has no values: drop = \"b\" leaves the column out")
    }
    #expect(
      try csvFailure("a,b\n1,\n,2\n") { $0.missing = .drop }
        == "'FILE': every one of the 2 rows misses a value")
  }

  // MARK: Text

  @Test func textColumns() throws {
    for missing in CSVCellTests.modes {
      #expect(
        try csvFailure("a,b\n1,red\n2,blue\n") { $0.missing = missing }
          == "'FILE', line 2, column 'b': 'red' is not a number, and most of the column is text: name "
          + "it in drop or onehot")
    }
  }

  @Test("of a text target it is said what can be done") func textTarget() throws {
    func failure(_ text: String) throws -> String { try csvFailure(text) { $0.target = "y" } }
    let start =
      "'FILE', line 2, column 'y': 'yes' is not a number, and most of the column is text, "
    #expect(
      try failure("a,y\n1,yes\n2,no\n3,yes\n")
        == start
        + "but a target must be numbers: write 0 and 1 for 'no' and 'yes', or choose another "
        + "target; as a feature, onehot takes it")
    #expect(
      try failure("a,y\n1,yes\n2,no\n3,maybe\n")
        == start + "but a target must be numbers: write numbers in its place, or choose another "
        + "target; as a feature, onehot takes it")
    #expect(
      try failure("a,y\n1,2\n2,none\n3,4\n")
        == "'FILE', line 3, column 'y': 'none' is not a number: correct it, or na = {\"none\"} reads "
        + "it as missing")
  }

  @Test func oneHot() throws {
    let text = "a,kind,b\n1,red,2\n3,\"blue, dark\",4\n5,red,6\n"
    let data = try csv(text, CSVOptions(onehot: ["kind"], dtype: .float64))
    #expect(data.features == ["a", "kind=blue, dark", "kind=red", "b"])
    #expect(data.x.doubles == [1, 0, 1, 2, 3, 1, 0, 4, 5, 0, 1, 6])
    let gaps = "kind\nred\nNA\nblue\nred\nred\n"
    func x(_ missing: MissingValues, na: [String] = ["NA"]) throws -> [Double] {
      try csv(gaps) { ($0.missing, $0.onehot, $0.na) = (missing, ["kind"], na) }.x.doubles
    }
    #expect(
      try csvFailure(gaps) { $0.onehot = ["kind"] }
        == "'FILE', line 3, column 'kind': the value is missing ('NA'): na = {} reads it as a "
        + "category, missing = \"drop\" leaves such rows out")
    // No share of a category is made up: the cell has none of them.
    for missing in [MissingValues.mean, .median, .number(7)] {
      #expect(try x(missing) == [0, 1, 0, 0, 1, 0, 0, 1, 0, 1])
    }
    #expect(try x(.drop) == [0, 1, 1, 0, 0, 1, 0, 1])
    #expect(try x(.error, na: []) == [0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1])
    let many = "k\n" + (0...1000).map { "v\($0)" }.joined(separator: "\n")
    #expect(
      try csvFailure(many) { $0.onehot = ["k"] }
        == "'FILE', column 'k': has 1001 different values; onehot takes 1000")
    #expect(
      try csvFailure("k,k=v\nv,1\n") { $0.onehot = ["k"] }
        == "'FILE', column 'k=v': would occur twice with the one-hot columns")
  }

  // MARK: The report

  @Test func report() throws {
    let text = "a,kind,b\n1,x,2\n,y,3\nNA,,4\n7,x,5\n"
    func report(_ missing: MissingValues) throws -> CSVReport {
      try #require(csv(text) { ($0.missing, $0.onehot) = (missing, ["kind"]) }.report)
    }
    let filled = try report(.mean)
    #expect(filled.fills.map(\.column) == ["a", "kind"] && filled.fills.map(\.count) == [2, 1])
    #expect(filled.fills.map(\.value) == [4, 0] && filled.droppedLines.isEmpty)
    #expect(filled.categories.map(\.names) == [["x", "y"]] && filled.rowCount == 4)
    let lines = filled.description.split(separator: "\n")
    #expect(lines[0].hasSuffix("', 4 of 4 rows)"))
    #expect(
      lines[1...] == [
        "  filled: 'a', 2 cells with 4", "  filled: 'kind', 1 cell with no category",
        "  categories: 'kind', 2: 'x', 'y'",
      ])
    let dropped = try report(.drop)
    #expect(dropped.droppedLines == [3, 4] && dropped.fills.isEmpty)
    #expect(dropped.missing.map(\.column) == ["a", "kind"])
    #expect(dropped.missing.map(\.count) == [2, 1])
    #expect(
      dropped.description.contains(
        "2 of 4 rows)\n  dropped: 2 rows; cells missing: 'a' 2, 'kind' 1"))
    let whole = try #require(csv("a\n1\n").report)
    #expect(whole.description.hasSuffix("1 of 1 row)\n  nothing filled, nothing dropped"))
    #expect(try Synthetic.line(slope: 1, intercept: 0, count: 2).report == nil)
  }
}
