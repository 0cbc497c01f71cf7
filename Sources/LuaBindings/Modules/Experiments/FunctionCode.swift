/// A function's code as Lua 5.4 dumps it without debug information, read to leave out the lines at
/// which it and its inner functions are defined: a stripped dump still has these.
///
/// Source: Lua 5.4's ldump.c.
struct FunctionCode {
  private var rest: ArraySlice<UInt8>
  private var kept: [UInt8] = []
  private var texts: Set<String> = []

  /// The bytes without lines, all of them if they are of another format; and the string constants,
  /// which hold the names of all globals that it reads.
  static func withoutLines(_ dump: [UInt8]) -> (code: [UInt8], texts: Set<String>) {
    var code = FunctionCode(rest: dump[...])
    // Signature, version, format, data and three sizes, of which instructions have 4 and numbers 8
    // bytes; an integer, a number, and how many upvalues there are.
    guard dump.count > 15, Array(dump[12..<15]) == [4, 8, 8], code.keep(15 + 16 + 1),
      code.function(depth: 0), code.rest.isEmpty
    else { return (dump, code.texts) }
    return (code.kept, code.texts)
  }

  private mutating func keep(_ count: Int) -> Bool {
    guard count >= 0, count <= rest.count else { return false }
    kept += rest.prefix(count)
    rest = rest.dropFirst(count)
    return true
  }

  /// Seven bits a byte, the highest ones first; the last byte has its highest bit set.
  private mutating func size() -> Int? {
    var value = 0
    while let byte = rest.popFirst(), value < 1 << 40 {
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 != 0 { return value }
    }
    return nil
  }

  private mutating func keptSize() -> Int? {
    let start = rest
    guard let value = size() else { return nil }
    kept += start.prefix(start.count - rest.count)
    return value
  }

  /// Its length plus one, or 0 for none, and its bytes.
  private mutating func string() -> Bool {
    guard let size = keptSize() else { return false }
    return keep(max(0, size - 1))
  }

  private mutating func text() -> Bool {
    let start = kept.count
    guard string() else { return false }
    // After one or more bytes of its size, of which the last has the highest bit set.
    let bytes = kept[start...].drop { $0 & 0x80 == 0 }.dropFirst()
    texts.insert(String(decoding: bytes, as: UTF8.self))
    return true
  }

  /// As many as a size says.
  private mutating func list(_ entry: (inout FunctionCode) -> Bool) -> Bool {
    guard let count = keptSize() else { return false }
    for _ in 0..<count where !entry(&self) { return false }
    return true
  }

  private mutating func function(depth: Int) -> Bool {
    // Parameters, whether there are more, and the size of the stack follow the lines.
    guard depth < 200, string(), size() != nil, size() != nil, keep(3) else { return false }
    return list { $0.keep(4) } && list { $0.constant() } && list { $0.keep(3) }
      && list { $0.function(depth: depth + 1) } && list { $0.keep(1) }
      && list { $0.keptSize() != nil && $0.keptSize() != nil }
      && list { $0.string() && $0.keptSize() != nil && $0.keptSize() != nil }
      && list { $0.string() }
  }

  private mutating func constant() -> Bool {
    guard let type = rest.first, keep(1) else { return false }
    return switch type {
    case 0x00, 0x01, 0x11: true  // nil, false, true
    case 0x03, 0x13: keep(8)
    case 0x04, 0x14: text()
    default: false
    }
  }
}
