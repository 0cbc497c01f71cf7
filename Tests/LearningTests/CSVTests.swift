import Foundation
import Learning
import Tensors
import Testing

@Suite struct CSVTests {
  func read(_ text: String, _ options: CSVOptions = CSVOptions(dtype: .float64)) throws -> Dataset {
    try withFile(text) { try Dataset.csv($0, options) }
  }

  func failure(_ content: some DataProtocol, _ options: CSVOptions = CSVOptions()) throws
    -> String
  {
    try withFile(content) { path in message(path: path) { _ = try Dataset.csv(path, options) } }
  }

  @Test func readsFeaturesAndTarget() throws {
    let data = try read("id,a,y,b\n1,2,3,4\n5,6,7,8\n", CSVOptions(target: "y", drop: ["id"]))
    #expect(data.features == ["a", "b"])
    #expect(data.target == "y")
    #expect(data.count == 2)
    #expect(data.x.shape == [2, 2])
    #expect(data.x.dtype == .float32)
    #expect(data.x.doubles == [2, 4, 6, 8])
    #expect(data.y?.shape == [2, 1])
    #expect(data.y?.doubles == [3, 7])
  }

  @Test(
    "the same table in many writings",
    arguments: [
      "a,b\n1,2\n3,4", "a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
      "a,b\n1,2\n3,4\n\n\n", "a,b\r\n1,2\r\n3,4\r\n\r\n", "\u{FEFF}a,b\n1,2\n3,4\n",
      " a , b \n 1 ,\t2\n3, 4 \n", "\"a\",\"b\"\n\"1\",2\n 3 ,\" 4 \"\n", "a,b\n+1,2.\n3e0,.4E+1\n",
      "a,b\n1,2\n3,4\n  ",
    ])
  func writings(text: String) throws {
    let data = try read(text)
    #expect(data.features == ["a", "b"])
    #expect(data.x.doubles == [1, 2, 3, 4])
    #expect(data.y == nil)
  }

  @Test func quotedNamesAndCells() throws {
    let data = try read(
      "\"first \"\"x\"\"\",\"second,\nline\"\n1,\"2\"\n", CSVOptions(dtype: .float64))
    #expect(data.features == ["first \"x\"", "second,\nline"])
    #expect(data.x.doubles == [1, 2])
  }

  @Test func numbersAreRoundedAsTheLanguageRoundsThem() throws {
    var generator = RandomGenerator(seed: 5)
    var texts = [
      "9007199254740993", "0.1", "123456789012345678901234567890", "5e-324",
      "2.2250738585072011e-308",
      "1.7976931348623157e308", "-0", "0000000000000000000000000000001.5", "1e-400", "1e22", "1e23",
      "9007199254740992e22", "0.000000000000000000000000000000000000000000000000123456789",
      "3.8271604938271606", "100000000000000000000000000000000000000000e-41",
      "18446744073709551616",
      "0e999999999999999999",
    ]
    for _ in 0..<20_000 {
      let digits = String(generator.next() % 1_000_000_000_000_000_000)
      let point = generator.index(below: digits.count + 1)
      let power = generator.index(below: 61) - 30
      texts.append("\(digits.prefix(point)).\(digits.dropFirst(point))e\(power)")
      texts.append("\(generator.normal())")
    }
    let data = try read("a\n" + texts.joined(separator: "\n"))
    for (text, value) in zip(texts, data.x.doubles) {
      #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }
  }

  @Test(
    "errors say where and what",
    arguments: [
      ("a,b\n1,2\n3,x\n4,5\n", "'FILE', line 3, column 'b': 'x' is not a finite number"),
      ("a,b\n1,2\n,3\n", "'FILE', line 3, column 'a': the value is missing ('')"),
      ("a,b\n1,?\n", "'FILE', column 'b': has no values"),
      ("a,b\n1,2\n1,NaN\n", "'FILE', line 3, column 'b': the value is missing ('NaN')"),
      ("a,b\n1,2\n1,NULL\n", "'FILE', line 3, column 'b': the value is missing ('NULL')"),
      ("a,b\n1,2\n1,NA\nx,y\n", "'FILE', line 3, column 'b': the value is missing ('NA')"),
      ("a,b\n1,2\n\"\n\",NA\n", "'FILE', line 3, column 'a': '\u{FFFD}' is not a finite number"),
      ("a,b\n\"1\n\",2\n3,4\n", "'FILE', line 2, column 'a': '1\u{FFFD}' is not a finite number"),
      ("a\n1\n\"2\"\"\"\n", "'FILE', line 3, column 'a': '2\"' is not a finite number"),
      ("a\n1\ninf\n", "'FILE', line 3, column 'a': 'inf' is not a finite number"),
      ("a\n1\n-Infinity\n", "'FILE', line 3, column 'a': '-Infinity' is not a finite number"),
      ("a\n1\n1e999\n", "'FILE', line 3, column 'a': '1e999' is not a finite number"),
      ("a\n1\n0x10\n", "'FILE', line 3, column 'a': '0x10' is not a finite number"),
      ("a\n1\n1.2.3\n", "'FILE', line 3, column 'a': '1.2.3' is not a finite number"),
      ("a\n1\n1e\n", "'FILE', line 3, column 'a': '1e' is not a finite number"),
      ("a\n1\n.\n", "'FILE', line 3, column 'a': '.' is not a finite number"),
      ("a\n1\n1 2\n", "'FILE', line 3, column 'a': '1 2' is not a finite number"),
      (
        "a,b\n1,red\n2,blue\n",
        "'FILE', line 2, column 'b': 'red' is not a number, and most of the column is text: "
          + "name it in drop or onehot"
      ),
      ("a,b\n1,2\n3\n", "'FILE', line 3: has 1 value, the header has 2 names"),
      ("a,b\n1,2\n3,4,5\n", "'FILE', line 3: has 3 values, the header has 2 names"),
      ("a,b\n1,2,\n", "'FILE', line 2: has 3 values, the header has 2 names"),
      ("a,b\n1,2\n\n3,4\n", "'FILE', line 3: is empty"),
      ("a,\"b\n\n\"\n1,\"\n2\"\n3\n", "'FILE', line 6: has 1 value, the header has 2 names"),
      ("a,a\n1,2\n", "'FILE', line 1, column 'a': the header has this name twice"),
      ("a,\n1,2\n", "'FILE', line 1: column 2 of the header has no name"),
      ("a,b\n", "'FILE': has a header but no rows"), ("a,b", "'FILE': has a header but no rows"),
      ("", "'FILE': is empty"), ("\u{FEFF}", "'FILE': is empty"),
      ("a,b\n1,\"2\n3,4\n", "'FILE', line 2: has a quote that is never closed"),
      ("a,b\n1,\"2\"3\n", "'FILE', line 2: has text behind a closing quote"),
      ("a\n1\n\n2\n", "'FILE', line 3, column 'a': the value is missing ('')"),
    ])
  func errors(text: String, expected: String) throws {
    #expect(try failure(Data(text.utf8)) == expected)
  }

  @Test func binaryFilesAreRefused() throws {
    #expect(
      try failure(Data([0x7F, 0x45, 0x4C, 0x46, 0, 0, 0]))
        == "'FILE', line 1: holds a NUL byte: not a text file")
    #expect(
      try failure(Data([0xFF, 0xFE, 0x61, 0x00])) == "'FILE', line 1: is UTF-16; save it as UTF-8")
    #expect(
      try failure(Data([0x61, 0xE9, 0x0A, 0x31, 0x0A])) == "'FILE', line 1: is not UTF-8 text")
    #expect(
      try failure(Data([0x61, 0x0A, 0x31, 0x0A, 0xE9, 0x0A]))
        == "'FILE', line 3, column 'a': '\u{FFFD}' is not a finite number")
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<300 {
      let junk = (0..<generator.index(below: 200)).map { _ in
        Array(",,\n\n\r\"\" 1a.e-\u{00FF}".utf8)[generator.index(below: 14)]
      }
      // Whatever comes out, it is an error or data, not a crash.
      _ = try failure(Data(junk), CSVOptions(missing: .drop))
    }
  }

  @Test func filesThatCannotBeRead() {
    #expect(
      message { _ = try Dataset.csv("/no/such/file.csv") }
        == "'/no/such/file.csv': no such file or directory")
    #expect(message { _ = try Dataset.csv("/dev/zero") } == "'/dev/zero': is no file")
    #expect(message { _ = try Dataset.csv("/tmp") } == "'/tmp': is a directory")
    #expect(message { _ = try Dataset.csv("/tmp\0x") } == "'/tmp\0x': no file name holds a NUL")
  }

  @Test func optionsThatDoNotFit() throws {
    let text = "id,MedInc,y\n1,2,3\n4,5,6\n"
    func failure(_ options: CSVOptions) throws -> String {
      try self.failure(Data(text.utf8), options)
    }
    #expect(
      try failure(CSVOptions(target: "Medinc_"))
        == "'FILE', line 1: has no column 'Medinc_', named in target (did you mean 'MedInc'?)")
    #expect(
      try failure(CSVOptions(drop: ["idd"]))
        == "'FILE', line 1: has no column 'idd', named in drop (did you mean 'id'?)")
    #expect(
      try failure(CSVOptions(onehot: ["colour"]))
        == "'FILE', line 1: has no column 'colour', named in onehot")
    #expect(
      try failure(CSVOptions(target: "y", drop: ["y"]))
        == "drop must be without the target (got 'y')")
    #expect(
      try failure(CSVOptions(target: "y", onehot: ["y"]))
        == "onehot must be without the target (got 'y')")
    #expect(
      try failure(CSVOptions(drop: ["id"], onehot: ["id"]))
        == "onehot must be without dropped columns (got 'id')")
    #expect(
      try failure(CSVOptions(target: "y", drop: ["id", "MedInc"]))
        == "'FILE': has no columns left for features")
  }

  @Test func missingValuesDropped() throws {
    let options = CSVOptions(target: "y", missing: .drop, dtype: .float64)
    let data = try read("a,y\n1,2\nNA,3\n4,\n5,oops\n6,7\n", options)
    #expect(data.x.doubles == [1, 6])
    #expect(data.y?.doubles == [2, 7])
    #expect(
      try failure(Data("x1,x2\n1,\n,2\n".utf8), options)
        == "'FILE', line 1: has no column 'y', named in target")
    #expect(
      try failure(Data("a,b\n1,\n,2\n".utf8), CSVOptions(missing: .drop))
        == "'FILE': every one of the 2 rows misses a value")
    #expect(
      try failure(Data("a,b\n1,x\n2,y\n".utf8), CSVOptions(missing: .drop))
        == "'FILE', line 2, column 'b': 'x' is not a number, and most of the column is text: "
        + "name it in drop or onehot")
  }

  @Test func missingValuesByTheMean() throws {
    let options = CSVOptions(target: "y", missing: .mean, dtype: .float64)
    let data = try read("a,b,y\n1,?,2\nNA,3,3\n4,5,6\n", options)
    #expect(data.x.doubles == [1, 4, 2.5, 3, 4, 5])
    #expect(
      try failure(Data("a,y\n1,2\n3,\n".utf8), options)
        == "'FILE', line 3, column 'y': the value is missing ('')")
  }

  @Test func oneHot() throws {
    let text = "a,kind,b\n1,red,2\n3,\"blue, dark\",4\n5,red,6\n"
    let data = try read(text, CSVOptions(onehot: ["kind"], dtype: .float64))
    #expect(data.features == ["a", "kind=blue, dark", "kind=red", "b"])
    #expect(data.x.doubles == [1, 0, 1, 2, 3, 1, 0, 4, 5, 0, 1, 6])
    let gaps = "kind\nred\nNA\nblue\nred\nred\n"
    #expect(
      try failure(Data(gaps.utf8), CSVOptions(onehot: ["kind"]))
        == "'FILE', line 3, column 'kind': the value is missing ('NA')")
    let shares = try read(gaps, CSVOptions(missing: .mean, onehot: ["kind"], dtype: .float64))
    #expect(shares.x.doubles == [0, 1, 0.25, 0.75, 1, 0, 0, 1, 0, 1])
    let fewer = try read(gaps, CSVOptions(missing: .drop, onehot: ["kind"], dtype: .float64))
    #expect(fewer.x.doubles == [0, 1, 1, 0, 0, 1, 0, 1])
    let many = "k\n" + (0...1000).map { "v\($0)" }.joined(separator: "\n")
    #expect(
      try failure(Data(many.utf8), CSVOptions(onehot: ["k"]))
        == "'FILE', column 'k': has 1001 different values; onehot takes 1000")
    #expect(
      try failure(Data("k,k=v\nv,1\n".utf8), CSVOptions(onehot: ["k"]))
        == "'FILE', column 'k=v': would be there twice with the one-hot columns")
  }

  @Test func float32HasARange() throws {
    #expect(
      try failure(Data("a\n1e300\n".utf8))
        == "'FILE', column 'a': has a number that float32 cannot hold; dtype float64 can")
    #expect(try read("a\n1e300\n").x.doubles == [1e300])
  }

  @Test func largeFilesAreRead() throws {
    var text = "id,a,b,c,d,e,f,g,h,y\n"
    var generator = RandomGenerator(seed: 1)
    var written: [[Double]] = []
    for row in 0..<20_000 {
      let values = (0..<9).map { _ in generator.normal() }
      written.append(values)
      text += "\(row)," + values.map(\.description).joined(separator: ",") + "\n"
    }
    try withFile(text) { path in
      let data = try Dataset.csv(path, CSVOptions(target: "y", drop: ["id"], dtype: .float64))
      #expect(data.x.shape == [20_000, 8])
      #expect(data.x.doubles == written.flatMap { $0[..<8] })
      #expect(data.y?.doubles == written.map { $0[8] })
    }
  }
}
