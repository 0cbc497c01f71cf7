import Platform
import Tensors
import Testing

@testable import Experiments

@Suite struct SearchSpaceTests {
  private func axis(_ domain: Dimension.Domain) throws -> Axis {
    try Space([Dimension("x", domain)]).axes[0]
  }

  private func values(_ domain: Dimension.Domain) throws -> [Double] {
    let axis = try axis(domain)
    return (0..<(axis.count ?? 0)).compactMap { axis.value($0).number }
  }

  @Test(
    arguments: [
      .choices(0), .range(low: 1, high: 1), .range(low: 2, high: 1), .range(low: .nan, high: 1),
      .range(low: 0, high: .infinity), .range(low: -1.7e308, high: 1.7e308),
      .range(low: 0, high: 1, isLog: true), .range(low: 0, high: 1, step: 0),
      .range(low: 0, high: 1, step: -0.1), .range(low: 0, high: 1, step: .nan),
      .range(low: 0.5, high: 3, isInteger: true), .range(low: 0, high: 2.5, isInteger: true),
      .range(low: 0, high: 3, step: 0.5, isInteger: true),
      .range(low: 0, high: 1e300, isInteger: true), .range(low: 0, high: 1, step: 1e-300),
    ] as [Dimension.Domain])
  func refusesWhatIsNoDomain(_ domain: Dimension.Domain) {
    #expect(throws: ArgumentError.self) { _ = try Space([Dimension("x", domain)]) }
  }

  @Test func refusesNoDimensionsAndEqualNames() {
    #expect(throws: ArgumentError("dimensions", mustBe: "at least one", got: "none")) {
      _ = try Space([])
    }
    #expect(throws: ArgumentError("dimensions", mustBe: "of different names", got: "'a' twice")) {
      _ = try Space([Dimension("a", .choices(1)), Dimension("a", .choices(2))])
    }
  }

  @Test func stepsReachTheEndThatTheyDivide() throws {
    #expect(try values(.range(low: 0.1, high: 0.7, step: 0.1)).last == 0.7)
    #expect(try values(.range(low: 0.1, high: 0.7, step: 0.1)).count == 7)
    #expect(try values(.range(low: 0, high: 1, step: 0.3)).count == 4)
    #expect(try values(.range(low: 0, high: 1, step: 3)) == [0])
    #expect(try values(.range(low: 1, high: 10, step: 4, isInteger: true)) == [1, 5, 9])
    #expect(try values(.range(low: 1, high: 3, isLog: true, isInteger: true)) == [1, 2, 3])
  }

  static let discrete: [Dimension.Domain] = [
    .choices(1), .choices(3), .range(low: -2, high: 2, isInteger: true),
    .range(low: 0, high: 1, step: 0.3), .range(low: 0, high: 1, step: 5),
    .range(low: 1, high: 1000, isLog: true, isInteger: true),
    .range(low: 1, high: 2, isLog: true, step: 5),
    .range(low: 1e-300, high: 1e300, isLog: true, step: 1e299),
    .range(low: 0.01, high: 1, isLog: true, step: 0.01),
  ]

  /// Cells join without gaps, cover the interval, and lead back to their value.
  @Test(arguments: discrete) func cellsPartTheInterval(_ domain: Dimension.Domain) throws {
    let axis = try axis(domain)
    let count = try #require(axis.count)
    var end = 0.0
    for k in 0..<count {
      let place = try axis.place(of: axis.value(k))
      #expect(place.index == k && place.low == end && place.high > end)
      end = place.high
      for share in [0.001, 0.5, 0.999] {
        let u = place.low + share * (place.high - place.low)
        #expect(axis.coordinate(at: u) == axis.value(k))
      }
    }
    #expect(end == 1)
    #expect(axis.coordinate(at: 0) == axis.value(0))
    #expect(axis.coordinate(at: 1 - 0x1p-53) == axis.value(count - 1))
  }

  /// Of 1, 2, 3: the middles between the logarithms are at √2 and √6, the ends at 1/√2 and 3√1.5.
  @Test func logarithmicCellsHaveClosedForms() throws {
    let axis = try axis(.range(low: 1, high: 3, isLog: true, isInteger: true))
    let (low, high) = (log2(0.5.squareRoot()), log2(3 * 1.5.squareRoot()))
    let place = try axis.place(of: .number(2))
    #expect(abs(place.low - (log2(2.0.squareRoot()) - low) / (high - low)) < 1e-14)
    #expect(abs(place.high - (log2(6.0.squareRoot()) - low) / (high - low)) < 1e-14)
  }

  @Test(
    arguments: [
      (-3, 5, false), (1e-300, 1e300, false), (-8e307, 8e307, false), (1e-5, 1, true),
      (1e-300, 1e300, true), (.leastNonzeroMagnitude, 1.7e308, true), (1, 1.0000000000000002, true),
    ] as [(Double, Double, Bool)])
  func continuousRangesGoFromEndToEnd(_ low: Double, _ high: Double, _ isLog: Bool) throws {
    let axis = try axis(.range(low: low, high: high, isLog: isLog))
    #expect(axis.coordinate(at: 0) == .number(low))
    #expect(axis.coordinate(at: 1) == .number(high))
    for u in stride(from: 0.0, through: 1, by: 0x1p-6) {
      let value = try #require(axis.coordinate(at: u).number)
      #expect(low <= value && value <= high)
      if high > 2 * low { #expect(try abs(axis.place(of: .number(value)).low - u) < 1e-12) }
    }
  }

  /// The middle of a logarithmic range is the geometric mean.
  @Test func logarithmicRangesAreUniformInTheLogarithm() throws {
    let axis = try axis(.range(low: 1e-4, high: 1e2, isLog: true))
    #expect(try abs(#require(axis.coordinate(at: 0.5).number) - 0.1) < 1e-15)
  }

  @Test func placesOutsideAreTheEndsOrErrors() throws {
    let range = try axis(.range(low: 1e-4, high: 1, isLog: true))
    #expect(try range.place(of: .number(0)).middle == 0)
    #expect(try range.place(of: .number(.infinity)).middle == 1)
    let steps = try axis(.range(low: 0, high: 4, step: 1))
    #expect(try steps.place(of: .number(-1e300)).index == 0)
    #expect(try steps.place(of: .number(2.4)).index == 2)
    #expect(throws: ArgumentError.self) { _ = try range.place(of: .number(.nan)) }
    #expect(throws: ArgumentError.self) { _ = try range.place(of: .choice(0)) }
    let list = try axis(.choices(2))
    #expect(throws: ArgumentError.self) { _ = try list.place(of: .choice(2)) }
    #expect(throws: ArgumentError.self) { _ = try list.place(of: .choice(-1)) }
    #expect(throws: ArgumentError.self) { _ = try list.place(of: .number(1)) }
  }
}

extension Coordinate {
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var choice: Int? { if case .choice(let index) = self { index } else { nil } }
}
