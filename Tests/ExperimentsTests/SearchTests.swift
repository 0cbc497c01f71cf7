import Tensors
import Testing

@testable import Experiments

@Suite struct SearchTests {
  private let mixed = try! Space([
    Dimension("a", .choices(2)), Dimension("b", .range(low: 0, high: 1, step: 0.5)),
  ])

  @Test func gridChangesTheLastDimensionFastest() throws {
    let points = try Search.grid.proposals(round: 0, in: mixed, seed: 1)
    #expect(
      points == [0, 1].flatMap { a in [0, 0.5, 1].map { [.choice(a), .number($0)] } })
    #expect(try Search.grid.proposals(round: 1, in: mixed, seed: 1).isEmpty)
    #expect(throws: ArgumentError.self) {
      _ = try Search.grid.proposals(round: -1, in: mixed, seed: 1)
    }
  }

  @Test func zipGoesThroughAllTogether() throws {
    let space = try Space([
      Dimension("a", .choices(3)), Dimension("b", .range(low: 1, high: 3, isInteger: true)),
    ])
    let points = try Search.zip.proposals(round: 0, in: space, seed: 1)
    let wanted: [Proposal] = (0..<3).map { [.choice($0), .number(Double($0 + 1))] }
    #expect(points == wanted)
    #expect(
      throws: ArgumentError("b", mustBe: "as long as a in a zip, 2 values", got: 3)
    ) { _ = try Search.zip.proposals(round: 0, in: mixed, seed: 1) }
  }

  @Test(arguments: [Search.grid, .zip]) func wantsStepsAndFewPoints(_ search: Search) throws {
    let range = try Space([Dimension("r", .range(low: 0, high: 1)), Dimension("a", .choices(2))])
    let error = #expect(throws: ArgumentError.self) {
      _ = try search.proposals(round: 0, in: range, seed: 1)
    }
    #expect(error?.wanted.contains("a range with a step") == true)
    #expect(error?.name == "r")
    let large = try Space((0..<3).map { Dimension("\($0)", .choices(1 << 50)) })
    #expect(throws: ArgumentError.self) { _ = try search.proposals(round: 0, in: large, seed: 1) }
  }

  @Test(
    arguments: [
      .random(trials: 0), .random(trials: 1_000_001), .sobol(trials: -1), .sobol(trials: .max),
      .tpe(trials: 0, round: 1, start: 0), .tpe(trials: 1, round: 0, start: 0),
      .tpe(trials: 1, round: 1, start: -1), .tpe(trials: .max, round: 1, start: 1),
      .tpe(trials: 1, round: .max, start: 1),
    ] as [Search])
  func refusesNumbersOutOfRange(_ search: Search) {
    #expect(throws: ArgumentError.self) { _ = try search.proposals(round: 0, in: mixed, seed: 1) }
  }

  @Test func moreRandomTrialsOnlyAddPoints() throws {
    let space = try Space(mixed.dimensions + [Dimension("c", .range(low: 0, high: 1))])
    let few = try Search.random(trials: 5).proposals(round: 0, in: space, seed: 7)
    let many = try Search.random(trials: 50).proposals(round: 0, in: space, seed: 7)
    #expect(few == Array(many.prefix(5)))
    #expect(Set(many).count == 50)
    #expect(try Search.random(trials: 5).proposals(round: 0, in: space, seed: 8) != few)
  }

  /// Counts of 6000 draws; 1500 each are expected, with a standard deviation of 34.
  @Test func randomValuesAreUniformWithBothEnds() throws {
    let space = try Space([
      Dimension("list", .choices(4)),
      Dimension("integer", .range(low: -1, high: 2, isInteger: true)),
      Dimension("step", .range(low: 0, high: 1, step: 0.3)),
      Dimension("log", .range(low: 1e-2, high: 1e2, isLog: true)),
    ])
    var counts = Array(repeating: [Int](repeating: 0, count: 4), count: 4)
    for point in try Search.random(trials: 6000).proposals(round: 0, in: space, seed: 3) {
      counts[0][try #require(point[0].choice)] += 1
      counts[1][Int(try #require(point[1].number)) + 1] += 1
      counts[2][Int((try #require(point[2].number) / 0.3).rounded())] += 1
      let value = try #require(point[3].number)
      counts[3][value < 0.1 ? 0 : value < 1 ? 1 : value < 10 ? 2 : 3] += 1
    }
    for count in counts.joined() { #expect(abs(count - 1500) < 150) }
  }

  @Test func onlyTPEIsAdaptive() {
    #expect(Search.tpe(trials: 1, round: 1, start: 1).isAdaptive)
    let others: [Search] = [.grid, .zip, .random(trials: 1), .sobol(trials: 1)]
    for other in others { #expect(!other.isAdaptive) }
  }
}
