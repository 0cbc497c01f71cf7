import Foundation
import Tensors

/// Rows as a flat, immutable copy, which all jobs on the same data and of the same number type share.
final class TrainingRows<S: TensorScalar>: Sendable {
  let x: [S]
  let y: [S]
  /// The slopes that the data come with, [rows][outputs][inputs]; empty if they come with none.
  let slopes: [S]
  let count: Int
  /// Of all numbers.
  let fingerprint: UInt64

  private init(x: [S], y: [S], slopes: [S], count: Int) {
    (self.x, self.y, self.slopes, self.count) = (x, y, slopes, count)
    var fingerprint = Fingerprint()
    for numbers in [x, y, slopes] { numbers.withUnsafeBytes { fingerprint.add($0) } }
    self.fingerprint = fingerprint.value
  }

  /// The rows of `data`, copied unless a job that still exists has the same ones.
  ///
  /// The elements are compared, bit by bit, not the identity of the data: data may change in place
  /// between two jobs, and equal data may come from different places.
  ///
  /// - Throws: `ArgumentError` for data without targets, of another size than the model's, or with
  ///   numbers that are not finite; `AllocationError`.
  static func shared(_ data: Dataset, net: MLP, name: String) throws -> TrainingRows {
    let targets = try check(data, net, name)
    let slopes = try data.slopes(outputs: net.outputs)
    for rows in TrainingRowsStore.living(TrainingRows<S>.self)
    where try rows.count == data.count && equal(rows.x, data.x) && equal(rows.y, targets)
      && equal(rows.slopes, slopes)
    {
      return rows
    }
    let rows = try TrainingRows(
      x: data.x.elements(as: S.self), y: targets.elements(as: S.self),
      slopes: slopes?.elements(as: S.self) ?? [], count: data.count)
    TrainingRowsStore.keep(rows)
    return rows
  }

  /// Returns the targets.
  private static func check(_ data: Dataset, _ net: MLP, _ name: String) throws -> Tensor {
    guard data.x.shape[1] == net.inputs else {
      throw ArgumentError(
        name, mustBe: "of \(net.inputs) features, as the model takes", got: data.x.shape[1])
    }
    guard let targets = data.y else {
      throw ArgumentError(name, mustBe: "data with targets", got: "data without")
    }
    let outputs = targets.count / data.count
    guard outputs == net.outputs else {
      throw ArgumentError(
        name, mustBe: "of \(net.outputs) targets a row, as the model gives", got: outputs)
    }
    do { try data.checkFinite(as: net.dtype) } catch let error as ArgumentError {
      throw ArgumentError("\(name).\(error.name)", mustBe: error.wanted, got: error.got)
    }
    return targets
  }

  private static func equal(_ elements: [S], _ tensor: Tensor?) throws -> Bool {
    guard let tensor, !elements.isEmpty else { return tensor == nil && elements.isEmpty }
    guard elements.count == tensor.count else { return false }
    return try tensor.withElements(as: S.self) { other in
      elements.withUnsafeBytes { memcmp($0.baseAddress!, other.baseAddress!, $0.count) == 0 }
    }
  }
}

/// The rows of all jobs that exist.
private enum TrainingRowsStore {
  private struct Entry { weak var rows: AnyObject? }
  private static let entries = Guarded<[Entry]>([])

  static func living<Rows: AnyObject>(_ type: Rows.Type) -> [Rows] {
    entries.withLock { $0.compactMap { $0.rows as? Rows } }
  }

  static func keep(_ rows: AnyObject) {
    entries.withLock { entries in
      entries.removeAll { $0.rows == nil }
      entries.append(Entry(rows: rows))
    }
  }
}
