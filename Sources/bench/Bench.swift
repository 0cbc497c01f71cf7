import Foundation
import Learning

/// Times the training step, at one size with `bench step --size 8,64,2,64` or at four sizes without
/// it, typing at the prompt, and charts of many points.
@main
struct Bench {
  static let usage = """
    usage: bench [step] [--size D,H,L,B] [--activation A] [--rounds N] [--json] [--peers DIR]
                 [--compare FILE]
           bench typing
           bench charts
      --size        features, hidden width, hidden layers, batch; without it, four sizes
      --activation  of the hidden layers (default tanh)
      --rounds      interleaved rounds; their median is reported (default 21)
      --json        print JSON
      --peers       a Python virtual environment with JAX and PyTorch, timed in the same rounds
      --compare     JSON of an earlier run, to compare with
    """

  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n\(usage)\n".utf8))
      exit(EXIT_FAILURE)
    }
  }

  static func run(_ arguments: [String]) throws {
    var sizes = StepSize.table
    var activation = "tanh"
    var rounds = 21
    var isJSON = false
    var peers: String?
    var earlier: [StepRecord]?
    var rest = arguments[...]
    if rest.first == "typing" { return try Typing.measure() }
    if rest.first == "charts" { return try ChartTimes.measure() }
    if rest.first == "step" { rest.removeFirst() }
    while let word = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw BenchError("\(word) needs a value") }
        return value
      }
      switch word {
      case "--size": sizes = [try StepSize(try value())]
      case "--activation": activation = try value()
      case "--rounds":
        guard let count = Int(try value()), count > 0 else {
          throw BenchError("--rounds must be a number >= 1")
        }
        rounds = count
      case "--json": isJSON = true
      case "--peers": peers = try value()
      case "--compare": earlier = try StepRecord.read(try value())
      case "--help":
        print(usage)
        return
      default: throw BenchError("unknown option '\(word)'")
      }
    }
    let results = try sizes.map { size in
      try StepResultRow(size, activation: activation, rounds: rounds, peers: peers)
    }
    if isJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let data = try results.count == 1 ? encoder.encode(results[0]) : encoder.encode(results)
      print(String(decoding: data, as: UTF8.self))
    } else {
      StepResultRow.printTable(results)
      if let earlier { StepRecord.compare(results, with: earlier) }
    }
  }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Features, hidden width, hidden layers, batch.
struct StepSize: Encodable, CustomStringConvertible {
  let features: Int
  let width: Int
  let layers: Int
  let batch: Int

  static let table = [(8, 64, 2, 64), (8, 64, 2, 256), (8, 128, 3, 256), (8, 512, 3, 256)].map {
    StepSize(features: $0, width: $1, layers: $2, batch: $3)
  }

  init(features: Int, width: Int, layers: Int, batch: Int) {
    (self.features, self.width, self.layers, self.batch) = (features, width, layers, batch)
  }

  init(_ text: String) throws {
    let numbers = text.split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 4, numbers.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else {
      throw BenchError("--size must be D,H,L,B, each >= 1 (got '\(text)')")
    }
    self.init(features: numbers[0], width: numbers[1], layers: numbers[2], batch: numbers[3])
  }

  var description: String { "\(features), \(width), \(layers), \(batch)" }

  /// The number of weights, without biases.
  var weights: Int { features * width + (layers - 1) * width * width + width }
  /// Floating-point operations per step: a multiply-add counts as two. MSE takes three matrix
  /// products per layer, a Lai loss six.
  var operations: (mse: Double, lai: Double) {
    let one = 2 * Double(weights) * Double(batch)
    return (3 * one, 6 * one)
  }
  /// Steps that take about 3 ms: short enough that some rounds are not disturbed by other programs.
  var steps: Int { max(2, Int(3e8 / operations.lai)) }
}
