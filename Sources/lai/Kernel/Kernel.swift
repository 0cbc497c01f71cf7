import LuaBindings
import LuaSyntax
import Platform
import Tensors

/// `lai --kernel`: the console for a program instead of a person, such as scripts/lai_kernel.py,
/// which connects it to Jupyter. Requests and events are JSON objects, one per line, on the socket
/// that is standard input. Standard output and standard error belong to the scripts.
///
///     {"request": "execute", "code": "6 * 7", "number": 3}
///     {"event": "result", "data": {"text/plain": "42"}}
///     {"event": "done", "status": "ok"}
///
/// With `"progress": true`, long work sends events while it runs, at most four a second. Those of one
/// work have the same number; the last has the state "done". `rows` and `svg` show its picture, if it
/// has one.
///
///     {"event": "progress", "id": 1, "done": 20, "total": 80, "text": "25 %  3 s left  epoch 20  …",
///      "state": "running", "rows": ["…"], "svg": "<svg …>"}
///
/// Every request ends with a "done" event, whose status is "ok", "error" or, for an invalid
/// request, "invalid". SIGINT ends the running code.
final class Kernel: ConsoleListener {
  private let interpreter: Interpreter
  private let language: LuaLanguage
  private let channel: KernelChannel
  private let console: Console
  /// The results of a block, sent when it is done: after everything that it printed, in whatever
  /// order the client reads.
  private var shown: [[String: JSON]] = []
  private var hasFailed = false

  /// The width of results in columns.
  private static let width = 100

  /// nil if standard input is not a socket.
  init?(interpreter: Interpreter) {
    guard let channel = KernelChannel() else { return nil }
    (self.interpreter, self.channel) = (interpreter, channel)
    language = LuaLanguage(interpreter: interpreter)
    console = Console(
      interpreter: interpreter, reader: LineReader(language: language, width: Self.width),
      ink: Ink(isOn: Ink.isWanted))
    console.listener = self
  }

  /// Runs until the client disconnects.
  func run() {
    // Between blocks SIGINT has no effect. It is not ignored, because shell commands would inherit
    // that.
    signal(SIGINT) { _ in }
    signal(SIGPIPE, SIG_IGN)
    channel.endWithOtherSide()
    // As at a terminal: a line is seen when it ends.
    try? interpreter.run("io.stdout:setvbuf('line')", name: "=(lai)")
    channel.send([
      "event": .string("hello"), "version": .string(laiVersion), "lua": .string(luaVersion),
      "banner": .string(Lai.buildDescription),
    ])
    while let line = channel.readLine() {
      do {
        done(try answer(KernelRequest(line)))
      } catch {
        done(["message": .string("\(error)")], status: "invalid")
      }
      interpreter.state.top = 0
    }
  }

  private func done(_ fields: [String: JSON], status: String? = nil) {
    let status = status ?? (hasFailed ? "error" : "ok")
    for event in shown { channel.send(event) }
    (shown, hasFailed) = ([], false)
    channel.send(fields.merging(["event": .string("done"), "status": .string(status)]) { $1 })
  }

  /// The contents of the "done" event of a request.
  private func answer(_ request: KernelRequest) -> [String: JSON] {
    switch request.kind {
    case .execute:
      if let number = request.number { console.number = number }
      perform(request)
      return [:]
    case .complete:
      let found = language.completions(in: request.code, at: request.offset)
      return [
        "start": .integer(request.code.codePoints(before: found.range.lowerBound)),
        "end": .integer(request.code.codePoints(before: found.range.upperBound)),
        "matches": .array(found.candidates.map { .string($0.text) }),
      ]
    case .inspect:
      return help(in: request.code, at: request.offset).map { ["text": .string($0)] } ?? [:]
    case .isComplete:
      let indent = String(repeating: " ", count: language.indentation(after: request.code))
      return [
        "state": .string(language.completeness(of: request.code).rawValue),
        "indent": .string(indent),
      ]
    }
  }

  private func perform(_ request: KernelRequest) {
    guard request.wantsProgress, !request.isSilent else {
      return console.perform(request.code, silently: request.isSilent)
    }
    let sender = channel.sender
    let listener: ProgressReport.Listener = { sender.send(Self.event(of: $0)) }
    ProgressReport.listening(listener) {
      console.perform(request.code)
    }
  }

  private static func event(of report: ProgressReport) -> [String: JSON] {
    var event: [String: JSON] = [
      "event": .string("progress"), "id": .integer(report.id), "done": .integer(report.done),
      "total": .integer(report.total), "text": .string(report.text),
      "state": .string(report.isLast ? "done" : "running"),
    ]
    if !report.rows.isEmpty { event["rows"] = .array(report.rows.map { .string($0) }) }
    if let svg = report.svg { event["svg"] = .string(svg) }
    return event
  }

  /// Help on the name at the cursor, else on the function whose call encloses it.
  private func help(in code: String, at offset: Int) -> String? {
    let sources = console.sources
    do throws(LuaFailure) {
      for name in LuaText(code).names(at: offset) {
        let text = try interpreter.knownHelp(for: name, width: Self.width) { sources.text($0) }
        if let text { return text }
      }
    } catch {
      // Ctrl-C: the client goes on without an answer.
    }
    return nil
  }

  // MARK: Output of the console

  func show(_ values: [ShownValue]) {
    // Each drawing is a result of its own; texts are joined as at the prompt.
    let drawings = values.filter { !$0.forms.isEmpty }
    for drawing in drawings {
      add("display", drawing.forms.merging(["text/plain": drawing.text]) { $1 })
    }
    let texts = values.filter { $0.forms.isEmpty }
    if !texts.isEmpty { add("result", ["text/plain": texts.text]) }
  }

  private func add(_ event: String, _ data: [String: String]) {
    shown.append(["event": .string(event), "data": .object(data.mapValues { .string($0) })])
  }

  func show(_ report: ErrorReport) {
    hasFailed = true
    shown.append([
      "event": .string("error"),
      "name": .string(report.failure.isInterrupt ? "Interrupted" : "Error"),
      "message": .string(report.failure.message),
      "lines": .array(report.short.split(whereSeparator: \.isNewline).map { .string(String($0)) }),
    ])
  }
}
