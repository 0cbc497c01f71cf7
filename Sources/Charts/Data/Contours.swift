/// The lines along which a grid has a value, by marching squares with linear interpolation along the
/// edges. A saddle is resolved by the mean of its four corners. Cells with a hole have no line.
struct Contours {
  /// Each with its points in the coordinates of the grid; a closed line ends with its first point.
  let lines: [[Point]]

  /// An edge between two neighbours: 2 i for that to the right of node i, 2 i + 1 for that above it.
  private typealias Edge = Int

  init(_ grid: Grid, level: Double) {
    var segments: [(Edge, Edge)] = []
    let columns = grid.x.count
    if columns > 1, grid.y.count > 1 {
      for row in 0..<grid.y.count - 1 {
        for column in 0..<columns - 1 {
          Contours.addSegments(of: grid, column, row, level, &segments)
        }
      }
    }
    lines = Contours.joined(segments).map { edges in
      edges.map { Contours.point(on: $0, grid, level) }
    }
  }

  /// About eight round numbers within the range of the values.
  static func levels(of grid: Grid) -> [Double] {
    guard let range = grid.range, range.lowerBound < range.upperBound else { return [] }
    return LinearTicks(range, atMost: 9).values.filter {
      range.lowerBound < $0 && $0 < range.upperBound
    }
  }

  private static func addSegments(
    of grid: Grid, _ column: Int, _ row: Int, _ level: Double, _ segments: inout [(Edge, Edge)]
  ) {
    let corners = [
      grid.value(column, row), grid.value(column + 1, row), grid.value(column + 1, row + 1),
      grid.value(column, row + 1),
    ]
    guard corners.allSatisfy(\.isFinite) else { return }
    let node = row * grid.x.count + column
    let (bottom, right) = (2 * node, 2 * (node + 1) + 1)
    let (top, left) = (2 * (node + grid.x.count), 2 * node + 1)
    var pattern = 0
    for corner in 0..<4 where corners[corner] >= level { pattern |= 1 << corner }
    let isHighInside = corners.reduce(0) { $0 + $1 / 4 } >= level
    switch pattern {
    case 1, 14: segments.append((left, bottom))
    case 2, 13: segments.append((bottom, right))
    case 4, 11: segments.append((right, top))
    case 8, 7: segments.append((top, left))
    case 3, 12: segments.append((left, right))
    case 6, 9: segments.append((bottom, top))
    case 5, 10:
      // Low corners are cut off where the middle is high, else high ones.
      let cutsFirst = (pattern == 10) == isHighInside
      segments += cutsFirst ? [(left, bottom), (right, top)] : [(bottom, right), (top, left)]
    default: break
    }
  }

  private static func joined(_ segments: [(Edge, Edge)]) -> [[Edge]] {
    var ends: [Edge: [Int]] = [:]
    for (index, segment) in segments.enumerated() {
      ends[segment.0, default: []].append(index)
      ends[segment.1, default: []].append(index)
    }
    var isUsed = [Bool](repeating: false, count: segments.count)
    func follow(_ start: Edge) -> [Edge] {
      var line = [start]
      while let next = ends[line.last!]!.first(where: { !isUsed[$0] }) {
        isUsed[next] = true
        let segment = segments[next]
        line.append(segment.0 == line.last! ? segment.1 : segment.0)
      }
      return line
    }
    var lines: [[Edge]] = []
    // Open lines first, from one of their ends.
    for isOpen in [true, false] {
      for (index, segment) in segments.enumerated() where !isUsed[index] {
        for start in [segment.0, segment.1] where !isUsed[index] {
          if !isOpen || ends[start]!.count == 1 { lines.append(follow(start)) }
        }
      }
    }
    return lines
  }

  private static func point(on edge: Edge, _ grid: Grid, _ level: Double) -> Point {
    let (row, column) = (edge / 2 / grid.x.count, edge / 2 % grid.x.count)
    let isUpward = edge % 2 == 1
    let start = grid.value(column, row)
    let end = isUpward ? grid.value(column, row + 1) : grid.value(column + 1, row)
    let share = (level - start) / (end - start)
    if isUpward {
      return Point(grid.x[column], grid.y[row] + share * (grid.y[row + 1] - grid.y[row]))
    }
    return Point(grid.x[column] + share * (grid.x[column + 1] - grid.x[column]), grid.y[row])
  }
}
