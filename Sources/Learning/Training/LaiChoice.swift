import Tensors

/// Which batches or points take the Lai loss: a share α with its fraction carried over, so that the
/// share is exact over many epochs. Draws from a stream of its own, and nothing when α is 0.
struct LaiChoice {
  private let alpha: Double
  private var generator: RandomGenerator
  /// Batches or points met so far, and those of them that were chosen.
  private var met = 0
  private var chosen = 0
  private var isChosen: [Bool] = []
  private var places: [Int] = []

  init(alpha: Double, seed: UInt64) {
    self.alpha = alpha
    generator = RandomGenerator(seed: seed, stream: .alpha)
  }

  /// How many of the next `count` are due.
  private mutating func due(_ count: Int) -> Int {
    met += count
    // The small term keeps 0.01 · 2900 from being 28.999….
    let wanted = Int((alpha * Double(met) * (1 + 1e-12)).rounded(.down))
    let due = min(count, wanted - chosen)
    chosen += due
    return due
  }

  /// Chooses among the batches of an epoch.
  mutating func chooseBatches(of count: Int) {
    if isChosen.count != count {
      isChosen = Array(repeating: false, count: count)
      places = Array(0..<count)
    }
    for place in 0..<count { isChosen[place] = false }
    let due = due(count)
    for index in 0..<due {
      places.swapAt(index, index + generator.index(below: count - index))
      isChosen[places[index]] = true
    }
  }

  func contains(_ batch: Int) -> Bool { isChosen[batch] }

  /// How many points of a batch are chosen.
  mutating func points(of count: Int) -> Int { due(count) }

  /// Brings `points` of the rows, chosen among all, to the front.
  mutating func move(_ points: Int, of rows: UnsafeMutableBufferPointer<Int>) {
    for index in 0..<points {
      rows.swapAt(index, index + generator.index(below: rows.count - index))
    }
  }
}

/// Tells a loss that explodes without overflowing from one that is merely large: Adam with a huge
/// rate walks about with huge weights and never reaches infinity.
struct DivergenceWatch: Sendable {
  /// Residuals that are this many times too large count as divergence.
  private static let factor = 1e5
  /// How many times larger the loss is when residuals are `factor` times larger.
  private let growth: Double
  /// The loss of the prediction 0 where the target is largest, or that of the first batch, which
  /// may be larger when the targets are small.
  private var scale: Double
  private var isFirst = true

  init<S: TensorScalar>(targets: [S], base: Objective) {
    let largest = targets.reduce(0.0) { Swift.max($0, abs(Double($1))) }
    scale = base.residualLoss(largest)
    let (unit, many) = (base.residualLoss(1), base.residualLoss(Self.factor))
    growth = unit > 0 && many.isFinite ? many / unit : .infinity
  }

  /// How many times the targets' own size, or the first loss, the loss is, in words, if that is too
  /// much.
  mutating func growth(of loss: Double) -> String? {
    guard loss.isFinite else { return nil }
    if isFirst {
      isFirst = false
      scale = Swift.max(scale, loss)
    }
    guard loss > scale * growth else { return nil }
    return "\((loss / scale).rounded(toPlaces: 2))"
  }
}

extension Double {
  /// With so many significant digits.
  fileprivate func rounded(toPlaces places: Int) -> Double {
    Double(Table.format("%.\(places - 1)e", self)) ?? self
  }
}
