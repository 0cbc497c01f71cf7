import Tensors

/// Rows as a flat, immutable copy.
struct TrainingRows<S: TensorScalar>: Sendable, Equatable {
  let x: [S]
  let y: [S]
  /// The slopes that the data come with, [rows][outputs][inputs]; empty if they come with none.
  let slopes: [S]
  let count: Int

  init(_ data: Dataset, net: MLP, name: String) throws {
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
    x = try data.x.elements(as: S.self)
    y = try targets.elements(as: S.self)
    slopes = try data.slopes(outputs: outputs)?.elements(as: S.self) ?? []
    count = data.count
  }
}
