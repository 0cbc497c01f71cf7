import Charts
import Foundation
import Testing

@testable import LuaBindings

@Suite struct ProgressBarTests {
  private let text = "  43 %  1 s left  epoch 13"

  private func line(
    _ share: Double, _ text: String, width: Int, _ charset: TerminalRenderer.Charset = .unicode
  ) -> String {
    ProgressBar.line(share, text, TerminalRenderer(width: width, charset: charset))
  }

  @Test func barHasItsWidthWhereThereIsRoom() {
    let half = String(repeating: "━", count: 15) + String(repeating: "╌", count: 15)
    #expect(line(0.5, text, width: 199) == half + text)
    #expect(line(0.5, text, width: 30 + text.count) == half + text)
    #expect(line(0.5, "  a λ", width: 16, .ascii) == "===---  a lambda")
  }

  @Test("a line is never too wide", arguments: 0...79) func narrow(width: Int) {
    for share in [0, 0.3, 1] {
      let line = line(share, text, width: width)
      #expect(line.count <= width)
      #expect(
        line.isEmpty || line.hasSuffix(text)
          || text.contains(line.hasSuffix("…") ? String(line.dropLast()) : line))
      #expect(line.hasSuffix(text) == (width >= text.count + 6))
    }
  }

  @Test("line feeds and wide characters of a note stay in the row") func notes() {
    #expect(line(0, "a\nb\u{1b}[2J", width: 7) == "a b [2J")
    #expect(line(0, "漢字漢字", width: 7) == "漢字漢…")
  }

  @Test func words() {
    var report = ProgressReport(done: 20, total: 80, note: "epoch 20", seconds: 5)
    #expect(report.text == "25 %  15 s left  epoch 20" && report.share == 0.25)
    // A run that goes on: its time is that of its own epochs.
    report = ProgressReport(done: 60, total: 80, begun: 40, note: "", seconds: 100)
    #expect(report.text == "75 %  1 min 40 s left  ")
    report.isLast = true
    #expect(report.text == "75 %  1 min 40 s  ")
  }

  @Test("a host hears of what its scripts do") func listening() throws {
    let reports = Reports()
    let interpreter = try Interpreter()
    // Not os.clock: it counts what other tests compute meanwhile.
    try interpreter.register("sleep") { (seconds: Double) in
      Thread.sleep(forTimeInterval: seconds)
    }
    let listener: ProgressReport.Listener = { reports.add($0) }
    try ProgressReport.listening(listener) {
      try interpreter.run(
        """
        local data = lai.synthetic.line{n = 8}
        lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 12, loss = lai.loss.mse(),
          on_epoch = function() sleep(0.06) end}
        """, name: "=test")
    }
    let all = reports.all
    #expect(all.count >= 2 && all.dropLast().allSatisfy { !$0.isLast })
    #expect(all.last.map { $0.isLast && ($0.done, $0.total) == (12, 12) } == true)
    #expect(Set(all.map(\.id)).count == 1)
  }
}

private final class Reports: @unchecked Sendable {
  private(set) var all: [ProgressReport] = []
  func add(_ report: ProgressReport) { all.append(report) }
}
