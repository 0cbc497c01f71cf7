import CLai
import Learning
import Tensors

/// lai.probe: how smooth a network is, how sensitive to noise.
enum ProbeModule {
  private static let net = Parameter("net", Kind<MLP>.object, "The network.")
  private static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that net was trained on.")
  private static let sigma = Option(
    "sigma", .notNegative, default: 1, "Noise in standard deviations of each feature.")
  private static let repeats = Option(
    "repeats", .integer(atLeast: 1), default: 16, "Draws of the noise a row and feature.")
  private static let seed = Option("seed", .seed, default: 1, "Of the noise.")

  static let functions = [
    LuaFunction(
      "probe.smoothness", "Variance of the outputs, and size of the slopes per feature.", net, x,
      details: "variance: ddof 0, of the outputs on x; slopes are |dy/dx| over the rows.",
      example: """
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print(lai.probe.smoothness(net, {{1, 2}, {3, 4}}).variance)
        """
    ) {
      LuaObject(
        try Smoothness($0, $0.features(of: $1), shouldStop: { lai_pending_interrupts() > 0 }))
    },
    LuaFunction(
      "probe.noise", "How far the outputs move, on average, when one feature is noisy.", net, x,
      Parameter<OptionTable>.options(sigma.record, repeats.record, seed.record),
      details: "Mean |f(x + σ·ε·eⱼ) − f(x)| with ε ~ N(0, 1), a feature j at a time.",
      example: """
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print(lai.probe.noise(net, {{1, 2}, {3, 4}}, {sigma = 0.5}).sensitivity[1])
        """
    ) { net, x, options in
      LuaObject(
        try NoiseSensitivity(
          net, net.features(of: x), sigma: options(sigma), repeats: options(repeats),
          seed: options(seed),
          shouldStop: { lai_pending_interrupts() > 0 }))
    },
  ]
}

extension Smoothness: LuaRepresentable {
  package static let luaName = "Smoothness"
  private static let receiver = Parameter("self", Kind<Smoothness>.object, "")
  package static let luaClass = LuaClass(
    Smoothness.self, "What lai.probe.smoothness found.",
    properties: [
      LuaFunction("variance", "Of the outputs (ddof 0).", receiver) { $0.variance },
      LuaFunction("mean_slope", "Mean |dy/dx| of each feature.", receiver) { $0.meanSlope },
      LuaFunction("slope_p95", "95th percentile of |dy/dx| of each feature.", receiver) {
        $0.slope95
      },
    ])
}

extension NoiseSensitivity: LuaRepresentable {
  package static let luaName = "NoiseSensitivity"
  private static let receiver = Parameter("self", Kind<NoiseSensitivity>.object, "")
  package static let luaClass = LuaClass(
    NoiseSensitivity.self, "What lai.probe.noise found.",
    properties: [
      LuaFunction("sensitivity", "Mean change of the output, per feature.", receiver) {
        $0.sensitivity
      },
      LuaFunction(
        "standard_error",
        "Standard error of each sensitivity: the rows count as a sample, the network as fixed.",
        receiver
      ) { $0.standardError },
    ])
}
