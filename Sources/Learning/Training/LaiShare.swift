import Tensors

extension TrainingOptions {
  /// What is said of a run of which no batch, or row, has taken the Lai loss.
  var plainRunText: String {
    let unit = sample == .batches ? "batch" : "row"
    return "no \(unit) has taken the Lai loss: alpha \(numberText(alpha)) of so few"
  }

  /// The warning that no batch, or row, of a run over so many rows takes the Lai loss: α is a share of
  /// too few. nil if some do, without a Lai loss, and for α = 0.
  public func laiShareWarning(rows: Int) -> String? {
    guard loss.hasLai, alpha > 0, epochs > 0, rows > 0 else { return nil }
    let units = sample == .points ? rows : (rows + batch - 1) / batch
    return LaiChoice.due(of: epochs * units, alpha) > 0 ? nil : plainRunText
  }
}
