import CLai
import Learning
import Pictures
import Tensors

/// What a probe found, with what is needed to measure other networks in the same way.
final class ProbeReport: CustomStringConvertible {
  let result: ProbeResult
  private let probe: Probe
  private let net: MLP
  private let rows: FeatureRows
  private let options: OptionValues
  /// Whether a function of the script drew the noise; the userdata holds it.
  private let hasFunction: Bool

  /// Measures a network.
  ///
  /// - Throws: as the probe does; `NameMismatch` and `ScaleMismatch` for rows that are not the
  ///   network's.
  init(
    _ probe: Probe, _ net: MLP, _ rows: FeatureRows, _ options: OptionValues,
    function: LuaCallable?
  ) throws {
    (self.probe, self.net, self.rows, self.options) = (probe, net, rows, options)
    hasFunction = function != nil
    result = try probe(
      net, ProbeReport.input(rows, for: net), options, noise: function.map(ProbeReport.noise),
      shouldStop: { lai_pending_interrupts() > 0 })
  }

  var description: String { result.description }

  private static func input(_ rows: FeatureRows, for net: MLP) throws -> ProbeInput {
    ProbeInput(
      try net.features(of: rows), y: rows.y, features: rows.names.features, scaler: rows.scaler)
  }

  /// Other networks, measured in the same way; see the record.
  ///
  /// - models: By name, sorted; at least one.
  /// - control: The name of one of them; nil for the network that was measured.
  /// - index: Where the userdata of this report is.
  fileprivate func compared(
    _ models: [(name: String, net: MLP)], control: String?, state: LuaState, index: Int32
  ) throws -> ProbeComparison {
    var models = models
    if let control {
      guard let place = models.firstIndex(where: { $0.name == control }) else {
        throw ArgumentError(
          "control", mustBe: "one of " + models.map { "'\($0.name)'" }.joined(separator: ", "),
          got: "'\(control)'")
      }
      models.insert(models.remove(at: place), at: 0)
    } else if let place = models.firstIndex(where: { $0.net === net }) {
      models.insert(models.remove(at: place), at: 0)
    } else {
      guard !models.contains(where: { $0.name == "control" }) else {
        throw ArgumentError(
          "models.control", mustBe: "the network that was measured, or have another name",
          got: "another network")
      }
      models.insert(("control", net), at: 0)
    }
    guard models.count > 1 else {
      throw ArgumentError(
        "models", mustBe: "networks beside the control '\(models[0].name)'", got: "none")
    }
    for (name, other) in models {
      guard other.inputs == net.inputs else {
        throw ArgumentError(
          "models.\(name)", mustBe: "a network of \(net.inputs) features, as was measured",
          got: other.inputs)
      }
      _ = try other.features(of: rows)
    }
    var function: LuaCallable?
    if hasFunction {
      try state.reserve(2)
      lai_push_held_value(state.pointer, index)
      function = LuaCallable(state: state, index: state.top)
    }
    return try probe.compare(
      models, on: ProbeReport.input(rows, for: net), options,
      noise: function.map(ProbeReport.noise), shouldStop: { lai_pending_interrupts() > 0 })
  }

  /// Noise that a function of the script draws.
  private static func noise(_ function: LuaCallable) -> ProbeNoise {
    { values, feature, generator in
      let state = function.state
      let top = state.top
      defer { state.top = top }
      let own = Generator(seed: 0)
      own.stream = generator
      defer { generator = own.stream }
      let x = try Tensor(values, shape: [values.count], dtype: .float64)
      try function.call(results: 1, LuaObject(x), feature, LuaObject(own))
      let wanted = "a tensor of \(values.count) numbers, one per row"
      guard let noisy = try Kind<Tensor>.tensorLike.read(state, state.top) else {
        throw ArgumentError(
          "the value of noise", mustBe: wanted, got: state.account(of: state.top))
      }
      guard noisy.shape == [values.count] else {
        throw ArgumentError("the value of noise", mustBe: wanted, got: noisy.shape.shapeText)
      }
      return try noisy.elements(as: Double.self)
    }
  }
}

extension ProbeReport: LuaRepresentable {
  static let luaName = "ProbeResult"
  private static let receiver = Parameter("self", Kind<ProbeReport>.object, "")
  private static let models = Parameter(
    "models", Kind.networks, "Networks by name, {mse = net, lai = other}.")
  private static let control = Option(
    "control", Kind<String>.string.optional,
    "The name of the model with which the others are compared; if left out, the network that was measured, which is called control unless models names it."
  )

  static let luaClass = LuaClass(
    ProbeReport.self,
    "What a probe found; print it for a table. It keeps its network and rows for compare.",
    properties: [
      LuaFunction("probe", "The name of the probe.", receiver) { $0.result.probe },
      LuaFunction("features", "The names of the measured features.", receiver) {
        $0.result.features
      },
    ] + fields,
    methods: [
      LuaFunction(
        "plot",
        "Bars per feature with standard errors; of partial dependence the curve and its slope.",
        receiver
      ) { LuaObject(try $0.result.chart()) },
      LuaFunction(
        "compare",
        "Measures other networks in the same way, on the same rows and with the same random numbers.",
        receiver: receiver, models, Parameter<OptionTable>.options(control.record),
        returns: "lai.ProbeComparison",
        details: """
          The first column of the probe is compared, or the mean slope of monotonicity. Changes in %
          and differences are paired: their standard errors are those of the rows' own changes (of
          permutations: of each permutation's), not those of two independent measurements. change =
          100·(b̄/ā − 1) with the standard error of a ratio, 100·√(Σ (bᵢ − aᵢ·b̄/ā)²/(n(n − 1)))/|ā|
          (Cochran, Sampling Techniques, 1977).
          """,
        example: """
          local data = lai.synthetic.friedman1{n = 100}
          local mse = lai.train{model = lai.mlp{inputs = 10, hidden = {8}}, data = data, epochs = 2,
                                loss = lai.loss.mse()}.model
          local other = lai.train{model = lai.mlp{inputs = 10, hidden = {8}}, data = data, epochs = 2,
                                  loss = lai.loss.lai{lambda = 0.1}}.model
          local probe = lai.probe.noise(mse, data, {features = {"X4", "X1"}})
          local found = probe:compare{mse = mse, lai = other}
          print(found)
          assert(found.control == "mse" and #found.change.lai == 2)
          """
      ) { state, report, models, options in
        LuaObject(
          try report.compared(models, control: options(control), state: state, index: 1))
      },
    ])

  /// A property for each number and column of all probes, with the probes that have it.
  private static let fields: [LuaFunction] = {
    let all = Probe.records.flatMap { probe in
      probe.numbers.map { (probe: probe, column: $0, type: Double.luaAnnotation) }
        + probe.columns.map { (probe: probe, column: $0, type: [Double].luaAnnotation) }
    }
    var names: [String] = []
    for (_, column, _) in all where !names.contains(column.name) { names.append(column.name) }
    return names.map { name in
      let owners = all.filter { $0.column.name == name }
      let summary = owners.map { "\($0.probe.name): \($0.column.summary)" }
      var types: [String] = []
      for owner in owners where !types.contains(owner.type) { types.append(owner.type) }
      return LuaFunction(
        name, summary.joined(separator: " "), receiver, returns: types.joined(separator: "|")
      ) { try $0.found(name) }
    }
  }()

  /// - Throws: `MissingColumn` for a name that only results of other probes have.
  private func found(_ name: String) throws -> Found {
    if let number = result.number(name) { return .number(number) }
    if let column = result.column(name) { return .column(column) }
    throw MissingColumn(probe: result.probe, names: result.names)
  }
}

/// A number of the network, or one per feature.
private enum Found: LuaPushable {
  case number(Double)
  case column([Double])

  static var luaAnnotation: String { "number|\([Double].luaAnnotation)" }

  func push(to state: LuaState) throws -> Int32 {
    switch self {
    case .number(let number): number.push(to: state)
    case .column(let column): try column.push(to: state)
    }
  }
}

/// A field that only results of other probes have.
private struct MissingColumn: Error, CustomStringConvertible {
  let probe: String
  let names: [String]
  var description: String {
    "a result of lai.probe.\(probe) does not have it; it has \(names.joined(separator: ", "))"
  }
}

extension Kind where Value == [(name: String, net: MLP)] {
  /// Networks by name, sorted.
  fileprivate static let networks = Kind(
    "a table of networks by name", annotation: "table<string, lai.MLP>"
  ) { state, index in
    guard try state.isTable(at: index) else { return nil }
    var networks: [(name: String, net: MLP)] = []
    try state.forEachPair(of: index) { key, value in
      guard state.type(at: key) == .string, let name = state.string(at: key) else {
        throw ArgumentError(
          "", mustBe: "a table whose keys are names", got: "the key \(state.account(of: key))")
      }
      networks.append((name, try Kind<MLP>.object.value(in: state, at: value, named: ".\(name)")))
    }
    return networks.isEmpty ? nil : networks.sorted { $0.name < $1.name }
  }
}

extension LuaFunction {
  /// A method that needs the state.
  fileprivate init<A, B, C, Result: LuaPushable>(
    _ name: String, _ summary: String, receiver a: Parameter<A>, _ b: Parameter<B>,
    _ c: Parameter<C>, returns: String, details: String, example: String,
    body: @escaping @Sendable (LuaState, A, B, C) throws -> Result
  ) {
    self.init(
      name, summary, reading: [a.record, b.record, c.record], returns: returns, details: details,
      example: example
    ) { try body($0, a.read($0, 1), b.read($0, 2), c.read($0, 3)).push(to: $0) }
    mostArguments = 3
  }
}

extension ProbeComparison: LuaRepresentable {
  package static let luaName = "ProbeComparison"
  private static let receiver = Parameter("self", Kind<ProbeComparison>.object, "")

  package static let luaClass = LuaClass(
    ProbeComparison.self,
    "What a probe found of several networks on the same rows; print it for a table.",
    properties: [
      LuaFunction("probe", "The name of the probe.", receiver) { $0.probe },
      LuaFunction("column", "The name of the numbers that are compared.", receiver) { $0.column },
      LuaFunction("models", "The names of the networks, the control first.", receiver) {
        $0.models
      },
      LuaFunction("control", "The name of the control.", receiver) { $0.control },
      LuaFunction("features", "The names of the measured features.", receiver) { $0.features },
      lists("value", "The numbers that are compared") { $0.numbers.map(\.values) },
      lists("standard_error", "Their standard errors") { $0.numbers.map(\.errors) },
      lists("change", "Change against the control in %; NaN where the control has 0") {
        $0.changes.map(\.values)
      },
      lists("change_error", "Paired standard error of change") { $0.changes.map(\.errors) },
      lists("difference", "Difference to the control") { $0.differences.map(\.values) },
      lists("difference_error", "Paired standard error of difference") {
        $0.differences.map(\.errors)
      },
    ],
    methods: [
      LuaFunction("plot", "The models side by side, with standard errors.", receiver) {
        LuaObject(try $0.chart())
      }
    ])

  private static func lists(
    _ name: String, _ summary: String, _ lists: @escaping @Sendable (ProbeComparison) -> [[Double]]
  ) -> LuaFunction {
    LuaFunction(name, "\(summary): by model, a list with a number per row of the table.", receiver)
    {
      ListsByName(names: $0.models, lists: lists($0))
    }
  }
}

/// A table of lists of numbers.
private struct ListsByName: LuaPushable {
  static var luaAnnotation: String { "table<string, number[]>" }
  let names: [String]
  let lists: [[Double]]

  func push(to state: LuaState) throws -> Int32 {
    try state.reserve(4)
    try state.newTable(record: names.count)
    for (name, list) in zip(names, lists) {
      _ = try list.push(to: state)
      try state.setField(name, of: -2)
    }
    return 1
  }
}
