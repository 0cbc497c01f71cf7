import Tensors
import Testing

@Suite("JSON") struct JSONTests {
  @Test(
    "texts and what they say",
    arguments: [
      ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)),
      ("0", .integer(0)), ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
      ("2.5", .number(2.5)), ("1e3", .number(1000)), ("1.0", .number(1)), ("-0.0", .number(-0.0)),
      ("-0", .integer(0)), ("-9223372036854775808", .integer(.min)),
      ("1000000000000000000000", .number(1e21)), ("-2.5E-1", .number(-0.25)),
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
      ("01", "more text after the value at byte 2"), ("-", "no value at byte 2"),
      ("1.", "no value"),
      (".5", "no value"), ("+1", "no value"), ("1e", "no value"), ("1e999", "too large"),
      ("NaN", "no value"), ("[1", "no ',' or ']'"), ("[1,]", "no value at byte 4"),
      ("[1 2]", "no ',' or ']'"), ("{", "no name"), ("{1:2}", "no name"),
      (#"{"a" 1}"#, "no ':'"), (#"{"a":1,}"#, "no name"), (#"{"a":1"#, "no ',' or '}'"),
      (#"{"a":1,"b":2,"a":3}"#, "the name 'a' for the second time"),
      (#"{"a":{"x":1,"\u0078":2}}"#, "the name 'x' for the second time"),
      (#"""#, "does not end"), (#""\"#, "does not end"), (#""\u12"#, "does not end"),
      (#""\x""#, "unknown escape"), (#""\u12g4""#, "hexadecimal"), ("\"\n\"", "control"),
      (#""\ud83d""#, "half"), (#""\ud83dx""#, "half"), (#""\ud83d\u0041""#, "half"),
      (#""\ude00""#, "half"), ("1 2", "after the value"), ("[]]", "after the value"),
      (String(repeating: "[", count: 100_000), "too deep"),
      (String(repeating: #"{"a":"#, count: 100_000), "too deep"), ("-1e999", "too large"),
      ("-Infinity", "no value"), ("0x10", "after the value"),
      // Integers that do not fit 64 bits and that a float could only round: 2^53 + 1 times 2^11,
      // and similar ones.
      ("9223372036854775809", "the integer 9223372036854775809, which neither"),
      ("-9223372036854775809", "neither"), ("12345678901234567890123", "at byte 1"),
      ("1000000000000000000000000000000", "neither"),
    ])
  func invalid(text: String, reason: String) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8)) }
    #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("invalid UTF-8") func invalidUTF8() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0xef, 0xbb, 0xbf, 0x31]) }
  }

  @Test("written as Python writes it and read again") func written() throws {
    let values: [(JSON, String)] = [
      (.integer(1), "1"), (.number(1), "1.0"), (.number(-0.0), "-0.0"), (.number(0.1), "0.1"),
      (.number(1e300), "1e+300"), (.number(.leastNonzeroMagnitude), "5e-324"),
      (.integer(.min), "\(Int.min)"),
      (.null, "null"), (.bool(true), "true"), (.array([]), "[]"), (.object([:]), "{}"),
      (
        .string("a\0\u{1f}\u{7f}ä\u{2028}😀\"\\/\n\r\t\u{8}\u{c}"),
        #""a\u0000\u001f\#u{7f}ä\#u{2028}😀\"\\/\n\r\t\b\f""#
      ),
      (.object(["b": .array([.integer(1), .number(2)]), "a": .null]), #"{"a":null,"b":[1,2.0]}"#),
    ]
    for (value, text) in values {
      #expect(try value.text() == text)
      #expect(try JSON(parsing: Array(text.utf8)) == value)
    }
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(throws: ArgumentError.self) { try JSON.array([.number(value)]).text() }
    }
  }

  @Test("writing has the same depth limit as reading") func depth() throws {
    let text = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(try JSON(parsing: Array(text.utf8)).text() == text)
    #expect(throws: JSONError.self) { try JSON(parsing: Array("[\(text)]".utf8)) }
  }

  @Test(
    "bytes that are no UTF-8",
    arguments: [
      [0xff], [0xc3], [0xc3, 0x28], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func strayBytes(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    #expect(throws: JSONError.self) {
      try JSON(parsing: Array("{\"".utf8) + bytes + Array("\":1}".utf8))
    }
  }
}
