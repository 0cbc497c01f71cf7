import Tensors

/// Converts positions of Lua, from 1 or, if negative, from the end, to positions from 0.
enum LuaIndex {
  /// A position along an axis of `extent` elements.
  ///
  /// - Throws: `ArgumentError` for 0 and for what lies outside.
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

  /// The beginning of a range of an axis; an empty range may begin behind the last element.
  ///
  /// - Throws: as `position`.
  static func start(_ first: Int, length: Int, extent: Int) throws -> Int {
    if length == 0, first == extent + 1 { return extent }
    return try position(first, extent: extent, named: "first")
  }

  /// An axis of a tensor.
  static func axis(_ axis: Int, rank: Int) throws -> Int {
    try position(axis, extent: rank, named: "axis")
  }
}

extension LuaState {
  /// The slices that the table at an index asks for, one per axis of x; axes not mentioned are
  /// whole: 3 for one position, {} for all, {first, last} or {first, last, step}, inclusive.
  func slices(at index: Int32, of x: Tensor) throws -> [AxisSlice] {
    let count = rawLength(at: index)
    guard count <= x.rank else {
      throw ShapeError(
        op: "index", lhs: x.shape, reason: "has fewer axes than the \(count) selections")
    }
    try reserve(4)
    var slices: [AxisSlice] = []
    slices.reserveCapacity(count)
    for axis in 0..<count {
      getIndex(axis + 1, of: index)
      defer { pop() }
      let extent = x.shape[axis]
      if let one = integer(at: -1) {
        slices.append(.one(try LuaIndex.position(one, extent: extent)))
      } else {
        slices.append(try range(at: top, axis: axis, extent: extent))
      }
    }
    return slices
  }

  private func range(at table: Int32, axis: Int, extent: Int) throws -> AxisSlice {
    guard try isTable(at: table, named: "[\(axis + 1)]") else {
      throw ArgumentError(
        "[\(axis + 1)]", mustBe: "an index or {first, last, step}", got: account(of: table))
    }
    let count = rawLength(at: table)
    if count == 0 { return .all }
    guard count == 2 || count == 3 else {
      throw ArgumentError(
        "[\(axis + 1)]", mustBe: "{}, {first, last} or {first, last, step}",
        got: "\(count) entries")
    }
    func entry(_ place: Int) throws -> Int {
      getIndex(place, of: table)
      defer { pop() }
      if let whole = integer(at: -1) { return whole }
      throw ArgumentError(
        "[\(axis + 1)][\(place)]", mustBe: "a whole number", got: account(of: -1))
    }
    let step = count == 3 ? try entry(3) : 1
    guard step >= 1 else { throw ArgumentError("step", mustBe: ">= 1", got: step) }
    let (first, last) = (try entry(1), try entry(2))
    // As with string.sub, {1, 0} is empty, and so is {n + 1, n} or {n + 1, -1} behind the last
    // element.
    if first >= 1, first - 1 == (last < 0 ? extent + 1 + last : last) {
      let start = try LuaIndex.start(first, length: 0, extent: extent)
      return .range(from: start, to: start, step: step)
    }
    let start = try LuaIndex.position(first, extent: extent, named: "first")
    let end = try LuaIndex.position(last, extent: extent, named: "last")
    return .range(from: start, to: Swift.max(start, end + 1), step: step)
  }
}
