extension [Double] {
  /// Their mean squared distance from their mean (divisor n).
  var variance: Double {
    let mean = reduce(0, +) / Double(count)
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
  }

  /// The value below which a share of them lies, interpolated linearly as NumPy does. Reorders the
  /// values.
  mutating func percentile(_ share: Double) -> Double {
    let position = share * Double(count - 1)
    let below = Int(position)
    let low = select(below)
    let high = self[(below + 1)...].min() ?? low
    return low + (position - Double(below)) * (high - low)
  }

  /// The value at place `rank` of the sorted values. Moves it to that place, with no larger value
  /// before it and no smaller one behind it (Hoare, 1961: Find).
  private mutating func select(_ rank: Int) -> Double {
    var (low, high) = (0, count - 1)
    while low < high {
      let (first, middle, last) = (self[low], self[(low + high) / 2], self[high])
      let pivot = Swift.max(Swift.min(first, middle), Swift.min(Swift.max(first, middle), last))
      var (i, j) = (low, high)
      while i <= j {
        while self[i] < pivot { i += 1 }
        while pivot < self[j] { j -= 1 }
        guard i <= j else { break }
        swapAt(i, j)
        (i, j) = (i + 1, j - 1)
      }
      if rank <= j {
        high = j
      } else if rank >= i {
        low = i
      } else {
        break
      }
    }
    return self[rank]
  }
}
