/// The undo history: the differences between successive states of a text, in bytes of UTF-8.
///
/// A step's difference is computed when the next step begins, so that consecutive typing is one
/// step. Differences keep it small: a key in a line of 100 kB costs a few bytes.
struct UndoSteps: Sendable {
  /// A text with its cursor.
  private struct State {
    var text: [UInt8] = []
    var cursor = TextBuffer.Position()

    init() {}
    init(_ buffer: TextBuffer) { (text, cursor) = (Array(buffer.text.utf8), buffer.cursor) }

    var buffer: TextBuffer {
      var buffer = TextBuffer(String(decoding: text, as: UTF8.self))
      buffer.moveCursor(to: cursor)
      return buffer
    }
  }

  /// The bytes that a step replaces, and their replacement.
  private struct Difference {
    let start: Int
    let (before, after): ([UInt8], [UInt8])
    let (cursorBefore, cursorAfter): (TextBuffer.Position, TextBuffer.Position)

    var size: Int { before.count + after.count }

    init(from old: State, to new: State) {
      let limit = min(old.text.count, new.text.count)
      var (start, end) = (0, 0)
      while start < limit, old.text[start] == new.text[start] { start += 1 }
      while end < limit - start,
        old.text[old.text.count - 1 - end] == new.text[new.text.count - 1 - end]
      { end += 1 }
      self.start = start
      before = Array(old.text[start..<(old.text.count - end)])
      after = Array(new.text[start..<(new.text.count - end)])
      (cursorBefore, cursorAfter) = (old.cursor, new.cursor)
    }
  }

  /// The text at the beginning of the current step.
  private var base = State()
  private var undone: [Difference] = []
  private var done: [Difference] = []

  private static let depth = 1_000
  /// For all differences together. The newest is kept whatever its size.
  let mostBytes: Int

  init(mostBytes: Int) { self.mostBytes = mostBytes }

  var heldBytes: Int {
    base.text.count + (undone + done).reduce(0) { $0 + $1.size + MemoryLayout<Difference>.size }
  }

  /// Begins a step.
  mutating func begin(at buffer: TextBuffer) { close(at: State(buffer)) }

  mutating func dropRedo() { done = [] }

  /// The text before the last step; nil if there is none.
  mutating func undo(from buffer: TextBuffer) -> TextBuffer? {
    close(at: State(buffer))
    guard let step = undone.popLast() else { return nil }
    done.append(step)
    base.text.replaceSubrange(step.start..<(step.start + step.after.count), with: step.before)
    base.cursor = step.cursorBefore
    return base.buffer
  }

  /// The text after the step that was undone last; nil if there is none.
  mutating func redo(from buffer: TextBuffer) -> TextBuffer? {
    close(at: State(buffer))
    guard let step = done.popLast() else { return nil }
    undone.append(step)
    base.text.replaceSubrange(step.start..<(step.start + step.before.count), with: step.after)
    base.cursor = step.cursorAfter
    return base.buffer
  }

  private mutating func close(at now: State) {
    defer { base = now }
    guard now.text != base.text else { return }
    undone.append(Difference(from: base, to: now))
    var size = undone.reduce(0) { $0 + $1.size }
    while undone.count > Self.depth || (size > mostBytes && undone.count > 1) {
      size -= undone.removeFirst().size
    }
  }
}
