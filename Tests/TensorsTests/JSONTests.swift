import Tensors
import Testing

@Suite("JSON") struct JSONTests {
  @Test(
    "texts and what they say",
    arguments: [
      ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)),
      ("0", .integer(0)), ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
      ("2.5", .number(2.5)), ("1e3", .integer(1000)), ("-2.5E-1", .number(-0.25)),
      ("1e300", .number(1e300)), ("18446744073709551616", .number(0x1p64)),
      (#""""#, .string("")), (#""ä😀""#, .string("ä😀")),
      (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
      (#""\u00e4\uD83D\ude00\u0000""#, .string("ä😀\0")),
      ("[]", .array([])), ("[ 1 , [2] ]", .array([.integer(1), .array([.integer(2)])])),
      ("{}", .object([:])),
      (
        #"{"a" : 1, "b":{"a":[]}}"#,
        .object(["a": .integer(1), "b": .object(["a": .array([])])])
      ),
    ] as [(String, JSON)])
  func valid(text: String, value: JSON) throws {
    #expect(try JSON(parsing: Array(text.utf8)) == value)
  }

  @Test(
    "no JSON, and where",
    arguments: [
      ("", "byte 1"), (" ", "byte 2"), ("nul", "no value at byte 1"), ("truth", "no value"),
      ("01", "behind the end at byte 2"), ("-", "no value at byte 2"), ("1.", "no value"),
      (".5", "no value"), ("+1", "no value"), ("1e", "no value"), ("1e999", "too large"),
      ("NaN", "no value"), ("[1", "no ',' or ']'"), ("[1,]", "no value at byte 4"),
      ("[1 2]", "no ',' or ']'"), ("{", "no name"), ("{1:2}", "no name"),
      (#"{"a" 1}"#, "no ':'"), (#"{"a":1,}"#, "no name"), (#"{"a":1"#, "no ',' or '}'"),
      (#"{"a":1,"b":2,"a":3}"#, "the name 'a' for the second time"),
      (#"{"a":{"x":1,"\u0078":2}}"#, "the name 'x' for the second time"),
      (#"""#, "without an end"), (#""\"#, "without an end"), (#""\u12"#, "without an end"),
      (#""\x""#, "unknown escape"), (#""\u12g4""#, "hexadecimal"), ("\"\n\"", "control"),
      (#""\ud83d""#, "half"), (#""\ud83dx""#, "half"), (#""\ud83d\u0041""#, "half"),
      (#""\ude00""#, "half"), ("1 2", "behind the end"), ("[]]", "behind the end"),
      (String(repeating: "[", count: 100_000), "too deep"),
    ])
  func invalid(text: String, reason: String) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
    #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("no UTF-8") func invalidUTF8() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0xef, 0xbb, 0xbf, 0x31]) }
  }
}
