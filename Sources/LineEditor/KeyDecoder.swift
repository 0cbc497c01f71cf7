/// Turns a terminal's bytes into keys. Sequences may be split across reads; what is not known is
/// swallowed whole, so that no part of it is taken for text.
package struct KeyDecoder: Sendable {
  private var pending: [UInt8] = []
  private var pasted: [UInt8]?

  package init() {}

  /// Whether bytes wait for the rest of their sequence. A lone ESC waits too: `flush` after a
  /// short silence makes it a key.
  package var isWaiting: Bool { !pending.isEmpty }

  /// The keys that these bytes complete.
  package mutating func decode(_ bytes: some Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    for byte in bytes { take(byte, into: &keys) }
    return keys
  }

  /// The keys in what has waited in vain. An open paste goes on.
  package mutating func flush() -> [Key] {
    defer { pending = [] }
    switch pending {
    case [0x1b]: return [.special(.escape)]
    case [0x1b, 0x1b]: return [.special(.escape, .alt)]
    case [0x1b, 0x5b], [0x1b, 0x4f]: return [.scalar(Unicode.Scalar(pending[1]), .alt)]
    default: return pending.isEmpty || pending[0] == 0x1b ? [] : [.scalar("\u{fffd}")]
    }
  }

  private static let pasteEnd = Array("\u{1b}[201~".utf8)

  private mutating func take(_ byte: UInt8, into keys: inout [Key]) {
    if pasted != nil {
      pasted!.append(byte)
      if byte == 0x7e, pasted!.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
        let text = pasted!.dropLast(Self.pasteEnd.count)
        keys.append(.paste(String(decoding: text, as: UTF8.self)))
        pasted = nil
      }
      return
    }
    guard let first = pending.first else { return start(byte, [], into: &keys) }
    if first == 0x1b { return takeEscaped(byte, into: &keys) }
    guard byte & 0xc0 == 0x80 else {
      pending = []
      keys.append(.scalar("\u{fffd}"))
      return take(byte, into: &keys)
    }
    pending.append(byte)
    if pending.count == Self.length(startingWith: first) {
      finishText([], into: &keys)
    }
  }

  /// A byte outside any sequence.
  private mutating func start(_ byte: UInt8, _ modifiers: Key.Modifiers, into keys: inout [Key]) {
    switch byte {
    case 0x1b: pending = [byte]
    case 0x09: keys.append(.special(.tab, modifiers))
    case 0x0d: keys.append(.special(.enter, modifiers))
    case 0x7f: keys.append(.special(.backspace, modifiers))
    case 0x01...0x1a: keys.append(.control(Unicode.Scalar(byte + 0x60), modifiers))
    case 0x00, 0x1c...0x1f: keys.append(.control(Unicode.Scalar(byte + 0x40), modifiers))
    case 0x20..<0x7f: keys.append(.scalar(Unicode.Scalar(byte), modifiers))
    default:
      if Self.length(startingWith: byte) == nil {
        keys.append(.scalar("\u{fffd}"))
      } else {
        pending = (modifiers.contains(.alt) ? [0x1b] : []) + [byte]
      }
    }
  }

  private static func length(startingWith byte: UInt8) -> Int? {
    switch byte {
    case 0xc2...0xdf: 2
    case 0xe0...0xef: 3
    case 0xf0...0xf4: 4
    default: nil
    }
  }

  private mutating func finishText(_ modifiers: Key.Modifiers, into keys: inout [Key]) {
    let bytes = pending.drop { $0 == 0x1b }
    pending = []
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
    keys.append(.scalar(scalars.count == 1 ? scalars.first! : "\u{fffd}", modifiers))
  }

  private mutating func takeEscaped(_ byte: UInt8, into keys: inout [Key]) {
    guard pending.count > 1 else {
      switch byte {
      case 0x1b, 0x5b, 0x4f: pending.append(byte)
      default:
        pending = []
        start(byte, .alt, into: &keys)
      }
      return
    }
    if pending[1] == 0x1b {
      // ESC before a sequence: some terminals send Alt so, and others mean ESC, then a key.
      pending = [0x1b]
      if byte != 0x5b && byte != 0x4f { keys.append(.special(.escape)) }
      return takeEscaped(byte, into: &keys)
    }
    if pending[1] >= 0x80 {
      guard byte & 0xc0 == 0x80 else {
        pending = []
        keys.append(.scalar("\u{fffd}"))
        return take(byte, into: &keys)
      }
      pending.append(byte)
      if pending.count - 1 == Self.length(startingWith: pending[1]) {
        finishText(.alt, into: &keys)
      }
      return
    }
    switch byte {
    case 0x20...0x3f: if pending.count < 64 { pending.append(byte) }
    case 0x40...0x7e: finishSequence(byte, into: &keys)
    default:
      pending = []
      take(byte, into: &keys)
    }
  }

  /// The end of a CSI or SS3 sequence: "ESC [ 1 ; 5 C" is Ctrl-Right.
  private mutating func finishSequence(_ final: UInt8, into keys: inout [Key]) {
    let text = String(decoding: pending.dropFirst(2), as: UTF8.self)
    let isSS3 = pending[1] == 0x4f
    pending = []
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 1 }
    var code = 1
    if numbers.count > 1 {
      code = numbers[1]
    } else if isSS3 {
      code = numbers.first ?? 1
    }
    var modifiers = Key.Modifiers(rawValue: (1...8).contains(code) ? code - 1 : 0)
    let key: Key.Special?
    switch Character(Unicode.Scalar(final)) {
    case "A": key = .up
    case "B": key = .down
    case "C": key = .right
    case "D": key = .left
    case "H": key = .home
    case "F": key = .end
    case "M" where isSS3: key = .enter
    case "Z" where !isSS3:
      key = .tab
      modifiers.insert(.shift)
    case "~" where numbers.first == 200:
      pasted = []
      return
    case "~": key = Self.numbered[numbers.first ?? 0]
    default: key = nil
    }
    if let key { keys.append(.special(key, modifiers)) }
  }

  private static let numbered: [Int: Key.Special] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
  ]
}
