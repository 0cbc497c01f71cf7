import Foundation
import Tensors
import Testing

@testable import Charts

@Suite struct FilesTests {
  private let folder: String
  private let chart = Samples.chart("curves")

  init() throws {
    folder = NSTemporaryDirectory() + "charts-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  @Test func extensionsNameFormats() throws {
    defer { remove() }
    try chart.write(to: folder + "/a.svg")
    #expect(try String(contentsOfFile: folder + "/a.svg", encoding: .utf8).hasPrefix("<svg "))
    try chart.write(to: folder + "/a.SVG", width: 320)
    #expect(try String(contentsOfFile: folder + "/a.SVG", encoding: .utf8).contains("width=\"320\""))
    try chart.write(to: folder + "/a.txt")
    let text = try String(contentsOfFile: folder + "/a.txt", encoding: .utf8)
    #expect(text == TerminalRenderer(width: 100).render(chart))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 3)
  }

  @Test(arguments: ["a.gif", "svg", "a.svg.", "a", "", "a.jpeg"])
  func unknownExtension(name: String) {
    defer { remove() }
    let path = folder + "/" + name
    let error = #expect(throws: ChartError.self) { try chart.write(to: path) }
    #expect(error == .unknownExtension(path: path, known: [".svg", ".png", ".pdf", ".txt"]))
    #expect(
      error?.description
        == "'\(path)' must end in one of .svg, .png, .pdf, .txt, which names its format")
  }

  @Test func pathsThatCannotBeWritten() throws {
    defer { remove() }
    for path in [folder + "/none/a.svg", folder + "/\0.svg", "/proc/a.svg"] {
      let error = #expect(throws: FileError.self) { try chart.write(to: path) }
      #expect(error?.path == path)
    }
    try FileManager.default.createDirectory(
      atPath: folder + "/b.txt", withIntermediateDirectories: false)
    #expect(throws: FileError.self) { try chart.write(to: folder + "/b.txt") }
  }

  @Test func aFailureLeavesTheOldFile() throws {
    defer { remove() }
    let path = folder + "/a.png"
    try "old".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: GnuplotError.notFound) {
      try chart.write(to: path, gnuplot: folder + "/no-such-program")
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
  }
}
