import Platform
import Tensors

/// Numbers that are far from the scale that training is made for.
public enum ScaleWarning: Sendable, Equatable {
  /// A target that is not scaled, with a standard deviation far from 1: at the usual learning rates
  /// training takes very long, or diverges.
  case target(name: String, deviation: Double)
  /// Features that are not scaled, with such deviations; the one that is farthest from 1.
  case features(count: Int, name: String, deviation: Double)
  /// A validation RMSE above the standard deviation of the validation targets: their mean would be
  /// the better prediction.
  case error(rmse: Double, deviation: Double)

  /// Standard deviations of a column that are not warned of.
  static var usualDeviations: ClosedRange<Double> { 0.01...30 }

  /// Whether it is known before training.
  public var isOfData: Bool { if case .error = self { false } else { true } }

  /// The warnings about targets [rows][outputs] that are not scaled. A constant one has no scale.
  static func targets<S: TensorScalar>(_ targets: [S], names: [String]) -> [ScaleWarning] {
    deviations(targets, outputs: names.count).enumerated().compactMap { output, deviation in
      deviation == 0 || usualDeviations.contains(deviation)
        ? nil : .target(name: names[output], deviation: deviation)
    }
  }

  /// The warning about features [rows][names] that are not scaled.
  static func features<S: TensorScalar>(_ features: [S], names: [String]) -> [ScaleWarning] {
    let unusual = deviations(features, outputs: names.count).enumerated().filter {
      $0.element != 0 && !usualDeviations.contains($0.element)
    }
    guard let worst = unusual.max(by: { abs(log($0.element)) < abs(log($1.element)) }) else {
      return []
    }
    return [.features(count: unusual.count, name: names[worst.offset], deviation: worst.element)]
  }

  /// The same of the targets of data, unless a scaler has scaled them.
  ///
  /// - Throws: `AllocationError`.
  public static func targets(of data: Dataset) throws -> [ScaleWarning] {
    guard let y = data.y, data.scaler?.target == nil else { return [] }
    return targets(try y.elements(as: Double.self), names: data.names.outputs(y.shape[1]))
  }

  /// The warning about a validation RMSE, if it is larger than the deviation of targets
  /// [rows][outputs].
  ///
  /// - scale: That of the targets; the RMSE is in their original units.
  static func error<S: TensorScalar>(
    rmse: Double, targets: [S], outputs: Int, scale: ColumnScale?
  ) -> ScaleWarning? {
    let deviations = zip(
      deviations(targets, outputs: outputs), scale?.scale ?? Array(repeating: 1, count: outputs)
    ).map { $0 * $1 }
    let deviation = (deviations.reduce(0) { $0 + $1 * $1 } / Double(outputs)).squareRoot()
    return deviation > 0 && rmse > deviation ? .error(rmse: rmse, deviation: deviation) : nil
  }

  /// Of each output's targets, in place: a copy of many would take memory again.
  private static func deviations<S: TensorScalar>(_ targets: [S], outputs: Int) -> [Double] {
    let n = Double(targets.count / outputs)
    return (0..<outputs).map { output in
      let places = stride(from: output, to: targets.count, by: outputs)
      let mean = places.reduce(0) { $0 + Double(targets[$1]) } / n
      let squares = places.reduce(0) {
        $0 + (Double(targets[$1]) - mean) * (Double(targets[$1]) - mean)
      }
      // Sums of equal numbers are rounded: a constant target has no deviation.
      return places.allSatisfy { targets[$0] == targets[output] } ? 0 : (squares / n).squareRoot()
    }
  }
}

extension ScaleWarning: Worded {
  public var words: Message { words(scalingWith: "\(word: .targetScaling)") }

  /// - remedy: What scales the target.
  public func words(scalingWith remedy: Message) -> Message {
    switch self {
    case .target(let name, let deviation):
      let what = "the target '\(name)' has a standard deviation of \(Table.number(deviation))"
      let risk = "training may take very long or diverge"
      return "\(what) and is not scaled: \(risk); scale it with \(remedy)"
    case .features(let count, let name, let deviation):
      let what =
        "the feature '\(name)' has a standard deviation of \(Table.number(deviation))"
        + (count == 1 ? "" : " (and \(count - 1) more are far from 1)")
      return """
        \(what) and is not scaled: training may take very long or diverge; scale the features \
        with \(word: .featureScaling)
        """
    case .error(let rmse, let deviation):
      let limit = "the target's own standard deviation, \(Table.number(deviation))"
      let way =
        "train longer, with another learning rate, scaled features, or less penalty on slopes"
      return "the validation RMSE, \(Table.number(rmse)), is above \(limit): \(way)"
    }
  }
}

extension Dataset {
  /// Checks validation data against the training data.
  ///
  /// - Throws: `ScaleMismatch` unless both have gone through the same scaler, or none.
  func checkScale(agreesWith data: Dataset) throws(ScaleMismatch) {
    guard scaler != data.scaler else { return }
    throw ScaleMismatch(subject: "validation", got: scaler, other: "data", wanted: data.scaler)
  }
}
