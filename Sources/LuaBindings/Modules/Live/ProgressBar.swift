import CLai
import CTerminal
import Charts
import Pictures
import Platform

/// Shows how far long work is and what time is left: a bar and, with more room and time, a picture
/// below it.
///
/// On a terminal it stands below the line in which a script writes, on standard error, and goes when
/// the work has ended. Nothing is written when that is not a terminal or a host has not left it to us.
/// Who listens (`ProgressReport.listening`) gets reports instead.
struct ProgressBar {
  private enum Place {
    case nowhere, terminal
    case listener(id: Int, ProgressReport.Listener)
  }

  /// Seconds before the bar, so that short work shows none, and before the picture.
  private static let (patience, picturePatience) = (0.5, 1.0)
  /// Seconds between two bars, two pictures and two reports.
  private static let (interval, pictureInterval, reportInterval) = (0.1, 0.2, 0.25)
  /// Showing takes at most this share of the time.
  private static let largestShare = 0.005
  /// Smaller windows have the bar alone.
  private static let (leastRows, leastColumns) = (16, 40)

  private let place: Place
  private let mode: ProgressMode
  /// Steps that were done before.
  var begun = 0
  private let start = ContinuousClock.now
  private var nextTime = ProgressBar.patience
  /// What is on the terminal, and its columns then.
  private var rows = ""
  private var columns = 0
  /// How far it is; nil before anything is shown.
  private var last: ProgressReport?

  init(_ mode: ProgressMode) {
    self.mode = mode
    if mode == .off {
      place = .nowhere
    } else if let listener = ProgressReport.listener {
      place = .listener(id: ProgressReport.nextID(), listener)
    } else {
      place =
        lai_has_terminal() && isatty(2) == 1 && TerminalRenderer.understandsCursor
        ? .terminal : .nowhere
    }
  }

  private var isShown: Bool { if case .nowhere = place { false } else { true } }
  /// Whether a picture may be shown, and is worth keeping.
  var hasPicture: Bool { isShown && mode == .picture }

  /// Shows `done` of `total`, now and then.
  mutating func show(
    _ done: Int, of total: Int, note: String = "", picture: () -> (any LivePicture)? = { nil }
  ) {
    guard isShown, total > 0 else { return }
    let begin = elapsed
    var report = ProgressReport(
      done: done, total: total, begun: begun, note: note, seconds: begin)
    guard begin >= nextTime else { return keep(report) }
    let showsPicture = begin > Self.picturePatience && hasPicture
    var interval = Self.interval
    switch place {
    case .nowhere: return
    case .terminal:
      var renderer = TerminalRenderer.forErrors()
      let size = Self.size
      columns = size.columns
      renderer.width = max(0, columns - 1)
      var rows = [Self.line(report, renderer)]
      if showsPicture, !lai_is_guest(), size.rows >= Self.leastRows, columns >= Self.leastColumns {
        interval = Self.pictureInterval
        rows += picture()?.rows(most: size.rows / 2 - 1, renderer) ?? []
      }
      self.rows = rows.joined(separator: "\n")
      put()
    case .listener(let id, let listener):
      interval = Self.reportInterval
      report.id = id
      if showsPicture, let picture = picture() {
        report.chart = picture.chart
        report.rows = picture.notes(TerminalRenderer(width: 80))
      }
      listener(report)
    }
    last = report
    nextTime = elapsed + max(interval, (elapsed - begin) / Self.largestShare)
  }

  /// Shows the same again if the output of a script has erased it.
  private mutating func keep(_ report: ProgressReport) {
    if last != nil { last = report }
    guard case .terminal = place, !rows.isEmpty, !lai_has_bar() else { return }
    if Self.size.columns == columns { put() } else { nextTime = 0 }
  }

  private mutating func put() {
    rows.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        lai_show_bar($0.baseAddress, $0.count, Int32(columns))
      }
    }
  }

  private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  private static let width = 30
  private static let leastWidth = 6

  /// No wider than the renderer: a short bar, or none, before a text that is cut.
  static func line(_ report: ProgressReport, _ renderer: TerminalRenderer) -> String {
    let padding = report.share < 0.1 ? "   " : report.share < 1 ? "  " : " "
    return line(report.share, padding + report.text, renderer)
  }

  static func line(_ share: Double, _ text: String, _ renderer: TerminalRenderer) -> String {
    let text = renderer.fitted(text, columns: .max)
    let width = min(Self.width, renderer.width - text.displayWidth)
    guard width >= leastWidth else {
      return renderer.fitted(String(text.drop { $0 == " " }), columns: renderer.width)
    }
    return renderer.bar(Int(share * Double(width)), of: width) + text
  }

  private static var size: (columns: Int, rows: Int) {
    var (columns, rows): (Int32, Int32) = (0, 0)
    terminal_size(&columns, &rows)
    return (Int(columns), Int(rows))
  }

  /// Erases it for other output; the next `show` brings it back.
  mutating func wipe() {
    guard case .terminal = place, !rows.isEmpty else { return }
    lai_wipe_bar()
  }

  /// Before a function of the script: another Lua's `print` does not erase it.
  mutating func giveWay() { if lai_is_guest() { wipe() } }

  /// The work has ended: nothing stays on a terminal, and a listener gets the last report.
  mutating func finish() {
    wipe()
    rows = ""
    guard case .listener(let id, let listener) = place, var report = last else { return }
    (report.id, report.seconds, report.isLast) = (id, elapsed, true)
    (report.chart, report.rows) = (nil, [])
    listener(report)
    last = nil
  }
}

extension TerminalRenderer {
  fileprivate static var understandsCursor: Bool {
    getenv("TERM").map { !["", "dumb"].contains(String(cString: $0)) } ?? false
  }
}
