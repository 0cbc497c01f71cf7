import CLai
import Charts
import Experiments
import Learning
import Pictures
import Tensors

/// What s:front returns.
final class LuaFront: CustomStringConvertible {
  let sweep: Sweep
  let front: SweepFront

  init(_ sweep: Sweep, _ front: SweepFront) { (self.sweep, self.front) = (sweep, front) }

  var table: SweepTable { SweepTable(front.rows, measures: front.measures) }

  var description: String {
    let seeds = front.freshSeeds
    let judged =
      seeds > 0
      ? "judged on \(seeds) fresh seed\(seeds == 1 ? "" : "s")\(front.isOnTestRows ? " and test rows" : "")"
      : "on the sweep's own seeds"
    let count = front.rows.count
    let head =
      "front of \(front.measures.joined(separator: ", ")): \(count) row\(count == 1 ? "" : "s"), \(judged)"
    return front.rows.isEmpty ? head : "\(head)\n\(table)"
  }
}

extension LuaFront: LuaRepresentable {
  package static let luaName = "Front"
  private static let receiver = Parameter("self", Kind<LuaFront>.front, "")
  private static let measure = Kind.string.optional

  package static let luaClass = LuaClass(
    LuaFront.self, "A list of rows, each a table, that can be drawn; made by s:front.",
    methods: [
      LuaFunction(
        "plot", "The front with its intervals, the control, the baselines, and what they beat.",
        receiver,
        Parameter(
          "x", measure, "A measure; with y in place of the front's, of which all pairs are drawn."),
        Parameter("y", measure, "Another measure."),
        details: """
          The line joins the front's points, judged on fresh seeds. Baselines that are not on the front, and
          the points that others beat, have the means of the sweep's own seeds, as the legend says. A cross
          is on every point that a baseline beats on the same seeds in both measures.
          """,
        example: """
          local data = lai.synthetic.friedman1{n = 200}
          local s = lai.sweep{data = data, base = {hidden = {8}, epochs = 2}, grid = {alpha = {0.1, 1}},
                              seeds = 2, baselines = {"X4"}}
          print(s:run():front("rmse", "slope.X4", {fresh = 2}):plot())
          """
      ) { receiver, x, y in
        guard let x else { return LuaObject(try receiver.front.chart()) }
        guard let y else {
          throw ArgumentError(
            "y", mustBe: "given with x, as in front:plot('rmse', 'var')", got: "nil")
        }
        let names = try [x, y].map { try receiver.sweep.measure(named: $0) }
        return LuaObject(try receiver.front.chart(names[0], names[1]))
      }
    ],
    metamethods: [
      "__html": LuaFunction("html", "The table in a notebook.", receiver) {
        $0.table.text(as: .html)
      }
    ])
}

/// A front as a list of rows, whose metatable has the method.
struct FrontTable: LuaPushable {
  static var luaAnnotation: String { "lai.Front" }
  let front: LuaFront

  func push(to state: LuaState) throws -> Int32 {
    _ = try LuaRows(rows: front.front.rows).push(to: state)
    try state.reserve(10)
    let list = state.top
    try state.newTable(record: 5)
    let metatable = state.top
    try state.push(object: front)
    state.pushValue(-1)
    try state.setField(FrontTable.key, of: metatable)
    try state.pushClosure(FrontTable.text.name)
    try state.setField("__tostring", of: metatable)
    try state.newTable(record: 1)
    try state.pushMethod("plot", of: LuaFront.luaClass)
    try state.setField("plot", of: -2)
    try state.guardTable(as: "front plot")
    try state.setField("__index", of: metatable)
    try state.pushMethod("html", of: LuaFront.luaClass)
    try state.setField("__html", of: metatable)
    try state.push(ResultTable.Form.list.rawValue)
    try state.setField(ResultTable.marker, of: metatable)
    lai_use_metatable(state.pointer, list)
    return 1
  }

  /// The field of the metatable that has the front.
  fileprivate static let key = "__front"
  static let closures = [text]

  /// The `__tostring` of such lists. It keeps the front.
  private static let text = LuaFunction("front text", "", reading: [], returns: "string") { state in
    try state.reserve(4)
    lai_push_closed_value(state.pointer)
    guard let front = state.object(at: -1, as: LuaFront.self) else {
      return try ResultTable.describe(state)
    }
    return try front.description.push(to: state)
  }
}

extension LuaState {
  /// Pushes a method or metamethod of a class, which takes other tables as `self` too.
  fileprivate func pushMethod(_ name: String, of record: LuaClass) throws {
    let place = record.functions.firstIndex { $0.name == name }!
    let number = LuaModule.shared.numbers(of: record).lowerBound + place
    try check(lai_push_function(pointer, Int64(number)))
  }
}

extension Kind where Value == LuaFront {
  /// The list that s:front returns.
  fileprivate static let front = Kind("what s:front returns", annotation: "lai.Front") {
    state, index in
    let top = state.top
    defer { state.top = top }
    if let front = state.object(at: index, as: LuaFront.self) { return front }
    try state.reserve(4)
    guard lai_push_metatable(state.pointer, index), state.type(at: -1) == .table else { return nil }
    try state.push(FrontTable.key)
    lai_raw_get(state.pointer, -2)
    return state.object(at: -1, as: LuaFront.self)
  }
}
