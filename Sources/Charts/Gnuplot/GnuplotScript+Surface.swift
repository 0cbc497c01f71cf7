extension GnuplotScript {
  /// A plot in three dimensions in the place of its panel.
  mutating func add(_ surface: Scene.Surface, _ scene: Scene) {
    let (panel, grid, frame) = (surface.panel, surface.grid, surface.frame)
    let ink = "textcolor rgb '\(palette.text.hex)'"
    let barWidth = 76.0
    append("reset\nunset key\n")
    append("set origin \(frame.minX / scene.width),\(1 - frame.maxY / scene.height)\n")
    append("set size \((frame.width - barWidth) / scene.width),\(frame.height / scene.height)\n")
    guard grid.range != nil, grid.x.count > 1, grid.y.count > 1 else {
      append("set label 'no data' at graph 0.5,0.5 center \(ink)\nunset border\nunset tics\n")
      append("set xrange [0:1]\nset yrange [0:1]\nplot NaN notitle\n")
      return
    }
    append("set border 31 linecolor rgb '\(palette.axis.hex)'\n")
    append("set title \(quoted(panel.title)) font ',13.5' noenhanced \(ink)\n")
    append("set tics font ',11' textcolor rgb '\(palette.mutedText.hex)'\n")
    setAxis("x", panel.xAxis, grid.x[0]...grid.x[grid.x.count - 1], ink)
    setAxis("y", panel.yAxis, grid.y[0]...grid.y[grid.y.count - 1], ink)
    setValues(grid.range!)
    let places = (0...8).map { "\($0) '\(Palette.scale(Double($0) / 8).hex)'" }
    append("set palette defined (\(places.joined(separator: ", ")))\n")
    append("set view 55,325,1,1.15\nset xyplane relative 0.1\n")
    append("set pm3d depthorder border linewidth 0.2 linecolor rgb '\(palette.axis.hex)'\n")
    let (x, y) = (frame.maxX - barWidth + 14, frame.minY + frame.height * 0.75)
    append("set colorbox user origin \(x / scene.width),\(1 - y / scene.height) ")
    append("size \(14 / scene.width),\(frame.height * 0.5 / scene.height) noborder\n")
    addPoints(of: panel, grid, ink)
    append("splot \(quoted(file(rows(grid)))) with pm3d notitle\n")
  }

  private mutating func setAxis(
    _ name: String, _ axis: Axis, _ range: ClosedRange<Double>, _ ink: String
  ) {
    let range = axis.limits ?? range
    append("set \(name)label \(quoted(axis.label)) font ',12' noenhanced \(ink)\n")
    append("set \(name)range [\(range.lowerBound):\(range.upperBound)]\n")
    if axis.scale == .log, range.lowerBound > 0 {
      append("set logscale \(name)\n")
      setTics(name, LogTicks(range, atMost: 4).ticks)
    } else if case .category(let names) = axis.scale {
      setTics(name, Ticks(values: names.indices.map(Double.init), labels: names))
    } else {
      setTics(name, LinearTicks(range, atMost: 5).ticks)
    }
  }

  /// Of the heights and of the scale of colours.
  private mutating func setValues(_ range: ClosedRange<Double>) {
    var range = range
    if range.lowerBound == range.upperBound {
      // gnuplot can choose no range then.
      range = range.lowerBound.nextDown - 1...range.upperBound.nextUp + 1
    }
    append("set zrange [\(range.lowerBound):\(range.upperBound)]\n")
    append("set cbrange [\(range.lowerBound):\(range.upperBound)]\n")
    setTics("z", LinearTicks(range, atMost: 4).ticks)
    setTics("cb", LinearTicks(range, atMost: 6).ticks)
  }

  private mutating func setTics(_ name: String, _ ticks: Ticks) {
    // The only texts that gnuplot takes as formats for a number.
    let list = zip(ticks.values, ticks.labels).map { value, label in
      "\(quoted(label.map { $0 == "%" ? "%%" : String($0) }.joined())) \(value)"
    }
    append("set \(name)tics (\(list.joined(separator: ", ")))\n")
  }

  /// As labels, which are in front, at the height of the surface's nearest value.
  private mutating func addPoints(of panel: Panel, _ grid: Grid, _ ink: String) {
    for mark in ResolvedMark.resolve(panel) {
      guard case .points(let xs, let ys) = mark.mark.geometry else { continue }
      let color = palette.color(mark.paint.source).hex
      for (index, (x, y)) in zip(xs, ys).enumerated() where x.isFinite && y.isFinite {
        guard
          let column = grid.x.indices.min(by: { abs(grid.x[$0] - x) < abs(grid.x[$1] - x) }),
          let row = grid.y.indices.min(by: { abs(grid.y[$0] - y) < abs(grid.y[$1] - y) }),
          grid.value(column, row).isFinite
        else { continue }
        let text = quoted(index == 0 ? mark.mark.name : "")
        append("set label \(text) at first \(x),\(y),\(grid.value(column, row)) front ")
        append("point pointtype 7 pointsize 0.9 linecolor rgb '\(color)' offset 0.8,0.5 ")
        append("font ',11' noenhanced \(ink)\n")
      }
    }
  }

  private func rows(_ grid: Grid) -> String {
    var rows = ""
    for row in grid.y.indices {
      for column in grid.x.indices {
        let value = grid.value(column, row)
        rows += "\(grid.x[column]) \(grid.y[row]) \(value.isFinite ? "\(value)" : "NaN")\n"
      }
      rows += "\n"
    }
    return rows
  }
}
