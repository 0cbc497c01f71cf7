import Tensors

/// (value − center) / scale, with two numbers of its own for each column.
public struct ColumnScale: Sendable, Equatable {
  public let center: [Double]
  /// > 0
  public let scale: [Double]

  /// Which numbers of a column are its center and its scale.
  public enum Method: String, Sendable, CaseIterable {
    /// Its mean and its standard deviation (divisor n): mean 0 and deviation 1.
    case standard
    /// Its least value and its range: from 0 to 1.
    case minmax
  }

  public var count: Int { center.count }

  /// - names: Of the columns, for errors.
  /// - Throws: `ArgumentError` for lists of different lengths, a center that is not finite and a scale
  ///   that is not > 0 and finite.
  public init(center: [Double], scale: [Double], names: [String]) throws {
    guard center.count == names.count, scale.count == names.count else {
      throw ArgumentError(
        "scaler", mustBe: "of one center and one scale for each column",
        got: "\(names.count) columns, \(center.count) centers and \(scale.count) scales")
    }
    for (place, name) in names.enumerated() {
      guard center[place].isFinite else {
        throw ArgumentError("center of '\(name)'", mustBe: "finite", got: center[place])
      }
      guard scale[place] > 0, scale[place].isFinite else {
        throw ArgumentError("scale of '\(name)'", mustBe: "> 0 and finite", got: scale[place])
      }
    }
    (self.center, self.scale) = (center, scale)
  }

  /// Of the columns of rows [n][columns], all finite. The scale of a constant column is 1.
  ///
  /// - Throws: as the other initialiser, where numbers are too large for their sums.
  init(fitting rows: Tensor, _ method: Method, names: [String]) throws {
    let columns = rows.shape[1]
    let elements = try rows.elements(as: Double.self)
    // In place: copies of the columns of large data would take as much memory again.
    let pairs = (0..<columns).map { column in
      let places = stride(from: column, to: elements.count, by: columns)
      return switch method {
      case .standard: ColumnScale.standard(elements, places, count: rows.shape[0])
      case .minmax: ColumnScale.range(elements, places)
      }
    }
    try self.init(center: pairs.map(\.0), scale: pairs.map(\.1), names: names)
  }

  /// Mean and standard deviation.
  private static func standard(
    _ elements: [Double], _ places: StrideTo<Int>, count: Int
  ) -> (Double, Double) {
    let first = elements[places.first { _ in true }!]
    // Sums of equal numbers are rounded, and would turn a constant column into noise.
    guard !places.allSatisfy({ elements[$0] == first }) else { return (first, 1) }
    let n = Double(count)
    let mean = places.reduce(0) { $0 + elements[$1] } / n
    let squares = places.reduce(0) {
      $0 + (elements[$1] - mean) * (elements[$1] - mean)
    }
    return (mean, (squares / n).squareRoot())
  }

  /// Least value and range.
  private static func range(_ elements: [Double], _ places: StrideTo<Int>) -> (Double, Double) {
    let first = elements[places.first { _ in true }!]
    let (least, largest) = places.reduce(into: (first, first)) {
      $0 = (min($0.0, elements[$1]), max($0.1, elements[$1]))
    }
    return (least, largest > least ? largest - least : 1)
  }

  /// Of some of the columns, in this order.
  func columns(_ places: [Int]) -> ColumnScale {
    ColumnScale(center: places.map { center[$0] }, unchecked: places.map { scale[$0] })
  }

  private init(center: [Double], unchecked scale: [Double]) {
    (self.center, self.scale) = (center, scale)
  }

  /// Scales rows [n][columns], or one [columns]. Derivatives go through.
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func transform(_ rows: Tensor) throws -> Tensor {
    try map(rows, slopes: scale.map { 1 / $0 }) { ($0 - center[$1]) / scale[$1] }
  }

  /// Undoes `transform`.
  ///
  /// - Throws: `ShapeError` for another number of columns.
  public func inverse(_ rows: Tensor) throws -> Tensor {
    try map(rows, slopes: scale) { $0 * scale[$1] + center[$1] }
  }

  /// The same of numbers, row major.
  func inverse(_ numbers: [Double]) -> [Double] {
    numbers.enumerated().map { place, value in
      value * scale[place % count] + center[place % count]
    }
  }

  /// In double precision, whatever the number type. `slopes` are the derivatives of `change` per
  /// column, so that derivatives are carried on.
  private func map(
    _ x: Tensor, slopes: [Double], _ change: (_ value: Double, _ column: Int) -> Double
  ) throws -> Tensor {
    guard (1...2).contains(x.shape.count), x.shape.last == count else {
      throw ShapeError(
        op: "scaler", lhs: x.shape, reason: "does not have the \(count) columns it knows")
    }
    let result = try Tensor(zeros: x.shape, dtype: x.dtype)
    func run<S: TensorScalar>(_ type: S.Type) throws {
      let target = try result.mutableBase(as: S.self)
      try x.detached().withElements(as: S.self) { source in
        for row in stride(from: 0, to: source.count, by: count) {
          for column in 0..<count {
            target[row + column] = S(change(Double(source[row + column]), column))
          }
        }
      }
    }
    try x.dtype.dispatch { try run($0) }
    return result.recorded(from: x) {
      try $0 * Tensor(slopes, shape: [count], dtype: $0.dtype)
    }
  }
}
