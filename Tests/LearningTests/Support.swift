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

/// A notation of options that is not Swift's.
let notation = OptionNotation(
  assignment: " = ", list: ("{", "}"), firstIndex: 1, copy: "clone()", excluded: "false")

/// The text of the error that `body` throws, in that notation, a path in it replaced by
/// "FILE".
func message(path: String = "", _ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing thrown"
  } catch {
    let text = words(of: error).text(in: notation)
    return path.isEmpty ? text : text.replacingOccurrences(of: path, with: "FILE")
  }
}

extension Tensor {
  var doubles: [Double] { try! elements(as: Double.self) }
}

/// The data of a CSV file with this content.
func csv(_ text: String, _ options: CSVOptions = CSVOptions(dtype: .float64)) throws -> Dataset {
  try withFile(text) { try Dataset.csv($0, options) }
}

/// The same with options that are set one by one.
func csv(_ text: String, _ change: (inout CSVOptions) -> Void) throws -> Dataset {
  var options = CSVOptions(dtype: .float64)
  change(&options)
  return try csv(text, options)
}

/// What is said of a CSV file with this content.
func csvFailure(_ content: some DataProtocol, _ options: CSVOptions = CSVOptions()) throws -> String
{
  try withFile(content) { path in message(path: path) { _ = try Dataset.csv(path, options) } }
}

func csvFailure(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) throws -> String {
  var options = CSVOptions()
  change(&options)
  return try csvFailure(Data(text.utf8), options)
}
