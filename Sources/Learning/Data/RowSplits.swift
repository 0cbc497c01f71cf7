import Tensors

/// How rows are divided at random: by themselves, by strata that all parts share, or by groups that
/// no two parts share.
struct RowSplits {
  let count: Int
  let seed: UInt64
  /// By row, from 0; nil without strata.
  var strata: [Int]?
  /// By row, from 0; nil without groups.
  var groups: [Int]?

  /// Parts of given shares of the rows, and the rest as the last one, all in the order of the rows.
  ///
  /// - shares: By the name of their option.
  /// - Throws: `ArgumentError` for a share outside (0, 1), and for shares that leave a part empty.
  func parts(_ shares: [(name: String, share: Double)]) throws -> [[Int]] {
    for (name, share) in shares {
      guard share > 0, share < 1 else {
        throw ArgumentError(name, mustBe: "between 0 and 1, both excluded", got: share)
      }
    }
    let parts = groups == nil ? byRow(shares.map(\.share)) : byGroup(shares.map(\.share))
    if let empty = parts.firstIndex(where: \.isEmpty) {
      let (name, share) = shares[min(empty, shares.count - 1)]
      let what = groupCount.map { "\($0) groups" } ?? "\(count) rows"
      throw ArgumentError(
        name,
        mustBe:
          "a share that leaves \(shares.count == 1 ? "both parts" : "each part") some of the \(what)",
        got: share)
    }
    return parts.map { $0.sorted() }
  }

  /// k parts of about the same size, in the order of the rows.
  ///
  /// - Throws: `ArgumentError` for k < 2, and for more folds than rows or groups.
  func folds(_ k: Int) throws -> [[Int]] {
    let most = groupCount ?? count
    guard k >= 2, k <= most else {
      let what = groups == nil ? "rows" : "groups"
      throw ArgumentError("k", mustBe: "between 2 and the number of \(what), \(most)", got: k)
    }
    var folds = [[Int]](repeating: [], count: k)
    if let groups {
      // The largest groups first, each to the smallest fold.
      var sizes = [Int](repeating: 0, count: groupCount!)
      for group in groups { sizes[group] += 1 }
      var order = Array(sizes.indices)
      shuffle(&order)
      order.sort { sizes[$0] > sizes[$1] }
      var places = sizes
      var filled = [Int](repeating: 0, count: k)
      for group in order {
        let fold = filled.indices.min { filled[$0] < filled[$1] }!
        places[group] = fold
        filled[fold] += sizes[group]
      }
      for row in 0..<count { folds[places[groups[row]]].append(row) }
      return folds
    }
    // Dealt one after the other, stratum by stratum: each fold gets its share of all.
    for (place, row) in shuffledStrata().joined().enumerated() { folds[place % k].append(row) }
    return folds.map { $0.sorted() }
  }

  private var groupCount: Int? { groups.map { ($0.max() ?? -1) + 1 } }

  private func byRow(_ shares: [Double]) -> [[Int]] {
    var parts = [[Int]](repeating: [], count: shares.count + 1)
    var (seen, taken) = (0, shares.map { _ in 0 })
    for rows in shuffledStrata() {
      seen += rows.count
      var rest = rows[...]
      for (part, share) in shares.enumerated() {
        // Of all strata so far, so that rounding does not add up.
        let wanted = Int((Double(seen) * share).rounded())
        let more = min(rest.count, wanted - taken[part])
        parts[part] += rest.prefix(more)
        rest = rest.dropFirst(more)
        taken[part] += more
      }
      parts[shares.count] += rest
    }
    return parts
  }

  private func byGroup(_ shares: [Double]) -> [[Int]] {
    var rows = [[Int]](repeating: [], count: groupCount!)
    for (row, group) in groups!.enumerated() { rows[group].append(row) }
    var order = Array(rows.indices)
    shuffle(&order)
    var parts = [[Int]](repeating: [], count: shares.count + 1)
    var part = 0
    for group in order {
      // A group goes where its middle falls.
      while part < shares.count,
        Double(parts[part].count) + Double(rows[group].count) / 2 > shares[part] * Double(count),
        !parts[part].isEmpty
      {
        part += 1
      }
      parts[part] += rows[group]
    }
    return parts
  }

  /// The rows of each stratum, shuffled; of all rows without strata.
  private func shuffledStrata() -> [[Int]] {
    var generator = RandomGenerator(seed: seed, stream: .split)
    guard let strata else {
      var order = Array(0..<count)
      generator.shuffle(&order)
      return [order]
    }
    var rows = [[Int]](repeating: [], count: (strata.max() ?? 0) + 1)
    for (row, stratum) in strata.enumerated() { rows[stratum].append(row) }
    for stratum in rows.indices { generator.shuffle(&rows[stratum]) }
    return rows
  }

  private func shuffle(_ list: inout [Int]) {
    var generator = RandomGenerator(seed: seed, stream: .split)
    generator.shuffle(&list)
  }
}
