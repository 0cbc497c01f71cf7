import Tensors

/// A measure of predictions on the validation data, by name.
public struct MetricRecord: Sendable {
  public let name: String
  public let summary: String
  /// Of predictions and targets, both [n][outputs], row major.
  let value: @Sendable (_ predictions: [Double], _ targets: [Double], _ outputs: Int) -> Double

  /// The measure of predictions and targets, both [n][outputs], row major, n ≥ 1.
  package func callAsFunction(
    _ predictions: [Double], _ targets: [Double], outputs: Int = 1
  ) -> Double {
    value(predictions, targets, outputs)
  }

  static let rmse = MetricRecord(
    name: "rmse", summary: "√ of the mean of (ŷ − y)²"
  ) { predictions, targets, _ in
    let squares = zip(predictions, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / Double(targets.count)).squareRoot()
  }

  /// All of them. Errors are means over rows and outputs.
  public static let all = [
    rmse,
    MetricRecord(name: "mae", summary: "mean of |ŷ − y|") { predictions, targets, _ in
      zip(predictions, targets).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(targets.count)
    },
    MetricRecord(
      name: "r2",
      summary: "1 − Σ(ŷ − y)²/Σ(y − mean y)², the mean over outputs; of constant targets 1 or 0"
    ) { predictions, targets, outputs in
      let rows = Double(targets.count / outputs)
      let shares = (0..<outputs).map { output in
        let places = stride(from: output, to: targets.count, by: outputs)
        let mean = places.reduce(0) { $0 + targets[$1] } / rows
        let (error, spread) = places.reduce(into: (0.0, 0.0)) { sums, place in
          let (e, d) = (predictions[place] - targets[place], targets[place] - mean)
          sums.0 += e * e
          sums.1 += d * d
        }
        return spread > 0 ? 1 - error / spread : error == 0 ? 1 : 0
      }
      return shares.reduce(0, +) / Double(outputs)
    },
    MetricRecord(name: "max_error", summary: "the largest |ŷ − y|") { predictions, targets, _ in
      zip(predictions, targets).reduce(0) { max($0, abs($1.0 - $1.1)) }
    },
  ]

  /// - Throws: `ArgumentError` for a name that is not in the list, or is there twice.
  static func check(_ names: [String]) throws {
    for (place, name) in names.enumerated() {
      guard all.contains(where: { $0.name == name }) else {
        throw ArgumentError(
          "metrics", mustBe: "names such as " + all.map { "'\($0.name)'" }.joined(separator: ", "),
          got: "'\(name)'")
      }
      guard !names[..<place].contains(name) else {
        throw ArgumentError("metrics", mustBe: "different names", got: "'\(name)' twice")
      }
    }
  }
}
