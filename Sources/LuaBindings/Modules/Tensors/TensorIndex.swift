import Tensors

/// Positions of Lua, from 1 and from the end with a minus, as positions from 0.
enum LuaIndex {
  /// A position along an axis of `extent` elements.
  ///
  /// Throws: `ArgumentError` for 0 and for what lies outside.
  static func position(_ index: Int, extent: Int, named name: String = "index") throws -> Int {
    guard index != 0, index.magnitude <= extent else {
      throw ArgumentError(
        name,
        mustBe: extent == 0
          ? "left alone, the axis is empty" : "1 to \(extent), or -1 to -\(extent)",
        got: index)
    }
    return index > 0 ? index - 1 : extent + index
  }

  /// An axis of a tensor.
  static func axis(_ axis: Int, rank: Int) throws -> Int {
    try position(axis, extent: rank, named: "axis")
  }
}

/// What one axis of `x[{…}]` asks for.
enum AxisSelection {
  /// {}: all of it
  case all
  /// 3: one position; the axis goes
  case one(Int)
  /// {first, last} or {first, last, step}: inclusive, as Lua counts
  case range(first: Int, last: Int, step: Int)
}

extension LuaState {
  /// The selections in the table at an index, one an axis; axes not mentioned are whole.
  func selections(at index: Int32) throws -> [AxisSelection] {
    try (0..<rawLength(at: index)).map { position in
      getIndex(position + 1, of: index)
      defer { pop() }
      if let one = integer(at: -1) { return .one(one) }
      let table = top
      guard type(at: table) == .table else {
        throw ArgumentError(
          "[\(position + 1)]", mustBe: "an index or {first, last, step}", got: account(of: table))
      }
      let count = rawLength(at: table)
      guard count <= 3, count != 1 else {
        throw ArgumentError(
          "[\(position + 1)]", mustBe: "{}, {first, last} or {first, last, step}",
          got: "\(count) entries")
      }
      if count == 0 { return .all }
      let entries = try Kind.integer.list().value(in: self, at: table, named: "[\(position + 1)]")
      return .range(first: entries[0], last: entries[1], step: count == 3 ? entries[2] : 1)
    }
  }
}

extension Tensor {
  /// The view that selections give; an axis with one position goes.
  func selecting(_ selections: [AxisSelection]) throws -> Tensor {
    guard selections.count <= shape.count else {
      throw ShapeError(
        op: "index", lhs: shape, reason: "has fewer axes than the \(selections.count) selections")
    }
    var view = self
    var axis = 0
    for selection in selections {
      let extent = view.shape[axis]
      switch selection {
      case .all: axis += 1
      case .one(let index):
        view = try view.selected(axis: axis, index: LuaIndex.position(index, extent: extent))
      case .range(let first, let last, let step):
        guard step >= 1 else { throw ArgumentError("step", mustBe: ">= 1", got: step) }
        let start = try LuaIndex.position(first, extent: extent, named: "first")
        let end = try LuaIndex.position(last, extent: extent, named: "last")
        view = try view.sliced(
          axis: axis, from: start, to: Swift.max(start, end + 1), step: step)
        axis += 1
      }
    }
    return view
  }
}
