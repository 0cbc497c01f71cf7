import Charts
import Learning
import Tensors

extension LaiLoss {
  /// The factor g(k; λ) over slopes k, a curve for each λ, with its kinks, where it is least: at
  /// |k| = λ for residuals of power 1 and √λ for those of power 2.
  ///
  /// - features: Names for the legend; nil for X1, X2, ….
  /// - Throws: `ArgumentError`; `AllocationError`.
  public func chart(features: [String]? = nil) throws -> Chart {
    var curves: [(name: String, lambda: Double)] = []
    for (name, entry) in entries(features) {
      guard case .included(let lambda) = entry else { continue }
      if let place = curves.firstIndex(where: { $0.lambda == lambda }) {
        curves[place].name += ", \(name)"
      } else {
        curves.append((name, lambda))
      }
    }
    guard !curves.isEmpty else {
      throw ArgumentError("lambda", mustBe: "given for a feature", got: "\(lambda)")
    }
    let kinks = curves.map { kink($0.lambda) }
    let limit = max(3 * kinks.max()!, 1)
    let k = (-300...300).map { Double($0) / 300 * limit }
    var marks: [Mark] = []
    for (place, (curve, kink)) in zip(curves, kinks).enumerated() {
      let single = try LaiLoss(base: base, lambda: .uniform(curve.lambda))
      // The kinks themselves are drawn, however narrow they are.
      let points = (k + [-kink, kink]).sorted()
      let factor = try single.factor(Tensor(points, shape: [points.count, 1], dtype: .float64))
      let values = try factor.elements(as: Double.self)
      let lambda = "λ = \(Table.shortNumber(curve.lambda))"
      let name = curve.name.isEmpty ? lambda : "\(lambda): \(curve.name)"
      let color = Style.ColorChoice.index(place)
      marks.append(try .line(x: points, y: values, name: name, style: Style(color: color)))
      let least = try single.factor(Tensor([-kink, kink], shape: [2, 1], dtype: .float64))
      marks.append(
        try .points(
          x: [-kink, kink], y: least.elements(as: Double.self),
          style: Style(color: color, marker: .diamond, markerRadius: 4)))
    }
    // The factor lies between about 1 / 2 and 1 / λ.
    let isLog = curves.contains { $0.lambda < 0.1 }
    return Chart(panels: [
      Panel(
        xAxis: Axis(label: "slope k = ∂ŷ/∂x"),
        yAxis: Axis(label: "factor g(k; λ)", scale: isLog ? .log : .linear), marks: marks)
    ])
  }

  private func entries(_ features: [String]?) -> [(name: String, entry: PerFeature.Entry)] {
    switch lambda {
    case .uniform(let value): [("", .included(value))]
    case .perFeature(let entries):
      zip(features ?? entries.indices.map { "X\($0 + 1)" }, entries).map { ($0, $1) }
    case .named(let entries, let fallback):
      entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        + (fallback.map { [("others", $0)] } ?? [])
    }
  }
}
