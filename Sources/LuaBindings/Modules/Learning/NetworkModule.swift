import Learning
import Tensors

/// lai.mlp and its networks.
enum NetworkModule {
  private static let inputs = Option("inputs", .integer(atLeast: 1), "Number of features per row.")
  static let hidden = Option(
    "hidden", Kind.integer(atLeast: 1).widths, default: [64, 64],
    "Widths of the hidden layers; a number is that of a single one, {} is none.")
  private static let outputs = Option(
    "outputs", .integer(atLeast: 1), default: 1, "Number of outputs per row.")
  static let activation = Option(
    "activation", Kind.choice(Activation.all.map(\.name)), default: "tanh",
    "The activation between the layers; the last layer is linear.")
  private static let seed = Option("seed", .seed, default: 1, "Seed of the initial weights.")
  static let dtype = Option(
    "dtype", Kind.dtype, default: DType.float32, "Number type of the parameters.")

  static let functions = [
    LuaFunction(
      "mlp", "A fully connected network.",
      Parameter<OptionTable>.options(
        inputs.record, hidden.record, outputs.record, activation.record, seed.record,
        dtype.record),
      details: """
        Weights [out][in] and biases start uniform in ±1/sqrt(in), as PyTorch's Linear does.
        Activations: \(Activation.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")).
        """,
      example: """
        local net = lai.mlp{inputs = 8, hidden = {64, 64}, activation = "tanh", seed = 1}
        print(net)
        """
    ) { options in
      var generator = RandomGenerator(seed: try options(seed), stream: .weights)
      return LuaObject(
        try MLP(
          inputs: options(inputs), hidden: options(hidden), outputs: options(outputs),
          activation: Activation.named(options(activation)), dtype: options(dtype),
          using: &generator))
    },
    LuaFunction(
      "mlp_load", "Reads a network from a file that net:save wrote.",
      Parameter("path", .path, "A .safetensors file."),
      example: """
        local path = os.tmpname()
        lai.mlp{inputs = 2}:save(path)
        assert(lai.mlp_load(path).inputs == 2)
        os.remove(path)
        """
    ) { LuaObject(try MLP.load(from: $0)) },
  ]
}

extension Kind where Value == Int {
  /// A width, or a list of them, which may be empty.
  fileprivate var widths: Kind<[Int]> {
    let (one, list) = (oneOrList, list())
    return Kind<[Int]>(one.wanted, annotation: one.annotation) { state, index in
      state.type(at: index) == .table
        ? try list.read(state, index) : try one.read(state, index)
    }
  }
}

extension MLP: LuaRepresentable {
  package static let luaName = "MLP"

  private static let receiver = Parameter("self", Kind<MLP>.object, "")
  private static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that it was trained on, scaled as they were."
  )
  private static let units = Option(
    "units", .choice(SlopeUnits.allCases.map(\.rawValue)), default: SlopeUnits.scaled.rawValue,
    "scaled: as the network takes x; original: of the target per feature before the scaler.")

  package static let luaClass = LuaClass(
    MLP.self, "A fully connected network; net(x) returns predictions, [n][outputs].",
    properties: [
      LuaFunction("inputs", "Number of features per row.", receiver) { $0.inputs },
      LuaFunction("outputs", "Number of outputs per row.", receiver) { $0.outputs },
      LuaFunction("hidden", "Widths of the hidden layers.", receiver) { $0.hidden },
      LuaFunction("activation", "The activation's name.", receiver) { $0.activation.name },
      LuaFunction("dtype", "Number type of the parameters.", receiver) { $0.dtype.rawValue },
      LuaFunction("parameter_count", "The number of weights and biases.", receiver) {
        $0.parameterCount
      },
      LuaFunction(
        "scaler",
        "The scaler of the data that it was trained on, or one that was set; saved with it. nil without.",
        receiver, returns: "lai.Scaler?"
      ) { $0.scaler.map { LuaObject($0) } },
      LuaFunction(
        "features", "Names of the features that it was trained on; nil if they had none.", receiver
      ) { $0.names.features },
      LuaFunction(
        "target", "Name of the target that it was trained on; nil if it had none.", receiver
      ) { $0.names.target },
    ],
    methods: [
      LuaFunction(
        "input_gradient",
        "The slopes dy/dx of each row: [n][inputs] for one output, else [n][outputs][inputs].",
        receiver, x, Parameter<OptionTable>.options(units.record),
        details: """
          In original units, slope = slope of the scaled · s_y / s_x, with the scales of target and
          feature in net.scaler; x is scaled in any case.
          """
      ) { net, x, options in
        LuaObject(
          try net.inputGradient(
            net.features(of: x), units: SlopeUnits(rawValue: options(units))!))
      },
      LuaFunction(
        "parameters", "Copies of weights and biases, {weights = {…}, biases = {…}}, for net:apply.",
        receiver, returns: "{weights: lai.Tensor[], biases: lai.Tensor[]}"
      ) {
        LuaRecord([
          "weights": try $0.weights.map { LuaObject($0) },
          "biases": try $0.biases.map { LuaObject($0) },
        ])
      },
      LuaFunction(
        "apply", "Predictions with other parameters, by which derivatives can be taken.",
        receiver,
        Parameter(
          "parameters", Kind<ParameterTree>.tree, "Parameters in the form of net:parameters()."), x,
        details: """
          lai.grad(function(p) return net:apply(p, x):mean() end)(net:parameters()). Tensor
          operations all through: lai.train's own step is several times faster.
          """
      ) { net, parameters, x in
        let layers = net.layout.layers
        guard parameters.tensors.count == 2 * layers else {
          throw ArgumentError(
            "parameters", mustBe: "{weights = {…}, biases = {…}}, \(layers) tensors each",
            got: "\(parameters.tensors.count) tensors")
        }
        // In the order of the names: biases, weights.
        return LuaObject(
          try net.predictions(
            weights: Array(parameters.tensors[layers...]),
            biases: Array(parameters.tensors[..<layers]), net.features(of: x)))
      },
      LuaFunction("weights", "Copies of the weights, layer by layer, each [out][in].", receiver) {
        try $0.weights.map { LuaObject($0) }
      },
      LuaFunction("biases", "Copies of the biases, layer by layer, each [out].", receiver) {
        try $0.biases.map { LuaObject($0) }
      },
      LuaFunction(
        "set_weights", "Sets the weights of all layers.", receiver,
        Parameter("weights", Kind.tensorLike.list(), "One tensor per layer, [out][in].")
      ) { net, weights in
        try net.setWeights(weights)
        return LuaSelf()
      },
      LuaFunction(
        "set_biases", "Sets the biases of all layers.", receiver,
        Parameter("biases", Kind.tensorLike.list(), "One tensor per layer, [out].")
      ) { net, biases in
        try net.setBiases(biases)
        return LuaSelf()
      },
      LuaFunction(
        "set_scaler",
        "Keeps a scaler for net:save and net:predict; net(x) still takes scaled rows.",
        receiver,
        Parameter(
          "scaler", Kind<Scaler>.object, "A scaler with as many features as the network has inputs."
        ),
        example: """
          local data = lai.synthetic.friedman1{n = 50}
          local path = os.tmpname()
          lai.mlp{inputs = 10}:set_scaler(lai.standardize(data)):save(path)
          local net = lai.mlp_load(path)
          print(net(net.scaler(data.x)))
          os.remove(path)
          """
      ) { net, scaler in
        try net.setScaler(scaler)
        return LuaSelf()
      },
      LuaFunction(
        "save",
        "Writes parameters, architecture, scaler, names and categories to a safetensors file.",
        receiver,
        Parameter(
          "path", .path, "The file, .safetensors; replaced as a whole or not at all.")
      ) { net, path in
        let name = path.split(separator: "/").last ?? ""
        guard !name.dropFirst().contains(".") || name.hasSuffix(".safetensors") else {
          throw ArgumentError(
            "path", mustBe: "a name that ends in .safetensors, the format that is written",
            got: "'\(path)'")
        }
        try net.save(to: path)
        return LuaSelf()
      },
      LuaFunction("clone", "A copy that shares nothing.", receiver) { LuaObject(try $0.clone()) },
    ] + PredictModule.methods + ProbeModule.methods,
    metamethods: [
      "__call": LuaFunction(
        "MLP", "Predictions, [n][outputs].", receiver, x,
        details: """
          Rows of a tensor are taken as they are: a network with a scaler (net.scaler) wants them scaled,
          and predicts in the units that it was trained in. net:predict(x) takes raw rows.
          """
      ) {
        LuaObject(try $0($0.features(of: $1)))
      }
    ])
}
