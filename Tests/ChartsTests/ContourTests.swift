import Testing

@testable import Charts

@Suite struct ContourTests {
  private let places = (0...80).map { -2 + Double($0) / 20 }

  /// The points of x² + y² = r² are at the distance r.
  @Test(arguments: [0.5, 1, 1.7])
  func circle(radius: Double) throws {
    let grid = try Grid(x: places, y: places) { $0 * $0 + $1 * $1 }
    let lines = Contours(grid, level: radius * radius).lines
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    #expect(line.first == line.last)
    #expect(line.count > 20)
    // The error of interpolating a parabola over steps of h is h² / 8 of the value.
    let error = 0.05 * 0.05 / 8 / radius
    for point in line {
      let distance = (point.x * point.x + point.y * point.y).squareRoot()
      #expect(abs(distance - radius) < error)
    }
    // Its length is close to that of the circle.
    let length = zip(line, line.dropFirst()).reduce(0) { sum, pair in
      let (dx, dy) = (pair.1.x - pair.0.x, pair.1.y - pair.0.y)
      return sum + (dx * dx + dy * dy).squareRoot()
    }
    #expect(abs(length - 2 * .pi * radius) < 0.01)
  }

  @Test func lineBetweenUnequalSteps() throws {
    let grid = try Grid(x: [0, 1, 4, 10], y: [0, 5]) { x, _ in x }
    let lines = Contours(grid, level: 3).lines
    #expect(lines == [[Point(3, 0), Point(3, 5)]] || lines == [[Point(3, 5), Point(3, 0)]])
  }

  @Test func saddlesFollowTheirMiddle() throws {
    // High at two opposite corners, and high, then low, in the middle.
    let high = try Grid(x: [0, 1], y: [0, 1], values: [2, 0, 0, 2])
    let cutsLow = Contours(high, level: 0.5).lines
    #expect(cutsLow.count == 2)
    for line in cutsLow { #expect(line.allSatisfy { abs($0.x - $0.y) >= 0.5 }) }
    let cutsHigh = Contours(high, level: 1.5).lines
    #expect(cutsHigh.count == 2)
    for line in cutsHigh { #expect(line.allSatisfy { abs($0.x + $0.y - 1) >= 0.5 }) }
    let other = try Grid(x: [0, 1], y: [0, 1], values: [0, 2, 2, 0])
    for line in Contours(other, level: 0.5).lines {
      #expect(line.allSatisfy { abs($0.x + $0.y - 1) >= 0.5 })
    }
  }

  @Test func holesHaveNoLines() throws {
    let grid = try Grid(x: places, y: places) { x, y in x > 0 ? .nan : x * x + y * y }
    let lines = Contours(grid, level: 1).lines
    #expect(lines.count == 1)
    #expect(lines[0].allSatisfy { $0.x <= 0 })
    #expect(lines[0].first != lines[0].last)
  }

  @Test func levelsAreRound() throws {
    let grid = try Grid(x: [0, 1], y: [0, 1], values: [0, 3, 5, 10])
    #expect(Contours.levels(of: grid) == [2, 4, 6, 8])
    let flat = try Grid(x: [0, 1], y: [0, 1], values: [1, 1, 1, 1])
    #expect(Contours.levels(of: flat).isEmpty)
    let holes = try Grid(x: [0], y: [0], values: [.nan])
    #expect(Contours.levels(of: holes).isEmpty)
  }

  @Test func gridsAreChecked() {
    #expect(throws: ChartError.self) { try Grid(x: [0, 1], y: [0], values: [1]) }
    #expect(throws: ChartError.unorderedPositions(axis: "x", index: 0)) {
      try Grid(x: [1, 1], y: [0], values: [1, 2])
    }
    #expect(throws: ChartError.unorderedPositions(axis: "y", index: 0)) {
      try Grid(x: [1], y: [0, .nan], values: [1, 2])
    }
  }

  @Test func edgesOfCells() {
    #expect(Grid.edges(around: [0, 2, 6], isLog: false) == [-1, 1, 4, 8])
    #expect(Grid.edges(around: [5], isLog: false) == [4.5, 5.5])
    let log = Grid.edges(around: [1, 100], isLog: true)
    #expect(zip(log, [0.1, 10, 1000]).allSatisfy { abs($0 / $1 - 1) < 1e-12 })
  }
}
