import Testing

@testable import LineEditor

/// Sequences that type nothing: whole, in two parts, cut short, and followed by keys.
@Suite struct KeySequenceTests {
  private static func escaped(_ text: String) -> [UInt8] { Array("\u{1b}\(text)".utf8) }

  /// Every introducer with the sequences that terminals send after it.
  static let silent: [[UInt8]] =
    [
      // Strings: OSC, DCS, PM, APC, SOS; ended by BEL or ST.
      "]0;title\u{7}", "]11;rgb:0000/1111/2222\u{1b}\\", "]52;c;YWJj\u{1b}\\",
      "]8;;http://a.b/\u{7}",
      "P1$r0m\u{1b}\\", "P>|xterm(370)\u{1b}\\", "P1+r544e=787465726d\u{7}", "^private\u{1b}\\",
      "_Gi=31;OK\u{1b}\\", "Xstart\u{1b}\\", "]Ü and 中\u{7}", "]0;a\u{9c}",
      "]0;a\rb\u{7}",
      // Mouse: X10 in bytes, also of coordinates past 95, SGR, urxvt; highlights.
      "[M !!", "[M#~\u{7f}", "[M \0\0", "[M @é", "[<0;10;20M", "[<35;1;1m", "[32;10;20M", "[t!!",
      "[T!!\"\"##",
      // Function keys of the Linux console and others.
      "[[A", "[[B", "[[C", "[[D", "[[E", "[11~", "[15~", "[24;5~", "[1;5P", "OP", "OQ", "OR", "OS",
      "O1;2P", "O ", "Oj", "Op",
      // CSI with parameters and intermediate bytes.
      "[c", "[?62;22c", "[>0;276;0c", "[=1c", "[24;80R", "[?24;80R", "[0n", "[?997;1n", "[1 q",
      "[!p",
      "[?2026;2$y", "[4;2$y", "[1 A", "[?1A", "[>4;1m", "[8;24;80t", "[I", "[O", "[38:2::1:2:3m",
      "[201~",
      "[99~", "[\(String(repeating: "9", count: 200))A",
      // The kitty protocol, xterm's modifyOtherKeys.
      "[97;5u", "[57441u", "[97;5:3u", "[?1u", "[97::97;;97u", "[27;5;97~", "[1;1:3A", "[3;1:3~",
    ].map(escaped)
    // 8-bit introducers, as bytes and as characters.
    + [
      [0x9b] + Array("24;80R".utf8), [0x8f, 0x50], [0x9d] + Array("0;title".utf8) + [0x07],
      [0x90] + Array("1$r0m".utf8) + [0x9c], [0x98, 0x61, 0x9c], [0x9e, 0x61, 0x9c],
      [0x9f, 0x61, 0x1b, 0x5c], [0x84], [0x9c], [0x9b] + Array("M !!".utf8),
    ]
    + ["\u{9b}24;80R", "\u{9d}0;title\u{9c}", "\u{8f}P", "\u{85}"].map { Array($0.utf8) }

  private static let telling = Array("x\u{1b}[Aé\r".utf8)
  private static let keys: [Key] = [
    .scalar("x"), .special(.up), .scalar("é"), .special(.enter),
  ]

  @Test(arguments: silent) func typeNothing(_ bytes: [UInt8]) {
    var whole = KeyDecoder()
    #expect(whole.decode(bytes + Self.telling) == Self.keys)
    for place in bytes.indices.dropFirst() {
      var decoder = KeyDecoder()
      #expect(decoder.decode(bytes[..<place]).isEmpty, "\(place)")
      #expect(decoder.isWaiting, "\(place)")
      #expect(decoder.decode(bytes[place...] + Self.telling) == Self.keys, "\(place)")
      #expect(!decoder.isWaiting)
    }
  }

  /// After a cut sequence and silence, only a key with Alt may remain.
  @Test(arguments: silent) func cutShortTheyTypeNothing(_ bytes: [UInt8]) {
    for place in bytes.indices.dropFirst() {
      var decoder = KeyDecoder()
      _ = decoder.decode(bytes[..<place])
      #expect(decoder.patience.map { (1...200).contains($0) } == true)
      for key in decoder.flush() {
        switch key {
        case .special(.escape, _), .scalar(_, .alt):
          #expect(place == 1 || bytes[0] == 0x1b && place == 2)
        // The first byte of an 8-bit introducer's character.
        case .scalar("\u{fffd}", []): #expect(bytes[0] == 0xc2 && place == 1)
        default: Issue.record("\(key) at \(place)")
        }
      }
      #expect(!decoder.isWaiting)
      #expect(decoder.decode(Self.telling) == Self.keys, "\(place)")
    }
  }

  /// Ctrl-C is a key in every state and leaves it.
  @Test(arguments: silent) func controlCLeavesThem(_ bytes: [UInt8]) {
    for place in bytes.indices.dropFirst() {
      var decoder = KeyDecoder()
      _ = decoder.decode(bytes[..<place])
      let keys = decoder.decode([0x03] + Self.telling)
      let first: Key = bytes[place - 1] == 0x1b ? .control("c", .alt) : .control("c")
      #expect(keys.suffix(5) == [first] + Self.keys, "\(place)")
      #expect(keys.count == (place == 1 && bytes[0] == 0xc2 ? 6 : 5))
    }
  }

  @Test(
    arguments: [0x18, 0x1a] as [UInt8], ["]0;a", "Pq", "_", "X", "^", "[1;", "[M ", "[[", "O1"])
  func cancelLeavesThem(_ byte: UInt8, text: String) {
    var decoder = KeyDecoder()
    #expect(decoder.decode(Self.escaped(text) + [byte] + Self.telling) == Self.keys)
  }

  @Test(arguments: ["]", "P", "^", "_", "X", "[", "O"]) func withoutMoreTheyAreKeysWithAlt(
    _ text: String
  ) {
    let key = Key.scalar(text.unicodeScalars.first!, .alt)
    var decoder = KeyDecoder()
    #expect(decoder.decode(Self.escaped(text)).isEmpty)
    #expect(decoder.patience == 50)
    #expect(decoder.flush() == [key])
    guard text != "[" && text != "O" else { return }
    // Several presses are separate keys.
    #expect(decoder.decode(Self.escaped(text) + Self.escaped(text)) == [key])
    #expect(decoder.flush() == [key])
  }

  @Test func anotherSequenceEndsAString() {
    var decoder = KeyDecoder()
    #expect(decoder.decode(Self.escaped("]\u{1b}\\") + Self.telling) == Self.keys)
    #expect(
      decoder.decode(Self.escaped("]0;abc\u{1b}[A") + Self.telling) == [.special(.up)] + Self.keys)
  }

  @Test func aPasteWithoutItsEndHasAWayOut() {
    var decoder = KeyDecoder()
    #expect(decoder.decode(Self.escaped("[200~lost text")).isEmpty)
    #expect(!decoder.isWaiting && decoder.flush().isEmpty)
    #expect(
      decoder.decode(Self.escaped("[200~whole\u{1b}[201~") + Self.telling) == [.paste("whole")]
        + Self.keys)
    #expect(decoder.decode(Self.escaped("[200~lost")).isEmpty)
    #expect(decoder.decode([0x03] + Self.telling) == [.control("c")] + Self.keys)
    for form in [[0x9b], Array("\u{9b}".utf8)] {
      let paste = form + Array("200~a\u{1b}[201~b".utf8) + form + Array("201~".utf8)
      #expect(decoder.decode(paste + Self.telling) == [.paste("a\u{1b}[201~b")] + Self.keys)
    }
  }

  /// Bytes that are not UTF-8, and the result before the keys after them.
  static let broken: [[UInt8]] = [
    [0xc0, 0xaf], [0xc1, 0x81], [0xe0, 0x80, 0xaf], [0xe0, 0x9b, 0x9b], [0xed, 0xa0, 0x80],
    [0xf0, 0x80, 0x80, 0xaf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x9b, 0x9d, 0x90],
    [0xf8, 0x9b, 0x9b, 0x9b, 0x9b], [0xfc, 0x9b, 0x9b, 0x9b, 0x9b, 0x9b], [0xc3], [0xe4],
    [0xe4, 0xb8],
    [0xf0, 0x9f], [0xf0, 0x9f, 0x98], [0xa0], [0xbf], [0xfe], [0xff],
  ]

  @Test(arguments: broken) func brokenTextSwallowsNoKey(_ bytes: [UInt8]) {
    for place in bytes.indices {
      var decoder = KeyDecoder()
      let first = decoder.decode(bytes[..<place])
      #expect(
        first + decoder.decode(bytes[place...] + Self.telling) == [.scalar("\u{fffd}")] + Self.keys)
    }
    var decoder = KeyDecoder()
    #expect(decoder.decode(bytes) + decoder.flush() == [.scalar("\u{fffd}")])
    #expect(decoder.decode(Self.telling) == Self.keys)
    // After ESC too.
    #expect(decoder.decode([0x1b] + bytes + [0x03]) == [.scalar("\u{fffd}"), .control("c")])
  }

  @Test func modifiersOfEveryProtocol() {
    var decoder = KeyDecoder()
    let bytes = ["[1;133A", "[1;5:1A", "[1;1:2A", "[1;9A", "[1;0A"].flatMap(Self.escaped)
    #expect(
      decoder.decode(bytes) == [
        .special(.up, .control), .special(.up, .control), .special(.up), .special(.up),
        .special(.up),
      ])
  }
}
