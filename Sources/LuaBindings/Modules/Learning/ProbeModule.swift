import CLai
import Learning
import Pictures
import Tensors

/// lai.probe: a function for each probe of `Probe.records`.
enum ProbeModule {
  static let net = Parameter("net", Kind<MLP>.object, "The network.")
  static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that net was trained on.")
  private static let noise = Option(
    "noise", Kind<LuaCallable>.function.optional,
    "Instead of sigma: noise(x, feature, generator), which returns a feature's values x, a tensor [n] in original units, with noise."
  )

  static let functions = Probe.records.map { probe in
    LuaFunction(
      "probe.\(probe.name)", probe.summary, net, x,
      Parameter<OptionTable>.options(
        probe.options.map(\.record) + (probe.takesNoise ? [noise.record] : [])),
      details: probe.luaDetails, example: example(of: probe)
    ) { net, rows, table in
      let function = probe.takesNoise ? try table(noise) : nil
      if function != nil { try checkOwnNoise(table) }
      let options = try probe.options.values(table)
      return ReportWithFunction(
        report: try ProbeReport(probe, net, rows, options, function: function), function: function)
    }
  }

  /// net:slice_plot
  static let methods = [
    LuaFunction(
      "slice_plot", "The partial dependence on a feature, with its slope.",
      Parameter("self", Kind<MLP>.object, ""), x,
      Parameter("feature", Kind.string, "Its name."),
      details:
        "lai.probe.partial_dependence(net, x, {feature = feature}):plot(), which has options.",
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        print(lai.mlp{inputs = 10}:slice_plot(data, "X4"))
        """
    ) { net, rows, feature in
      let probe = Probe.partialDependence
      let options = try OptionValues(
        ["feature": .selection(FeatureSelection(names: [feature]))], of: probe.options)
      return LuaObject(
        try ProbeReport(probe, net, rows, options, function: nil).result.chart())
    }
  ]

  /// - Throws: `ArgumentError` for options of the noise that a function replaces.
  private static func checkOwnNoise(_ table: OptionTable) throws {
    for record in Probe.noise.options
    where ["sigma", "kind", "multiplicative", "sigma_units"].contains(record.name) {
      guard try !table.contains(record.option) else {
        throw ArgumentError(record.name, mustBe: "left out with noise", got: "both")
      }
    }
  }

  private static func example(of probe: Probe) -> String {
    if let example = examples[probe.name] { return example }
    let rows =
      probe.needsTargets ? "lai.dataset({{1, 2}, {3, 4}}, {5, 6})" : "{{1, 2}, {3, 4}}"
    return """
      local net = lai.mlp{inputs = 2, hidden = {8}}
      print(lai.probe.\(probe.name)(net, \(rows)))
      """
  }

  private static let examples = [
    Probe.noise.name: """
    local data = lai.synthetic.friedman1{n = 100}
    local net = lai.mlp{inputs = 10, hidden = {8}}
    print(lai.probe.noise(net, data, {features = {"X4", "X1"}, sigma = {X4 = 0.5, default = 1}}))
    -- Rounding to a tenth, as noise of one's own.
    local function round(x) return (x * 10 + 0.5):floor() / 10 end
    print(lai.probe.noise(net, data, {noise = round, repeats = 1}))
    """,
    Probe.partialDependence.name: """
    local data = lai.synthetic.friedman1{n = 100}
    local net = lai.mlp{inputs = 10, hidden = {8}}
    local curve = lai.probe.partial_dependence(net, data, {feature = "X4", points = 5})
    print(curve)
    assert(#curve.values == 5 and #curve.mean == 5)
    """,
  ]
}

/// A result, and the function that drew its noise, if there is one, for measuring again.
private struct ReportWithFunction: LuaPushable {
  static var luaAnnotation: String { LuaObject<ProbeReport>.luaAnnotation }
  let report: ProbeReport
  let function: LuaCallable?

  func push(to state: LuaState) throws -> Int32 {
    guard let function else { return try LuaObject(report).push(to: state) }
    try state.reserve(4)
    state.pushValue(function.index)
    try state.push(object: report, holding: ())
    return 1
  }
}

extension Probe {
  /// The formula, and the fields of the result.
  fileprivate var luaDetails: String {
    let row = columns.contains { $0.role == .grid } ? "Per value." : "Per feature."
    let fields =
      [(".features", "The names of the measured features.")]
      + numbers.map { (".\($0.name)", $0.summary) }
      + columns.map { (".\($0.name)", "\(row) \($0.summary)") }
    return "\(details)\nThe result has\n" + aligned(fields, width: 94)
  }
}
