import Tensors

/// Samples: inputs x [n][inputs] and, where there are any, targets y [n][outputs].
public struct Dataset {
  /// [n][inputs]
  public let x: Tensor
  /// [n][outputs], like a network's predictions.
  public let y: Tensor?
  /// Slopes ∂y/∂x that a network is to have, [n][inputs] or [n][outputs][inputs], if there are any.
  public let slopes: Tensor?
  /// The names of the columns, as far as they have names.
  public let names: ColumnNames
  /// Names of the columns of x; X1, X2, … if they have none.
  public let features: [String]
  /// The report of the CSV file that it was read from; nil for other data, and for parts of data.
  public internal(set) var report: CSVReport?
  /// How a file's columns became these features; nil for data that was not read from one.
  public internal(set) var schema: DataSchema?
  /// What names the rows, if anything does.
  public internal(set) var ids: TextColumn?
  /// Other columns that are kept as text, no features.
  public internal(set) var texts: [TextColumn] = []
  /// The scaler that x and y have gone through; nil for data in their own units.
  public internal(set) var scaler: Scaler?

  /// The target's name.
  public var target: String? { names.target }
  /// Number of samples.
  public var count: Int { x.shape[0] }

  /// Features without names are called X1, X2, ….
  ///
  /// - x: [n][inputs]; y: [n] or [n][outputs], and [n] is the same as [n][1].
  /// - slopes: [n][inputs], or [n][outputs][inputs].
  ///
  /// - Throws: `ShapeError` for x that has no rows or is not of two axes, for y of another number of
  ///   rows, and for slopes that fit neither; `ArgumentError` for features that are not as many as the
  ///   columns, not distinct, empty or the target's.
  public init(
    x: Tensor, y: Tensor? = nil, features: [String]? = nil, target: String? = nil,
    slopes: Tensor? = nil
  ) throws {
    try self.init(
      x: x, y: y, names: ColumnNames(features: features, target: target), slopes: slopes)
  }

  /// The same with the names of other data, which may be missing.
  ///
  /// - Throws: `ShapeError` for tensors that do not fit each other; `ArgumentError` for names that do
  ///   not fit x, are there twice or are empty.
  public init(x: Tensor, y: Tensor?, names: ColumnNames, slopes: Tensor? = nil) throws {
    guard x.shape.count == 2, x.shape[0] > 0, x.shape[1] > 0 else {
      throw ShapeError(op: "dataset", lhs: x.shape, reason: "of x is not rows by columns")
    }
    if let y {
      guard (1...2).contains(y.shape.count), y.count > 0, y.shape[0] == x.shape[0] else {
        throw ShapeError(
          op: "dataset", lhs: x.shape, rhs: y.shape,
          reason: "of x and y do not agree: y must be [n] or [n][outputs] for n rows of x")
      }
    }
    let features = names.features ?? ColumnNames.numbered(x.shape[1])
    guard features.count == x.shape[1] else {
      throw ArgumentError(
        "features", mustBe: "\(x.shape[1]) names, one per column of x", got: features.count)
    }
    guard Set(features).count == features.count else {
      throw ArgumentError("features", mustBe: "distinct", got: features.joined(separator: ", "))
    }
    if let wrong = names.features?.first(where: { $0.isEmpty || $0 == names.target }) {
      throw ArgumentError(
        "features", mustBe: "names of their own, neither empty nor the target's", got: "'\(wrong)'")
    }
    self.y = try y.map { y in
      // A view, so that the caller's own tensor is not marked.
      let rows =
        y.rank == 1
        ? try y.unsqueezed(axis: 1) : try y.narrowed(axis: 0, from: 0, length: y.shape[0])
      rows.isByRow = true
      return rows
    }
    if let slopes {
      let outputs = self.y.map { [$0.shape[1]] } ?? []
      let wanted = [x.shape[0]] + outputs + [x.shape[1]]
      guard slopes.shape == wanted || outputs == [1] && slopes.shape == x.shape else {
        throw ShapeError(
          op: "dataset", lhs: x.shape, rhs: slopes.shape,
          reason: "of x and slopes do not agree: slopes must be [n][features] for one output, else "
            + "[n][outputs][features]")
      }
    }
    (self.x, self.names, self.features, self.slopes) = (x, names, features, slopes)
  }

  /// Copies of the samples at these places, counted from 0, in this order.
  ///
  /// - Throws: `ArgumentError` for a place that there is not, `ShapeError` for none at all.
  public func rows(_ indices: [Int]) throws -> Dataset {
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      throw ArgumentError("row", mustBe: "between 0 and \(count - 1)", got: wrong)
    }
    var rows = try Dataset(
      x: x.taken(axis: 0, at: indices), y: y?.taken(axis: 0, at: indices), names: names,
      slopes: slopes?.taken(axis: 0, at: indices))
    (rows.schema, rows.scaler) = (schema, scaler)
    rows.takeTexts(of: self, rows: indices)
    return rows
  }

  /// - Throws: `ArgumentError` that names the row, counted from 1, and the feature of the first
  ///   number that is not finite, or would not be in another number type.
  public func checkFinite(as dtype: DType? = nil) throws {
    if let place = try Dataset.firstNonFinite(x, as: dtype) {
      let (row, column) = place.index.quotientAndRemainder(dividingBy: x.shape[1])
      throw ArgumentError(
        "x in row \(row + 1), feature '\(features[column])',", mustBe: "finite", got: place.value)
    }
    if let y, let place = try Dataset.firstNonFinite(y, as: dtype) {
      let row = place.index / (y.count / count)
      throw ArgumentError("y in row \(row + 1)", mustBe: "finite", got: place.value)
    }
    if let slopes, let place = try Dataset.firstNonFinite(slopes, as: dtype) {
      let row = place.index / (slopes.count / count)
      let column = place.index % x.shape[1]
      throw ArgumentError(
        "slopes in row \(row + 1), feature '\(features[column])',", mustBe: "finite",
        got: place.value)
    }
  }

  /// The slopes, checked against a network's number of outputs.
  ///
  /// - Throws: `ShapeError` if they are those of another number.
  func slopes(outputs: Int) throws -> Tensor? {
    guard let slopes else { return nil }
    guard slopes.count == count * outputs * x.shape[1] else {
      throw ShapeError(
        op: "dataset", lhs: slopes.shape, reason: "of slopes is not that of \(outputs) outputs")
    }
    return slopes
  }

  /// The place, in row-major order, and the value of the first element that is not finite.
  static func firstNonFinite(_ tensor: Tensor, as dtype: DType? = nil) throws -> (
    index: Int, value: Double
  )? {
    func find<S: TensorScalar>(_ type: S.Type) throws -> (index: Int, value: Double)? {
      try tensor.withElements(as: S.self) { elements in
        elements.firstIndex { !$0.isFinite }.map { ($0, Double(elements[$0])) }
      }
    }
    return (dtype ?? tensor.dtype) == .float32 ? try find(Float.self) : try find(Double.self)
  }
}

extension Dataset: CustomStringConvertible {
  public var description: String {
    var text = "Dataset(\(count) rows, \(features.count) features"
    if let y {
      text += ", target \(target.map { "'\($0)'" } ?? "without a name")"
      if y.shape[1] > 1 { text += " of \(y.shape[1]) columns" }
    }
    return text + ", \(x.dtype))"
  }
}
