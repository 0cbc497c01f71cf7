import Experiments
import Foundation
import Learning
import Tensors

/// lai.store: what sweeps have left in a file.
enum StoreModule {
  private static let filters = [
    Option(
      "where", Kind<LuaTable>.table.optional, "Settings of the point, {lambda = 0.1, alpha = 0.01}."
    ).record,
    state.record, seed.record,
  ]
  private static let state = Option(
    "state", Kind<TrialState>.choice(of: TrialState.self).optional, "Of the trials.")
  private static let seed = Option("seed", Kind<UInt64>.seed.optional, "Of the trials.")
  private static let keys = Option(
    "keys", Kind<[String]>.names(atLeast: 1).optional, "Keys, as trials gives them.")
  private static let receiver = Parameter("self", Kind<SQLiteStore>.object, "")

  static let functions = [
    LuaFunction(
      "store", "The trials that sweeps have left in a file.",
      Parameter(
        "path", .path, "A file that option store of lai.sweep named; made if it is not there."),
      details: """
        Tables trials, measures, epochs, models, sweeps; views trials_wide, one row per trial with its
        settings and measures in columns, and history_long, one row per number of each epoch. It is a
        file of SQLite: pandas, DuckDB and sqlite3 read it too.
        """,
      example: """
        local path = os.tmpname()
        os.remove(path)
        local data = lai.synthetic.friedman1{n = 100}
        lai.sweep{data = data, base = {hidden = {4}, epochs = 1}, grid = {alpha = {0.1, 1}}, seeds = 1,
                  store = path}:run()
        local store = lai.store(path)
        print(#store:trials{where = {alpha = 0.1}}, store:query("SELECT count(*) AS n FROM trials")[1].n)
        store:close()
        for _, suffix in ipairs{"", ".lock"} do os.remove(path .. suffix) end
        """
    ) { LuaObject(try SQLiteStore(path: $0)) }
  ]

  static let storeClass = LuaClass(
    SQLiteStore.self, "Trials in a file, of any number of sweeps.",
    properties: [LuaFunction("path", "The file.", receiver) { $0.path }],
    methods: [
      LuaFunction(
        "trials", "Trials with key, point, seed, state, outcome, problem, seconds and measures.",
        receiver, Parameter<OptionTable>.options(filters), returns: "table[]"
      ) { store, options in Presented(.array(try store.list(filter(options)).map(\.json))) },
      LuaFunction(
        "history", "The epochs of a trial.", receiver,
        Parameter("key", .string, "As trials gives it.")
      ) { try $0.history(of: $1) },
      LuaFunction(
        "query", "The rows of a SELECT, as tables by column.",
        reading: [
          receiver.record,
          Parameter("sql", Kind<String>.string, "One statement that only reads.").record,
          ParameterRecord(
            name: "...", annotation: "number|string", isOptional: true, defaultText: nil,
            summary: "Values for the question marks in it.", options: []),
        ], returns: "table[]",
        details: "NULL is absent from its row. Columns of one name: the last one counts."
      ) { state in
        let store = try receiver.read(state, 1)
        let sql = try Kind<String>.string.value(in: state, at: 2, named: "sql")
        var arguments: [StoreValue] = []
        for index in stride(from: 3, through: state.top, by: 1) {
          arguments.append(try value(state, index))
        }
        return try push(store.query(sql, arguments), to: state)
      },
      LuaFunction(
        "merge", "Adds the trials of another store, such as that of another part of a sweep.",
        receiver, Parameter("path", .path, "The other file; it is only read."),
        returns: "integer",
        details: """
          Returns how many trials are new or newly finished. Of trials that both have, a result wins over
          none; two results are the same.
          """
      ) { store, path in
        let merged = try store.merge(from: path)
        return merged.added + merged.completed
      },
      LuaFunction(
        "delete", "Removes trials and their results; returns how many.", receiver,
        Parameter<OptionTable>.options(filters + [keys.record]),
        details: "Say which: keys, where, state or seed. A sweep that wants them runs them again."
      ) { store, options in
        guard options.index != nil else {
          throw ArgumentError(
            "options", mustBe: "given: keys, where, state or seed; state = \"failed\" for example",
            got: "none")
        }
        if let keys = try options(keys) { return try store.delete(keys) }
        let filter = try filter(options)
        guard filter != TrialFilter() else {
          throw ArgumentError(
            "options", mustBe: "keys, where, state or seed", got: "an empty table")
        }
        return try store.delete(try store.list(filter).map(\.spec.key))
      },
      LuaFunction(
        "check", "What is wrong with the file, a line for each fault; an empty list if nothing is.",
        receiver
      ) { try $0.integrityCheck() },
      LuaFunction("close", "Closes the file; it is closed anyway once unused.", receiver) {
        try $0.close()
        return LuaNothing()
      },
    ])

  private static func filter(_ options: OptionTable) throws -> TrialFilter {
    var filter = TrialFilter()
    if let table = try options(Option("where", Kind<LuaTable>.table.optional, "")) {
      try table.state.forEachPair(of: table.index) { key, value in
        guard table.state.type(at: key) == .string, let name = try table.state.text(at: key) else {
          throw ArgumentError(
            "where", mustBe: "a table of settings by name", got: table.state.account(of: key))
        }
        filter.settings[name] = try table.state.setting(at: value)
      }
    }
    if let state = try options(state) { filter.states = [state] }
    if let seed = try options(seed) { filter.seeds = [seed] }
    return filter
  }

  private static func value(_ state: LuaState, _ index: Int32) throws -> StoreValue {
    switch state.type(at: index) {
    case .nil: return .null
    case .boolean: return .integer(state.boolean(at: index) ? 1 : 0)
    case .number:
      return state.isInteger(at: index)
        ? .integer(state.integer(at: index)!) : .number(state.number(at: index)!)
    case .string: return .text(try state.text(at: index)!)
    default:
      throw ArgumentError(
        "argument \(index - 2)", mustBe: "a number, a string, a boolean or nil",
        got: state.account(of: index))
    }
  }

  private static func push(_ result: QueryResult, to state: LuaState) throws -> Int32 {
    try state.reserve(6)
    try state.newTable(list: result.rows.count)
    for (place, row) in result.rows.enumerated() {
      try state.newTable(record: result.columns.count)
      for (column, value) in zip(result.columns, row) {
        switch value {
        case .null: continue
        case .integer(let integer): state.push(integer)
        case .number(let number): state.push(number)
        case .text(let text): try state.push(text)
        case .bytes(let bytes): try state.push(bytes: Array(bytes))
        }
        try state.setField(column, of: -2)
      }
      try state.setIndex(place + 1, of: -2)
    }
    return 1
  }
}

extension SQLiteStore: LuaRepresentable, CustomStringConvertible {
  package static let luaName = "Store"
  package static var luaClass: LuaClass { StoreModule.storeClass }
  public var description: String {
    guard let trials = try? list() else { return "Store('\(path)')" }
    let counts = TrialState.allCases.compactMap { state -> String? in
      let count = trials.count { $0.state == state }
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    return "Store('\(path)': \(trials.count) trials\(counts.isEmpty ? "" : ", ")"
      + counts.joined(separator: ", ") + ")"
  }
}

extension StoredTrial {
  /// As scripts see it.
  fileprivate var json: JSON {
    var fields: [String: JSON] = [
      "key": .string(spec.key), "point": spec.point,
      "seed": .integer(Int(bitPattern: UInt(spec.seed))), "state": .string(state.rawValue),
      "losses": .integer(losses),
    ]
    if let result {
      fields["outcome"] = .string(result.outcome)
      fields["seconds"] = .number(result.seconds)
      fields["measures"] = .object(result.measures.mapValues { .number($0) })
      if let problem = result.problem { fields["problem"] = .string(problem) }
    }
    return .object(fields)
  }
}
