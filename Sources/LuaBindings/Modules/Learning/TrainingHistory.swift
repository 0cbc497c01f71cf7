import CLai
import Learning
import Tensors

/// `run.history`: a list of reports with a metatable that adds two things. A field's name gives the
/// field of all epochs as a list, and printing shows a table of the first and the last epochs.
struct TrainingHistory: LuaPushable {
  static var luaAnnotation: String { [EpochReport].luaAnnotation }
  let reports: [EpochReport]

  init(_ reports: [EpochReport]) { self.reports = reports }

  func push(to state: LuaState) throws -> Int32 {
    _ = try reports.push(to: state)
    try state.setSharedMetatable("lai.history") { metatable in
      for (key, function) in [("__index", Self.column), ("__tostring", Self.text)] {
        try state.push("")
        try state.pushClosure(function.name)
        try state.setField(key, of: metatable)
      }
      try state.push(ResultTable.Form.history.rawValue)
      try state.setField(ResultTable.marker, of: metatable)
    }
    return 1
  }

  static let closures = [column, text]

  private static let fields = EpochReport.luaTable.fields.map(\.record.name)

  /// The `__index` function: `history.validation_rmse`, or a metric's name. Epochs without a number
  /// have NaN; nil if no epoch has one.
  private static let column = LuaFunction("history", "", reading: [], returns: "number[]?") {
    state in
    try state.reserve(8)
    guard state.type(at: 1) == .table, state.type(at: 2) == .string,
      let name = state.string(at: 2), !name.hasPrefix("_")
    else {
      state.pushNil()
      return 1
    }
    let count = state.rawLength(at: 1)
    let isField = fields.contains(name)
    var metrics: Set<String> = []
    var values: [Value] = []
    for position in 0..<count {
      values.append(try value(of: name, position, state, isField: isField, metrics: &metrics))
    }
    guard isField || metrics.contains(name) else {
      let known = fields + metrics.sorted()
      let hint = known.hint(for: name)
      try state.push(
        "history: no field '\(name)'"
          + (hint.isEmpty ? "; an epoch has \(known.joined(separator: ", "))" : hint))
      return Int32(LAI_RAISE_HERE)
    }
    guard values.contains(where: { $0 != .nothing }) else {
      state.pushNil()
      return 1
    }
    try state.newTable(list: count)
    for (position, value) in values.enumerated() {
      switch value {
      case .nothing: state.push(Double.nan)
      case .integer(let number): state.push(number)
      case .number(let number): state.push(number)
      case .text(let text): try state.push(text)
      }
      try state.setIndex(position + 1, of: -2)
    }
    try state.presentTable()
    return 1
  }

  private enum Value: Equatable {
    case nothing
    case integer(Int)
    case number(Double)
    case text(String)

    init(_ state: LuaState) {
      switch state.type(at: -1) {
      case .number:
        self =
          state.isInteger(at: -1)
          ? .integer(state.integer(at: -1)!) : .number(state.number(at: -1)!)
      case .string: self = .text(state.string(at: -1) ?? "")
      default: self = .nothing
      }
    }

    var cell: String {
      switch self {
      case .nothing: ""
      case .integer(let number): "\(number)"
      case .number(let number): Table.number(number)
      case .text(let text): text
      }
    }
  }

  /// A field of an epoch's report, or one of its metrics.
  private static func value(
    of name: String, _ position: Int, _ state: LuaState, isField: Bool, metrics: inout Set<String>
  ) throws -> Value {
    let top = state.top
    defer { state.top = top }
    state.getIndex(position + 1, of: 1)
    guard state.type(at: -1) == .table else { return .nothing }
    try state.push(isField ? name : "metrics")
    lai_raw_get(state.pointer, -2)
    if isField { return Value(state) }
    guard state.type(at: -1) == .table else { return .nothing }
    try state.forEachPair(of: -1) { key, _ in
      if state.type(at: key) == .string, let key = state.string(at: key) { metrics.insert(key) }
    }
    try state.push(name)
    lai_raw_get(state.pointer, -2)
    return Value(state)
  }

  /// Columns of the printed table.
  private static let shown = [
    "epoch", "stage", "base_loss", "lai_loss", "validation_rmse", "validation_loss",
  ]
  /// Rows of it, at each end, where there are more than so many epochs.
  private static let (most, edge) = (10, 4)

  private static let text = LuaFunction("history text", "", reading: [], returns: "string") {
    state in
    try state.reserve(8)
    guard state.type(at: 1) == .table else { return try ResultTable.describe(state) }
    let count = state.rawLength(at: 1)
    let places =
      count <= most ? Array(0..<count) : Array(0..<edge) + Array((count - edge)..<count)
    var metrics: Set<String> = []
    for place in places {
      _ = try value(of: "", place, state, isField: false, metrics: &metrics)
    }
    var unused: Set<String> = []
    let columns = try (shown.map { ($0, true) } + metrics.sorted().map { ($0, false) })
      .map { name, isField in
        (
          name,
          try places.map {
            try value(of: name, $0, state, isField: isField, metrics: &unused).cell
          }
        )
      }
      .filter { name, cells in cells.contains { !$0.isEmpty } }
    let title = "history of \(count) epoch\(count == 1 ? "" : "s")"
    guard !columns.isEmpty else { return try title.push(to: state) }
    var rows = places.indices.map { row in columns.map { $0.1[row] } }
    if count > most { rows.insert(["…"] + columns.dropFirst().map { _ in "" }, at: edge) }
    return try "\(title)\n\(Table(header: columns.map(\.0), rows: rows))".push(to: state)
  }
}
