import Charts
import Learning
import Tensors

/// A loss of straight lines ŷ = slope·x + intercept on data of one feature, over both parameters.
/// Source: Lai, arXiv 2405.07884, Appendix A.
public struct Landscape: Sendable {
  public let slopes: [Double]
  public let intercepts: [Double]
  /// The value at slopes[i] and intercepts[j] is values[j * slopes.count + i].
  public let values: [Double]
  let label: String

  /// Where the loss is least on the grid.
  public var minimum: (slope: Double, intercept: Double, value: Double) {
    let place = values.indices.min { values[$0] < values[$1] }!
    return (slopes[place % slopes.count], intercepts[place / slopes.count], values[place])
  }

  /// - label: The title of its pictures.
  /// - Throws: `ArgumentError` for data of several features or without a target; `ShapeError`.
  public init(
    _ loss: Objective, _ data: Dataset, slopes: [Double], intercepts: [Double], label: String = ""
  ) throws {
    guard data.x.shape[1] == 1, let y = data.y, y.shape[1] == 1 else {
      throw ArgumentError(
        "data", mustBe: "of one feature and one target", got: "\(data)")
    }
    let x = try data.x.converted(to: .float64)
    let target = try y.converted(to: .float64)
    let line = try MLP(inputs: 1, activation: .named("identity"), dtype: .float64)
    var values: [Double] = []
    values.reserveCapacity(slopes.count * intercepts.count)
    for intercept in intercepts {
      for slope in slopes {
        try line.setWeights([Tensor([slope], shape: [1, 1], dtype: .float64)])
        try line.setBiases([Tensor([intercept], shape: [1], dtype: .float64)])
        values.append(try loss.gradients(line, x, target, features: data.features).value)
      }
    }
    (self.slopes, self.intercepts, self.values, self.label) = (slopes, intercepts, values, label)
  }

  /// The surface in three dimensions where gnuplot draws it; a heat map with contours and the minimum
  /// elsewhere.
  ///
  /// - Throws: `ChartError`.
  public func panel() throws -> Panel {
    let grid = try Grid(x: slopes, y: intercepts, values: values)
    let best = minimum
    let name =
      "minimum: slope \(Table.shortNumber(best.slope)), "
      + "intercept \(Table.shortNumber(best.intercept))"
    let point = try Mark.points(
      x: [best.slope], y: [best.intercept], name: name,
      style: Style(color: .own(Color(0xD62728)), marker: .star, markerRadius: 6))
    return Panel(
      title: label, xAxis: Axis(label: "slope"), yAxis: Axis(label: "intercept"),
      marks: [.surface(grid), point])
  }
}
