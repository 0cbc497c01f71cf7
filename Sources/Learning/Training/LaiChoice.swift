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

  /// Brings `points` rows, chosen among the `count` from `first` on, to the front of these.
  mutating func movePoints(_ points: Int, of order: inout [Int], _ first: Int, _ count: Int) {
    for index in 0..<points {
      order.swapAt(first + index, first + index + generator.index(below: count - index))
    }
  }
}

/// Tells a loss that explodes without overflowing from one that is merely large: Adam with a huge
/// rate walks about with huge weights and never reaches infinity.
struct DivergenceWatch: Sendable {
  /// Losses of a prediction that is this many times too large count as divergence.
  private static let factor = 1e5
  private let limit: Double
  private let scale: Double

  init<S: TensorScalar>(targets: [S], base: BaseLoss) {
    let largest = targets.reduce(0.0) { Swift.max($0, abs(Double($1))) }
    let size = Swift.max(largest, 1e-30)
    scale = base == .mse ? size * size : size
    limit = scale * (base == .mse ? Self.factor * Self.factor : Self.factor)
  }

  /// How many times the targets' own size the loss is, in words, if that is too much.
  func growth(of loss: Double) -> String? {
    guard loss > limit, loss.isFinite else { return nil }
    return "\((loss / scale).rounded(toPlaces: 2))"
  }
}

extension Double {
  /// With so many significant digits.
  fileprivate func rounded(toPlaces places: Int) -> Double {
    Double(Table.format("%.\(places - 1)e", self)) ?? self
  }
}
