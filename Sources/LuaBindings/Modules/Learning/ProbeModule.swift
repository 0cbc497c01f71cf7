import CLai
import Learning
import Pictures
import Tensors

/// lai.probe: a function for each probe of `Probe.records`.
enum ProbeModule {
  private static let net = Parameter("net", Kind<MLP>.object, "The network.")
  private static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that net was trained on.")

  static let functions = Probe.records.map { probe in
    if probe.options.isEmpty {
      return LuaFunction(
        "probe.\(probe.name)", probe.summary, net, x, details: probe.luaDetails,
        example: probe.example
      ) { LuaObject(try probe.measured($0, $1, OptionValues([:], of: []))) }
    }
    return LuaFunction(
      "probe.\(probe.name)", probe.summary, net, x,
      Parameter<OptionTable>.options(probe.options.map(\.record)), details: probe.luaDetails,
      example: probe.example
    ) { LuaObject(try probe.measured($0, $1, probe.options.values($2))) }
  }
}

extension Probe {
  fileprivate func measured(
    _ net: MLP, _ rows: FeatureRows, _ options: OptionValues
  ) throws -> ProbeResult {
    try self(
      net, net.features(of: rows), y: rows.y, options, shouldStop: { lai_pending_interrupts() > 0 })
  }

  /// The formula, and the fields of the result.
  fileprivate var luaDetails: String {
    let fields =
      numbers.map { (".\($0.name)", $0.summary) }
      + columns.map { (".\($0.name)", "Per feature. \($0.summary)") }
    return "\(details)\nThe result has\n" + aligned(fields, width: 94)
  }

  fileprivate var example: String {
    """
    local net = lai.mlp{inputs = 2, hidden = {8}}
    print(lai.probe.\(name)(net, \(needsTargets ? "lai.dataset({{1, 2}, {3, 4}}, {5, 6})" : "{{1, 2}, {3, 4}}")))
    """
  }
}

extension ProbeResult: LuaRepresentable {
  package static let luaName = "ProbeResult"
  private static let receiver = Parameter("self", Kind<ProbeResult>.object, "")
  package static let luaClass = LuaClass(
    ProbeResult.self, "What a probe found; print it for a table.",
    properties: [LuaFunction("probe", "The name of the probe.", receiver) { $0.probe }]
      + fields(Probe.records.flatMap { probe in probe.numbers.map { (probe, $0) } }) {
        try $0.found($1, $0.number)
      }
      + fields(Probe.records.flatMap { probe in probe.columns.map { (probe, $0) } }) {
        try $0.found($1, $0.column)
      },
    methods: [
      LuaFunction("plot", "Bars per feature, with standard errors where it has some.", receiver) {
        LuaObject(try $0.chart())
      }
    ])

  /// A property for each name, with the probes that have it.
  private static func fields<Content: LuaPushable>(
    _ columns: [(probe: Probe, column: Probe.Column)],
    content: @escaping @Sendable (ProbeResult, String) throws -> Content
  ) -> [LuaFunction] {
    var names: [String] = []
    for (_, column) in columns where !names.contains(column.name) { names.append(column.name) }
    return names.map { name in
      let owners = columns.filter { $0.column.name == name }
      let summary = owners.map { "\($0.probe.name): \($0.column.summary)" }
      return LuaFunction(name, summary.joined(separator: " "), receiver) {
        try content($0, name)
      }
    }
  }

  /// - Throws: `MissingColumn` for a name that only results of other probes have.
  private func found<Content>(
    _ name: String, _ content: (String) -> Content?
  ) throws -> Content {
    guard let content = content(name) else {
      throw MissingColumn(probe: probe, names: names)
    }
    return content
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
