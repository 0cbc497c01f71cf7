import LineEditor
import LuaBindings
import LuaSyntax
import Tensors

/// An error as the console shows it: the message, its line of source with the wrong part marked,
/// and the calls that led there.
struct ErrorReport {
  let failure: TracedFailure
  let width: Int
  let ink: Ink
  let sources: Sources

  init(_ failure: TracedFailure, width: Int, ink: Ink, sources: Sources) {
    (self.failure, self.width, self.ink, self.sources) = (failure, width, ink, sources)
  }

  /// The most calls that the short form shows.
  private static let callsInShort = 3

  /// The message, its line and the innermost calls.
  var short: String {
    var lines = [ink.red(failure.message)]
    if let place { lines += excerpt(place, marked: !failure.isInterrupt) }
    let calls = calls
    lines += calls.prefix(Self.callsInShort).map { ink.grey($0) }
    if calls.count > Self.callsInShort {
      lines.append(ink.grey("… \(calls.count - Self.callsInShort) more calls; %tb shows them all"))
    }
    if let advice { lines.append(ink.grey(advice)) }
    return lines.joined(separator: "\n")
  }

  /// Every frame with its line of source, innermost first.
  var long: String {
    var lines = [ink.red(failure.message)]
    for (position, frame) in failure.frames.enumerated() {
      if failure.skipped.count > 0, position == failure.skipped.behind {
        lines.append(ink.grey("… \(failure.skipped.count) more"))
      }
      lines.append("\(frame.position)in \(frame.title)")
      if let text = text(of: frame) { lines.append(ink.grey("    \(text.trimmed)")) }
    }
    if failure.frames.isEmpty, let place { lines += excerpt(place, marked: true) }
    return lines.joined(separator: "\n")
  }

  /// What to write instead of a habit from Python.
  private var advice: String? {
    let place = place
    let text = place?.source ?? ""
    let line = place.flatMap { LuaText(text).line($0.line) } ?? ""
    return PythonHabit.advice(
      on: failure.message, line: line, text: text, isSyntax: failure.isSyntaxError)
  }

  // MARK: The place

  private struct Place {
    var source: String
    var line: Int
    var marked: Range<Int>?
  }

  private var place: Place? {
    let named = failure.message.firstMatch(of: #/^(.+?):(\d+): /#)
    let frame = failure.frames.first { frame in
      guard frame.isLua, frame.line > 0 else { return false }
      guard let named else { return true }
      return frame.shortSource == named.1 && frame.line == Int(named.2)
    }
    if let frame, let source = sources.text(frame.source) {
      let range = LuaText(source).place(of: failure.message, onLine: frame.line)
      return Place(source: source, line: frame.line, marked: range)
    }
    guard let named, let line = Int(named.2), let source = sources.text(named: String(named.1))
    else { return nil }
    return failure.frames.isEmpty
      ? placeOfSyntaxError(in: source, line: line) : Place(source: source, line: line)
  }

  private func placeOfSyntaxError(in source: String, line: Int) -> Place {
    let text = LuaText(source)
    if failure.message.hasSuffix("near <eof>") {
      let end = text.tokens.last?.range.upperBound ?? 0
      return Place(source: source, line: text.line(of: end), marked: end..<(end + 1))
    }
    if failure.message.contains(" near "),
      let word = text.rejectedWord(isRejected: sources.isRejected)
    {
      return Place(source: source, line: text.line(of: word.lowerBound), marked: word)
    }
    return Place(source: source, line: line, marked: text.place(of: failure.message, onLine: line))
  }

  /// The line with its number; below it marks under the wrong part, or under the whole line if the
  /// part is not known.
  private func excerpt(_ place: Place, marked isMarked: Bool) -> [String] {
    let text = LuaText(place.source)
    guard let range = text.range(ofLine: place.line) else { return [] }
    let line = String(decoding: text.bytes[range], as: UTF8.self)
    let blanks = line.utf8.prefix { $0 == 32 || $0 == 9 }.count
    let all = (range.lowerBound + blanks)..<max(range.upperBound, range.lowerBound + blanks)
    let marked = place.marked.map { $0.clamped(to: all.lowerBound..<(range.upperBound + 1)) } ?? all
    let number = "  \(place.line) | "
    let start = columns(text.bytes[range.lowerBound..<marked.lowerBound])
    let length = max(
      1, columns(text.bytes[marked.lowerBound..<min(marked.upperBound, range.upperBound)]))
    let (shown, shift) = clipped(line, from: start, room: width - number.count - 1)
    var lines = [ink.grey(number) + shown]
    if isMarked, !all.isEmpty {
      let gap = String(repeating: " ", count: number.count + start - shift)
      let room = max(1, width - gap.count - 1)
      lines.append(gap + ink.red(String(repeating: "^", count: min(length, room))))
    }
    return lines
  }

  private func columns(_ bytes: ArraySlice<UInt8>) -> Int {
    String(decoding: bytes, as: UTF8.self).reduce(0) { $0 + ($1 == "\t" ? 1 : $1.displayWidth) }
  }

  /// The part of a line that fits the width and contains the column `start`, and the number of
  /// columns cut off before it.
  private func clipped(_ line: String, from start: Int, room: Int) -> (String, shift: Int) {
    var (column, shift, text) = (0, 0, "")
    let first = start > room * 2 / 3 ? start - room / 3 : 0
    for character in line {
      let size = character == "\t" ? 1 : character.displayWidth
      if column >= first {
        if column + size - shift > room { break }
        text.append(character == "\t" ? " " : character)
      } else {
        shift = column + size
      }
      column += size
    }
    return (text, shift)
  }

  // MARK: The calls

  /// The calls of Lua functions from Lua lines, innermost first.
  private var calls: [String] {
    let frames = failure.frames.filter { $0.isLua && $0.line > 0 }
    return zip(frames, frames.dropFirst()).map { callee, caller in
      let text = text(of: caller).map { ":  \($0.trimmed)" } ?? ""
      return clippedToWidth(
        "  \(callee.title) called at \(caller.shortSource):\(caller.line)\(text)")
    }
  }

  private func clippedToWidth(_ text: String) -> String {
    clipped(text, from: 0, room: width - 1).0
  }

  private func text(of frame: TracedFailure.Frame) -> String? {
    guard frame.line > 0, let source = sources.text(frame.source) else { return nil }
    return LuaText(source).line(frame.line)
  }
}

extension LuaText {
  fileprivate func line(_ number: Int) -> String? {
    range(ofLine: number).map { String(decoding: bytes[$0], as: UTF8.self) }
  }
}

extension TracedFailure.Frame {
  /// The name of a function or chunk in the report.
  fileprivate var title: String {
    if isMain { return "main chunk" }
    if !name.isEmpty { return "function '\(name)'" }
    return isLua ? "function <\(shortSource):\(firstLine)>" : "?"
  }

  fileprivate var position: String { line > 0 ? "\(shortSource):\(line): " : "\(shortSource): " }
}

extension ErrorReport {
  /// Finds the text of a source: a block of the console, a file, or the text itself.
  struct Sources {
    let blocks: [Int: String]
    let interpreter: Interpreter

    /// Larger files are not read for an excerpt.
    private static let largestFile = 4 << 20

    /// By Lua's full name of a source.
    func text(_ source: String) -> String? {
      switch source.first {
      case "=": block(named: String(source.dropFirst()))
      case "@": file(String(source.dropFirst()))
      default: source
      }
    }

    /// By the name in a message, in which long paths are shortened.
    func text(named name: String) -> String? { block(named: name) ?? file(name) }

    /// Whether the compiler rejects a text for another reason than a missing end.
    func isRejected(_ text: String) -> Bool {
      let top = interpreter.state.top
      defer { interpreter.state.top = top }
      do throws(LuaFailure) {
        try interpreter.load(text, name: "=?")
        return false
      } catch {
        return !error.isIncompleteChunk
      }
    }

    private func block(named name: String) -> String? {
      guard name.hasPrefix("["), name.hasSuffix("]") else { return nil }
      return Int(name.dropFirst().dropLast()).flatMap { blocks[$0] }
    }

    private func file(_ path: String) -> String? {
      try? TextFile.read(path, limit: Self.largestFile)
    }
  }
}
