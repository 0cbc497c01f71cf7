import CLai
import Learning
import Tensors

/// Tables of ours that are results: they print readably, and are plain tables otherwise.
enum ResultTable {
  /// What a metatable says of its tables, under the name `marker`.
  enum Form: String {
    /// The fields of a record, whose words `GuardedTable` keeps.
    case record
    /// The reports of all epochs.
    case history
    /// The rows of a front.
    case list
    /// Any other table, shown as the prompt shows tables.
    case plain
  }

  static let marker = "__lai_result"
  /// The place of the metatable of plain results in the registry: a number is found faster than a
  /// name, and nobody else's is negative.
  fileprivate static let registryKey = -5_040_001

  /// The `__tostring` of records. It keeps the guarded words.
  static let recordText = LuaFunction("record text", "", reading: [], returns: "string") { state in
    try state.reserve(8)
    guard state.type(at: 1) == .table else { return try describe(state) }
    lai_push_closed_value(state.pointer)
    let words = (state.string(at: -1) ?? "").split(separator: " ").map(String.init)
    state.pop()
    return try text(state, title: words.first ?? "table", fields: Array(words.dropFirst()))
      .push(to: state)
  }

  /// The `__tostring` of other results, as the prompt shows them. It keeps nothing.
  static let plainText = LuaFunction("result text", "", reading: [], returns: "string") { state in
    guard state.type(at: 1) == .table else { return try describe(state) }
    return try state.display(1, width: outputColumns, limits: DisplayLimits()).push(to: state)
  }

  static let closures = [recordText, plainText] + TrainingHistory.closures

  /// Something else than a table, given to such a function through `debug`.
  static func describe(_ state: LuaState) throws -> Int32 {
    try state.account(of: 1).push(to: state)
  }

  /// "Evaluation(rmse 0.5, mae 0.4)", or a line for each field if that is too long.
  private static func text(_ state: LuaState, title: String, fields: [String]) throws -> String {
    var parts: [(name: String, text: String)] = []
    for name in fields {
      try state.push(name)
      lai_raw_get(state.pointer, 1)
      defer { state.pop() }
      switch state.type(at: -1) {
      case .nil, .none: continue
      case .number where !state.isInteger(at: -1):
        parts.append((name, Table.shortNumber(state.number(at: -1)!)))
      case .string: parts.append((name, state.string(at: -1) ?? "…"))
      default:
        var limits = DisplayLimits(depth: 4, entries: 20, total: 100)
        limits.roundsNumbers = true
        let width = outputColumns - 4 - (fields.map(\.count).max() ?? 0)
        parts.append((name, try state.display(-1, width: width, limits: limits)))
      }
    }
    let line = "\(title)(\(parts.map { "\($0.name) \($0.text)" }.joined(separator: ", ")))"
    if line.count <= outputColumns, !line.contains("\n") { return line }
    let width = parts.map(\.name.count).max() ?? 0
    return parts.reduce(title) { text, part in
      let name = part.name.padding(to: width)
      let value = part.text.replacing("\n", with: "\n" + String(repeating: " ", count: width + 4))
      return "\(text)\n  \(name)  \(value)"
    }
  }
}

extension LuaState {
  /// The form of a result at an index; nil for other values.
  func resultForm(of index: Int32) throws(LuaFailure) -> ResultTable.Form? {
    let top = self.top
    defer { self.top = top }
    guard (try? reserve(4)) != nil, lai_push_metatable(pointer, index), type(at: -1) == .table
    else { return nil }
    try push(ResultTable.marker)
    lai_raw_get(pointer, -2)
    return string(at: -1).flatMap { ResultTable.Form(rawValue: $0) }
  }

  /// Makes the table on the top a result that prints as the prompt shows it.
  func presentTable() throws {
    try reserve(10)
    lai_push_registry(pointer)
    push(ResultTable.registryKey)
    lai_raw_get(pointer, -2)
    if type(at: -1) != .table {
      pop()
      try newTable(record: 2)
      try push("")
      try pushClosure(ResultTable.plainText.name)
      try setField("__tostring", of: -2)
      try push(ResultTable.Form.plain.rawValue)
      try setField(ResultTable.marker, of: -2)
      push(ResultTable.registryKey)
      pushValue(-2)
      try set(table: -4)
    }
    remove(-2)
    lai_use_metatable(pointer, -2)
  }

  /// Sets the metatable of the table on the top to the one that the registry has under a key; the
  /// first time, `fill` sets its fields.
  func setSharedMetatable(_ key: String, _ fill: (_ metatable: Int32) throws -> Void) throws {
    try reserve(10)
    lai_push_registry(pointer)
    if try getField(key, of: -1) == .nil {
      pop()
      try newTable(record: 3)
      try fill(top)
      pushValue(-1)
      try setField(key, of: -3)
    }
    remove(-2)
    lai_use_metatable(pointer, -2)
  }
}

/// A value of ours that prints as the prompt shows it.
struct Presented: LuaPushable {
  static var luaAnnotation: String { "table" }
  let json: JSON

  init(_ json: JSON) { self.json = json }

  func push(to state: LuaState) throws -> Int32 {
    try json.push(to: state, presented: true)
  }
}
