import Foundation
import Tensors
import Testing

@testable import Learning

/// With targets; without, see `ScalerTests` in DatasetTests.
@Suite("scalers of targets") struct TargetScalerTests {
  /// Features 0, 2, 4 and 10, 10, 40; target 100, 200, 600.
  func data(slopes: Tensor? = nil) throws -> Dataset {
    try Dataset(
      x: Tensor([0, 10, 2, 10, 4, 40], shape: [3, 2], dtype: .float64),
      y: Tensor([100, 200, 600], shape: [3], dtype: .float64), features: ["a", "b"],
      target: "price", slopes: slopes)
  }

  @Test func targetsAreScaledAndBack() throws {
    let data = try data()
    let scaler = try Scaler(fitting: data, scalesTarget: true)
    // Mean 300; deviation √((200² + 100² + 300²)/3).
    let deviation = (140_000.0 / 3).squareRoot()
    #expect(scaler.target?.center == [300])
    #expect(abs(scaler.target!.scale[0] - deviation) < 1e-12)
    let scaled = try scaler.transform(data)
    #expect(relativeError(scaled.y!, [-200, -100, 300].map { $0 / deviation }) < 1e-14)
    #expect(scaled.scaler == scaler && scaled.y!.shape == [3, 1])
    #expect(relativeError(try scaler.inverseTarget(scaled.y!), data.y!.doubles) < 1e-14)
    let back = try scaler.inverse(scaled)
    #expect(relativeError(back.x, data.x.doubles) < 1e-14 && back.scaler == nil)
    #expect(relativeError(back.y!, data.y!.doubles) < 1e-14)
    // Without a target, x alone.
    #expect(try scaler.transform(Dataset(x: data.x)).y == nil)
    let range = try Scaler(fitting: data, .minmax, scalesTarget: true)
    #expect(try range.transform(data).y!.doubles == [0, 0.2, 1])
    #expect(try Scaler(fitting: data).inverseTarget(data.y!).doubles == data.y!.doubles)
  }

  @Test func slopesGoWithBothScales() throws {
    let slopes = try Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2], dtype: .float64)
    let data = try data(slopes: slopes)
    let scaler = try Scaler(
      names: data.names, inputs: ColumnScale(center: [0, 0], scale: [2, 10], names: ["a", "b"]),
      target: ColumnScale(center: [0], scale: [100], names: ["price"]))
    // ∂(y/100)/∂(x/s) = slope · s/100
    let scaled = try scaler.transform(data)
    #expect(relativeError(scaled.slopes!, [0.02, 0.2, 0.06, 0.4, 0.1, 0.6]) < 1e-14)
    #expect(relativeError(try scaler.inverse(scaled).slopes!, slopes.doubles) < 1e-14)
    // Of two outputs, each by its own scale.
    let two = try Dataset(
      x: Tensor([1, 1], shape: [1, 2], dtype: .float64),
      y: Tensor([1, 1], shape: [1, 2], dtype: .float64), features: ["a", "b"],
      slopes: Tensor([1, 1, 1, 1], shape: [1, 2, 2], dtype: .float64))
    let both = try Scaler(
      names: two.names, inputs: scaler.inputs,
      target: ColumnScale(center: [0, 0], scale: [1, 4], names: ["y1", "y2"]))
    #expect(try both.transform(two).slopes!.doubles == [2, 10, 0.5, 2.5])
  }

  @Test func scaledDataAreRefused() throws {
    let data = try data()
    let scaler = try Scaler(fitting: data)
    let scaled = try scaler.transform(data)
    let text =
      "data must be in their original units (got data that a scaler has scaled already)"
    #expect(message { _ = try scaler.transform(scaled) } == text)
    #expect(message { _ = try Scaler(fitting: scaled) } == text)
    // Parts know their scaler, too.
    #expect(message { _ = try scaler.transform(scaled.rows([0])) } == text)
    #expect(throws: ScaleMismatch.self) { _ = try scaler.inverse(data) }
    let other = try Scaler(fitting: data, scalesTarget: true)
    #expect(throws: ScaleMismatch.self) { _ = try other.inverse(scaled) }
    #expect(
      message { _ = try Scaler(fitting: Dataset(x: data.x), scalesTarget: true) }
        == "data must be data with targets, to scale them (got data without)")
  }

  @Test func survivesJSON() throws {
    let scaler = try Scaler(fitting: data(), scalesTarget: true)
    let text = try scaler.json.text()
    #expect(try Scaler(json: JSON(parsing: Array(text.utf8))) == scaler)
    #expect(try JSONDecoder().decode(Scaler.self, from: JSONEncoder().encode(scaler)) == scaler)
    for wrong in [#""target_center":[1]"#, #""target_center":[1],"target_scale":[0]"#] {
      let text = #"{"features":["a"],"mean":[1],"std":[1],"# + wrong + "}"
      #expect(throws: ArgumentError.self) { _ = try Scaler(json: JSON(parsing: Array(text.utf8))) }
    }
    #expect(scaler.description.contains("  target price   300.0  216.0"))
    #expect(try scaler.columns([1]).inputs.center == [20])
  }
}
