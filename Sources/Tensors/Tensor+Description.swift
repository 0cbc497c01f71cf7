extension Tensor: CustomStringConvertible {
  /// The number of elements, and that of lines, above which long axes are shortened to their ends,
  /// and the length of an end.
  private static let (mostElements, mostLines) = (1000, 20)
  private static let edge = 3
  private static let ellipsis = "..."
  /// The place that stands for the elements that are left out.
  private static let gap = -1

  /// The elements in aligned columns, long axes elided, then `[Tensor 3x4 float32]`.
  public var description: String { description(title: "Tensor", firstIndex: 0) }

  /// The same with another name of the type, indices that count from `firstIndex`, and lines of at
  /// most `width` characters.
  package func description(title: String, firstIndex: Int, width: Int = 80) -> String {
    let footer = "[\(title) \(shape.shapeText) \(dtype)]"
    guard count > 0 else { return footer }
    let leading = Array(shape.dropLast(2))
    let matrixCount = leading.reduce(1, *)
    let isLong =
      count > Tensor.mostElements || shape.dropLast().reduce(1, *) > Tensor.mostLines
    let matrices = Tensor.shown(matrixCount, isLong: isLong)
      .map { $0 == Tensor.gap ? nil : Tensor.indices(of: $0, in: leading) }
    let rows = rank > 1 ? Tensor.shown(shape[rank - 2], isLong: isLong) : [0]
    // Of a matrix, as many columns as fit: with its gap, none is narrower than three characters.
    var columns =
      rank > 1
      ? Tensor.shown(shape[rank - 1], atMost: Swift.max(2 * Tensor.edge, width / 3))
      : Tensor.shown(shape.last ?? 1, isLong: isLong)

    var values: [Double?] = []
    var (format, cellWidth, fitting) = (NumberFormat([], dtype), 0, 0)
    func measure() {
      values = matrices.compactMap { $0 }.flatMap { matrix in
        rows.filter { $0 != Tensor.gap }.flatMap { self.values(matrix, $0, columns) }
      }
      format = NumberFormat(values.compactMap { $0 }, dtype)
      cellWidth = values.map { $0.map(format.text)?.count ?? 0 }.max() ?? 0
      fitting = Swift.max(3, (width - 4) / (cellWidth + 2))
    }
    measure()
    if rank > 1, columns.count > fitting {
      columns = Tensor.shown(shape[rank - 1], atMost: fitting - 1)
    } else if rank == 1, columns.count > Tensor.mostLines * fitting {
      columns = Tensor.shown(count, isLong: true)
      measure()
    }

    var lines: [String] = []
    for (position, matrix) in matrices.enumerated() {
      if position > 0 { lines.append("") }
      guard let matrix else {
        lines.append(Tensor.ellipsis)
        continue
      }
      if rank > 2 {
        let indices = matrix.map { String($0 + firstIndex) }
        lines.append("(\(indices.joined(separator: ",")),.,.)")
      }
      for row in rows {
        guard row != Tensor.gap else {
          lines.append(" " + Tensor.ellipsis)
          continue
        }
        let cells = self.values(matrix, row, columns).map { value -> String in
          guard let value else { return Tensor.ellipsis }
          let text = format.text(value)
          return String(repeating: " ", count: cellWidth - text.count) + text
        }
        let length = rank > 1 ? cells.count : fitting
        for start in stride(from: 0, to: cells.count, by: length) {
          let end = Swift.min(cells.count, start + length)
          lines.append(" " + cells[start..<end].joined(separator: "  "))
        }
      }
    }
    return (lines + [footer]).joined(separator: "\n")
  }

  /// The elements of a row; nil at a gap.
  private func values(_ matrix: [Int], _ row: Int, _ columns: [Int]) -> [Double?] {
    columns.map { column in
      guard column != Tensor.gap else { return nil }
      let indices = matrix + [row, column].suffix(rank - matrix.count)
      let place = zip(indices, strides).reduce(0) { $0 + $1.0 * $1.1 }
      return dtype == .float32
        ? Double(base(as: Float.self)[place]) : base(as: Double.self)[place]
    }
  }

  private static func shown(_ extent: Int, isLong: Bool) -> [Int] {
    isLong ? shown(extent, atMost: 2 * edge) : Array(0..<extent)
  }

  private static func shown(_ extent: Int, atMost most: Int) -> [Int] {
    guard extent > most + 1 else { return Array(0..<extent) }
    let tail = most / 2
    return Array(0..<(most - tail)) + [gap] + Array((extent - tail)..<extent)
  }

  /// The indices of the `position`-th element, row major, of a shape.
  private static func indices(of position: Int, in shape: [Int]) -> [Int] {
    var rest = position
    return shape.reversed().map { extent in
      defer { rest /= extent }
      return rest % extent
    }.reversed()
  }
}
