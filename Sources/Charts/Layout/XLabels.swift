/// The labels below the x axis, in a way that none overlaps another.
struct XLabels {
  struct Label {
    var place: Double
    var lines: [String]
    var whole: String?
  }

  private(set) var labels: [Label] = []
  /// Values with a tick.
  private(set) var ticks: [Double] = []
  private(set) var minor: [Double] = []
  /// Degrees, against the clock.
  private(set) var angle = 0.0
  /// What the labels stand for, one line each; shown below the axis.
  private(set) var key: [String] = []
  /// How much further to the right slanted labels would have to be, for all of them to be whole.
  private(set) var shortfall = 0.0
  /// Below the ticks.
  private(set) var height: Double

  private let metrics: LayoutMetrics
  private let frame: ClosedRange<Double>

  /// - scale: places within the frame.
  /// - frame: labels stay inside.
  init(_ axis: Axis, _ scale: Scale, frame: ClosedRange<Double>, _ metrics: LayoutMetrics) {
    (self.metrics, self.frame) = (metrics, frame)
    height = metrics.lineHeight(.tickLabel)
    if case .category(let names) = axis.scale {
      setNames(names.map(cleaned), scale)
    } else {
      setNumbers(scale)
    }
  }

  private mutating func setNumbers(_ scale: Scale) {
    let length = abs(scale.end - scale.start)
    var count = max(1, min(12, Int(length / (metrics.isTerminal ? 8 : 42))))
    while count > 0 {
      let found = Ticks.of(scale, atMost: count)
      ticks = found.values
      minor = found.minor
      labels = zip(found.values, found.labels).map {
        Label(place: scale.place($0), lines: [$1])
      }
      if fits(labels) { return }
      count -= 1
    }
    labels = []
  }

  private mutating func setNames(_ names: [String], _ scale: Scale) {
    ticks = names.indices.map(Double.init).filter(scale.domain.contains)
    let spacing = abs(scale.place(1) - scale.place(0))
    func label(_ value: Double, _ lines: [String]) -> Label {
      Label(place: scale.place(value), lines: lines)
    }
    labels = ticks.map { label($0, [names[Int($0)]]) }
    if fits(labels) { return }
    let slot = spacing - metrics.labelGap
    let wrapped = names.map { metrics.wrap($0, .tickLabel, width: slot) }
    let areWordsWhole = zip(names, wrapped).allSatisfy {
      $0.split(separator: " ") == $1.flatMap { $0.split(separator: " ") }
    }
    if areWordsWhole, wrapped.allSatisfy({ $0.count <= 3 }) {
      labels = ticks.map { label($0, wrapped[Int($0)]) }
      if fits(labels) {
        let lines = labels.map(\.lines.count).max() ?? 1
        height = Double(lines) * metrics.lineHeight(.tickLabel)
        return
      }
    }
    metrics.isTerminal ? setKey(names, scale) : slant(names, scale, spacing)
  }

  /// Numbers below the axis, with a list of the names.
  private mutating func setKey(_ names: [String], _ scale: Scale) {
    let showsKey = names.count <= 40
    if showsKey { key = ticks.map { "\(Int($0) + 1) \(names[Int($0)])" } }
    for step in 1...max(1, ticks.count) {
      labels = ticks.enumerated().filter { $0.offset % step == 0 }.map { _, value in
        Label(
          place: scale.place(value), lines: [showsKey ? "\(Int(value) + 1)" : names[Int(value)]])
      }
      if fits(labels) { return }
    }
    labels = []
  }

  private mutating func slant(_ names: [String], _ scale: Scale, _ spacing: Double) {
    angle = 45
    let lineHeight = metrics.lineHeight(.tickLabel)
    let step = max(1, Int((lineHeight * 1.5 / max(spacing, 1e-6)).rounded(.up)))
    labels = ticks.enumerated().filter { $0.offset % step == 0 }.map { _, value in
      let name = names[Int(value)]
      let place = scale.place(value)
      // Of a label that ends at its tick and starts at its lower left.
      let room = min(180, (place - frame.lowerBound) / 0.7072 - lineHeight)
      let wanted = min(180, metrics.width(name, .tickLabel))
      shortfall = max(shortfall, (wanted - room) * 0.7072)
      let text = metrics.shortened(name, .tickLabel, width: max(20, room))
      return Label(place: place, lines: [text], whole: text == name ? nil : name)
    }
    let longest = labels.map { metrics.width($0.lines[0], .tickLabel) }.max() ?? 0
    height = longest * 0.7072 + lineHeight
  }

  /// Moves labels into the frame; returns whether there is space between all of them.
  private mutating func fits(_ candidates: [Label]) -> Bool {
    var end = -Double.infinity
    for (index, label) in candidates.enumerated() {
      let width = label.lines.map { metrics.width($0, .tickLabel) }.max() ?? 0
      guard width <= frame.upperBound - frame.lowerBound else { return false }
      var start = label.place - width / 2
      if metrics.isTerminal { start = (label.place.rounded(.down) + 0.5 - width / 2).rounded(.up) }
      start = max(frame.lowerBound, min(start, frame.upperBound - width))
      if start < end + (end.isFinite ? metrics.labelGap : 0) { return false }
      end = start + width
      labels[index].place = start + width / 2
    }
    return true
  }
}

extension Ticks {
  /// Round values of a linear or log scale.
  static func of(_ scale: Scale, atMost count: Int) -> Ticks {
    scale.isLog
      ? LogTicks(scale.domain, atMost: count).ticks : LinearTicks(scale.domain, atMost: count).ticks
  }
}
