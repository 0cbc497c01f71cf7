extension Chart: CustomStringConvertible {
  /// The chart drawn with characters, 80 columns wide and without colours.
  public var description: String {
    var text = TerminalRenderer().render(self)
    if text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
