import CLai
import Learning
import Tensors

// What the methods of data sets take.

/// A column, or several.
enum ColumnChoice {
  case one(String)
  case several([String])
}

extension Kind where Value == ColumnChoice {
  static let columnChoice = Kind(
    "a name or a list of names", annotation: "string|string[]"
  ) { state, index in
    if state.type(at: index) != .table { return try state.text(at: index).map { .one($0) } }
    return try Kind<String>.string.list(atLeast: 1).read(state, index).map { .several($0) }
  }
}

/// A column that a script gives: values, or a number for every row.
struct NamedColumn {
  let name: String
  let values: Operand

  func tensor(rows: Int, dtype: DType) throws -> Tensor {
    switch values {
    case .tensor(let tensor): tensor
    case .number(let number): try Tensor.scalar(number, dtype: dtype).expanded(to: [rows])
    }
  }
}

extension Kind where Value == [NamedColumn] {
  static let columns = Kind(
    "a table of tensors or numbers by name", annotation: "table<string, lai.Tensor|table|number>"
  ) { state, index in
    guard try state.isTable(at: index) else { return nil }
    var columns: [NamedColumn] = []
    try state.forEachPair(of: index) { key, value in
      guard let name = try state.type(at: key) == .string ? state.text(at: key) : nil else {
        throw ArgumentError("columns", mustBe: "tensors by name", got: state.account(of: key))
      }
      let values: Operand
      if state.type(at: value) == .number, let number = state.number(at: value) {
        values = .number(number)
      } else {
        values = .tensor(
          try Kind<Tensor>.tensorLike.value(in: state, at: value, named: "columns.\(name)"))
      }
      columns.append(NamedColumn(name: name, values: values))
    }
    return columns.isEmpty ? nil : columns.sorted { $0.name < $1.name }
  }
}

/// A first row, or a list of rows.
enum RowChoice {
  case first(Int)
  case list([Int])

  /// Places from 0.
  func places(through last: Int?, of count: Int) throws -> [Int] {
    func place(_ row: Int, _ name: String) throws -> Int {
      guard row != 0, row >= -count, row <= count else {
        throw ArgumentError(
          name, mustBe: "between 1 and \(count), or from the end -1 to -\(count)", got: row)
      }
      return row > 0 ? row - 1 : count + row
    }
    switch self {
    case .list(let rows):
      guard last == nil else {
        throw ArgumentError("last", mustBe: "left out with a list of rows", got: last!)
      }
      return try rows.enumerated().map { try place($1, "rows[\($0 + 1)]") }
    case .first(let first):
      let (first, last) = (try place(first, "first"), try place(last ?? first, "last"))
      guard first <= last else {
        throw ArgumentError("last", mustBe: ">= first, \(first + 1)", got: last + 1)
      }
      return Array(first...last)
    }
  }
}

extension Kind where Value == RowChoice {
  static let choice = Kind(
    "a row, or a list of rows", annotation: "integer|integer[]"
  ) { state, index in
    if let row = state.integer(at: index) { return .first(row) }
    return try Kind<Int>.integer.list(atLeast: 1).read(state, index).map { .list($0) }
  }
}

/// Ranges of the target, or the values of a column.
enum Strata {
  case ranges(Int)
  case column(String)
}

extension Kind where Value == Strata {
  /// true is 10 ranges.
  static let strata = Kind(
    "true, a whole number >= 2, or the name of a column", annotation: "boolean|integer|string"
  ) { state, index in
    switch state.type(at: index) {
    case .boolean: state.boolean(at: index) ? .ranges(10) : nil
    case .string: try state.text(at: index).map { .column($0) }
    default: state.integer(at: index).flatMap { $0 >= 2 ? .ranges($0) : nil }
    }
  }
}

extension Kind where Value == [String] {
  /// Numbers or strings, as text.
  static let ids = Kind(
    "a list of whole numbers or strings", annotation: "(integer|string)[]"
  ) { state, index in
    let entry = Kind<String>("a whole number or a string", annotation: "integer|string") {
      state, index in
      if state.type(at: index) == .string { return try state.text(at: index) }
      return state.integer(at: index).map { "\($0)" }
    }
    return try entry.list(atLeast: 1).read(state, index)
  }
}
