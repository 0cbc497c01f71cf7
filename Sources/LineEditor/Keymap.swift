extension Editor {
  enum Command: Sendable {
    case move(TextBuffer.Motion)
    /// The same, but accepts a hint after the cursor.
    case moveOrAccept(TextBuffer.Motion)
    case delete(TextBuffer.Motion)
    case kill(TextBuffer.Motion)
    case yank, yankPop, undo, redo, transpose
    case enter, newLine, complete
    case previous, next, first, last, search
    case interrupt, deleteOrEnd, redraw, suspend
  }

  /// Emacs keys, as in most line editors.
  static let keymap: [Key: Command] = [
    .control("a"): .move(.lineStart), .special(.home): .move(.lineStart),
    .control("e"): .moveOrAccept(.lineEnd), .special(.end): .moveOrAccept(.lineEnd),
    .control("b"): .move(.left), .special(.left): .move(.left),
    .control("f"): .moveOrAccept(.right), .special(.right): .moveOrAccept(.right),
    .scalar("b", .alt): .move(.wordLeft), .special(.left, .control): .move(.wordLeft),
    .special(.left, .alt): .move(.wordLeft),
    .scalar("f", .alt): .moveOrAccept(.wordRight),
    .special(.right, .control): .moveOrAccept(.wordRight),
    .special(.right, .alt): .moveOrAccept(.wordRight),
    .control("d"): .deleteOrEnd, .special(.delete): .delete(.right),
    .control("h"): .delete(.left), .special(.backspace): .delete(.left),
    .control("k"): .kill(.lineEnd), .control("u"): .kill(.lineStart),
    .control("w"): .kill(.blankLeft), .special(.backspace, .alt): .kill(.wordLeft),
    .control("h", .alt): .kill(.wordLeft),
    .scalar("d", .alt): .kill(.wordRight), .special(.delete, .control): .kill(.wordRight),
    .control("y"): .yank, .scalar("y", .alt): .yankPop,
    .control("_"): .undo, .scalar("_", .alt): .redo,
    .control("t"): .transpose,
    .special(.enter): .enter, .control("j"): .enter, .special(.enter, .alt): .newLine,
    .control("j", .alt): .newLine, .control("o"): .newLine,
    .special(.tab): .complete,
    .control("p"): .previous, .special(.up): .previous,
    .control("n"): .next, .special(.down): .next,
    .special(.pageUp): .first, .special(.pageDown): .last,
    .scalar("<", .alt): .first, .scalar(">", .alt): .last,
    .special(.home, .control): .move(.start), .special(.end, .control): .move(.end),
    .control("r"): .search,
    .control("c"): .interrupt, .control("c", .alt): .interrupt,
    .control("l"): .redraw, .control("z"): .suspend,
  ]
}
