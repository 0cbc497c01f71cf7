import Foundation
import GRDB
import Learning
import Tensors

// Results as rows. SQLite stores NaN as NULL. In `epochs`, NULL also means a missing number, so the
// column `nans` lists the columns that hold NaN.

extension TrialResult {
  /// Writes measures, epochs and model, in place of earlier ones.
  func write(as trial: Int64, _ db: Database) throws {
    for table in ["measures", "epochs", "models"] {
      try db.cachedStatement(sql: "DELETE FROM \(table) WHERE trial = ?").execute(arguments: [trial]
      )
    }
    let measure = try db.cachedStatement(
      sql: "INSERT INTO measures (trial, name, value) VALUES (?, ?, ?)")
    for (name, value) in measures { try measure.execute(arguments: [trial, name, value]) }
    try StoreViews.add("measure", names: measures.keys.sorted(), db)
    let epoch = try db.cachedStatement(
      sql: "INSERT INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for report in history {
      epoch.setUncheckedArguments(try report.row(of: trial))
      try epoch.execute()
    }
    guard let model else { return }
    try db.execute(sql: "INSERT INTO models VALUES (?, ?)", arguments: [trial, model])
  }
}

extension EpochReport {
  static let columns = [
    "base_loss", "lai_loss", "lai_ratio", "validation_rmse", "validation_loss", "learning_rate",
    "seconds",
  ]

  fileprivate func row(of trial: Int64) throws -> StatementArguments {
    let numbers = [
      baseLoss, laiLoss, laiRatio, validationRMSE, validationLoss, learningRate, seconds,
    ]
    var nans: String?
    if numbers.contains(where: { $0?.isNaN == true }) {
      nans = zip(EpochReport.columns, numbers).filter { $1?.isNaN == true }.map(\.0)
        .joined(separator: " ")
    }
    return [
      trial, epoch, stage.rawValue, baseLoss, laiLoss, laiRatio, laiCount, validationRMSE,
      validationLoss, learningRate, seconds,
      metrics.isEmpty ? nil : try JSON.object(metrics.mapValues(StoredNumber.json)).text(),
      try aboveKink?.pairs.text(), nans,
    ]
  }

  /// - Throws: what reading the row throws.
  init(_ row: Row) throws {
    let nans = Set((row["nans"] as String? ?? "").split(separator: " "))
    func number(_ column: String) -> Double? {
      row[column] ?? (nans.contains(Substring(column)) ? .nan : nil)
    }
    var metrics: [String: Double] = [:]
    if let text: String = row["metrics"], case .object(let values) = try JSON(parsing: text.utf8) {
      metrics = values.mapValues(StoredNumber.double)
    }
    self.init(
      epoch: row["epoch"], stage: Stage(rawValue: row["stage"]) ?? .train,
      baseLoss: number("base_loss") ?? .nan, laiLoss: number("lai_loss"),
      laiRatio: number("lai_ratio"), laiCount: row["lai_count"],
      validationRMSE: number("validation_rmse"), validationLoss: number("validation_loss"),
      metrics: metrics, learningRate: number("learning_rate") ?? .nan,
      seconds: number("seconds") ?? .nan,
      aboveKink: (row["above_kink"] as String?).flatMap { FeatureShares(pairs: $0) })
  }
}

extension FeatureShares {
  /// [["X1", 0.25], ["X2", null]], in the order of the features.
  fileprivate var pairs: JSON {
    .array(
      zip(features, shares).map { .array([.string($0), $1.map { .number($0) } ?? .null]) })
  }

  fileprivate init?(pairs text: String) {
    guard case .array(let pairs)? = try? JSON(parsing: text.utf8) else { return nil }
    var (features, shares): ([String], [Double?]) = ([], [])
    for case .array(let pair) in pairs {
      guard pair.count == 2, case .string(let feature) = pair[0] else { return nil }
      features.append(feature)
      shares.append(pair[1] == .null ? nil : StoredNumber.double(pair[1]))
    }
    self.init(features: features, shares: shares)
  }
}

/// Numbers in JSON, which has none that are not finite: "nan", "inf", "-inf".
private enum StoredNumber {
  static func json(_ value: Double) -> JSON {
    value.isFinite ? .number(value) : .string(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
  }

  static func double(_ value: JSON) -> Double {
    switch value {
    case .number(let number): number
    case .integer(let number): Double(number)
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: .nan
    }
  }
}

extension StoredTrial {
  /// - isAlive: whether a process lives. Trials of the others are shown as lost.
  init(_ row: Row, measures: [String: Double], isAlive: (String) -> Bool) throws {
    let spec = TrialSpec(
      point: try JSON(parsing: (row["point"] as String).utf8),
      seed: UInt64(bitPattern: row["seed"] as Int64),
      recipe: try JSON(parsing: (row["recipe"] as String).utf8), key: row["key"])
    var state = TrialState(rawValue: row["state"]) ?? .waiting
    var losses: Int = row["losses"]
    if state == .running, let worker: String = row["worker"], !isAlive(worker) {
      (state, losses) = (.lost, losses + 1)
    }
    var result: TrialResult?
    if [.done, .failed, .pruned].contains(state) {
      result = TrialResult(
        outcome: row["outcome"] ?? "", problem: row["problem"], measures: measures,
        seconds: row["seconds"] ?? .nan)
    }
    self.init(spec: spec, state: state, result: result, losses: losses)
  }
}
