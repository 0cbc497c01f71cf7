/// A text with its editing state: the kill ring, undo and redo.
package struct EditedText: Sendable {
  package private(set) var buffer = TextBuffer()
  private var ring: [String] = []
  private var yanked: (before: TextBuffer, index: Int)?
  private var steps: UndoSteps
  private var last = Step.other
  /// The column that moves up and down try to keep.
  private var goal: Int?

  /// The kind of the last command: consecutive typing is one undo step, consecutive kills are one
  /// entry of the ring.
  private enum Step { case typing, kill, other }

  private static let ringSize = 60
  private static let mostRingBytes = 1 << 20

  /// `mostUndoBytes` limits the memory of undo. The newest step is kept whatever its size.
  package init(mostUndoBytes: Int = 4 << 20) { steps = UndoSteps(mostBytes: mostUndoBytes) }

  /// Bytes held besides the text: undo, redo and the kill ring.
  package var heldBytes: Int { steps.heldBytes + ring.reduce(0) { $0 + $1.utf8.count } }

  package mutating func type(_ text: String) {
    change(.typing, joining: last == .typing) { $0.insert(text) }
  }

  /// Inserts a text as one step of undo.
  package mutating func paste(_ text: String) { change(.other) { $0.insert(text) } }

  package mutating func move(_ motion: TextBuffer.Motion) {
    switch motion {
    case .up, .down:
      let (line, column) = (buffer.cursor.line, goal ?? buffer.cursor.column)
      buffer.move(motion)
      if buffer.cursor.line != line {
        buffer.moveCursor(to: .init(buffer.cursor.line, column))
        goal = column
      }
    default:
      buffer.move(motion)
      goal = nil
    }
    (last, yanked) = (.other, nil)
  }

  package mutating func delete(_ motion: TextBuffer.Motion) {
    let target = buffer.target(of: motion)
    guard target != buffer.cursor else { return }
    change(.other) { $0.remove(to: target) }
  }

  /// Kills up to where a motion leads. At the end of a line, kills the line break.
  package mutating func kill(_ motion: TextBuffer.Motion) {
    var target = buffer.target(of: motion)
    if case .lineEnd = motion, target == buffer.cursor { target = buffer.target(of: .right) }
    guard target != buffer.cursor else { return }
    let (isForward, continues) = (target > buffer.cursor, last == .kill)
    var text = ""
    change(.kill) { text = $0.remove(to: target) }
    if continues, let top = ring.popLast() { text = isForward ? top + text : text + top }
    ring.append(text)
    var size = ring.reduce(0) { $0 + $1.utf8.count }
    while ring.count > Self.ringSize || (size > Self.mostRingBytes && ring.count > 1) {
      size -= ring.removeFirst().utf8.count
    }
  }

  package mutating func yank() {
    guard let text = ring.last else { return }
    let before = buffer
    change(.other) { $0.insert(text) }
    yanked = (before, ring.count - 1)
  }

  /// Right after a yank: replaces the yanked text by the previous kill.
  package mutating func yankPop() {
    guard let (before, index) = yanked else { return }
    let next = (index + ring.count - 1) % ring.count
    buffer = before
    buffer.insert(ring[next])
    yanked = (before, next)
  }

  package mutating func undo() { show(steps.undo(from: buffer)) }

  package mutating func redo() { show(steps.redo(from: buffer)) }

  private mutating func show(_ other: TextBuffer?) {
    guard let other else { return }
    buffer = other
    (last, yanked, goal) = (.other, nil, nil)
  }

  /// Replaces the text between two positions, as one undo step.
  package mutating func replace(
    _ start: TextBuffer.Position, _ end: TextBuffer.Position, with text: String
  ) {
    change(.other) {
      $0.moveCursor(to: start)
      $0.remove(to: end)
      $0.insert(text)
    }
  }

  /// Replaces the whole text, as one undo step.
  package mutating func become(_ other: TextBuffer) {
    guard other != buffer else { return }
    change(.other) { $0 = other }
  }

  /// Swaps the characters before and after the cursor (at a line's end, the last two) and moves
  /// right.
  package mutating func transpose() {
    let line = buffer.lines[buffer.cursor.line]
    let column = min(buffer.cursor.column, line.count - 1)
    guard column > 0 else { return }
    let row = buffer.cursor.line
    replace(
      .init(row, column - 1), .init(row, column + 1), with: "\(line[column])\(line[column - 1])")
  }

  /// Starts an empty text with nothing to undo. The kill ring stays.
  package mutating func restart() {
    let ring = ring
    self = EditedText(mostUndoBytes: steps.mostBytes)
    self.ring = ring
  }

  private mutating func change(
    _ step: Step, joining: Bool = false, _ body: (inout TextBuffer) -> Void
  ) {
    if !joining { steps.begin(at: buffer) }
    steps.dropRedo()
    goal = nil
    body(&buffer)
    (last, yanked) = (step, nil)
  }
}
