import Tensors

/// Options that several probes have.
extension OptionRecord {
  /// The features that are measured.
  static let features = OptionRecord(
    "features", .selection(several: true),
    "The features to measure, by name or index, in this order; all if left out.")

  /// The one feature that is measured.
  static let feature = OptionRecord(
    "feature", .selection(several: false), isRequired: true, "The feature, by name or index.")

  /// How often the random part of a measurement is drawn.
  static func repeats(_ count: Int, _ summary: String) -> OptionRecord {
    OptionRecord("repeats", .integer(atLeast: 1), default: .integer(count), summary)
  }

  /// - subject: "the noise"
  static func seed(of subject: String) -> OptionRecord {
    OptionRecord("seed", .seed, default: 1, "Seed of \(subject).")
  }
}

extension Probe.Column {
  /// The standard error of another column.
  static func standardError(_ summary: String) -> Probe.Column {
    Probe.Column("standard_error", heading: "standard error", summary)
  }
}
