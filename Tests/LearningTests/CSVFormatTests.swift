import Foundation
import Learning
import Tensors
import Testing

/// CSV files of other forms, and the names of their columns.
@Suite struct CSVFormatTests {
  typealias Change = @Sendable (inout CSVOptions) -> Void

  static let writings: [(String, Change)] = [
    ("a;b\n1,5;2\n-3;4e2\n", { ($0.separator, $0.decimal) = (";", ",") }),
    ("a\tb\n1.5\t2\n-3\t400\n", { $0.separator = "\t" }),
    ("a|b\n1.5|2\n-3|400\n", { $0.separator = "|" }),
    ("  a\t b\n1.5   2 \n -3\t400\n", { $0.separator = " " }),
    ("\"a\" \"b\"\n\"1.5\"  2\n-3 \"400\"\n", { $0.separator = " " }),
    ("'a','b'\n'1.5',2\n-3,'400'\n", { $0.quote = "'" }),
    ("a,b\n1.5,2\n-3,400\n", { $0.quote = "" }),
    ("# by hand\na,b # names\n1.5,2\n  # half\n-3,400 # end\n#", { $0.comment = "#" }),
    ("title;1;2\n\na,b\n1.5,2\n-3,400\n", { $0.skip = 2 }),
    ("1.5,2\n-3,400\n", { $0.names = ["a", "b"] }),
    ("x,y\n1.5,2\n-3,400\n", { ($0.names, $0.skip) = (["a", "b"], 1) }),
    ("c,b,a\n9,2,1.5\n9,400,-3\n", { $0.columns = ["a", "b"] }),
    ("a,b\n1.5,2\n-3,400\n8,9\n8,x\n", { $0.rows = 1...2 }),
    ("a,b\n8,x\n1.5,2\n-3,400\n", { $0.rows = 2...100 }),
    ("a,b\n1.5,2\n-3,400\n8", { $0.rows = 1...2 }),
  ]

  @Test("the same table in many forms", arguments: writings)
  func forms(text: String, change: Change) throws {
    let data = try csv(text, change)
    #expect(data.features == ["a", "b"])
    #expect(data.x.doubles == [1.5, 2, -3, 400])
  }

  @Test(
    "digits in groups",
    arguments: [
      (",", ".", "1,234,567.25", 1234567.25), (".", ",", "-1.234,5", -1234.5),
      (" ", ",", "12 345", 12345), ("'", ".", "+123'456e1", 1_234_560), ("_", ".", "1_000", 1000),
      ("\u{A0}", ".", "9\u{A0}999.5", 9999.5), ("\u{202F}", ".", "1\u{202F}000", 1000),
      (",", ".", "1234", 1234), (",", ".", "12.5", 12.5),
    ])
  func groups(mark: String, decimal: String, cell: String, value: Double) throws {
    let data = try csv("a;b\n\(cell);1\n") {
      ($0.separator, $0.decimal, $0.thousands) = (";", decimal, mark)
    }
    #expect(data.x.doubles == [value, 1])
    // Cells in quotes may hold the separator.
    if mark == "," {
      #expect(try csv("a,b\n\"\(cell)\",1\n") { $0.thousands = "," }.x.doubles == [value, 1])
    }
  }

  @Test(
    "groups that are none",
    arguments: [
      "1,23,4", "1234,567", ",123", "1,", "12,3456", "1,,000", "1,234,5", "0.123,456",
      "1,000e1,000",
    ])
  func brokenGroups(cell: String) throws {
    for missing in CSVCellTests.modes {
      #expect(
        try csvFailure("a\n1\n\"\(cell)\"\n") { ($0.thousands, $0.missing) = (",", missing) }
          == "'FILE', line 3, column 'a': '\(cell)' is not grouped by three digits, as thousands = "
          + "\",\" says")
    }
  }

  @Test("integers in groups must fit as well") func groupedIntegers() throws {
    #expect(
      try csvFailure("a\n\"16,777,217\"\n") { $0.thousands = "," }.contains(
        "float32 can only round"))
  }

  @Test(
    "another separator is guessed",
    arguments: [
      ("a;b\n1;2\n3;4\n", #"';' (separator = ";")"#),
      ("a;b\n1,5;2\n2,25;3\n", #"';' (separator = ";", decimal = ",")"#),
      ("a;b\n1,5;2,5\n2;3\n", #"';' (separator = ";", decimal = ",")"#),
      ("a\tb\n1\t2\n", #"tabs (separator = "\t")"#), ("a|b|c\n1|2|3\n", #"'|' (separator = "|")"#),
      ("a b\n1 2\n", #"spaces (separator = " ")"#),
      ("a   b\n  1 2\n", #"spaces (separator = " ")"#),
      ("\"a;x\";b\n1;2\n", #"';' (separator = ";")"#),
    ])
  func guesses(text: String, hint: String) throws {
    for target in [nil, "b"] {
      let failure = try csvFailure(text) { $0.target = target }
      #expect(failure.hasSuffix("; the file seems to be separated by \(hint)"), "\(failure)")
    }
  }

  @Test("a comma, too; and none where the file is in order") func noGuess() throws {
    #expect(
      try csvFailure("a,b\n1,2\n") { $0.separator = ";" }.hasSuffix(
        #"; the file seems to be separated by ',' (separator = ",")"#))
    for text in [
      "a,b\n1;2,x\n3;4,5\n", "a,b\n1,2\n3\n", "a b\nx y z\n", "a\nx\n", "a,b\n1 2,3 4\n",
    ] {
      #expect(try !csvFailure(text).contains("seems"), "\(text)")
    }
  }

  static let misfits: [(Change, String)] = [
    (
      { $0.separator = "||" }, #"separator must be one character, such as ";" or "\t" (got '||')"#
    ),
    ({ $0.separator = "" }, "separator must be one character"),
    ({ $0.separator = "a" }, "separator must be one character"),
    ({ $0.separator = "-" }, "separator must be one character"),
    ({ $0.separator = "\n" }, "separator must be one character"),
    ({ $0.separator = "é" }, "separator must be one character"),
    ({ $0.decimal = "5" }, #"decimal must be one character, such as "," (got '5')"#),
    ({ $0.decimal = "," }, "decimal must be another character than separator"),
    (
      { ($0.separator, $0.decimal) = (";", ";") },
      "decimal must be another character than separator"
    ),
    (
      { $0.thousands = "." },
      "thousands must be another character than decimal (got '.' for both)"
    ),
    ({ $0.thousands = "" }, "thousands must be one character that no number has"),
    ({ $0.thousands = "ab" }, "thousands must be one character that no number has"),
    ({ $0.thousands = "1" }, "thousands must be one character that no number has"),
    ({ $0.thousands = "\n" }, "thousands must be one character that no number has"),
    ({ $0.quote = "," }, "quote must be another character than separator (got ',' for both)"),
    ({ $0.quote = "\0" }, "quote must be one character"),
    ({ ($0.quote, $0.thousands) = ("'", "'") }, "quote must be another character than thousands"),
    ({ $0.comment = "\"" }, "comment must be another character than quote"),
    ({ $0.comment = "." }, "comment must be another character than decimal"),
    ({ $0.comment = "//" }, ##"comment must be one character, such as "#" (got '//')"##),
    ({ $0.skip = -1 }, "skip must be >= 0 (got -1)"),
    ({ $0.rows = 0...1 }, "rows must be counted from 1 (got 0)"),
    ({ $0.names = [] }, "names must be one name per column"),
    ({ $0.names = ["a", ""] }, "names must be one name per column"),
    ({ $0.names = ["a", "a"] }, "names must be distinct (got 'a' twice)"),
    ({ $0.columns = ["a", "a"] }, "columns must be distinct (got 'a')"),
    (
      { ($0.columns, $0.drop) = (["a"], ["a"]) },
      "columns must be without dropped columns (got 'a')"
    ),
    ({ ($0.columns, $0.onehot) = (["a"], ["b"]) }, "onehot must be among columns (got 'b')"),
  ]

  @Test("characters that cannot have their part", arguments: misfits)
  func contradictions(change: Change, reason: String) throws {
    let failure = try csvFailure("a,b\n1,2\n", change)
    #expect(failure.hasPrefix(reason), "\(failure)")
  }

  static let unfit: [(Change, String)] = [
    ({ $0.skip = 7 }, "'FILE': has 3 lines, all of which skip = 7 leaves out"),
    ({ $0.skip = 3 }, "'FILE': has no header"),
    ({ $0.rows = 3...4 }, "'FILE': has fewer rows than 3, where rows begins (it has 2)"),
    (
      { $0.names = ["a", "b", "c"] },
      "'FILE', line 1: has 2 values, the option names has 3 names"
    ),
    (
      { $0.names = ["u", "v"] },
      "'FILE', line 1, column 'u': 'a' is not a number: if this line is a header, skip = 1 leaves it "
        + "out"
    ),
    (
      { $0.columns = ["a", "bb"] },
      "'FILE', line 1: has no column 'bb', named in columns (did you mean 'b'?)"
    ),
  ]

  @Test("what the options find wrong with a file", arguments: unfit)
  func wrongOptions(change: Change, reason: String) throws {
    #expect(try csvFailure("a,b\n1,2\n3,4\n", change) == reason)
  }

  @Test("errors count lines as the file does") func lineNumbers() throws {
    #expect(
      try csvFailure("title\n# c\na,b\n# d\n1,2\n\"3\",x\n5,6\n7,8\n") {
        ($0.skip, $0.comment) = (1, "#")
      }.hasPrefix("'FILE', line 6, column 'b': 'x'"))
    #expect(
      try csvFailure("a,b\n1,2\n3,4\n5,x\n7,8\n9,0\n") { $0.rows = 2...4 }
        .hasPrefix("'FILE', line 4, column 'b': 'x'"))
    #expect(
      try csvFailure("# c\na\n1\n") { ($0.comment, $0.target) = ("#", "y") }
        == "'FILE', line 2: has no column 'y', named in target")
  }

  // MARK: Columns without a name

  @Test(
    "row labels without a name, as pandas and R write them",
    arguments: [
      ",A,B\n0,2,3\n1,5,6\n", "\"\",\"A\",\"B\"\n\"1\",2,3\n\"2\",5,6\n",
      "\"A\",\"B\"\n\"7\",2,3\n\"3\",5,6\n", "A,B\n1,2,3\n2,5,6\n", "A,B\n0,2,3\n1,5,6\n",
      "A,B\nfirst,2,3\nsecond,5,6\n", " ,A,B\n17,2,3\n4,5,6\n",
    ])
  func rowLabels(text: String) throws {
    let data = try csv(text) { ($0.target, $0.drop) = ("B", ["column 1"]) }
    #expect(data.features == ["A"] && data.x.doubles == [2, 5] && data.y?.doubles == [3, 6])
    #expect(data.report?.notes == [])
    guard !text.contains("first") else { return }
    let whole = try csv(text) { $0.target = "B" }
    #expect(whole.features == ["column 1", "A"])
    #expect(
      whole.report?.notes.map { $0.text(in: notation) } == [
        "the first column has no name, so it is 'column 1', a feature; where it numbers the rows, "
          + "leave it out: drop = \"column 1\""
      ])
    #expect(try csv(text) { $0.columns = ["column 1"] }.report?.notes == [])
  }

  @Test("any column without a name has its place for one") func unnamed() throws {
    #expect(try csv("a,,b,\n1,2,3,4\n").features == ["a", "column 2", "b", "column 4"])
    #expect(try csv("a,,b\n1,2,3\n").report?.notes == [])
    #expect(
      try csvFailure("a,b,\n1,2,\n3,4,\n")
        == "'FILE', column 'column 3': has no values: drop = \"column 3\" leaves the column out")
    #expect(
      try csvFailure(",column 1\n1,2\n")
        == "'FILE', line 1, column 'column 1': the header has this name twice: names = {…} and "
        + "skip = 1 give others")
  }

  @Test(
    "rows longer by one without labels are ragged",
    arguments: [
      // What a decimal comma has cut; a separator at each row's end; some rows only.
      ("a,b\n1,5,2\n3,25,3\n", "line 2: has 3 values, the header has 2 names"),
      ("a,b\n5,5,2\n6,25,3\n", "line 2: has 3 values, the header has 2 names"),
      ("a,b\n1,2,\n2,4,\n", "line 2: has 3 values, the header has 2 names"),
      ("a,b\n1,2,3\n2,4\n", "line 3: has 2 values, line 2 has 3"),
      ("a,b\n1,2\n2,4,5\n", "line 3: has 3 values, the header has 2 names"),
      ("a,b\nx,2,3\n2,4,5\n", "line 2: has 3 values, the header has 2 names"),
    ])
  func ragged(text: String, reason: String) throws {
    #expect(try csvFailure(text) == "'FILE', \(reason)")
  }

  @Test("numbers may be names in rising order") func numericNames() throws {
    #expect(try csv("2019,2020,2021\n1,2,3\n").features == ["2019", "2020", "2021"])
    #expect(try csv(",0,1\n0,5,6\n").features == ["column 1", "0", "1"])
    #expect(try csvFailure("3,1,2\n1,2,3\n").contains("holds numbers where the names"))
    #expect(try csv("x,1,0\n1,2,3\n").features == ["x", "1", "0"])
  }

  // MARK: Encodings

  @Test(arguments: TextEncoding.allCases) func encodings(encoding: TextEncoding) throws {
    let text = "é,b\n1,ü\n2,ü\n"
    let bytes: [UInt8] =
      switch encoding {
      case .utf8: Array(text.utf8)
      case .latin1, .windows1252: text.unicodeScalars.map { UInt8($0.value) }
      case .utf16: [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      }
    var options = CSVOptions(onehot: ["b"])
    options.encoding = encoding
    let data = try withFile(Data(bytes)) { try Dataset.csv($0, options) }
    #expect(data.features == ["é", "b=ü"] && data.x.doubles == [1, 1, 2, 1])
    #expect(TextEncoding(named: encoding.rawValue.uppercased()) == encoding)
  }

  @Test func otherEncodings() throws {
    var options = CSVOptions()
    func names(_ bytes: [UInt8]) throws -> [String] {
      try withFile(Data(bytes)) { try Dataset.csv($0, options) }.features
    }
    options.encoding = .windows1252
    #expect(
      try names([0x80, 0x2C, 0x9F, 0x2C, 0xE9, 0x0A] + Array("1,2,3".utf8)) == ["€", "Ÿ", "é"])
    options.encoding = .utf16
    let bigEndian: [UInt8] =
      [0xFE, 0xFF] + "a,😀\n1,2".utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    #expect(try names(bigEndian) == ["a", "😀"])
    #expect(try csvFailure(Data(bigEndian + [0]), options) == "'FILE': is not UTF-16 text")
    let half: [UInt8] = [0xFE, 0xFF, 0xD8, 0x00, 0x00, 0x0A]
    #expect(try csvFailure(Data(half), options) == "'FILE': is not UTF-16 text")
    for name in ["latin1", "ISO-8859-1", "cp1252", "UTF_8", "utf-16le"] {
      #expect(TextEncoding(named: name) != nil, "\(name)")
    }
    #expect(TextEncoding(named: "ebcdic") == nil)
  }

  @Test("bytes of another encoding are refused where they count") func strayBytes() throws {
    let way = #"is not UTF-8 text: encoding = "latin-1" or "windows-1252" may read it"#
    func failure(_ bytes: [UInt8], _ options: CSVOptions = CSVOptions()) throws -> String {
      try csvFailure(Data(bytes), options)
    }
    #expect(try failure([0x61, 0xE9, 0x0A, 0x31, 0x0A]) == "'FILE', line 1: \(way)")
    // Two texts that are both unreadable must not become one category.
    let texts: [UInt8] = [0x61, 0x2C, 0x62, 0x0A, 0xE9, 0x2C, 0x31, 0x0A, 0xE8, 0x2C, 0x32, 0x0A]
    #expect(
      try failure(texts, CSVOptions(onehot: ["a"])) == "'FILE', line 2, column 'a': \(way)")
    #expect(try failure(texts, CSVOptions(drop: ["a"])) == "nothing thrown")
    #expect(
      try failure(Array("a\n1\n2\n".utf8) + [0xE9, 0x0A])
        == "'FILE', line 4, column 'a': '\u{FFFD}' is not a number: correct it, or na reads it as missing"
    )
    #expect(
      try failure([0xFF, 0xFE, 0x61, 0x00])
        == #"'FILE', line 1: is UTF-16: encoding = "utf-16" reads it"#)
    var options = CSVOptions()
    options.encoding = .latin1
    #expect(
      try failure([0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0x31], options)
        == #"'FILE', line 1: is UTF-8 by its first bytes: encoding = "utf-8" reads it"#)
  }

  @Test("no form makes junk a crash") func junk() throws {
    var generator = RandomGenerator(seed: 9)
    let bytes = Array(",;\t \n\r\"'#.,1234-e xNA\u{00E9}".utf8)
    for _ in 0..<400 {
      let junk = (0..<generator.index(below: 120)).map { _ in
        bytes[generator.index(below: bytes.count)]
      }
      var options = CSVOptions(missing: .median)
      options.separator = [",", ";", "\t", " "][generator.index(below: 4)]
      options.quote = ["\"", "'", ""][generator.index(below: 3)]
      options.comment = [nil, "#"][generator.index(below: 2)]
      options.names = [nil, ["a"], ["a", "b"]][generator.index(below: 3)]
      options.skip = generator.index(below: 3)
      options.rows = [nil, 1...2, 2...2][generator.index(below: 3)]
      options.encoding = TextEncoding.allCases[generator.index(below: 4)]
      if options.separator == ";" { (options.decimal, options.thousands) = (",", ".") }
      _ = try csvFailure(Data(junk), options)
    }
  }
}
