import CLai

/// An error with the functions that were active when it was raised, innermost first.
package struct TracedFailure: Error {
  /// A function that was active.
  package struct Frame: Equatable, Sendable {
    /// "@path", "=name", or the text of the chunk itself.
    package var source: String
    /// What messages call the source.
    package var shortSource: String
    /// The line it was at; not positive where there is none.
    package var line: Int
    package var isLua: Bool
    /// Whether it is a whole chunk.
    package var isMain: Bool
    /// What it was called by; empty if nothing is known.
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
  /// How many frames are left out, and behind which.
  package var skipped: (count: Int, behind: Int)
  /// LAI_ERRRUN, LAI_ERRMEM, …
  package var status: Int32
  /// Whether Ctrl-C raised it.
  package var isInterrupt: Bool

  package init(
    message: String, frames: [Frame] = [], skipped: (count: Int, behind: Int) = (0, 0),
    status: Int32 = LAI_ERRRUN.status, isInterrupt: Bool = false
  ) {
    (self.message, self.frames, self.skipped) = (message, frames, skipped)
    (self.status, self.isInterrupt) = (status, isInterrupt)
  }

  /// Whether the text does not compile.
  package var isSyntaxError: Bool { status == LAI_ERRSYNTAX.status }

  /// A failure of which nothing more is known: of the compiler, or for want of memory.
  package init(_ failure: LuaFailure) {
    self.init(
      message: failure.message, status: failure.status,
      isInterrupt: failure.reason == .interrupted)
  }
}

extension Interpreter {
  /// Calls the function below the arguments, every result left on the stack, while Ctrl-C is an
  /// error in Lua.
  ///
  /// Throws: `TracedFailure`.
  package func callExamined(arguments: Int32) throws(TracedFailure) {
    let isOutermost = beginWatching()
    lai_begin_output_line()
    let status = lai_call_examined(state.pointer, arguments, -1)
    // Before the report is read: a second Ctrl-C insists at every step until then.
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
