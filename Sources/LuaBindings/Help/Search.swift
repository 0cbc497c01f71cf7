import Tensors

extension LuaModule {
  /// The text for `?? words`: every page that contains all the words. Pages with the words in their
  /// name come first.
  package func search(_ words: String, width: Int = 100) -> String {
    let wanted = words.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    guard !wanted.isEmpty else { return "?? needs words to search for" }
    let found = topics.compactMap { topic in topic.rank(of: wanted).map { ($0, topic) } }
      .sorted { ($0.0, $0.1.name) < ($1.0, $1.1.name) }
    guard !found.isEmpty else {
      return "nothing on '\(words)'\(topics.map(\.name).hint(for: words))"
    }
    let rest = found.count - Self.mostResults
    return aligned(
      found.prefix(Self.mostResults).map { ($0.1.name, $0.1.summary) }, width: width)
      + (rest > 0 ? "\n  … \(rest) more" : "")
  }

  private static let mostResults = 30

  private var topics: [Topic] {
    functions.map { Topic(name: "lai.\($0.name)", $0) }
      + classes.map { Topic(name: $0.name, summary: $0.summary, more: "") }
      + classes.flatMap { record in
        let short = record.name.dropFirst(4)
        return record.methods.map { Topic(name: "\(short):\($0.name)", $0) }
          + record.properties.map { Topic(name: "\(short).\($0.name)", $0) }
      }
      + optionTopics
      + LibraryEntry.all.map { Topic(name: $0.name, summary: $0.summary, more: $0.signature) }
      + LuaWord.all.map { Topic(name: $0.word, summary: $0.summary, more: $0.syntax) }
  }
}

extension LuaModule {
  /// Words by which people look for options, besides those in the summaries.
  private static let synonyms = [
    "patience": "early stopping", "missing": "missing values empty cells nan na imputation",
    "lambda": "hyperparameter", "lr": "learning rate", "clip": "gradient clipping",
  ]

  fileprivate var optionTopics: [Topic] {
    options.map { option in
      Topic(
        name: "\(option.owner){\(option.record.name)=}", summary: option.record.summary,
        more: Self.synonyms[option.record.name] ?? "")
    }
  }
}

/// A page for the search.
private struct Topic {
  let name: String
  let summary: String
  /// Options and details, which count least.
  let more: String

  init(name: String, summary: String, more: String) {
    (self.name, self.summary, self.more) = (name, summary, more)
  }

  init(name: String, _ function: LuaFunction) {
    let parameters = function.parameters.flatMap { [$0] + $0.options }
      .map { "\($0.name) \($0.annotation) \($0.summary)" }
    self.init(
      name: name, summary: function.summary,
      more: (parameters + [function.details]).joined(separator: " "))
  }

  /// The rank, lower is better; nil if a word is missing.
  func rank(of words: [String]) -> Int? {
    var sum = 0
    for word in words {
      let parts = name.lowercased().split { ".:_{=}".contains($0) }
      if parts.last.map({ $0 == word }) == true {
        sum += 0
      } else if parts.contains(where: { $0.hasPrefix(word) }) {
        sum += 1
      } else if name.lowercased().contains(word) {
        sum += 2
      } else if summary.lowercased().contains(word) {
        sum += 4
      } else if more.lowercased().contains(word) {
        sum += 8
      } else if stems(of: word).contains(where: { text.contains($0) }) {
        sum += 9
      } else {
        return nil
      }
    }
    return sum
  }

  /// The whole text in lower case.
  private var text: String { "\(name) \(summary) \(more)".lowercased() }

  /// A word without its ending: "stop" for "stopping".
  private func stems(of word: String) -> [String] {
    for ending in ["ing", "ed", "es", "s"]
    where word.hasSuffix(ending) && word.count > ending.count + 3 {
      let stem = String(word.dropLast(ending.count))
      let isDoubled = stem.last == stem.dropLast().last
      return isDoubled ? [stem, String(stem.dropLast())] : [stem]
    }
    return []
  }
}
