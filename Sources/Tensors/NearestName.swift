/// The name in a list that `name` was most likely meant to be, for "did you mean …?".
///
/// The distance counts insertions, deletions, substitutions and swaps of neighbours (Damerau 1964,
/// as optimal string alignment) and ignores case. Of equally near names it is the first. When even
/// the nearest name differs in more than a third of its letters, it is the shortest name that
/// shares a word with `name`, such as validation_rmse for rmse, or else the only one that begins with
/// `name`, such as epsilon for eps; nil if there is none.
public func nearestName(to name: String, in names: [String]) -> String? {
  let longest = 64
  let wanted = Array(name.lowercased())
  guard !wanted.isEmpty, wanted.count <= longest else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in names {
    let letters = Array(candidate.lowercased())
    guard !letters.isEmpty, letters.count <= longest else { continue }
    let distance = alignmentDistance(wanted, letters)
    let length = max(wanted.count, letters.count)
    let allowed = length == 1 ? 0 : max(1, length / 3)
    if distance <= allowed && distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name ?? nameWithWord(of: name, in: names) ?? nameBeginning(with: name, in: names)
}

/// The only name that begins with `name`, which is an abbreviation then.
private func nameBeginning(with name: String, in names: [String]) -> String? {
  let names = names.filter { $0.lowercased().hasPrefix(name.lowercased()) }
  return name.count >= 3 && names.count == 1 ? names[0] : nil
}

/// The shortest name that is one of `name`'s words, or of whose words `name` is one.
private func nameWithWord(of name: String, in names: [String]) -> String? {
  func words(_ text: String) -> [Substring] { text.lowercased().split(separator: "_") }
  let wanted = words(name)
  return names.filter { candidate in
    let other = words(candidate)
    return wanted.count == 1
      ? other.contains(wanted[0]) : other.count == 1 && wanted.contains(other[0])
  }.min { $0.count < $1.count }
}

/// Edits that turn `a` into `b`, where no letter is edited twice.
private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
  var previous: [Int] = []
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i]
    for j in 1...b.count {
      let substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
      var distance = min(last[j] + 1, row[j - 1] + 1, substitution)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        distance = min(distance, previous[j - 2] + 1)
      }
      row.append(distance)
    }
    (previous, last) = (last, row)
  }
  return last[b.count]
}

extension [String] {
  /// " (did you mean 'x'?)" for the nearest name, or nothing.
  public func hint(for name: String) -> String {
    nearestName(to: name, in: self).map { " (did you mean '\($0)'?)" } ?? ""
  }
}
