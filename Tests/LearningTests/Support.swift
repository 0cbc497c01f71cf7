import Foundation
import Learning
import Tensors
import Testing

/// A file with this content for the time of `body`.
func withFile<R>(_ content: some DataProtocol, _ body: (String) throws -> R) throws -> R {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try Data(content).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

func withFile<R>(_ content: String, _ body: (String) throws -> R) throws -> R {
  try withFile(Data(content.utf8), body)
}

/// The text of the error that `body` throws, a path in it replaced by "FILE".
func message(path: String = "", _ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing thrown"
  } catch {
    let text = "\(error)"
    return path.isEmpty ? text : text.replacingOccurrences(of: path, with: "FILE")
  }
}

extension Tensor {
  var doubles: [Double] { try! elements(as: Double.self) }
}
