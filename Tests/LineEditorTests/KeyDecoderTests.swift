import Testing

@testable import LineEditor

@Suite struct KeyDecoderTests {
  static let cases: [(bytes: [UInt8], keys: [Key])] = [
    (Array("a".utf8), [.scalar("a")]),
    (Array("é中😀".utf8), [.scalar("é"), .scalar("中"), .scalar("😀")]),
    ([0x01, 0x1a], [.control("a"), .control("z")]),
    ([0x00, 0x1f], [.control("@"), .control("_")]),
    ([0x0a], [.control("j")]),
    ([0x09, 0x0d, 0x7f], [.special(.tab), .special(.enter), .special(.backspace)]),
    (Array("\u{1b}f".utf8), [.scalar("f", .alt)]),
    (Array("\u{1b}é".utf8), [.scalar("é", .alt)]),
    (Array("\u{1b}\r".utf8), [.special(.enter, .alt)]),
    (Array("\u{1b}[A".utf8), [.special(.up)]),
    (Array("\u{1b}OD".utf8), [.special(.left)]),
    (Array("\u{1b}[1;5C".utf8), [.special(.right, .control)]),
    (Array("\u{1b}[1;3D".utf8), [.special(.left, .alt)]),
    (Array("\u{1b}O5C".utf8), [.special(.right, .control)]),
    (Array("\u{1b}[3~".utf8), [.special(.delete)]),
    (Array("\u{1b}[3;5~".utf8), [.special(.delete, .control)]),
    (Array("\u{1b}[7~\u{1b}[8~".utf8), [.special(.home), .special(.end)]),
    (Array("\u{1b}[Z".utf8), [.special(.tab, .shift)]),
    (Array("\u{1b}[99~x".utf8), [.scalar("x")]),
    (Array("\u{1b}[1;99999999999999999999Ax".utf8), [.special(.up), .scalar("x")]),
    (
      Array("\u{1b}[200~a\r\n\u{1b}[Ab\u{1b}[201~c".utf8),
      [.paste("a\r\n\u{1b}[Ab"), .scalar("c")]
    ),
    ([0xff, 0x61], [.scalar("\u{fffd}"), .scalar("a")]),
    ([0xe4, 0x61], [.scalar("\u{fffd}"), .scalar("a")]),
    ([0xed, 0xa0, 0x80, 0x61], [.scalar("\u{fffd}"), .scalar("a")]),
    ([0x1b, 0x5b, 0x31, 0x01], [.control("a")]),
    (Array("\u{1b}\u{1b}x".utf8), [.special(.escape), .scalar("x", .alt)]),
  ]

  @Test(arguments: cases) func decodes(_ bytes: [UInt8], keys: [Key]) {
    var decoder = KeyDecoder()
    #expect(decoder.decode(bytes) == keys)
    #expect(!decoder.isWaiting)
  }

  @Test(arguments: cases) func decodesByteByByte(_ bytes: [UInt8], keys: [Key]) {
    var decoder = KeyDecoder()
    #expect(bytes.flatMap { decoder.decode([$0]) } == keys)
  }

  @Test func aLoneEscapeIsAKeyAfterSilence() {
    var decoder = KeyDecoder()
    #expect(decoder.decode([0x1b]).isEmpty)
    #expect(decoder.isWaiting)
    #expect(decoder.flush() == [.special(.escape)])
    #expect(decoder.decode(Array("[A".utf8)) == [.scalar("["), .scalar("A")])
  }

  @Test func aHalfCharacterIsReplacedAfterSilence() {
    var decoder = KeyDecoder()
    #expect(decoder.decode([0xe4, 0xb8]).isEmpty)
    #expect(decoder.flush() == [.scalar("\u{fffd}")])
  }

  @Test func randomBytesLeaveItUsable() {
    let telling = Array("\u{1b}[O;~2A0".utf8)
    var seed: UInt64 = 1
    for _ in 0..<2_000 {
      var decoder = KeyDecoder()
      let bytes = (0..<40).map { _ -> UInt8 in
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return seed >> 60 < 6
          ? telling[Int(seed >> 40) % telling.count] : UInt8(truncatingIfNeeded: seed >> 33)
      }
      _ = decoder.decode(bytes)
      _ = decoder.flush()
      _ = decoder.decode(Array("\u{1b}[201~".utf8))
      #expect(decoder.decode(Array("x".utf8)).last == .scalar("x"))
    }
  }
}
