import Foundation
import Learning

/// Medians of one size.
struct StepResultRow: Encodable {
  let size: String
  let activation: String
  let mseMicroseconds: Double
  let laiMicroseconds: Double
  /// Of one core, measured in the same rounds.
  let peak: Double
  /// Of the peak that the step's multiply-adds reach.
  let mseFraction: Double
  let laiFraction: Double
  var jaxMSE: Double?
  var jaxLai: Double?
  var mseRatio: Double?
  var laiRatio: Double?

  enum CodingKeys: String, CodingKey {
    case size, activation
    case mseMicroseconds = "mse_us"
    case laiMicroseconds = "lai_us"
    case peak = "peak_gflops"
    case mseFraction = "mse_fraction"
    case laiFraction = "lai_fraction"
    case jaxMSE = "jax_mse_us"
    case jaxLai = "jax_lai_us"
    case mseRatio = "mse_ratio"
    case laiRatio = "lai_ratio"
  }

  init(_ size: StepSize, activation: String, rounds: Int, peers: String?) throws {
    let named = try Activation.named(activation)
    let mse = try StepTimer(size, named, .base(.mse))
    let lai = try StepTimer(size, named, .lai(LaiLoss(lambda: .uniform(0.1))))
    let peer = try peers.map { try Peer(environment: $0, size: size, activation: activation) }
    defer { peer?.end() }
    var ours: (mse: [Double], lai: [Double]) = ([], [])
    var jax: (mse: [Double], lai: [Double]) = ([], [])
    var peaks: [Double] = []
    let steps = size.steps
    _ = (mse.run(steps / 4 + 1), lai.run(steps / 4 + 1))
    for _ in 0..<rounds {
      peaks.append(measuredPeak())
      ours.mse.append(microseconds(a: steps) { mse.run(steps) })
      ours.lai.append(microseconds(a: steps) { lai.run(steps) })
      if let peer {
        let times = try peer.round()
        jax.mse.append(times.mse)
        jax.lai.append(times.lai)
      }
    }
    self.size = "\(size)"
    self.activation = activation
    mseMicroseconds = median(ours.mse)
    laiMicroseconds = median(ours.lai)
    peak = median(peaks)
    mseFraction = size.operations.mse / (mseMicroseconds * 1e3) / peak
    laiFraction = size.operations.lai / (laiMicroseconds * 1e3) / peak
    guard peer != nil else { return }
    jaxMSE = median(jax.mse)
    jaxLai = median(jax.lai)
    mseRatio = median(zip(ours.mse, jax.mse).map { $0 / $1 })
    laiRatio = median(zip(ours.lai, jax.lai).map { $0 / $1 })
  }

  /// Aligned, one row a size.
  static func printTable(_ rows: [StepResultRow]) {
    let hasPeers = rows.contains { $0.jaxMSE != nil }
    print("One step with Adam, float32, one thread, microseconds; medians.")
    var header = pad("D, H, L, B", 18) + right("MSE", 10) + right("L2 Lai", 10)
    header += right("of peak", 10) + right("Lai", 7)
    if hasPeers {
      header += right("JAX MSE", 10) + right("JAX Lai", 10) + right("ratio", 8) + right("Lai", 7)
    }
    print(header)
    for row in rows {
      var line = pad(row.size, 18) + right(number(row.mseMicroseconds, 1), 10)
      line += right(number(row.laiMicroseconds, 1), 10)
      line += right(number(row.mseFraction, 2), 10) + right(number(row.laiFraction, 2), 7)
      if let mse = row.jaxMSE, let lai = row.jaxLai {
        line += right(number(mse, 1), 10) + right(number(lai, 1), 10)
        line += right(number(row.mseRatio!, 2), 8) + right(number(row.laiRatio!, 2), 7)
      }
      print(line)
    }
    print("Multiply-add peak of a core: \(number(median(rows.map(\.peak)), 0)) GFLOP/s.")
  }
}

extension StepTimer {
  convenience init(_ size: StepSize, _ activation: Activation, _ loss: Loss) throws {
    try self.init(
      features: size.features, width: size.width, layers: size.layers, batch: size.batch,
      activation: activation, loss: loss)
  }
}

/// Of one step, when `body` takes `steps`.
func microseconds<Result>(a steps: Int, _ body: () -> Result) -> Double {
  let time = ContinuousClock().measure { _ = body() }
  let parts = time.components
  return (Double(parts.seconds) * 1e6 + Double(parts.attoseconds) * 1e-12) / Double(steps)
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
func pad(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
