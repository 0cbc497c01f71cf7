import Tensors

/// Which batches or points take the Lai loss: a share α with its fraction carried over, so that the
/// share is exact over many epochs. Draws from a stream of its own, and nothing when α is 0.
struct LaiChoice: Sendable, Equatable, Codable {
  /// What a choice of points changes: kept, so that it can be taken back.
  struct Draw: Sendable, Equatable, Codable {
    fileprivate var generator: RandomGenerator
    /// Batches or points met so far, and those of them that were chosen.
    fileprivate var met = 0
    fileprivate var chosen = 0
  }

  private(set) var draw: Draw
  private var isChosen: [Bool] = []
  private var places: [Int] = []

  init(seed: UInt64) { draw = Draw(generator: RandomGenerator(seed: seed, stream: .alpha)) }

  /// Takes back the choices since that draw.
  mutating func restore(_ draw: Draw) { self.draw = draw }

  /// How many of so many are chosen.
  static func due(of met: Int, _ alpha: Double) -> Int {
    // The small term keeps 0.01 · 2900 from being 28.999….
    Int((alpha * Double(met) * (1 + 1e-12)).rounded(.down))
  }

  /// How many of the next `count` are due.
  private mutating func due(_ count: Int, _ alpha: Double) -> Int {
    draw.met += count
    let due = max(0, min(count, LaiChoice.due(of: draw.met, alpha) - draw.chosen))
    draw.chosen += due
    return due
  }

  /// Chooses among the batches of an epoch.
  mutating func chooseBatches(of count: Int, alpha: Double) {
    if isChosen.count != count {
      isChosen = Array(repeating: false, count: count)
      places = Array(0..<count)
    }
    for place in 0..<count { isChosen[place] = false }
    let due = due(count, alpha)
    for index in 0..<due {
      places.swapAt(index, index + draw.generator.index(below: count - index))
      isChosen[places[index]] = true
    }
  }

  func contains(_ batch: Int) -> Bool { batch < isChosen.count && isChosen[batch] }

  /// Whether no batches have been chosen from yet.
  var isEmpty: Bool { isChosen.isEmpty }

  /// How many points of a batch are chosen.
  mutating func points(of count: Int, alpha: Double) -> Int { due(count, alpha) }

  /// Brings `points` of the rows, chosen among all, to the front.
  mutating func move(_ points: Int, of rows: UnsafeMutableBufferPointer<Int>) {
    for index in 0..<points {
      rows.swapAt(index, index + draw.generator.index(below: rows.count - index))
    }
  }

  /// Whether these are choices that could have been made among so many batches an epoch.
  func isValid(batches: Int) -> Bool {
    let isList =
      places.isEmpty && isChosen.isEmpty
      || isChosen.count == batches && places.sorted().elementsEqual(0..<batches)
    return isList && (0...draw.met).contains(draw.chosen) && draw.met < 1 << 53
  }
}
