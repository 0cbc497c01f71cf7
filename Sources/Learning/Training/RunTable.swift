import Tensors

extension Run: Worded {
  /// Whether chance has left a Lai loss out.
  private var isPlain: Bool {
    options.loss.hasLai && options.alpha > 0 && history.contains { $0.stage == .train }
      && history.allSatisfy { $0.laiCount == 0 }
  }

  public var words: Message {
    var headline: Message = "Run(\(history.count) epochs, \(outcome.rawValue), "
    headline = "\(headline)\(Table.format("%.2f", seconds)) s, \(options.loss))"
    if let error { headline = "\(headline)\n\(Tensors.words(of: error))" }
    if isPlain { headline = "\(headline)\n\(options.plainRunText)" }
    for warning in warnings { headline = "\(headline)\n\(warning.description)" }
    for warning in scaleWarnings { headline = "\(headline)\n\(warning.words)" }
    if let target = model.scaler?.target {
      let names = model.names.outputs(target.count).joined(separator: ", ")
      headline = "\(headline)\nlosses of the scaled target, RMSE in the units of \(names)"
    }
    let columns: [ReportColumn] = [
      ("base loss", { $0.baseLoss }),
      (options.loss.hasLai ? "Lai loss" : "whole loss", { $0.laiLoss }),
      ("ratio", { $0.laiRatio }),
      ("validation RMSE", { $0.validationRMSE }),
    ]
    return "\(headline)\(table(columns, showsStage: true))"
  }
}

extension ScriptedRun: Worded {
  public var words: Message {
    let count = parameters.reduce(0) { $0 + $1.count }
    var headline = "ScriptedRun(\(history.count) epochs, \(outcome.rawValue), "
    headline += "\(Table.format("%.2f", seconds)) s, \(count) parameters"
    if let last = history.last { headline += ", value \(Table.number(last.baseLoss))" }
    headline += ")"
    let problem: Message = error.map { "\n\(Tensors.words(of: $0))" } ?? ""
    let columns: [ReportColumn] = [
      ("value", { $0.baseLoss }), ("validation value", { $0.validationLoss }),
      ("validation RMSE", { $0.validationRMSE }),
    ]
    let rows = table(columns.filter { _, value in history.contains { value($0) != nil } })
    return "\(headline)\(problem)\(rows)"
  }
}

/// The head of a column, and its number for an epoch.
private typealias ReportColumn = (head: String, value: (EpochReport) -> Double?)

extension TrainingReport {
  /// Rows of the table: more are left out between the first and the last.
  private var shownRows: Int { 12 }

  /// The best epoch and a table of some epochs, the metrics behind the other columns.
  fileprivate func table(_ columns: [ReportColumn], showsStage: Bool = false) -> String {
    guard !history.isEmpty else { return "" }
    let best = bestEpoch
    let last = history.count - 1
    var shown =
      last < shownRows
      ? Array(0...last) : (0..<shownRows).map { $0 * last / (shownRows - 1) }
    if let best, !shown.contains(best - 1) { shown = (shown + [best - 1]).sorted() }
    let metrics = Set(history.flatMap(\.metrics.keys)).sorted()
    let columns = columns + metrics.map { name in (name, { $0.metrics[name] }) }
    let table = Table(
      header: ["epoch"] + (showsStage ? ["stage"] : []) + columns.map(\.head),
      rows: shown.map { index in
        let report = history[index]
        return ["\(report.epoch)" + (report.epoch == best ? " *" : "")]
          + (showsStage ? [report.stage.rawValue] : [])
          + columns.map { $0.value(report).map(Table.number) ?? "" }
      })
    let note =
      shown.count < history.count ? "\n\(shown.count) of \(history.count) epochs shown" : ""
    return (best.map { "\n" + bestText($0) } ?? "") + "\n\(table)\(note)"
  }

  private func bestText(_ epoch: Int) -> String {
    let report = history[epoch - 1]
    let name = report.validationLoss == nil ? "RMSE" : "value"
    let isModel = options.earlyStopping != nil || epoch == history.count
    return "* best epoch \(epoch), validation \(name) \(Table.number(report.score!))"
      + (isModel ? ": the model is of this epoch" : "; the model is the last epoch's")
  }
}
