/// One key, or one paste.
package enum Key: Hashable, Sendable {
  /// Text, one scalar at a time; the only modifier is alt.
  case scalar(Unicode.Scalar, Modifiers = [])
  /// Ctrl with a lower-case letter or one of `@[\]^_`. Tab, Enter and Backspace are `special`.
  case control(Unicode.Scalar, Modifiers = [])
  case special(Special, Modifiers = [])
  /// A whole bracketed paste. Invalid UTF-8 is replaced by U+FFFD.
  case paste(String)

  package enum Special: Equatable, Sendable {
    case up, down, right, left, home, end, insert, delete, pageUp, pageDown
    case tab, enter, backspace, escape
  }

  package struct Modifiers: OptionSet, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let shift = Modifiers(rawValue: 1)
    package static let alt = Modifiers(rawValue: 2)
    package static let control = Modifiers(rawValue: 4)
  }
}
