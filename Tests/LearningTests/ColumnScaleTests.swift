import Tensors
import Testing

@testable import Learning

@Suite struct ColumnScaleTests {
  /// Columns 1, 2, 6 and 4, 4, 4.
  func rows() throws -> Tensor {
    try Tensor([1, 4, 2, 4, 6, 4], shape: [3, 2], dtype: .float64)
  }

  @Test func standardHasMeanAndDeviationOfDivisorN() throws {
    let scale = try ColumnScale(fitting: rows(), .standard, names: ["a", "b"])
    #expect(scale.center == [3, 4])
    // (4 + 1 + 9) / 3; a constant column is divided by 1.
    #expect(abs(scale.scale[0] - (14.0 / 3).squareRoot()) < 1e-15 && scale.scale[1] == 1)
  }

  @Test func minmaxHasLeastAndRange() throws {
    let scale = try ColumnScale(fitting: rows(), .minmax, names: ["a", "b"])
    #expect(scale.center == [1, 4] && scale.scale == [5, 1])
    #expect(try scale.transform(rows()).doubles == [0, 0, 0.2, 0, 1, 0])
    #expect(try scale.inverse(scale.transform(rows())).doubles == rows().doubles)
    #expect(scale.inverse([0, 0, 1, 0]) == [1, 4, 6, 4])
    #expect(scale.columns([1]) == (try ColumnScale(center: [4], scale: [1], names: ["b"])))
  }

  @Test func refusesWhatIsNoScale() throws {
    #expect(
      message { _ = try ColumnScale(center: [0], scale: [0], names: ["a"]) }
        == "scale of 'a' must be > 0 and finite (got 0)")
    #expect(
      message { _ = try ColumnScale(center: [.nan], scale: [1], names: ["a"]) }
        == "center of 'a' must be finite (got nan)")
    #expect(throws: ArgumentError.self) {
      _ = try ColumnScale(center: [0, 1], scale: [1], names: ["a", "b"])
    }
    let scale = try ColumnScale(center: [0], scale: [1], names: ["a"])
    #expect(throws: ShapeError.self) { _ = try scale.transform(rows()) }
  }
}
