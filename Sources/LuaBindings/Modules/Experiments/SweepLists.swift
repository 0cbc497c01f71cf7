import Experiments
import Learning
import Tensors

/// The features whose baselines a sweep runs.
struct BaselineList: Sendable {
  /// nil for those that measures and λ name.
  var features: [String]?
  var isOff = true

  /// Dropped, and with noise on it.
  func points(of sweep: Sweep) throws -> [SweepPoint] {
    guard !isOff else { return [] }
    let names = features ?? sweep.options.measures.noise?.features ?? []
    guard !names.isEmpty else {
      throw ArgumentError(
        "baselines", mustBe: "a list of features, or true where measure.noise lists some",
        got: "true")
    }
    return try names.flatMap { try sweep.baselines(of: $0) }
  }
}

extension Kind where Value == BaselineList {
  static let baselines = Kind(
    "true, false or a list of features", annotation: "boolean|string[]",
    choices: ["true", "false"]
  ) { state, index in
    if state.type(at: index) == .boolean {
      return BaselineList(isOff: !state.boolean(at: index))
    }
    return try Kind<[String]>.names(atLeast: 1).read(state, index).map {
      BaselineList(features: $0, isOff: false)
    }
  }
}

/// The measures that a script asks for, and its own among them.
struct MeasureList: @unchecked Sendable {
  var measures = Measures()
  var functions: [(name: String, function: LuaCallable)] = []
}

extension SweepRow {
  /// Fields of a row in Lua beside its measures.
  fileprivate static let fields = [
    "kind", "n", "failed", "pruned", "asked", "label", "name", "options", "change",
    "searched", "place", "warning",
  ]
}

extension Kind where Value == MeasureList {
  /// Its functions stay on the stack while the Swift function that reads it runs.
  static let measures = Kind(
    "a table of measures by name", annotation: "table<string, any>"
  ) { state, index in
    guard try state.isTable(at: index) else { return nil }
    var list = MeasureList()
    list.measures.smoothness = false
    let known = MetricRecord.all.map(\.name)
    var (metrics, functions): (Set<String>, [String]) = (["rmse"], [])
    try state.forEachPair(of: index) { key, value in
      let name = state.type(at: key) == .string ? try state.text(at: key) : nil
      let flag = state.type(at: value) == .boolean ? state.boolean(at: value) : nil
      switch name {
      case "noise"?: list.measures.noise = try noise(state, value)
      case "smoothness"?, "var"?:
        guard let flag else {
          throw ArgumentError(".\(name!)", mustBe: "true or false", got: state.account(of: value))
        }
        list.measures.smoothness = flag
      case let name? where known.contains(name):
        guard let flag else {
          throw ArgumentError(
            ".\(name)", mustBe: "true or false: a built-in measure; give yours another name",
            got: state.account(of: value))
        }
        if flag { metrics.insert(name) }
      case let name? where state.type(at: value) == .function:
        guard !SweepRow.fields.contains(name) else {
          throw ArgumentError(
            ".\(name)", mustBe: "of another name, as rows have a field '\(name)'", got: "a function"
          )
        }
        functions.append(name)
      case let name?:
        let all = known + ["smoothness", "noise"]
        throw ArgumentError(
          ".\(name)",
          mustBe: "a function, or one of " + all.joined(separator: ", ") + all.hint(for: name),
          got: state.account(of: value))
      case nil:
        // {"rmse", "var"}, as lists elsewhere.
        let text = state.type(at: value) == .string ? state.string(at: value)! : ""
        if text == "smoothness" || text == "var" {
          list.measures.smoothness = true
        } else if text == "noise" {
          list.measures.noise = Measures.Noise()
        } else if known.contains(text) {
          metrics.insert(text)
        } else {
          throw ArgumentError(
            "[\(state.account(of: key))]",
            mustBe: "one of " + (known + ["smoothness", "noise"]).joined(separator: ", "),
            got: state.account(of: value))
        }
      }
    }
    list.measures.metrics = known.filter(metrics.contains)
    list.measures.custom = functions.sorted()
    try state.reserve(Int32(functions.count) + 4)
    for name in list.measures.custom {
      try state.getField(name, of: index)
      list.functions.append((name, LuaCallable(state: state, index: state.top)))
    }
    return list
  }

  /// true, or a list of features with sigma and repeats among them.
  private static func noise(_ state: LuaState, _ index: Int32) throws -> Measures.Noise? {
    if state.type(at: index) == .boolean {
      return state.boolean(at: index) ? Measures.Noise() : nil
    }
    if state.type(at: index) == .string, let name = try state.text(at: index) {
      return Measures.Noise(features: [name])
    }
    guard try state.isTable(at: index) else {
      throw ArgumentError(
        ".noise", mustBe: "true or a list of features", got: state.account(of: index))
    }
    var noise = Measures.Noise(features: [])
    for position in 0..<state.rawLength(at: index) {
      state.getIndex(position + 1, of: index)
      defer { state.pop() }
      guard state.type(at: -1) == .string, let name = try state.text(at: state.top) else {
        throw ArgumentError(
          ".noise[\(position + 1)]", mustBe: "a feature", got: state.account(of: -1))
      }
      noise.features!.append(name)
    }
    try state.forEachPair(of: index) { key, value in
      guard state.type(at: key) == .string, let name = state.string(at: key) else { return }
      switch name {
      case "sigma":
        noise.sigma = try Kind<Double>.positive.value(in: state, at: value, named: ".noise.sigma")
      case "repeats":
        noise.repeats = try Kind<Int>.integer(atLeast: 1).value(
          in: state, at: value, named: ".noise.repeats")
      case "multiplicative":
        noise.isMultiplicative = try Kind<Bool>.boolean.value(
          in: state, at: value, named: ".noise.multiplicative")
      default: throw UnknownOption(name: name, known: ["sigma", "multiplicative", "repeats"])
      }
    }
    if noise.features!.isEmpty { noise.features = nil }
    return noise
  }
}

/// What tells a script's functions from others, for the keys of trials.
enum FunctionMarks {
  static func all(_ options: OptionTable, _ measures: Measures) throws -> [String: String] {
    let state = options.state
    let top = state.top
    defer { state.top = top }
    var marks: [String: String] = [:]
    for (name, function) in try options(SweepModule.measure).functions {
      marks[name] = try state.mark(ofFunction: function.index)
    }
    return marks
  }
}
