/// Turns a terminal's bytes into keys. Sequences may be split across reads. Unknown sequences are
/// skipped as a whole, so that no part of them is taken for text.
///
/// No input can block the decoder: Ctrl-C leaves every state, even a paste whose end is missing,
/// and `flush`, called after a short silence, leaves all states but a paste. The grammar is that of
/// ECMA-48, extended by mouse reports in raw bytes and by the Linux console's F1 to F5. The 8-bit
/// introducers are distinguished from UTF-8 by position: no character begins with them.
package struct KeyDecoder: Sendable {
  private enum State {
    case ground
    case escape
    /// ESC before a sequence. Some terminals send Alt this way; others mean the ESC key, then
    /// another key.
    case secondEscape
    /// Inside a UTF-8 character of this length.
    case character(length: Int, Key.Modifiers)
    /// After CSI, and after SS3.
    case control, single
    /// Inside a string such as OSC, which ST or BEL ends. `ending` follows its ESC: the next byte
    /// decides whether that begins ST.
    case string, ending
    /// Before the remaining characters of a report.
    case report(Int)
    case paste
  }

  private var state = State.ground
  /// The bytes of the current character, control sequence or paste.
  private var bytes: [UInt8] = []
  /// The introducer after an ESC, while it may still be a key with Alt.
  private var possibleKey: UInt8?
  /// The control sequence's introducer: a paste ends in the same form as it began.
  private var introducer: [UInt8] = []
  /// In a string or a report: the first byte of the current UTF-8 character, and how many of its
  /// bytes are missing.
  private var lead: (byte: UInt8, rest: Int) = (0, 0)

  package init() {}

  /// Milliseconds of silence after which `flush` is due: fewer while the input may be the ESC key
  /// or a key with Alt. nil if nothing is pending; an open paste never times out.
  package var patience: Int? {
    switch state {
    case .ground, .paste: nil
    case .escape, .secondEscape: 50
    case .control, .single, .string, .ending: possibleKey != nil ? 50 : 100
    case .character, .report: 100
    }
  }

  /// Whether a sequence is incomplete.
  package var isWaiting: Bool { patience != nil }

  /// Decodes bytes and returns the keys that they complete.
  package mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    for byte in bytes { take(byte, into: &keys) }
    return keys
  }

  /// The keys in a sequence that was never completed. An open paste goes on.
  package mutating func flush() -> [Key] {
    if case .paste = state { return [] }
    defer { leave() }
    switch state {
    case .escape: return [.special(.escape)]
    case .secondEscape: return [.special(.escape, .alt)]
    case .character: return [Self.replacement]
    default: return possibleKey.map { [.scalar(Unicode.Scalar($0), .alt)] } ?? []
    }
  }

  private static let replacement = Key.scalar("\u{fffd}")

  private mutating func leave() {
    (state, bytes, possibleKey, lead) = (.ground, [], nil, (0, 0))
  }

  /// Gives up the current sequence; the byte does not belong to it.
  private mutating func abandon(for byte: UInt8, into keys: inout [Key]) {
    leave()
    take(byte, into: &keys)
  }

  private mutating func take(_ byte: UInt8, into keys: inout [Key]) {
    switch state {
    case .ground: start(byte, [], into: &keys)
    case .escape, .secondEscape: takeEscaped(byte, into: &keys)
    case .character(let length, let modifiers):
      guard byte & 0xc0 == 0x80 else {
        keys.append(Self.replacement)
        return abandon(for: byte, into: &keys)
      }
      bytes.append(byte)
      if bytes.count == length { finishCharacter(modifiers, into: &keys) }
    case .control, .single, .report: takeSequence(byte, into: &keys)
    case .string, .ending: takeString(byte, into: &keys)
    case .paste: takePasted(byte, into: &keys)
    }
  }

  /// A byte outside any sequence.
  private mutating func start(_ byte: UInt8, _ modifiers: Key.Modifiers, into keys: inout [Key]) {
    switch byte {
    case 0x1b: state = .escape
    case 0x09: keys.append(.special(.tab, modifiers))
    case 0x0d: keys.append(.special(.enter, modifiers))
    case 0x7f: keys.append(.special(.backspace, modifiers))
    case 0x01...0x1a: keys.append(.control(Unicode.Scalar(byte + 0x60), modifiers))
    case 0x00, 0x1c...0x1f: keys.append(.control(Unicode.Scalar(byte + 0x40), modifiers))
    case 0x20..<0x7f: keys.append(.scalar(Unicode.Scalar(byte), modifiers))
    case 0x80...0x9f: begin(byte - 0x40, as: [byte])
    default:
      guard let length = Self.length(startingWith: byte) else {
        return keys.append(Self.replacement)
      }
      (state, bytes) = (.character(length: length, modifiers), [byte])
    }
  }

  /// Also for bytes that UTF-8 does not allow, so that the rest of them is not taken for something
  /// else.
  private static func length(startingWith byte: UInt8) -> Int? {
    switch byte {
    case 0xc0...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf7: 4
    case 0xf8...0xfb: 5
    case 0xfc...0xfd: 6
    default: nil
    }
  }

  private mutating func finishCharacter(_ modifiers: Key.Modifiers, into keys: inout [Key]) {
    let encoded = bytes
    leave()
    let scalars = String(decoding: encoded, as: UTF8.self).unicodeScalars
    guard scalars.count == 1, let scalar = scalars.first, encoded.count == UTF8.width(scalar) else {
      return keys.append(Self.replacement)
    }
    if (0x80...0x9f).contains(scalar.value) { return begin(encoded[1] - 0x40, as: encoded) }
    keys.append(scalar == "\u{fffd}" ? Self.replacement : .scalar(scalar, modifiers))
  }

  /// Begins a sequence by the byte after ESC, or by its 8-bit form minus 0x40. Control codes of one
  /// byte are meant for screens and are no keys.
  private mutating func begin(_ byte: UInt8, as form: [UInt8]) {
    leave()
    introducer = form
    switch byte {
    case UInt8(ascii: "["): state = .control
    case UInt8(ascii: "O"): state = .single
    case _ where Self.stringIntroducers.contains(byte): state = .string
    default: break
    }
  }

  /// OSC, DCS, PM, APC, SOS.
  private static let stringIntroducers = Set("]P^_X".utf8)

  private mutating func takeEscaped(_ byte: UInt8, into keys: inout [Key]) {
    if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O")
      || Self.stringIntroducers.contains(byte)
    {
      begin(byte, as: [0x1b, byte])
      possibleKey = byte
    } else if case .secondEscape = state {
      keys.append(.special(.escape))
      state = .escape
      takeEscaped(byte, into: &keys)
    } else if byte == 0x1b {
      state = .secondEscape
    } else {
      leave()
      start(byte, .alt, into: &keys)
    }
  }

  private static let (cancel, substitute): (UInt8, UInt8) = (0x18, 0x1a)

  private mutating func takeSequence(_ byte: UInt8, into keys: inout [Key]) {
    possibleKey = nil
    switch (state, byte) {
    case (_, Self.cancel), (_, Self.substitute): leave()
    case (.report, 0x80...0xbf) where lead.rest > 0:
      // The second byte, where coordinates are sent as UTF-8.
      lead.rest = 0
      if case .report(0) = state { leave() }
    case (.report(let count), 0) where count > 0, (.report(let count), 0x20...0xff) where count > 0:
      lead = (byte, (0xc2...0xdf).contains(byte) ? 1 : 0)
      if count > 1 || lead.rest > 0 { state = .report(count - 1) } else { leave() }
    case (.control, UInt8(ascii: "[")) where bytes.isEmpty: state = .report(1)
    case (.control, 0x20...0x3f), (.single, 0x30...0x3b):
      if bytes.count < Self.mostParameters { bytes.append(byte) }
    case (.control, 0x40...0x7e): finishControl(byte, into: &keys)
    case (.single, 0x20...0x7e): finish(byte, isSingle: true, into: &keys)
    default: abandon(for: byte, into: &keys)
    }
  }

  /// The most parameter bytes kept. No key has a longer sequence.
  private static let mostParameters = 64

  /// Bytes of the reports that follow CSI and a letter without parameters: those of the mouse.
  private static let reports: [UInt8: Int] = [
    UInt8(ascii: "M"): 3, UInt8(ascii: "t"): 2, UInt8(ascii: "T"): 6,
  ]

  private mutating func finishControl(_ final: UInt8, into keys: inout [Key]) {
    if bytes.isEmpty, let count = Self.reports[final] {
      state = .report(count)
    } else if final == UInt8(ascii: "~"), bytes.elementsEqual("200".utf8) {
      (state, bytes) = (.paste, [])
    } else {
      finish(final, isSingle: false, into: &keys)
    }
  }

  /// The end of a CSI or SS3 sequence: "ESC [ 1 ; 5 C" is Ctrl-Right.
  private mutating func finish(_ final: UInt8, isSingle: Bool, into keys: inout [Key]) {
    let parameters = String(decoding: bytes, as: UTF8.self)
    leave()
    // Private sequences and those with intermediate bytes are replies of the terminal, not keys.
    guard parameters.utf8.allSatisfy({ (0x30...0x3b).contains($0) }),
      parameters.utf8.count < Self.mostParameters
    else { return }
    let fields = parameters.split(separator: ";", omittingEmptySubsequences: false)
    func number(_ field: Substring?, part: Int = 0) -> Int {
      let parts = field?.split(separator: ":", omittingEmptySubsequences: false) ?? []
      return part < parts.count ? Int(parts[part]) ?? 1 : 1
    }
    let modifying = fields.count > 1 ? fields[1] : isSingle ? fields.first : nil
    // The kitty protocol: 2 is a repeated key, 3 a key release.
    guard number(modifying, part: 1) < 3 else { return }
    var modifiers = Key.Modifiers(rawValue: (max(number(modifying), 1) - 1) & 7)
    let key: Key.Special?
    switch Character(Unicode.Scalar(final)) {
    case "A": key = .up
    case "B": key = .down
    case "C": key = .right
    case "D": key = .left
    case "H": key = .home
    case "F": key = .end
    case "M" where isSingle: key = .enter
    case "Z" where !isSingle:
      key = .tab
      modifiers.insert(.shift)
    case "~" where !isSingle: key = Self.numbered[number(fields.first)]
    default: key = nil
    }
    if let key { keys.append(.special(key, modifiers)) }
  }

  private static let numbered: [Int: Key.Special] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
  ]

  // MARK: Strings

  private mutating func takeString(_ byte: UInt8, into keys: inout [Key]) {
    if case .ending = state {
      if byte == UInt8(ascii: "\\") { return leave() }
      // Another sequence begins. After the introducer alone, that was a key.
      if let possibleKey { keys.append(.scalar(Unicode.Scalar(possibleKey), .alt)) }
      leave()
      state = .escape
      return takeEscaped(byte, into: &keys)
    }
    if byte == 0x1b {
      state = .ending
      return
    }
    possibleKey = nil
    switch byte {
    case 0x07, Self.cancel, Self.substitute: leave()
    case 0x03: abandon(for: byte, into: &keys)
    case 0x80...0xbf where lead.rest > 0:
      // ST as the character U+009C.
      if lead.byte == 0xc2, byte == 0x9c { return leave() }
      lead.rest -= 1
    case 0x9c: leave()
    default: lead = (byte, (Self.length(startingWith: byte) ?? 1) - 1)
    }
  }

  // MARK: Pastes

  /// Terminals remove control characters from pastes, so that a Ctrl-C was typed, and a second
  /// start marker means that the end marker of the first paste was lost.
  private mutating func takePasted(_ byte: UInt8, into keys: inout [Key]) {
    if byte == 0x03 { return abandon(for: byte, into: &keys) }
    bytes.append(byte)
    guard byte == UInt8(ascii: "~") else { return }
    if bytes.ends(with: introducer + Array("201~".utf8)) {
      let text = bytes.dropLast(introducer.count + 4)
      keys.append(.paste(String(decoding: text, as: UTF8.self)))
      leave()
    } else if bytes.ends(with: introducer + Array("200~".utf8)) {
      bytes = []
    }
  }
}

extension [UInt8] {
  fileprivate func ends(with other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
}
