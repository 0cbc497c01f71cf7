import LuaBindings
import LuaSyntax

extension Console {
  /// The time of a block.
  struct Cost {
    var wall: Duration = .zero
    /// Processor time of all threads, in seconds.
    var processor = 0.0
  }

  /// Runs a block and shows its value, or its error.
  func evaluate(_ block: String) {
    let number = number
    let cost = run(block)
    explainNames(of: block, number: number, hasFailed: cost == nil)
    guard let cost else { return }
    if cost.wall >= .seconds(1) { print(ink.grey(cost.wall.text)) }
  }

  /// Runs a block; keeps and shows its results. Returns nil, and shows the error, if it failed.
  func run(_ block: String) -> Cost? {
    defer { number += 1 }
    blocks[number] = block
    let isExpression: Bool
    do throws(LuaFailure) {
      isExpression = try load(block)
    } catch {
      report(TracedFailure(error))
      return nil
    }
    var cost = Cost()
    do throws(TracedFailure) {
      cost = try callMeasured()
    } catch {
      record(block, isExpression, error.isInterrupt ? .interrupted : .failed(error.message))
      report(error)
      return nil
    }
    let keepsUnderscore = isExpression && keepResult()
    let hasValue = isExpression && !isSilent && state.top > 0 && !state.isNil(at: 1)
    record(block, isExpression, hasValue ? .value : .done, keepsUnderscore: keepsUnderscore)
    if !block.isSilenced {
      showResults()
      if hasValue, state.type(at: 1) == .function, let call = interpreter.call(ofMethod: block) {
        print(ink.grey("a method; call it: \(call)"))
      }
    }
    state.top = 0
    return cost
  }

  /// Calls the function below the arguments.
  func callMeasured(arguments: Int32 = 0) throws(TracedFailure) -> Cost {
    let (clock, processor) = (ContinuousClock.now, processorSeconds())
    try interpreter.callExamined(arguments: arguments)
    if listener == nil { Interpreter.endLine() }
    return Cost(wall: clock.duration(to: .now), processor: processorSeconds() - processor)
  }

  /// Pushes the compiled block. Returns whether it is an expression.
  private func load(_ block: String) throws(LuaFailure) -> Bool {
    let name = "=[\(number)]"
    // With a variable to be closed, a call is no tail call: the block stays in the traceback.
    let prefix = "local __lai_block <close> = nil return "
    if interpreter.loadExpression(block, prefix: prefix, name: name) { return true }
    let block = interpreter.returningLastExpression(block, prefix: prefix)
    try interpreter.load(block, name: name)
    return false
  }

  private func record(
    _ block: String, _ isExpression: Bool, _ outcome: SessionScript.Outcome,
    keepsUnderscore: Bool = false
  ) {
    script.append(
      interpreter.returningLastExpression(block), number: number, isExpression: isExpression,
      outcome: outcome, keepsUnderscore: keepsUnderscore)
  }

  /// Keeps the first result as `_3` for block 3, and as `_` unless the user has set `_`. Returns
  /// whether `_` was set.
  private func keepResult() -> Bool {
    guard !isSilent, state.top > 0, !state.isNil(at: 1), (try? state.reserve(4)) != nil else {
      return false
    }
    let top = state.top
    defer { state.top = top }
    do throws(LuaFailure) {
      try state.pushGlobal("_")
      try state.pushGlobal("_\(lastKept)")
      let isOurs = state.isNil(at: -2) || state.isSame(-1, -2)
      state.pushValue(1)
      try state.setGlobal("_\(number)")
      lastKept = number
      guard isOurs else { return false }
      state.pushValue(1)
      try state.setGlobal("_")
      return true
    } catch {
      report(TracedFailure(error))
      return false
    }
  }

  /// Shows the results on the stack.
  private func showResults() {
    guard state.top > 0 else { return }
    let width = reader.width
    do throws(LuaFailure) {
      var values: [ShownValue] = []
      for index in 1...state.top {
        var value = ShownValue(text: try interpreter.display(index, width: width))
        if listener != nil { value.forms = try interpreter.displayForms(index) }
        values.append(value)
      }
      if let listener { listener.show(values) } else { print(values.text) }
    } catch {
      report(TracedFailure(error))
    }
  }

  /// Shows an error with its line of source, and keeps it for `%tb`.
  func report(_ failure: TracedFailure) {
    lastFailure = failure
    state.top = 0
    let report = ErrorReport(failure, width: reader.width, ink: ink, sources: sources)
    if let listener { return listener.show(report) }
    Interpreter.endLine()
    complain(report.short + "\n")
  }

  /// Finds the source of errors' lines.
  var sources: ErrorReport.Sources { .init(blocks: blocks, interpreter: interpreter) }
}

extension [ShownValue] {
  /// Side by side if each is short, else one below the other.
  var text: String {
    let isShort = allSatisfy { !$0.text.contains("\n") }
    return map(\.text).joined(separator: isShort ? "\t" : "\n")
  }
}

extension String {
  /// Whether its last token is a semicolon.
  fileprivate var isSilenced: Bool {
    let text = LuaText(self)
    return text.tokens.last { $0.kind != .comment }.map { text.text(of: $0) == ";" } ?? false
  }
}
