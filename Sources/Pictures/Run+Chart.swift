import Charts
import Learning
import Tensors

extension TrainingReport {
  /// How training went, by epoch: the validation RMSE with the best epoch, the losses, the Lai batches
  /// and, where it changes, the learning rate. A dotted line is the end of pre-training.
  ///
  /// - Throws: `ArgumentError` for a run without epochs.
  public func chart(title: String = "") throws -> Chart {
    guard !history.isEmpty else {
      throw ArgumentError("run", mustBe: "one with epochs", got: "none")
    }
    let scores = history.map { $0.validationRMSE ?? $0.validationLoss ?? .nan }
    var panels: [Panel] = []
    if scores.contains(where: \.isFinite) {
      let isRMSE = history.contains { $0.validationRMSE != nil }
      var marks = [try line(scores, name: "validation")]
      if let best = bestEpoch {
        marks.append(
          try .points(
            x: [Double(best)], y: [scores[best - 1]], name: "best, epoch \(best)",
            style: Style(marker: .diamond, markerRadius: 5)))
      }
      panels.append(panel(isRMSE ? "validation RMSE" : "validation loss", marks))
    }
    let losses = history.map(\.baseLoss)
    let laiLosses = history.map { $0.laiLoss ?? .nan }
    let hasLai = laiLosses.contains(where: \.isFinite)
    var lossMarks = [try line(losses, name: hasLai ? "plain batches" : "")]
    if hasLai {
      lossMarks.append(
        try .points(x: epochs, y: laiLosses, name: "Lai batches", style: Style(marker: .circle)))
    }
    panels.append(panel("training loss", lossMarks, isLog: (losses + laiLosses).spansDecades))
    if let most = history.map(\.laiCount).max(), most > 1 {
      panels.append(
        panel(
          "Lai batches or points",
          [try .bars(x: epochs, heights: history.map { Double($0.laiCount) })]))
    }
    let rates = history.map(\.learningRate)
    if Set(rates).count > 1 {
      panels.append(
        panel("learning rate", [try line(rates, name: "")], isLog: rates.spansDecades))
    }
    return Chart(title: title, panels: panels, columns: min(2, panels.count))
  }

  private var epochs: [Double] { history.map { Double($0.epoch) } }

  private func line(_ values: [Double], name: String) throws -> Mark {
    try .line(x: epochs, y: values, name: name)
  }

  private func panel(_ label: String, _ marks: [Mark], isLog: Bool = false) -> Panel {
    var marks = marks
    let pretrained = history.count { $0.stage == .pretrain }
    if pretrained > 0, pretrained < history.count {
      marks.append(
        .verticalRule(x: Double(pretrained) + 0.5, style: Style(dash: .dotted, lineWidth: 1.2)))
    }
    return Panel(
      xAxis: Axis(label: "epoch"), yAxis: Axis(label: label, scale: isLog ? .log : .linear),
      marks: marks)
  }
}

extension [Double] {
  /// Whether positive values differ more than tenfold.
  var spansDecades: Bool {
    let finite = filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return false }
    return low > 0 && high > 10 * low
  }
}
