import Foundation

/// JAX or PyTorch in a process of its own, which takes the same steps on demand.
final class Peer {
  private let process = Process()
  private let commands = Pipe()
  private let answers = Pipe()

  /// Starts `scripts/bench_peer.py` with the Python of a virtual environment.
  ///
  /// - framework: `jax`, `torch` or `torch_compiled`.
  init(_ framework: String, environment: String, size: StepSize, activation: String) throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
    let script = sources.appending(path: "../../scripts/bench_peer.py").standardizedFileURL
    let python = URL(filePath: environment).appending(path: "bin/python")
    guard FileManager.default.isExecutableFile(atPath: python.path) else {
      throw BenchError("no Python at '\(python.path)'")
    }
    process.executableURL = python
    process.arguments = [
      script.path, "\(size)".replacing(" ", with: ""), activation, String(size.steps), framework,
    ]
    process.standardInput = commands
    process.standardOutput = answers
    try process.run()
    guard try readLine() == "ready" else { throw BenchError("\(framework) did not start") }
  }

  /// Microseconds per step of MSE and, if implemented, of L2 Lai.
  func round() throws -> [Double] {
    try commands.fileHandleForWriting.write(contentsOf: Data("round\n".utf8))
    let numbers = try readLine().split(separator: " ").compactMap { Double($0) }
    guard !numbers.isEmpty else { throw BenchError("no times from a peer") }
    return numbers
  }

  func end() {
    try? commands.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func readLine() throws -> String {
    var line = Data()
    while let byte = try answers.fileHandleForReading.read(upToCount: 1), !byte.isEmpty {
      if byte[byte.startIndex] == 10 { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}
