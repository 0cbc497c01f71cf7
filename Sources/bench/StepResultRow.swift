import Foundation
import Kernels
import Learning

/// The times at one size: medians of interleaved rounds.
struct StepResultRow: Encodable {
  let size: String
  let activation: String
  let mseMicroseconds: Double
  let laiMicroseconds: Double
  /// MSE with dropout and noise on all inputs.
  let noiseMicroseconds: Double
  /// The peak of one core, measured in the same rounds.
  let peak: Double
  /// The fraction of the peak that the step's multiply-adds reach.
  let mseFraction: Double
  let laiFraction: Double
  var jaxMSE: Double?
  var jaxLai: Double?
  /// Our time divided by JAX's.
  var mseRatio: Double?
  var laiRatio: Double?
  var torchMSE: Double?
  var torchLai: Double?
  var torchCompiledMSE: Double?

  enum CodingKeys: String, CodingKey {
    case size, activation
    case mseMicroseconds = "mse_us"
    case laiMicroseconds = "lai_us"
    case noiseMicroseconds = "noise_us"
    case peak = "peak_gflops"
    case mseFraction = "mse_fraction"
    case laiFraction = "lai_fraction"
    case jaxMSE = "jax_mse_us"
    case jaxLai = "jax_lai_us"
    case mseRatio = "mse_ratio"
    case laiRatio = "lai_ratio"
    case torchMSE = "torch_mse_us"
    case torchLai = "torch_lai_us"
    case torchCompiledMSE = "torch_compiled_mse_us"
  }

  init(_ size: StepSize, activation: String, rounds: Int, peers: String?) throws {
    let named = try Activation.named(activation)
    let mse = try StepTimer(size, named, .residual(.mse))
    let lai = try StepTimer(size, named, .lai(LaiLoss(lambda: .uniform(0.1))))
    let noise = ForwardNoise(
      dropout: 0.1, inputs: InputNoise(default: .noisy(FeatureNoise(sigma: 0.1))))
    let noisy = try StepTimer(size, named, .mse, noise)
    var others: [(name: String, peer: Peer, rounds: [[Double]])] = []
    if let peers {
      for name in ["jax", "torch", "torch_compiled"] {
        do {
          let peer = try Peer(name, environment: peers, size: size, activation: activation)
          others.append((name, peer, []))
        } catch {
          // Compiled PyTorch needs a C++ compiler; a missing peer is left out.
          FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
        }
      }
    }
    defer { for other in others { other.peer.end() } }
    var times: [[Double]] = []
    var peak = 0.0
    let steps = size.steps
    // Each takes untimed steps first, as the peers do, because the others have used the caches.
    func time(_ timer: StepTimer) -> Double {
      timer.run(steps)
      return microseconds(a: steps) { timer.run(steps) }
    }
    for _ in 0..<rounds {
      peak = max(peak, measuredPeak())
      times.append([time(mse), time(lai), time(noisy)])
      for index in others.indices { others[index].rounds.append(try others[index].peer.round()) }
    }
    let ours = medians(times)
    self.size = "\(size)"
    self.activation = activation
    (mseMicroseconds, laiMicroseconds, noiseMicroseconds) = (ours[0], ours[1], ours[2])
    self.peak = peak
    mseFraction = size.operations.mse / (ours[0] * 1e3) / peak
    laiFraction = size.operations.lai / (ours[1] * 1e3) / peak
    for (name, _, rounds) in others {
      let times = medians(rounds)
      switch name {
      case "jax":
        (jaxMSE, jaxLai) = (times[0], times[1])
        (mseRatio, laiRatio) = (ours[0] / times[0], ours[1] / times[1])
      case "torch": (torchMSE, torchLai) = (times[0], times[1])
      default: torchCompiledMSE = times[0]
      }
    }
  }

  /// Prints aligned columns, one row per size.
  static func printTable(_ rows: [StepResultRow]) {
    print("One step with Adam, float32, one thread, microseconds; medians of interleaved rounds.")
    var header = pad("D, H, L, B", 18) + right("MSE", 10) + right("L2 Lai", 10)
    header += right("of peak", 10) + right("Lai", 7) + right("noisy MSE", 12)
    print(header)
    for row in rows {
      var line = pad(row.size, 18) + right(number(row.mseMicroseconds, 1), 10)
      line += right(number(row.laiMicroseconds, 1), 10)
      line += right(number(row.mseFraction, 2), 10) + right(number(row.laiFraction, 2), 7)
      line += right(number(row.noiseMicroseconds / row.mseMicroseconds, 2) + "×", 12)
      print(line)
    }
    let peak = rows.map(\.peak).max() ?? 0
    print("Multiply-add peak of a core: \(number(peak, 0)) GFLOP/s.")
    print("Products have tiles of \(Kernels.tileColumns) columns, the faster kind on this core.")
    printPeers(rows)
  }

  /// The peers' times, and ours divided by them.
  private static func printPeers(_ rows: [StepResultRow]) {
    let peers: [(String, (StepResultRow) -> Double?, (StepResultRow) -> Double?)] = [
      ("JAX scan", \.jaxMSE, \.jaxLai), ("PyTorch", \.torchMSE, \.torchLai),
      ("PyTorch compiled", \.torchCompiledMSE, { _ in nil }),
    ]
    for (name, mse, lai) in peers where rows.contains(where: { mse($0) != nil }) {
      print(
        "\(pad(name, 18))\(right("MSE", 10))\(right("L2 Lai", 10))\(right("ratio", 10))"
          + right("Lai", 7))
      for row in rows {
        guard let time = mse(row) else { continue }
        let other = lai(row)
        var line = pad(row.size, 18) + right(number(time, 1), 10)
        line += right(other.map { number($0, 1) } ?? "", 10)
        line += right(number(row.mseMicroseconds / time, 3), 10)
        line += right(other.map { number(row.laiMicroseconds / $0, 3) } ?? "", 7)
        print(line)
      }
    }
  }
}

/// One size of an earlier run.
struct StepRecord: Decodable {
  let size: String
  let activation: String
  let mse: Double
  let lai: Double

  enum CodingKeys: String, CodingKey {
    case size, activation
    case mse = "mse_us"
    case lai = "lai_us"
  }

  static func read(_ path: String) throws -> [StepRecord] {
    let data = try Data(contentsOf: URL(filePath: path))
    let decoder = JSONDecoder()
    if let one = try? decoder.decode(StepRecord.self, from: data) { return [one] }
    return try decoder.decode([StepRecord].self, from: data)
  }

  /// Prints today's times divided by the earlier ones.
  static func compare(_ rows: [StepResultRow], with earlier: [StepRecord]) {
    print(pad("of the earlier", 18) + right("MSE", 10) + right("L2 Lai", 10))
    for row in rows {
      guard
        let old = earlier.first(where: { $0.size == row.size && $0.activation == row.activation })
      else { continue }
      print(
        pad(row.size, 18) + right(number(row.mseMicroseconds / old.mse, 3), 10)
          + right(number(row.laiMicroseconds / old.lai, 3), 10))
    }
  }
}

extension StepTimer {
  convenience init(
    _ size: StepSize, _ activation: Activation, _ loss: Objective, _ noise: ForwardNoise = .none
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
