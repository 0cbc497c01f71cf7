/// Text for people that may mention options with values. Options are data until the text is shown,
/// since a script writes them otherwise than a Swift program: see `OptionNotation`.
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

  enum Part: Sendable, Equatable {
    case text(String)
    case option(String, Value)
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
      }
    }.joined()
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

/// How a language writes an option with its value: `skip: 2` in Swift.
public struct OptionNotation: Sendable {
  let assignment: String
  let list: (open: String, close: String)

  public init(assignment: String, list: (open: String, close: String)) {
    (self.assignment, self.list) = (assignment, list)
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
