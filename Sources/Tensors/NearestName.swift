/// The name that was probably meant: the one the fewest slips away, when they are few for its
/// length. A slip is a letter too many, missing, wrong, or two neighbours swapped.
public func nearestName(to name: String, in names: [String]) -> String? {
  let typed = Array(name.lowercased().utf8.prefix(64))
  var best: (name: String, slips: Int)?
  for candidate in names.sorted() {
    let slips = slipCount(typed, Array(candidate.lowercased().utf8.prefix(64)))
    guard slips <= max(1, min(typed.count, candidate.utf8.count) / 3) else { continue }
    if slips < best?.slips ?? .max { best = (candidate, slips) }
  }
  return best?.name
}

/// The optimal string alignment distance.
private func slipCount(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var (before, previous) = ([Int](), Array(0...b.count))
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var slips = min(
        previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { slips = min(slips, before[j - 1] + 1) }
      current.append(slips)
    }
    (before, previous) = (previous, current)
  }
  return previous[b.count]
}
