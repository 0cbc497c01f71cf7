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
    let axes = try grid.map { try self.axes(of: $0, "grid") } ?? []
    let rows = try zip.map { try self.axes(of: $0, "zip") } ?? []
    if let both = axes.first(where: { axis in rows.contains { $0.name == axis.name } }) {
      throw ArgumentError("zip.\(both.name)", mustBe: "left out, as grid has it", got: "a list")
    }
    guard !axes.isEmpty || !rows.isEmpty else { return [] }
    func proposals(_ search: Search, _ axes: [Axis]) throws -> [Proposal] {
      try axes.isEmpty
        ? [[]] : search.proposals(round: 0, in: Space(axes.map(\.dimension)), seed: 1)
    }
    let (combinations, lists) = try (proposals(.grid, axes), proposals(.zip, rows))
    guard combinations.count * lists.count <= Search.mostPoints else {
      throw ArgumentError("grid", mustBe: "of \(Search.mostPoints) points at most", got: "more")
    }
    return try combinations.flatMap { combination in
      try lists.map { try point(combination + $0, axes + rows) }
    }
  }

  /// The points of a search that needs no results, and what one that does needs.
  func searched(
    _ search: Search, _ table: Int32, seed: UInt64
  ) throws -> (points: [SweepPoint], space: Space) {
    let axes = try axes(of: table, "grid")
    let space = try Space(axes.map(\.dimension))
    // Also what is wrong with an adaptive one is known now.
    let proposals = try search.proposals(round: 0, in: space, seed: seed)
    let points = try (search.isAdaptive ? [] : proposals).map { try point($0, axes, isFound: true) }
    if search.isAdaptive { _ = try proposals.first.map { try point($0, axes) } }
    return (points, space)
  }

  /// What makes points of proposals; the tables stay on the stack.
  func found(in table: Int32) throws -> (Proposal) throws -> SweepPoint {
    let axes = try axes(of: table, "grid")
    return { try point($0, axes, isFound: true) }
  }

  /// The values that an option may have.
  private struct Axis {
    let dimension: Dimension
    /// Of the list; nil for a range.
    let list: Int32?
    var name: String { dimension.name }
  }

  /// The lists and ranges in a table, by name; they stay on the stack.
  private func axes(of table: Int32, _ name: String) throws -> [Axis] {
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
        throw ArgumentError(
          place, mustBe: "a list of values, or a range {low =, high =}", got: state.account(of: -1))
      }
      if let range = try range(at: state.top, place) {
        return Axis(dimension: Dimension(option, range), list: nil)
      }
      let count = state.rawLength(at: state.top)
      do { try state.checkList(at: state.top, count: count) } catch let error as ArgumentError {
        throw ArgumentError(place, mustBe: error.wanted, got: error.got)
      }
      guard count > 0 else { throw ArgumentError(place, mustBe: "one value or more", got: "none") }
      return Axis(dimension: Dimension(option, .choices(count)), list: state.top)
    }
  }

  private static let low = Option("low", Kind<Double>.finite, "")
  private static let high = Option("high", Kind<Double>.finite, "")
  private static let log = Option("log", Kind<Bool>.boolean, default: false, "")
  private static let step = Option("step", Kind<Double>.positive.optional, "")
  private static let integer = Option("integer", Kind<Bool>.boolean, default: false, "")
  private static let rangeRecords = [
    low.record, high.record, log.record, step.record, integer.record,
  ]

  /// {low =, high =, log =, step =, integer =}; nil for a table without low and high.
  private func range(at index: Int32, _ place: String) throws -> Dimension.Domain? {
    let isRange = try ["low", "high"].contains { name in
      defer { state.pop() }
      return try state.getField(name, of: index) != .nil
    }
    guard isRange else { return nil }
    do {
      let options = try Parameter<OptionTable>.options(Self.rangeRecords).read(state, index)
      return .range(
        low: try options(Self.low), high: try options(Self.high), isLog: try options(Self.log),
        step: try options(Self.step), isInteger: try options(Self.integer))
    } catch let error where !(error is LuaFailure) {
      throw PointError(place: place, error: error)
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

  private func point(
    _ proposal: Proposal, _ axes: [Axis], isFound: Bool = false
  ) throws -> SweepPoint {
    let places = Array(zip(axes, proposal))
    let settings = try places.map { axis, place in
      try push(place, of: axis)
      defer { state.pop() }
      do { return SweepPoint.Setting(axis.name, try state.setting(at: state.top)) } catch let error
        where !(error is LuaFailure)
      {
        throw PointError(place: axis.name, error: error)
      }
    }
    let recipe = try withPoint(places) { options -> Recipe in try self.recipe(options) }
    return SweepPoint(
      settings: settings, recipe: recipe, proposal: isFound ? proposal : nil)
  }

  private func push(_ place: Coordinate, of axis: Axis) throws {
    try state.reserve(4)
    switch place {
    case .choice(let index): state.getIndex(index + 1, of: axis.list!)
    case .number(let value):
      if case .range(_, _, _, _, true) = axis.dimension.domain {
        state.push(Int(value))
      } else {
        state.push(value)
      }
    }
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
    _ places: [(Axis, Coordinate)], _ body: (OptionTable) throws -> Result
  ) throws -> Result {
    try state.reserve(10)
    if let base { try state.pushCopy(ofTable: base) } else { try state.newTable() }
    let table = state.top
    for (axis, place) in places {
      try push(place, of: axis)
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
          try push(place, of: axis)
          defer { state.pop() }
          return "\(axis.name) = \(try state.setting(at: state.top).text())"
        }.joined(separator: ", "), error: error)
    }
  }
}

/// An error in the options of one point.
struct PointError: Error, CustomStringConvertible {
  let place: String
  let error: any Error
  var description: String {
    "\(place.isEmpty ? "base" : place): \(luaText(of: error))"
  }
}
