import CLai

/// An error with the functions that were active when it was raised, innermost first.
package struct TracedFailure: Error {
  /// An active function.
  package struct Frame: Equatable, Sendable {
    /// "@path", "=name", or the text of the chunk itself.
    package var source: String
    /// The source's name in messages.
    package var shortSource: String
    /// The current line; zero or negative if there is none.
    package var line: Int
    package var isLua: Bool
    /// Whether it is the main function of a chunk.
    package var isMain: Bool
    /// The name by which it was called; empty if unknown.
    package var name: String
    package var firstLine: Int

    package init(
      source: String, shortSource: String, line: Int, isLua: Bool = true, isMain: Bool = false,
      name: String = "", firstLine: Int = 0
    ) {
      (self.source, self.shortSource, self.line) = (source, shortSource, line)
      (self.isLua, self.isMain) = (isLua, isMain)
      (self.name, self.firstLine) = (name, firstLine)
    }
  }

  package var message: String
  package var frames: [Frame]
  /// The number of frames left out, and the number of frames before the gap.
  package var skipped: (count: Int, behind: Int)
  /// LAI_ERRRUN, LAI_ERRMEM, …
  package var status: Int32
  /// Whether it was raised by Ctrl-C.
  package var isInterrupt: Bool

  package init(
    message: String, frames: [Frame] = [], skipped: (count: Int, behind: Int) = (0, 0),
    status: Int32 = LAI_ERRRUN.status, isInterrupt: Bool = false
  ) {
    (self.message, self.frames, self.skipped) = (message, frames, skipped)
    (self.status, self.isInterrupt) = (status, isInterrupt)
  }

  /// Whether the text did not compile.
  package var isSyntaxError: Bool { status == LAI_ERRSYNTAX.status }

  /// A failure without frames: from the compiler, or for lack of memory.
  package init(_ failure: LuaFailure) {
    self.init(
      message: failure.message, status: failure.status,
      isInterrupt: failure.reason == .interrupted)
  }
}

extension Interpreter {
  /// Calls the function below the arguments and leaves every result on the stack. Meanwhile Ctrl-C
  /// is an error in Lua.
  ///
  /// - Throws: `TracedFailure`.
  package func callExamined(arguments: Int32) throws(TracedFailure) {
    let isOutermost = beginWatching()
    lai_begin_output_line()
    let status = lai_call_examined(state.pointer, arguments, -1)
    // Before the report is read: until then a second Ctrl-C would raise errors at every step.
    if isOutermost { endWatching() }
    guard status != LAI_OK else { return }
    if state.type(at: -1) == .table, let failure = try? report(status) {
      state.pop()
      throw failure
    }
    do throws(LuaFailure) { try state.check(status) } catch { throw TracedFailure(error) }
  }

  /// Reads the report on the top of the stack.
  private func report(_ status: Int32) throws -> TracedFailure {
    let top = state.top
    defer { state.top = top }
    try state.reserve(4)
    try state.getField("message", of: top)
    try state.getField("skipped", of: top)
    try state.getField("interrupted", of: top)
    var failure = TracedFailure(
      message: state.string(at: -3) ?? "", skipped: (state.integer(at: -2) ?? 0, 16),
      status: status, isInterrupt: state.boolean(at: -1))
    for position in 0..<state.rawLength(at: top) {
      state.top = top
      state.getIndex(position + 1, of: top)
      failure.frames.append(frame(at: state.top))
    }
    return failure
  }

  private func frame(at index: Int32) -> TracedFailure.Frame {
    func text(_ n: Int) -> String {
      state.getIndex(n, of: index)
      defer { state.pop() }
      return state.string(at: -1) ?? ""
    }
    func number(_ n: Int) -> Int {
      state.getIndex(n, of: index)
      defer { state.pop() }
      return state.integer(at: -1) ?? -1
    }
    let kind = text(4)
    return .init(
      source: text(1), shortSource: text(2), line: number(3), isLua: kind != "C",
      isMain: kind == "main", name: text(5), firstLine: number(6))
  }
}
