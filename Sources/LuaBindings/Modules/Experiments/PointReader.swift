import CLai
import Experiments
import Learning
import Tensors

/// Reads the points of a sweep from the tables of a script.
struct PointReader {
  private let state: LuaState
  /// The table of the options of all points; nil for none.
  private let base: Int32?

  init(_ state: LuaState, base: Int32?) { (self.state, self.base) = (state, base) }

  /// The point that all others are compared with.
  ///
  /// - loss: Its loss; nil for the residual of the base.
  func control(loss: Objective?) throws -> Recipe {
    try withPoint([]) { options -> Recipe in
      let own = try recipe(options).training.loss.base
      return try recipe(options, loss: loss ?? own)
    }
  }

  /// The points of a grid, of lists side by side, or of both.
  func points(grid: Int32?, zip: Int32?) throws -> [SweepPoint] {
    let axes = try grid.map { try lists($0, "grid") } ?? []
    let rows = try zip.map { try lists($0, "zip") } ?? []
    if let first = rows.first, let other = rows.first(where: { $0.count != first.count }) {
      throw ArgumentError(
        "zip.\(other.name)", mustBe: "as long as zip.\(first.name) (\(first.count))",
        got: other.count)
    }
    if let both = axes.first(where: { axis in rows.contains { $0.name == axis.name } }) {
      throw ArgumentError("zip.\(both.name)", mustBe: "left out, as grid has it", got: "a list")
    }
    guard !axes.isEmpty || !rows.isEmpty else { return [] }
    var combinations = 1
    for axis in axes {
      let (product, overflow) = combinations.multipliedReportingOverflow(by: axis.count)
      guard !overflow, product <= Self.mostPoints else {
        throw ArgumentError("grid", mustBe: "of \(Self.mostPoints) points at most", got: "more")
      }
      combinations = product
    }
    return try (0..<combinations).flatMap { combination in
      var rest = combination
      var places: [(Axis, Int)] = []
      for axis in axes.reversed() {
        places.insert((axis, rest % axis.count), at: 0)
        rest /= axis.count
      }
      return try (0..<(rows.first?.count ?? 1)).map { row in
        try point(places + rows.map { ($0, row) })
      }
    }
  }

  private static let mostPoints = 100_000

  /// A list of values of an option.
  private struct Axis {
    let name: String
    /// Of the list
    let index: Int32
    let count: Int
  }

  /// The lists in a table, by name; they stay on the stack.
  private func lists(_ table: Int32, _ name: String) throws -> [Axis] {
    var names: [String] = []
    try state.forEachPair(of: table) { key, value in
      guard state.type(at: key) == .string, let option = try state.text(at: key) else {
        throw ArgumentError(name, mustBe: "a table of lists by option", got: state.account(of: key))
      }
      try check(option, in: name)
      names.append(option)
    }
    return try names.sorted().map { option in
      try state.reserve(4)
      try state.getField(option, of: table)
      let place = "\(name).\(option)"
      guard try state.isTable(at: state.top) else {
        throw ArgumentError(place, mustBe: "a list of values", got: state.account(of: -1))
      }
      let count = state.rawLength(at: state.top)
      do { try state.checkList(at: state.top, count: count) } catch let error as ArgumentError {
        throw ArgumentError(place, mustBe: error.wanted, got: error.got)
      }
      guard count > 0 else { throw ArgumentError(place, mustBe: "one value or more", got: "none") }
      return Axis(name: option, index: state.top, count: count)
    }
  }

  /// - Throws: `ArgumentError` for an option that points do not have.
  private func check(_ option: String, in table: String) throws {
    let known = PointOptions.records.map(\.name)
    let owner = option.split(separator: ".", maxSplits: 1).first.map(String.init) ?? option
    let entries = ["lambda", "slope"]
    guard known.contains(option) || owner != option && entries.contains(owner) else {
      throw ArgumentError(
        "\(table).\(option)", mustBe: "an option of points\(known.hint(for: owner))",
        got: "an unknown one")
    }
  }

  private func point(_ places: [(axis: Axis, place: Int)]) throws -> SweepPoint {
    let settings = try places.map { axis, place in
      state.getIndex(place + 1, of: axis.index)
      defer { state.pop() }
      return SweepPoint.Setting(axis.name, try state.setting(at: state.top))
    }
    let recipe = try withPoint(places) { options -> Recipe in try self.recipe(options) }
    return SweepPoint(settings: settings, recipe: recipe)
  }

  /// A recipe, with what tells its custom losses from others. Their functions stay on the stack.
  private func recipe(_ options: OptionTable, loss: Objective? = nil) throws -> Recipe {
    var recipe = try PointOptions.recipe(options, loss: loss)
    guard recipe.isBound, let index = options.index else { return recipe }
    for name in ["loss", "pretrain_loss"] {
      let top = state.top
      defer { state.top = top }
      try state.reserve(4)
      try state.getField(name, of: index)
      guard state.object(at: -1, as: Objective.self) != nil else { continue }
      lai_push_held_value(state.pointer, top + 1)
      guard state.type(at: -1) == .table else { continue }
      let list = state.top
      for position in 0..<state.rawLength(at: list) {
        try state.reserve(2)
        state.getIndex(position + 1, of: list)
        recipe.functions.append(try state.mark(ofFunction: state.top))
      }
    }
    return recipe
  }

  /// Calls `body` with the table of the base's options and some others.
  private func withPoint<Result>(
    _ places: [(axis: Axis, place: Int)], _ body: (OptionTable) throws -> Result
  ) throws -> Result {
    try state.reserve(10)
    if let base { try state.pushCopy(ofTable: base) } else { try state.newTable() }
    let table = state.top
    for (axis, place) in places {
      state.getIndex(place + 1, of: axis.index)
      try state.setOption(axis.name, ofPoint: table)
    }
    // λ = false is no Lai loss.
    for name in ["lambda", "slope"] {
      if try state.getField(name, of: table) == .boolean, !state.boolean(at: -1) {
        state.pushNil()
        try state.setField(name, of: table)
      }
      state.pop()
    }
    do {
      let options = try Parameter<OptionTable>.options(PointOptions.records.map(\.asOptional))
        .read(state, table)
      return try body(options)
    } catch let error where !(error is LuaFailure) {
      throw PointError(
        place: try places.map { axis, place in
          state.getIndex(place + 1, of: axis.index)
          defer { state.pop() }
          return "\(axis.name) = \(try state.setting(at: state.top).text())"
        }.joined(separator: ", "), error: error)
    }
  }
}

/// An error in the options of one point.
private struct PointError: Error, CustomStringConvertible {
  let place: String
  let error: any Error
  var description: String {
    "\(place.isEmpty ? "base" : "point (\(place))"): \(luaText(of: error))"
  }
}
