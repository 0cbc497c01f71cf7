/// The submitted blocks, oldest first.
package struct History: Equatable, Sendable {
  package private(set) var entries: [String]
  package let limit: Int

  package init(_ entries: [String] = [], limit: Int = 10_000) {
    self.entries = entries.suffix(limit)
    self.limit = limit
  }

  /// Adds a block, unless it is blank or equal to the newest one. Returns whether it was added.
  @discardableResult
  package mutating func add(_ block: String) -> Bool {
    guard block != entries.last, block.contains(where: { !$0.isWhitespace }) else { return false }
    entries.append(block)
    if entries.count > limit { entries.removeFirst(entries.count - limit) }
    return true
  }

  /// The newest entry before `index` that begins with a text and is not `other`.
  package func older(than index: Int, prefix: String, not other: String) -> Int? {
    entries[..<min(index, entries.count)].lastIndex {
      $0.utf8.starts(with: prefix.utf8) && $0 != other
    }
  }

  /// The oldest entry after `index` that begins with a text and is not `other`.
  package func newer(than index: Int, prefix: String, not other: String) -> Int? {
    guard index + 1 < entries.count else { return nil }
    return entries[(index + 1)...].firstIndex {
      $0.utf8.starts(with: prefix.utf8) && $0 != other
    }
  }

  /// How the newest entry that begins with a text continues after it.
  package func continuation(of text: String) -> String? {
    guard !text.isEmpty else { return nil }
    let count = text.utf8.count
    guard
      let entry = entries.last(where: {
        $0.utf8.count > count && $0.utf8.starts(with: text.utf8)
      })
    else { return nil }
    return String(entry.utf8.dropFirst(count))
  }

  /// The newest entry up to `index` that contains a text.
  package func entry(containing text: String, upTo index: Int) -> Int? {
    guard !entries.isEmpty else { return nil }
    return entries[...min(index, entries.count - 1)].lastIndex { $0.offset(of: text) != nil }
  }

  /// The oldest entry from `index` on that contains a text.
  package func entry(containing text: String, from index: Int) -> Int? {
    guard index < entries.count else { return nil }
    return entries[max(index, 0)...].firstIndex { $0.offset(of: text) != nil }
  }
}

extension String {
  /// The byte at which a text occurs in this one. A text in lower case matches any case.
  package func offset(of text: String) -> Int? {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    guard wanted.count <= bytes.count else { return nil }
    let ignoresCase = !wanted.contains { (0x41...0x5a).contains($0) }
    func folded(_ byte: UInt8) -> UInt8 {
      ignoresCase && (0x41...0x5a).contains(byte) ? byte + 0x20 : byte
    }
    return (0...(bytes.count - wanted.count)).last { start in
      wanted.indices.allSatisfy { folded(bytes[start + $0]) == wanted[$0] }
    }
  }
}
