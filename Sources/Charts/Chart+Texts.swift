extension Chart {
  /// The same chart with other texts.
  func mapTexts(_ change: (String) -> String) -> Chart {
    var chart = self
    chart.title = change(title)
    chart.panels = panels.map { panel in
      var panel = panel
      panel.title = change(panel.title)
      panel.xAxis = panel.xAxis.mapTexts(change)
      panel.yAxis = panel.yAxis.mapTexts(change)
      panel.marks = panel.marks.map { $0.mapTexts(change) }
      return panel
    }
    return chart
  }

  /// All texts but those of tooltips.
  var allTexts: [String] {
    var texts: [String] = []
    _ = mapTexts { text in
      texts.append(text)
      return text
    }
    return texts
  }
}

extension Axis {
  fileprivate func mapTexts(_ change: (String) -> String) -> Axis {
    var scale = self.scale
    if case .category(let names) = scale { scale = .category(names.map(change)) }
    return Axis(label: change(label), scale: scale, unchecked: limits)
  }
}

extension Mark {
  fileprivate func mapTexts(_ change: (String) -> String) -> Mark {
    var geometry = self.geometry
    if case .text(let texts, let x, let y, let anchor) = geometry {
      geometry = .text(texts.map(change), x: x, y: y, anchor: anchor)
    }
    return Mark(geometry, change(name), style, tooltips)
  }
}
