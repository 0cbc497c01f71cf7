import CLai
import CTerminal
import Platform

/// One line on a terminal's standard error that says how far long work is and what time is left. It
/// stands below the line in which a script writes, and goes when the script writes more, see Output.c.
/// Nothing is written when that is not a terminal, or a host has not left it to us.
struct ProgressBar {
  private static let width = 30
  private static let leastWidth = 6
  /// Seconds before the first line, so that short work shows none, and between two.
  private static let patience = 0.5
  private static let interval = 0.1

  private let isShown = lai_has_terminal() && isatty(2) == 1 && understandsCursor
  private let start = ContinuousClock.now
  private var lastShown = 0.0
  private var hasLine = false

  /// Shows `done` of `total`, now and then.
  mutating func show(_ done: Int, of total: Int, note: String = "") {
    guard isShown, total > 0 else { return }
    let elapsed = (ContinuousClock.now - start).seconds
    guard elapsed > ProgressBar.patience, !hasLine || elapsed - lastShown > ProgressBar.interval
    else { return }
    lastShown = elapsed
    hasLine = true
    let share = Double(done) / Double(total)
    let left = share > 0 ? elapsed * (1 - share) / share : 0
    let percent = String(Int(share * 100)).leftPadding(to: 3)
    let columns = ProgressBar.columns
    var line = ProgressBar.line(
      share, " \(percent) %  \(duration(left)) left  \(note)", columns: columns)
    line.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lai_show_bar($0.baseAddress, $0.count, Int32(columns))
      }
    }
  }

  private static var understandsCursor: Bool {
    getenv("TERM").map { !["", "dumb"].contains(String(cString: $0)) } ?? false
  }

  /// Within the terminal's columns but the last, where some begin a new line: a short bar, or none,
  /// before a text that is cut.
  static func line(_ share: Double, _ text: String, columns: Int) -> String {
    let most = columns - 1
    let width = min(ProgressBar.width, most - text.count)
    guard width >= ProgressBar.leastWidth else {
      return String(text.drop { $0 == " " }.prefix(max(0, most)))
    }
    let filled = Int(share * Double(width))
    return String(repeating: "━", count: filled) + String(repeating: "╌", count: width - filled)
      + text
  }

  private static var columns: Int {
    var (columns, rows): (Int32, Int32) = (0, 0)
    terminal_size(&columns, &rows)
    return Int(columns)
  }

  /// Wipes the line, for good or for other output; the next `show` brings it back at once.
  mutating func wipe() {
    if hasLine { lai_wipe_bar() }
    hasLine = false
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}

extension Duration {
  /// As a number of seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension String {
  /// Filled with blanks in front.
  func leftPadding(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
