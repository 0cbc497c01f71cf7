import Foundation
import Testing

/// Pictures of the real program: what it does without gnuplot, and at a terminal.
@Suite(.timeLimit(.minutes(2))) struct PictureTests {
  private static let save = "print(pcall(function() lai.plot{1, 2}:save('a.png') end))"

  @Test func gnuplotIsMissingOrKilled() async throws {
    let missing = try await Folder().lai(
      ["-l", "lai", "-e", Self.save], environment: ["PATH": "/nonexistent"])
    #expect(missing.output.hasPrefix("false\t") && missing.output.contains("gnuplot-nox"))
    #expect(missing.output.contains(".svg"), "which needs no gnuplot")
    let folder = try Folder(["bin/gnuplot": "#!/bin/sh\nkill -KILL $$\n"])
    let program = folder.url.appending(path: "bin/gnuplot").path
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let killed = try await folder.lai(
      ["-l", "lai", "-e", Self.save + "print(io.open('a.png'))"],
      environment: ["PATH": folder.url.appending(path: "bin").path])
    #expect(killed.output.contains("killed") || killed.output.contains("signal 9"), "\(killed)")
    #expect(killed.output.contains("No such file"), "nothing is left")
  }

  /// The colours of the second series, by what the terminal says of its background.
  @Test(arguments: [
    (["TERM": "xterm-256color", "COLORFGBG": "15;0"], "38;5;208m"),
    (["TERM": "xterm-256color", "COLORFGBG": "12;8"], "38;5;208m"),
    (["TERM": "xterm-256color", "COLORFGBG": "0;default;15"], "38;5;161m"),
    (["TERM": "xterm-256color", "COLORFGBG": "default;default"], "38;5;161m"),
    (["TERM": "xterm-256color"], "38;5;161m"), (["TERM": "linux"], "\u{1b}[93m"),
    (["TERM": "xterm"], "\u{1b}[31m"),
    (["TERM": "xterm-256color", "COLORTERM": "truecolor", "COLORFGBG": "15;0"], "38;2;255;135;0m"),
  ])
  func backgrounds(environment: [String: String], color: String) throws {
    let terminal = try PseudoTerminal(
      ["-l", "lai", "-e", "print(lai.plot{{1, 2}, {2, 1}}) print('end')"], in: Folder(),
      environment: ["COLORTERM": "", "COLORFGBG": ""].merging(environment) { $1 })
    #expect(terminal.wait(for: "end"))
    #expect(terminal.output.contains(color), "\(terminal.output)")
  }
}
