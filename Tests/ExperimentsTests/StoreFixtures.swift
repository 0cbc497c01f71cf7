import Foundation
import Learning
import Platform
import Tensors

@testable import Experiments

/// A folder that is removed with its content.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = "\(NSTemporaryDirectory())/store-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

/// Trials that differ in alpha and seed.
func specs(_ count: Int, from start: Int = 0) -> [TrialSpec] {
  (start..<(start + count)).map { number in
    let alpha = JSON.number(Double(number) / 8)
    return try! TrialSpec(
      point: .object(["alpha": alpha]), seed: UInt64(number),
      recipe: .object(["alpha": alpha, "seed": .integer(number), "data": .string("d4")]))
  }
}

let someSweep = SweepRecord(
  options: .object(["seeds": .integer(2)]), script: "sweep()", environment: .object([:]))

func report(_ epoch: Int, metrics: [String: Double] = [:], laiLoss: Double? = nil) -> EpochReport {
  EpochReport(
    epoch: epoch, stage: epoch < 3 ? .pretrain : .train, baseLoss: 1 / Double(epoch),
    laiLoss: laiLoss, laiRatio: nil, laiCount: 7, validationRMSE: 0.1 + Double(epoch),
    validationLoss: nil, metrics: metrics, learningRate: 3e-3, seconds: 0.25,
    aboveKink: laiLoss.map { _ in FeatureShares(features: ["b", "a"], shares: [0.25, nil]) })
}

extension SQLiteStore {
  func claim(_ specs: [TrialSpec], most: Int = 1, lossLimit: Int = 3, retriesFailed: Bool = false)
    throws -> [TrialClaim]
  {
    try claim(
      specs.map(\.key), most: most, lossLimit: lossLimit, retriesFailed: retriesFailed)
  }

  func state(of spec: TrialSpec) throws -> TrialState? { try trials([spec.key])[spec.key]?.state }
}

/// What an error of a store says.
func reason(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as StoreError {
    return error.description
  } catch {
    return "another error: \(error)"
  }
}
