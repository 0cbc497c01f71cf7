import Foundation
import Testing

@testable import Charts

@Suite(.serialized) struct GnuplotTests {
  private let chart = Samples.chart("curves")

  /// A program in the place of gnuplot, for `body`.
  private func withProgram(_ script: String, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "gnuplot-\(UUID().uuidString)"
    try ("#!/bin/sh\n" + script).write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func error(_ program: String) -> GnuplotError? {
    for _ in 0..<20 {
      do throws(GnuplotError) {
        _ = try GnuplotRenderer(program: program).render(chart, as: .png)
        return nil
      } catch {
        // Another test's process may still have the new file open for writing (ETXTBSY).
        guard case .notStarted = error else { return error }
        usleep(50_000)
      }
    }
    return .notStarted(reason: "busy")
  }

  @Test func missingProgram() {
    let error = error("/nonexistent/gnuplot")
    #expect(error == .notFound)
    #expect(error?.description.contains("gnuplot-nox") == true)
    #expect(error?.description.contains(".svg") == true)
  }

  @Test func killed() throws {
    try withProgram("echo half; kill -KILL $$") { program in
      #expect(error(program) == .killed(signal: 9, output: "half"))
    }
  }

  @Test func failureShowsWhatWasReported() throws {
    try withProgram("echo \"$2, line 3: bad \u{1b}[31mdata\" >&2; exit 3") { program in
      let error = error(program)
      #expect(error == .failed(status: 3, output: "script, line 3: bad  [31mdata"))
      #expect(error?.description.contains("line 3: bad") == true)
    }
  }

  @Test func noPicture() throws {
    try withProgram("exit 0") { program in #expect(error(program) == .noPicture(output: "")) }
  }

  @Test func temporaryFilesAreRemoved() throws {
    try withProgram("dirname \"$2\" >&2; exit 1") { program in
      guard case .failed(_, let folder)? = error(program) else {
        Issue.record("no error")
        return
      }
      #expect(folder.contains("/lai-chart-"))
      #expect(!FileManager.default.fileExists(atPath: folder))
    }
  }

  @Test(arguments: Samples.all.map(\.name))
  func pictures(name: String) throws {
    let chart = Samples.chart(name)
    let png = try GnuplotRenderer(scale: 1).render(chart, as: .png)
    #expect(png.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    let scene = SVGRenderer().scene(chart)
    func number(_ start: Int) -> Int { png[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 640)
    #expect(number(20) == Int(scene.height.rounded()))
    let pdf = try GnuplotRenderer().render(chart, as: .pdf)
    #expect(pdf.starts(with: Array("%PDF".utf8)))
  }

  /// Texts that gnuplot would replace, or that would end a string, are shown as they are.
  @Test
  func textsAreQuoted() throws {
    let path = NSTemporaryDirectory() + "charts-\(UUID().uuidString)"
    let nasty = "'') # a' ; system('touch \(path)') #\n`touch \(path)` \"@x\" \\ {/:Bold _b^c} %d"
    let grid = try Grid(x: [0, 1], y: [0, 1], values: [0, 1, 2, 3])
    let chart = Chart(
      title: nasty,
      panels: [
        Panel(title: nasty, marks: [try .line(x: [0, 1], y: [0, 1], name: nasty)]),
        Panel(
          title: nasty, xAxis: Axis(label: nasty, scale: .category([nasty, nasty])),
          yAxis: Axis(label: nasty), marks: [.surface(grid, name: nasty)]),
      ])
    #expect(try !GnuplotRenderer().render(chart, as: .png).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test
  func surfacesOfOddGrids() throws {
    let grids = [
      try Grid(x: [0, 1], y: [0, 1], values: [1, 1, 1, 1]),
      try Grid(x: [0, 1], y: [0, 1], values: [.nan, .nan, .nan, .nan]),
      try Grid(x: [0], y: [0, 1], values: [1, 2]), try Grid(x: [], y: [], values: []),
      try Grid(x: [1, 10, 100], y: [0, 1], values: [1, 2, .nan, 4, 5, 6]),
    ]
    for grid in grids {
      let panel = Panel(xAxis: Axis(scale: .log), marks: [.surface(grid)])
      #expect(try !GnuplotRenderer().render(Chart(panels: [panel]), as: .png).isEmpty)
    }
    #expect(try !GnuplotRenderer().render(Chart(panels: []), as: .pdf).isEmpty)
  }
}
