import Foundation
import Learning
import Tensors
import Testing

@Suite struct CSVTests {
  @Test func readsFeaturesAndTarget() throws {
    let data = try csv("id,a,y,b\n1,2,3,4\n5,6,7,8\n", CSVOptions(target: "y", drop: ["id"]))
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
      "a,b\n1,2\n3,4\n  ", "\n \na,b\n1,2\n3,4\n",
    ])
  func writings(text: String) throws {
    let data = try csv(text)
    #expect(data.features == ["a", "b"])
    #expect(data.x.doubles == [1, 2, 3, 4])
    #expect(data.y == nil)
  }

  @Test func quotedNamesAndCells() throws {
    let data = try csv(
      "\"first \"\"x\"\"\",\"second,\nline\"\n1,\"2\"\n", CSVOptions(dtype: .float64))
    #expect(data.features == ["first \"x\"", "second,\nline"])
    #expect(data.x.doubles == [1, 2])
  }

  @Test func numbersAreRoundedAsTheLanguageRoundsThem() throws {
    var generator = RandomGenerator(seed: 5)
    var texts = [
      "9007199254740993.", "0.1", "123456789012345678901234567890.0", "5e-324",
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
    let data = try csv("a\n" + texts.joined(separator: "\n"))
    for (text, value) in zip(texts, data.x.doubles) {
      #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }
  }

  @Test(
    "errors say where and what",
    arguments: [
      ("a,b\n1,2\n3\n", "'FILE', line 3: has 1 value, the header has 2 names"),
      ("a,b\n1,2\n3,4,5\n", "'FILE', line 3: has 3 values, the header has 2 names"),
      ("a,b\n1,2,\n", "'FILE', line 2: has 3 values, the header has 2 names"),
      ("a,b\n1,2\n\n3,4\n", "'FILE', line 3: is empty"),
      ("a,\"b\n\n\"\n1,\"\n2\"\n3\n", "'FILE', line 6: has 1 value, the header has 2 names"),
      (
        "a,a\n1,2\n",
        "'FILE', line 1, column 'a': the header has this name twice: names = {…} and skip = 1 give "
          + "others"
      ),
      ("\n \n", "'FILE': has no header"),
      (
        "Sales of 2020\na,b\n1,2\n",
        "'FILE', line 2: has 2 values, the header has 1 name (skip = 1 takes it from the next line)"
      ),
      (
        "5.1,3.5\n4.9,3.0\n",
        "'FILE', line 1: holds numbers where the names of the columns should be: names = {…} names "
          + "them"
      ),
      ("a,b\n", "'FILE': has a header but no rows"), ("a,b", "'FILE': has a header but no rows"),
      ("", "'FILE': is empty"), ("\u{FEFF}", "'FILE': is empty"),
      ("a,b\n1,\"2\n3,4\n", "'FILE', line 2: has a quote that is never closed"),
      ("a,b\n1,\"2\"3\n", "'FILE', line 2: has text after a closing quote"),
      (
        "a\n1\n\n2\n",
        "'FILE', line 3, column 'a': the value is missing (''): missing = \"drop\", \"mean\", "
          + "\"median\" or a number says what to do"
      ),
    ])
  func errors(text: String, expected: String) throws {
    #expect(try csvFailure(Data(text.utf8)) == expected)
  }

  @Test func binaryFilesAreRefused() throws {
    let notText = ##"holds a NUL byte: not a text file, or one of encoding = "utf-16""##
    #expect(
      try csvFailure(Data([0x7F, 0x45, 0x4C, 0x46, 0, 0, 0])) == "'FILE', line 1: \(notText)")
    #expect(try csvFailure(Data("a\n1\n\"\0\"\n".utf8)) == "'FILE', line 3: \(notText)")
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<300 {
      let junk = (0..<generator.index(below: 200)).map { _ in
        Array(",,\n\n\r\"\" 1a.e-\u{00FF}".utf8)[generator.index(below: 14)]
      }
      // Whatever comes out, it is an error or data, not a crash.
      _ = try csvFailure(Data(junk), CSVOptions(missing: .drop))
    }
  }

  @Test func filesThatCannotBeRead() {
    #expect(
      message { _ = try Dataset.csv("/no/such/file.csv") }
        == "'/no/such/file.csv': no such file or directory")
    #expect(message { _ = try Dataset.csv("/dev/zero") } == "'/dev/zero': is a device, not a file")
    #expect(message { _ = try Dataset.csv("/tmp") } == "'/tmp': is a directory")
    #expect(message { _ = try Dataset.csv("/tmp\0x") } == "'/tmp\0x': no file name holds a NUL")
  }

  @Test func optionsThatDoNotFit() throws {
    let text = "id,MedInc,y\n1,2,3\n4,5,6\n"
    func csvFailure(_ options: CSVOptions) throws -> String {
      try LearningTests.csvFailure(Data(text.utf8), options)
    }
    #expect(
      try csvFailure(CSVOptions(target: "Medinc_"))
        == "'FILE', line 1: has no column 'Medinc_', named in target (did you mean 'MedInc'?)")
    #expect(
      try csvFailure(CSVOptions(drop: ["idd"]))
        == "'FILE', line 1: has no column 'idd', named in drop (did you mean 'id'?)")
    #expect(
      try csvFailure(CSVOptions(onehot: ["colour"]))
        == "'FILE', line 1: has no column 'colour', named in onehot")
    #expect(
      try csvFailure(CSVOptions(target: "y", drop: ["y"]))
        == "drop must be without the target (got 'y')")
    #expect(
      try csvFailure(CSVOptions(target: "y", onehot: ["y"]))
        == "onehot must be without the target (got 'y')")
    #expect(
      try csvFailure(CSVOptions(drop: ["id"], onehot: ["id"]))
        == "onehot must be without dropped columns (got 'id')")
    #expect(
      try csvFailure(CSVOptions(target: "y", drop: ["id", "MedInc"]))
        == "'FILE': has no columns left for features")
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
