/// Text for people that may mention options with values, places in a list, and words of a language.
/// These are data until the text is shown, since a script writes them otherwise than a Swift program:
/// see `OptionNotation`.
///
///     let reason: Message = "the value is missing: \(option: "missing", "drop") leaves such rows out"
public struct Message: Sendable, Equatable {
  /// The value of an option.
  public enum Value: Sendable, Equatable {
    case text(String)
    case number(Int)
    case list([String])
    /// A list that the reader must fill in.
    case someList
  }

  /// What each language has its own word for.
  public enum Word: Sendable, Equatable {
    /// The method that copies a tensor.
    case copy
    /// The value that excludes a feature.
    case excluded
    /// The call that scales the features of data.
    case featureScaling
    /// The call that scales data and their target.
    case targetScaling
  }

  enum Part: Sendable, Equatable {
    case text(String)
    case option(String, Value)
    /// A place in a list, from 0.
    case index(Int)
    case word(Word)
  }

  private(set) var parts: [Part] = []

  public init(_ text: String) { append(.text(text)) }

  /// Joins neighbouring texts, so that equal messages have equal parts.
  fileprivate mutating func append(_ part: Part) {
    if case .text(let end) = part, case .text(let start)? = parts.last {
      parts[parts.count - 1] = .text(start + end)
    } else {
      parts.append(part)
    }
  }

  /// The text with options in a notation.
  public func text(in notation: OptionNotation) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .option(let name, let value): notation.option(name, value)
      case .index(let index): "\(index + notation.firstIndex)"
      case .word(.copy): notation.copy
      case .word(.excluded): notation.excluded
      case .word(.featureScaling): notation.featureScaling
      case .word(.targetScaling): notation.targetScaling
      }
    }.joined()
  }
}

extension [Message] {
  public func joined(separator: String) -> Message {
    enumerated().reduce(into: Message("")) { result, part in
      result = part.offset == 0 ? part.element : "\(result)\(separator)\(part.element)"
    }
  }
}

extension Message: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(text) }
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.message }

  public struct StringInterpolation: StringInterpolationProtocol {
    var message = Message("")
    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ literal: String) { message.append(.text(literal)) }
    public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      message.append(.text(value.description))
    }
    public mutating func appendInterpolation(_ other: Message) {
      for part in other.parts { message.append(part) }
    }
    public mutating func appendInterpolation(_ value: some Worded) {
      appendInterpolation(value.words)
    }
    /// - index: a place in a list, from 0.
    public mutating func appendInterpolation(index: Int) { message.append(.index(index)) }
    public mutating func appendInterpolation(word: Word) { message.append(.word(word)) }
    public mutating func appendInterpolation(option name: String, _ value: Value) {
      message.append(.option(name, value))
    }
    public mutating func appendInterpolation(option name: String, _ text: String) {
      message.append(.option(name, .text(text)))
    }
  }
}

extension Message: CustomStringConvertible {
  public var description: String { text(in: .swift) }
}

/// What a message says of itself, in the words of the reader's language.
public protocol Worded: CustomStringConvertible {
  var words: Message { get }
}

extension Worded {
  public var description: String { words.description }
}

/// What an error says, in the words of the reader's language if it has them.
public func words(of error: any Error) -> Message {
  (error as? any Worded)?.words ?? Message(String(describing: error))
}

/// How a language writes an option with its value, `skip: 2` in Swift, and other data of a message.
public struct OptionNotation: Sendable {
  let assignment: String
  let list: (open: String, close: String)
  /// That of the first element of a list.
  let firstIndex: Int
  let copy: String
  let excluded: String
  let featureScaling: String
  let targetScaling: String

  public init(
    assignment: String, list: (open: String, close: String), firstIndex: Int = 0,
    copy: String = "copy()", excluded: String = "excluded",
    featureScaling: String = "Scaler(fitting: train)",
    targetScaling: String = "Scaler(fitting: train, scalesTarget: true)"
  ) {
    (self.assignment, self.list, self.firstIndex) = (assignment, list, firstIndex)
    (self.copy, self.excluded) = (copy, excluded)
    (self.featureScaling, self.targetScaling) = (featureScaling, targetScaling)
  }

  public static let swift = OptionNotation(assignment: ": ", list: ("[", "]"))

  func option(_ name: String, _ value: Message.Value) -> String {
    let text =
      switch value {
      case .text(let text): quoted(text)
      case .number(let number): "\(number)"
      case .list(let texts): list.open + texts.map(quoted).joined(separator: ", ") + list.close
      case .someList: list.open + "…" + list.close
      }
    return name + assignment + text
  }

  /// In quotes, with escapes for tabs and spaces that do not look like what they are.
  private func quoted(_ text: String) -> String {
    let escapes: [Character: String] = [
      "\t": "\\t", "\u{A0}": "\\u{A0}", "\u{202F}": "\\u{202F}",
    ]
    return "\"" + text.map { escapes[$0] ?? String($0) }.joined() + "\""
  }
}
