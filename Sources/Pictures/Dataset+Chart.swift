import Charts
import Learning
import Tensors

extension Dataset {
  /// Histograms of the features and of a single target.
  ///
  /// - Throws: `ArgumentError`; `AllocationError`.
  public func chart() throws -> Chart {
    var panels = try features.map { try histogram($0) }
    if let target, y?.shape[1] == 1 { panels.insert(try histogram(target), at: 0) }
    return Chart(panels: panels, columns: min(3, panels.count))
  }

  /// The histogram of a column and, of a feature, the target against it.
  ///
  /// - Throws: `UnknownFeature`; `ArgumentError`; `AllocationError`.
  public func chart(of name: String) throws -> Chart {
    var panels = [try histogram(name)]
    if name != target, let y, y.shape[1] == 1 {
      let (all, targets) = (try values(name), try y.elements(as: Double.self))
      // A cloud of more points is one patch of colour.
      let step = max(1, all.count / 2000)
      let places = stride(from: 0, to: all.count, by: step)
      panels.append(
        Panel(
          xAxis: Axis(label: name), yAxis: Axis(label: target ?? "y"),
          marks: [
            try .points(
              x: places.map { all[$0] }, y: places.map { targets[$0] },
              style: Style(markerRadius: 2))
          ]))
    }
    return Chart(panels: panels, columns: panels.count)
  }

  private func values(_ name: String) throws -> [Double] {
    try column(name).elements(as: Double.self)
  }

  private func histogram(_ name: String) throws -> Panel {
    Panel(
      xAxis: Axis(label: name), yAxis: Axis(label: "rows"),
      marks: [.histogram(try Histogram(values(name)))])
  }
}
