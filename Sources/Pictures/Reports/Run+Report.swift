import Charts
import Foundation
import Learning
import Tensors

extension TrainingReport {
  /// The page of a run: outcome, warnings, curves, a table of its epochs, network, options.
  ///
  /// - notation: Of the options that warnings name.
  /// - environment: Names and values for the section of this name, such as versions and the machine.
  /// - date: Of the page; nil for now.
  public func report(
    title: String = "Training run", notation: OptionNotation = .swift,
    environment: [(name: String, value: String)] = [], date: Date? = nil
  ) -> Report {
    let run = self as? Run
    var report = Report(title: title)
    report.heading("Outcome")
    report.list(facts(notation))
    let warnings =
      (run?.warnings.map(\.description) ?? [])
      + (run?.scaleWarnings.map { $0.words.text(in: notation) } ?? [])
    if !warnings.isEmpty {
      report.heading("Warnings")
      report.items(warnings)
    }
    let stages = Set(history.map(\.stage)).count
    report.figures(
      ((try? chart())?.panels ?? []).map { panel in
        (
          Chart(panels: [panel]),
          "\(panel.yAxis.label) by epoch"
            + (stages > 1 ? "; the dotted line ends pre-training." : ".")
        )
      })
    if !history.isEmpty {
      report.heading("Epochs")
      report.table(epochTable.html, label: "Numbers of all epochs")
    }
    if let shares = history.last(where: { $0.aboveKink != nil })?.aboveKink {
      report.heading("Slopes")
      report.paragraph(
        "The share of what took the Lai loss in its last epoch whose slope is steeper than the loss's "
          + "kink: √λ for residuals of power 2, λ for those of power 1.")
      report.list(
        zip(shares.features, shares.shares).map { name, share in
          (name, share.map { Table.format("%.1f %%", 100 * $0) } ?? "excluded")
        })
    }
    if let model = run?.model {
      report.heading("Network")
      report.list(model.facts)
    }
    report.heading("Options")
    report.list(options.entries(isNetwork: run != nil))
    report.heading("Environment")
    report.list(environment + [("date of this page", Report.text(date ?? Date()))])
    return report
  }

  private func facts(_ notation: OptionNotation) -> [(name: String, value: String)] {
    let pretrained = history.count { $0.stage == .pretrain }
    var facts: [(name: String, value: String)] = [("outcome", outcome.rawValue)]
    if let error { facts.append(("problem", words(of: error).text(in: notation))) }
    facts.append(
      (
        "epochs",
        pretrained == 0
          ? "\(history.count)"
          : "\(history.count): \(pretrained) of pre-training, \(history.count - pretrained) after it"
      ))
    facts.append(("seconds", Table.shortNumber((seconds * 100).rounded() / 100)))
    if let best = bestEpoch {
      let epoch = history[best - 1]
      let score =
        epoch.validationLoss.map { "validation value \(Table.number($0))" }
        ?? epoch.validationRMSE.map { "validation RMSE \(Table.number($0))" }
      facts.append(("best epoch", ["\(best)", score].compactMap { $0 }.joined(separator: ", ")))
      let isOfBest = options.earlyStopping != nil || best == history.count
      facts.append(("model", isOfBest ? "that of the best epoch" : "that of the last epoch"))
    } else {
      facts.append(("validation", "none: without validation data there is no best epoch"))
    }
    return facts + metrics.sorted { $0.key < $1.key }.map { ($0.key, Table.number($0.value)) }
  }

  /// All numbers of the curves.
  private var epochTable: Table {
    typealias Column = (head: String, value: (EpochReport) -> Double?)
    let metrics = Set(history.flatMap(\.metrics.keys)).sorted()
    var columns: [Column] = [
      ("base loss", { $0.baseLoss }), ("Lai loss", { $0.laiLoss }),
      ("Lai batches or points", { $0.laiCount == 0 ? nil : Double($0.laiCount) }),
      ("validation RMSE", { $0.validationRMSE }), ("validation value", { $0.validationLoss }),
    ]
    for name in metrics { columns.append((name, { $0.metrics[name] })) }
    columns.append(("learning rate", { $0.learningRate }))
    let shown = columns.filter { column in history.contains { column.value($0) != nil } }
    return Table(
      header: ["epoch", "stage"] + shown.map(\.head),
      rows: history.map { epoch in
        ["\(epoch.epoch)", epoch.stage.rawValue]
          + shown.map { $0.value(epoch).map(Table.shortNumber) ?? "" }
      })
  }
}

extension MLP {
  fileprivate var facts: [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = [
      ("layers", sizes.map(String.init).joined(separator: " → ")),
      ("activation", activation.name), ("parameters", "\(parameterCount), \(dtype)"),
    ]
    if let features = names.features {
      facts.append(("features", features.joined(separator: ", ")))
    }
    if let target = names.target { facts.append(("target", target)) }
    let scaled = scaler.map { $0.target == nil ? "the features" : "the features and the target" }
    facts.append(("scaled", scaled ?? "nothing"))
    return facts
  }
}

extension TrainingOptions {
  /// Those that a run depends on, as scripts name them.
  fileprivate func entries(isNetwork: Bool) -> [(name: String, value: String)] {
    var entries: [(name: String, value: String)] = []
    if isNetwork {
      entries.append(("loss", "\(loss)"))
      if loss.hasLai {
        entries.append(("alpha", Table.shortNumber(alpha)))
        entries.append(("sample", sample.rawValue))
      }
      if pretrain > 0 || loss.hasLai { entries.append(("pretrain_loss", "\(base)")) }
      entries.append(("pretrain", "\(pretrain)"))
    }
    entries += [
      ("epochs", "\(epochs)"), ("batch", "\(batch)"), ("optimizer", "\(optimizer)"),
      ("schedule", "\(schedule)"),
    ]
    if let clip { entries.append(("clip", Table.shortNumber(clip))) }
    if let earlyStopping { entries.append(("patience", "\(earlyStopping.patience)")) }
    if noise != .none { entries.append(("noise", "\(noise)")) }
    return entries + [("seed", "\(Int64(bitPattern: seed))")]
  }
}
