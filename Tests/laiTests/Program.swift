import Foundation

/// The outcome of a program.
struct Outcome: Sendable, CustomStringConvertible {
  let output: String
  let errors: String
  /// The exit code; nil if a signal ended it.
  let status: Int32?

  var description: String {
    "status \(status.map(String.init) ?? "signal"), output:\n\(output)\nerrors:\n\(errors)"
  }
}

/// The places of the package's parts.
enum Place {
  /// The package.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  /// The program under test, built beside the test bundle.
  static let program = Bundle.main.bundleURL.appending(path: "lai")

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}

/// A temporary folder with files, in which programs run.
final class Folder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "lai-test-\(UUID())")

  /// Creates the folder; names may contain subfolders.
  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Runs `lai` in this folder.
  func lai(
    _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await run(Place.program, arguments, input: input, environment: environment)
  }

  /// Runs a program in this folder, in the current environment without its LUA variables.
  func run(
    _ program: URL, _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) async throws -> Outcome {
    let streams = try Folder(["input": input, "output": "", "errors": ""])
    let output = streams.url.appending(path: "output")
    let errors = streams.url.appending(path: "errors")
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = url
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("LUA_") }
      .merging(environment) { $1 }
    // Files, not pipes: a pipe that nobody reads stops the writer.
    process.standardInput = try FileHandle(forReadingFrom: streams.url.appending(path: "input"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (end: CheckedContinuation<Void, any Error>) in
        process.terminationHandler = { _ in end.resume() }
        do { try process.run() } catch { end.resume(throwing: error) }
      }
    } onCancel: {
      // Not SIGTERM: a child may have it blocked, like the threads that tests run on.
      if process.processIdentifier > 0 { kill(process.processIdentifier, SIGKILL) }
    }
    return Outcome(
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8),
      status: process.terminationReason == .exit ? process.terminationStatus : nil)
  }
}
