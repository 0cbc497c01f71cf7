import Foundation
import Kernels
import Learning

/// A loss whose step is timed.
struct StepCase: Sendable {
  /// In JSON, "mse" of "mse_us".
  let key: String
  let title: String
  /// Whether the step has slopes: six products per layer in place of three.
  let hasSlopes: Bool
  let loss: @Sendable () throws -> Objective
  var noise = ForwardNoise.none

  /// In the order in which peers print their times; they have no noise.
  static let all = [
    StepCase(key: "mse", title: "MSE", hasSlopes: false) { .mse },
    StepCase(key: "lai", title: "L2 Lai", hasSlopes: true) {
      .lai(try LaiLoss(lambda: .uniform(0.1)))
    },
    StepCase(key: "jacobian", title: "Jacobian", hasSlopes: true) {
      .mse + .penalty(try Penalty("jacobian", ["weight": 0.1]))
    },
    StepCase(key: "double_backprop", title: "double bp.", hasSlopes: true) {
      .mse + .penalty(try Penalty("double_backprop", ["weight": 0.1]))
    },
    StepCase(
      key: "dropout", title: "dropout", hasSlopes: false, loss: { .mse },
      noise: ForwardNoise(dropout: 0.1)),
    StepCase(
      key: "input_noise", title: "input noise", hasSlopes: false, loss: { .mse },
      noise: ForwardNoise(inputs: InputNoise(default: .noisy(FeatureNoise(sigma: 0.1))))),
  ]
}

/// The times at one size: medians of interleaved rounds.
struct StepResultRow {
  let size: StepSize
  let activation: String
  /// Microseconds of a step, by case.
  let times: [String: Double]
  /// Of one core, measured in the same rounds, in GFLOP/s.
  let peak: Double
  /// Microseconds of JAX's and PyTorch's steps: by peer, then by case.
  let peers: [String: [String: Double]]

  /// The peers' names and titles.
  static let peerNames = [
    ("jax", "JAX scan"), ("torch", "PyTorch"), ("torch_compiled", "PyTorch compiled"),
  ]

  init(_ size: StepSize, activation: String, rounds: Int, peers: String?) throws {
    let named = try Activation.named(activation)
    let timers = try StepCase.all.map { try StepTimer(size, named, $0.loss(), $0.noise) }
    var others: [(name: String, peer: Peer, rounds: [[Double]])] = []
    if let peers {
      for (name, _) in Self.peerNames {
        do {
          let peer = try Peer(name, environment: peers, size: size, activation: activation)
          others.append((name, peer, []))
        } catch {
          // Compiled PyTorch needs a C++ compiler; a peer that does not start is left out.
          FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
        }
      }
    }
    defer { for other in others { other.peer.end() } }
    var ours: [[Double]] = []
    var peak = 0.0
    let steps = size.steps
    // Each takes its steps untimed first, as the peers do: the caches hold what others used.
    func time(_ timer: StepTimer) -> Double {
      timer.run(steps)
      return microseconds(a: steps) { timer.run(steps) }
    }
    for _ in 0..<rounds {
      peak = max(peak, measuredPeak())
      ours.append(timers.map(time))
      for index in others.indices { others[index].rounds.append(try others[index].peer.round()) }
    }
    func byCase(_ rounds: [[Double]]) -> [String: Double] {
      Dictionary(uniqueKeysWithValues: zip(StepCase.all.map(\.key), medians(rounds)))
    }
    self.size = size
    self.activation = activation
    self.peak = peak
    times = byCase(ours)
    self.peers = Dictionary(uniqueKeysWithValues: others.map { ($0.name, byCase($0.rounds)) })
  }

  /// The share of the peak that the step's multiply-adds reach.
  func fraction(_ one: StepCase) -> Double {
    let operations = one.hasSlopes ? size.operations.lai : size.operations.mse
    return operations / (times[one.key]! * 1e3) / peak
  }

  /// A table with a row per size and a column per case.
  private static func table(
    _ title: String, _ rows: [StepResultRow], _ value: (StepResultRow, StepCase) -> String
  ) {
    print(pad(title, 18) + StepCase.all.map { right($0.title, 12) }.joined())
    for row in rows {
      print(pad("\(row.size)", 18) + StepCase.all.map { right(value(row, $0), 12) }.joined())
    }
  }

  /// Aligned tables, one row per size.
  static func printTable(_ rows: [StepResultRow]) {
    print("One step with Adam, float32, one thread, microseconds; medians of interleaved rounds.")
    table("D, H, L, B", rows) { number($0.times[$1.key]!, 1) }
    table("of peak", rows) { number($0.fraction($1), 2) }
    let peak = rows.map(\.peak).max() ?? 0
    print("Multiply-add peak of a core: \(number(peak, 0)) GFLOP/s.")
    print("Products have tiles of \(Kernels.tileColumns) columns, the faster kind on this core.")
    for (name, title) in peerNames where rows.contains(where: { $0.peers[name] != nil }) {
      table(title, rows) { row, one in
        row.peers[name]?[one.key].map { number($0, 1) } ?? ""
      }
      table("ours / \(title)", rows) { row, one in
        row.peers[name]?[one.key].map { number(row.times[one.key]! / $0, 3) } ?? ""
      }
    }
  }
}

/// A key made when it is needed.
private struct Key: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ text: String) { stringValue = text }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

extension StepResultRow: Encodable {
  /// Flat: size, activation, peak_gflops, and mse_us, mse_fraction, jax_mse_us, … of each case.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode("\(size)", forKey: Key("size"))
    try values.encode(activation, forKey: Key("activation"))
    try values.encode(peak, forKey: Key("peak_gflops"))
    for one in StepCase.all {
      try values.encode(times[one.key], forKey: Key("\(one.key)_us"))
      try values.encode(fraction(one), forKey: Key("\(one.key)_fraction"))
      for (name, times) in peers {
        try values.encodeIfPresent(times[one.key], forKey: Key("\(name)_\(one.key)_us"))
      }
      if let jax = peers["jax"]?[one.key] {
        try values.encode(times[one.key]! / jax, forKey: Key("\(one.key)_ratio"))
      }
    }
  }
}

/// One size of an earlier run.
struct StepRecord: Decodable {
  let size: String
  let activation: String
  /// Microseconds by case; cases that the earlier run did not have are missing.
  let times: [String: Double]

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    size = try values.decode(String.self, forKey: Key("size"))
    activation = try values.decode(String.self, forKey: Key("activation"))
    var times: [String: Double] = [:]
    for one in StepCase.all {
      times[one.key] = try values.decodeIfPresent(Double.self, forKey: Key("\(one.key)_us"))
    }
    self.times = times
  }

  static func read(_ path: String) throws -> [StepRecord] {
    let data = try Data(contentsOf: URL(filePath: path))
    let decoder = JSONDecoder()
    if let one = try? decoder.decode(StepRecord.self, from: data) { return [one] }
    return try decoder.decode([StepRecord].self, from: data)
  }

  /// Prints today's times over the earlier ones.
  static func compare(_ rows: [StepResultRow], with earlier: [StepRecord]) {
    print(pad("now / earlier", 18) + StepCase.all.map { right($0.title, 12) }.joined())
    for row in rows {
      guard
        let old = earlier.first(where: {
          $0.size == "\(row.size)" && $0.activation == row.activation
        })
      else { continue }
      let ratios = StepCase.all.map { one in
        right(old.times[one.key].map { number(row.times[one.key]! / $0, 3) } ?? "", 12)
      }
      print(pad("\(row.size)", 18) + ratios.joined())
    }
  }
}

extension StepTimer {
  convenience init(
    _ size: StepSize, _ activation: Activation, _ loss: Objective, _ noise: ForwardNoise
  ) throws {
    try self.init(
      features: size.features, width: size.width, layers: size.layers, batch: size.batch,
      activation: activation, loss: loss, noise: noise)
  }
}

/// Microseconds per step, when `body` takes `steps` steps.
func microseconds<Result>(a steps: Int, _ body: () -> Result) -> Double {
  let time = ContinuousClock().measure { _ = body() }
  let parts = time.components
  return (Double(parts.seconds) * 1e6 + Double(parts.attoseconds) * 1e-12) / Double(steps)
}

/// The median of each column.
func medians(_ rounds: [[Double]]) -> [Double] {
  (0..<(rounds.first?.count ?? 0)).map { column in
    let sorted = rounds.map { $0[column] }.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
