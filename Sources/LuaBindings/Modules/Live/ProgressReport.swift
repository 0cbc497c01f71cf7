import Charts
import Synchronization

/// How far long work is, such as training or a sweep, for a program that shows it in its own way.
public struct ProgressReport: Sendable {
  public typealias Listener = @Sendable (ProgressReport) -> Void

  /// Reports of the same work have the same number.
  public internal(set) var id = 0
  /// Steps that are done, and all of them: epochs or bytes.
  public let done: Int
  public let total: Int
  /// Those that were done before the work began: of a run that goes on.
  private let begun: Int
  /// What is known of it: "epoch 7  validation RMSE 0.31".
  public let note: String
  /// Since the work began.
  public internal(set) var seconds: Double
  /// Lines of text that say more, such as a table of the best points of a sweep, at most 80 columns wide.
  public internal(set) var rows: [String] = []
  /// A picture of the work so far; nil while there is none.
  public internal(set) var chart: Chart?
  /// Whether the work has ended, with success or without.
  public internal(set) var isLast = false

  init(done: Int, total: Int, begun: Int = 0, note: String, seconds: Double) {
    (self.done, self.total, self.begun) = (done, total, begun)
    (self.note, self.seconds) = (note, seconds)
  }

  /// 0 to 1.
  public var share: Double { min(1, max(0, Double(done) / Double(total))) }

  /// The picture as an SVG.
  public var svg: String? { chart.map { SVGRenderer(width: 520, panelHeight: 200).render($0) } }

  /// In words: "43 %  12 s left  epoch 7", at last with the time that it took.
  public var text: String {
    let left = done > begun ? seconds * Double(total - done) / Double(done - begun) : 0
    let time = isLast ? Self.duration(seconds) : "\(Self.duration(left)) left"
    return "\(Int(share * 100)) %  \(time)  \(note)"
  }

  private static func duration(_ seconds: Double) -> String {
    let whole = Int(min(1e9, seconds).rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  /// Calls `listener` with the progress of what `body` runs, in place of a bar on the terminal: at most
  /// four times a second, first after half a second, and at last with `isLast`. It is called on
  /// whichever thread works, one at a time for the same work.
  public static func listening<Result>(
    _ listener: @escaping Listener, _ body: () throws -> Result
  ) rethrows -> Result {
    try $listener.withValue(listener, operation: body)
  }

  @TaskLocal static var listener: Listener?

  static func nextID() -> Int { count.add(1, ordering: .relaxed).newValue }
  private static let count = Atomic<Int>(0)
}
