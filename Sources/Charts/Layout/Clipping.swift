/// The parts of shapes that are inside of a rectangle.
struct Clipping {
  let rect: Rect

  /// The parts of a line inside, by the method of Liang and Barsky.
  func polylines(_ points: [Point]) -> [[Point]] {
    if points.allSatisfy(rect.contains) { return [points] }
    var lines: [[Point]] = []
    var line: [Point] = []
    for (start, end) in zip(points, points.dropFirst()) {
      guard let part = segment(start, end) else {
        if line.count > 1 { lines.append(line) }
        line = []
        continue
      }
      if line.last != part.0 {
        if line.count > 1 { lines.append(line) }
        line = [part.0]
      }
      line.append(part.1)
    }
    if line.count > 1 { lines.append(line) }
    return lines
  }

  private func segment(_ start: Point, _ end: Point) -> (Point, Point)? {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    var (first, last) = (0.0, 1.0)
    let sides = [
      (-dx, start.x - rect.minX), (dx, rect.maxX - start.x), (-dy, start.y - rect.minY),
      (dy, rect.maxY - start.y),
    ]
    for (direction, distance) in sides {
      if direction == 0 {
        if distance < 0 { return nil }
      } else if direction < 0 {
        first = max(first, distance / direction)
      } else {
        last = min(last, distance / direction)
      }
    }
    guard first <= last else { return nil }
    func point(_ share: Double) -> Point {
      share == 0 ? start : share == 1 ? end : Point(start.x + share * dx, start.y + share * dy)
    }
    return (point(first), point(last))
  }

  /// The part of a polygon inside, by the method of Sutherland and Hodgman; empty for none.
  func polygon(_ points: [Point]) -> [Point] {
    if points.allSatisfy(rect.contains) { return points }
    var result = points
    let borders: [(Bool, Double, Bool)] = [
      (true, rect.minX, true), (true, rect.maxX, false), (false, rect.minY, true),
      (false, rect.maxY, false),
    ]
    for (isX, border, isLower) in borders {
      var kept: [Point] = []
      for (index, end) in result.enumerated() {
        let start = result[index == 0 ? result.count - 1 : index - 1]
        let (a, b) = isX ? (start.x, end.x) : (start.y, end.y)
        let (startInside, endInside) =
          isLower ? (a >= border, b >= border) : (a <= border, b <= border)
        if startInside != endInside {
          let share = (border - a) / (b - a)
          kept.append(
            isX
              ? Point(border, start.y + share * (end.y - start.y))
              : Point(start.x + share * (end.x - start.x), border))
        }
        if endInside { kept.append(end) }
      }
      result = kept
    }
    return result
  }
}

/// Leaves out points of a long line that cannot be seen: of those that follow each other in a column
/// of pixels, the first, the lowest, the highest and the last one stay.
struct LineThinning {
  private(set) var points: [Point] = []
  private let columnWidth: Double
  private var column = Double.nan
  private var lowest = Point(0, 0)
  private var highest = Point(0, 0)
  private var last = Point(0, 0)
  private var lowestIsFirst = true

  init(columnWidth: Double) { self.columnWidth = columnWidth }

  @inline(__always)
  mutating func append(_ point: Point) {
    let next = (point.x / columnWidth).rounded(.down)
    guard next == column else {
      finish()
      points.append(point)
      column = next
      (lowest, highest, last, lowestIsFirst) = (point, point, point, true)
      return
    }
    last = point
    if point.y < lowest.y {
      lowest = point
      lowestIsFirst = false
    }
    if point.y > highest.y {
      highest = point
      lowestIsFirst = true
    }
  }

  /// Call it once, after the last point.
  mutating func finish() {
    guard !points.isEmpty else { return }
    for point in lowestIsFirst ? [lowest, highest, last] : [highest, lowest, last]
    where points.last != point { points.append(point) }
  }
}
