import Foundation
import Tensors
import Testing

/// Files exchanged with the current NumPy and safetensors. LAI_PYTHON names a Python that has both.
/// Without it, a temporary virtual environment is made.
@Suite("Files and Python") struct PythonFilesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("files of each are read by the other", .timeLimit(.minutes(10)))
  func exchange() async throws {
    guard let python = try await python() else { return }
    let (fixtures, theirs) = (TensorFileTests.fixtures, folder.url.appending(path: "theirs"))
    try FileManager.default.createDirectory(at: theirs, withIntermediateDirectories: false)
    let made = try await run(
      python, fixtures.appending(path: "make_fixtures.py").path, theirs.path)
    try #require(made.status == 0, "\(made.output)")
    try checkFiles(in: theirs)

    let checked = try await run(
      python, fixtures.appending(path: "check_files.py").path, writeOurs().path)
    #expect(checked.status == 0, "\(checked.output)")
    #expect(checked.output.contains("arrays are equal"))
  }

  /// Our files and their contents.
  private func writeOurs() throws -> URL {
    let ours = folder.url.appending(path: "ours")
    try FileManager.default.createDirectory(at: ours, withIntermediateDirectories: false)
    func path(_ name: String) -> String { ours.appending(path: name).path }
    let samples = try TensorFileTests.samples().filter { !$0.key.hasPrefix("long") }
    let list = samples.map { (name: $0.key, tensor: $0.value) }
    let named = samples.mapValues(ExpectedTensor.init)
    var expected: [String: [String: ExpectedTensor]] = [:]
    try TensorFile.write(path("plain.npz"), samples)
    try TensorFile.write(path("packed.npz"), samples, isCompressed: true)
    for limit in [0, 500, 5000] {
      for isCompressed in [false, true] {
        let name = "wide \(limit) \(isCompressed).npz"
        try NPZ.write(path(name), list, isCompressed: isCompressed, limit: limit)
        expected[name] = named
      }
    }
    try TensorFile.write(
      path("x.safetensors"), samples, metadata: ["note": "a \"text\", ä\n"])
    for name in ["plain.npz", "packed.npz", "x.safetensors"] { expected[name] = named }
    for (index, sample) in list.enumerated() {
      try TensorFile.write(path("\(index).npy"), sample.tensor)
      expected["\(index).npy"] = ["": ExpectedTensor(sample.tensor)]
    }
    try JSONEncoder().encode(expected).write(to: ours.appending(path: "expected.json"))
    return ours
  }

  /// A Python with both packages; nil, with a message, if there is none.
  private func python() async throws -> String? {
    if let named = ProcessInfo.processInfo.environment["LAI_PYTHON"] { return named }
    let environment = folder.path("python")
    for command in [
      ["python3", "-m", "venv", environment],
      [
        environment + "/bin/python", "-m", "pip", "install", "--quiet", "--no-cache-dir",
        "--disable-pip-version-check", "--retries", "1", "--timeout", "10", "numpy", "safetensors",
      ],
    ] {
      let outcome = try await run(command)
      guard outcome.status == 0 else {
        print("files are not exchanged with Python: \(command) failed: \(outcome.output)")
        return nil
      }
    }
    return environment + "/bin/python"
  }

  private func run(_ command: String...) async throws -> (status: Int32, output: String) {
    try await run(command)
  }

  private func run(_ command: [String]) async throws -> (status: Int32, output: String) {
    let output = URL(fileURLWithPath: folder.path(UUID().uuidString))
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = process.standardOutput
    try await withCheckedThrowingContinuation { (end: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in end.resume() }
      do { try process.run() } catch { end.resume(throwing: error) }
    }
    return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
  }
}
