import Testing

/// A mistake in a script, and the error that it must cause.
struct BadInput: Sendable, CustomTestStringConvertible {
  let mistake: String
  /// The message after "bad.lua:5: ".
  let complaint: String
  /// What else the message must contain.
  let naming: [String]

  init(_ mistake: String, _ complaint: String, naming: String...) {
    self.mistake = mistake
    self.complaint = complaint
    self.naming = naming
  }

  var testDescription: String { mistake }
}

/// A mistake is an error that names the function, the argument and the Lua line, with exit code 1.
/// It is never a crash.
@Suite(.timeLimit(.minutes(10)))
struct BadInputTests {
  static let files = [
    "empty.csv": "",
    "header.csv": "a,b,y\n",
    "text.csv": "a,b,y\n1,2,3\n4,red,6\n",
    "missing.csv": "a,b,y\n1,2,3\n4,,6\n",
    "ragged.csv": "a,b,y\n1,2,3\n4,6\n",
    "notnumber.csv": "a,b,y\n1,2,3\n4,nan,6\n",
    "short.safetensors": "\u{50}",
    "garbage.safetensors": String(repeating: "x", count: 200),
  ]

  static let losses = [
    BadInput("lai.loss.lai{lambda = 0}", "loss.lai: lambda must be > 0 (got 0)"),
    BadInput("lai.loss.lai{lambda = -1}", "loss.lai: lambda must be > 0 (got -1)"),
    BadInput("lai.loss.lai{lambda = 0/0}", "loss.lai: lambda must be", naming: "nan"),
    BadInput("lai.loss.lai{lambda = 1/0}", "loss.lai: lambda must be", naming: "inf"),
    BadInput("lai.loss.lai{lambda = {0.1, 'x'}}", "loss.lai: lambda[2] must be", naming: "'x'"),
    BadInput("lai.loss.lai{lambda = {0.1, -1}}", "loss.lai: lambda", naming: "> 0", "-1"),
    BadInput("lai.loss.lai{lambda = {X8 = 0}}", "loss.lai: lambda", naming: "> 0"),
    BadInput("lai.loss.lai{lambda = {}}", "loss.lai: lambda"),
    BadInput("lai.loss.lai{lambda = 'big'}", "loss.lai: lambda"),
    BadInput("lai.loss.lai{lambda = 1, slope = 1}", "loss.lai: ", naming: "lambda", "slope"),
    BadInput("lai.loss.lai{slope = 0}", "loss.lai: slope must be > 0 (got 0)"),
    BadInput("lai.loss.lai{}", "loss.lai: ", naming: "lambda"),
    BadInput(
      "lai.loss.lai{lamda = 1}", "loss.lai: unknown option 'lamda' (did you mean 'lambda'?)"),
    BadInput("lai.loss.lai{lambda = 1, base = 'mes'}", "loss.lai: base", naming: "mse", "mes"),
    BadInput("lai.loss.lai{lambda = 1, norm = 'l3'}", "loss.lai: norm", naming: "l2", "l3"),
    BadInput("lai.loss.lai{lambda = 1, norm = 'elastic', mix = 2}", "loss.lai: mix"),
    BadInput("lai.loss.lai{lambda = 1, reduction = 'sum'}", "loss.lai: reduction"),
    BadInput("loss{0.1, 0.1}:value(net, d.x, d.y)", "value: ", naming: "lambda", "2", "8"),
    BadInput("loss(1):value(net, wide, d.y)", "value: ", naming: "3", "8"),
    BadInput("loss(1):value(nil, d.x, d.y)", "value: ", naming: "lai.MLP", "nil"),
    BadInput("loss(1):gradients(net, d.x, net)", "gradients: ", naming: "lai.Tensor", "lai.MLP"),
  ]

  static let trainings = [
    BadInput("lai.train(with{loss = loss{0.1, 0.1}})", "train: ", naming: "lambda", "2", "8"),
    BadInput(
      "lai.train(with{loss = loss{X9 = 0.1, default = 1}})", "train: unknown feature 'X9'"),
    BadInput(
      "lai.train(with{loss = loss{lenght = 0.1}})",
      "train: unknown feature 'lenght' (did you mean 'length'?)"),
    BadInput("lai.train(with{lamda = 1})", "train: unknown option 'lamda'"),
    BadInput(
      "lai.train(with{epoch = 1})", "train: unknown option 'epoch' (did you mean 'epochs'?)"),
    BadInput("lai.train(with{batch = 0})", "train: batch must be", naming: "(got 0)"),
    BadInput("lai.train(with{batch = 1.5})", "train: batch must be", naming: "1.5"),
    BadInput("lai.train(with{alpha = 1.5})", "train: alpha must be", naming: "(got 1.5)"),
    BadInput("lai.train(with{alpha = -0.1})", "train: alpha must be", naming: "(got -0.1)"),
    BadInput("lai.train(with{epochs = -1})", "train: epochs must be", naming: "(got -1)"),
    BadInput("lai.train(with{epochs = 1e300})", "train: epochs must be"),
    BadInput("lai.train(with{pretrain = -1})", "train: pretrain must be", naming: "(got -1)"),
    BadInput("lai.train(with{sample = 'rows'})", "train: sample", naming: "points", "rows"),
    BadInput("lai.train(with{optimizer = 3})", "train: optimizer"),
    BadInput("lai.train(with{data = wide})", "train: data"),
    BadInput("lai.train(with{model = 5})", "train: model", naming: "lai.MLP"),
    BadInput(
      "lai.train{model = nil, data = d, loss = loss(1)}", "train: option 'model' is missing"),
    BadInput("lai.train{model = net, loss = loss(1)}", "train: option 'data' is missing"),
    BadInput("lai.train(nil)", "train: "),
    BadInput("lai.train(with{data = three})", "train: ", naming: "3", "8"),
    BadInput("lai.train(with{data = holed})", "train: data", naming: "nan"),
    BadInput(
      "lai.train(with{optimizer = lai.adam{lr = 1e9}, epochs = 50})", "train: ", naming: "finite",
      "epoch",
      "batch"),
    BadInput(
      "lai.train(with{min_improvement = 0.1})",
      "train: min_improvement must be given with patience (got without)"),
    BadInput("lai.adam{lr = 0}", "adam: lr must be", naming: "> 0", "(got 0)"),
    BadInput("lai.adam{lr = 0/0}", "adam: lr must be"),
    BadInput("lai.adam{learning_rate = 1}", "adam: unknown option 'learning_rate'"),
    BadInput("lai.train_all({{model = net}}, {workers = 2})", "train_all: "),
    BadInput("lai.train_all({}, {workers = 0})", "train_all: workers must be"),
    BadInput("lai.train_all(3)", "train_all: "),
  ]

  static let networks = [
    BadInput("net(wide)", "", naming: "3", "8"),
    BadInput("net:input_gradient(wide)", "input_gradient: ", naming: "3", "8"),
    BadInput("net(nil)", "", naming: "lai.Tensor", "nil"),
    BadInput("lai.mlp{outputs = 1}", "mlp: option 'inputs' is missing"),
    BadInput("lai.mlp{inputs = 0, outputs = 1}", "mlp: inputs must be", naming: "0"),
    BadInput("lai.mlp{inputs = 8, hidden = {-1}}", "mlp: hidden[1] must be", naming: "-1"),
    BadInput("lai.mlp{inputs = 8, hidden = {1e18}}", "mlp: "),
    BadInput("lai.mlp{inputs = 8, activation = 'tahn'}", "mlp: ", naming: "'tahn'", "'tanh'"),
    BadInput("net:set_weights{}", "set_weights: "),
    BadInput("net:set_biases{wide, wide}", "set_biases: "),
    BadInput("lai.mlp_load('none.safetensors')", "mlp_load: ", naming: "none.safetensors"),
    BadInput("lai.mlp_load('short.safetensors')", "mlp_load: ", naming: "short.safetensors"),
    BadInput("lai.mlp_load('garbage.safetensors')", "mlp_load: ", naming: "garbage.safetensors"),
    BadInput("lai.mlp_load(cut('net.safetensors', 20))", "mlp_load: ", naming: "cut.safetensors"),
    BadInput("lai.mlp_load(cut('net.safetensors', -1))", "mlp_load: ", naming: "cut.safetensors"),
    BadInput("net:save('/nowhere/net.safetensors')", "save: ", naming: "/nowhere"),
  ]

  static let data = [
    BadInput("lai.csv('none.csv')", "csv: ", naming: "none.csv"),
    BadInput("lai.csv('empty.csv')", "csv: ", naming: "empty.csv"),
    BadInput("lai.csv('header.csv')", "csv: ", naming: "header.csv"),
    BadInput("lai.csv('text.csv', {target = 'y'})", "csv: ", naming: "text.csv", "3", "b", "red"),
    BadInput("lai.csv('missing.csv')", "csv: ", naming: "missing.csv", "3", "b"),
    BadInput("lai.csv('ragged.csv')", "csv: ", naming: "ragged.csv", "3"),
    BadInput("lai.csv('notnumber.csv')", "csv: ", naming: "notnumber.csv", "3", "b", "nan"),
    BadInput("lai.csv('missing.csv', {target = 'z'})", "csv: ", naming: "target", "z"),
    BadInput("lai.csv('missing.csv', {drop = {'q'}})", "csv: ", naming: "q"),
    BadInput("lai.csv('missing.csv', {missing = 'guess'})", "csv: missing", naming: "guess"),
    BadInput("lai.csv()", "csv: path"),
    BadInput("d:split{validation = 1.5, seed = 1}", "split: validation must be", naming: "1.5"),
    BadInput("d:split{validation = -1}", "split: validation must be", naming: "-1"),
    BadInput("lai.standardize(5)", "standardize: "),
    BadInput("lai.synthetic.friedman1{n = 0}", "synthetic.friedman1: n must be", naming: "0"),
    BadInput("lai.synthetic.friedman1{n = 10, noise = -1}", "synthetic.friedman1: noise"),
    BadInput("lai.synthetic.line{n = -5}", "synthetic.line: n must be", naming: "-5"),
    BadInput("lai.json.decode('{')", "json.decode: "),
    BadInput("lai.probe.smoothness(net, wide)", "probe.smoothness: ", naming: "3", "8"),
    BadInput("lai.probe.noise(net, d.x, {sigma = -1})", "probe.noise: sigma", naming: "-1"),
    BadInput("lai.probe.noise(net, d.x, {repeats = 0})", "probe.noise: repeats", naming: "0"),
    BadInput("lai.probe.noise(nil, d.x)", "probe.noise: ", naming: "lai.MLP", "nil"),
  ]

  /// Four lines before the mistake.
  static let beginning = """
    local lai = require "lai"; local net = lai.mlp{inputs = 8, hidden = {4}, outputs = 1, seed = 1}
    local d, three, holed = dofile("data.lua")(lai); local wide = lai.zeros(5, 3)
    local function loss(lambda) return lai.loss.lai{lambda = lambda} end; net:save("net.safetensors")
    local with, cut = dofile("tools.lua")(lai, net, d, loss)

    """

  static let tools = [
    // Data with eight features, with three of them, and with a NaN.
    "data.lua": """
    return function(lai)
      local function rows(count, hole)
        local lines = {"a,b,c,d,e,f,g,length,y"}
        for i = 1, 40 do
          local cells = {}
          for j = 1, 9 do cells[j] = math.sin(i * j) end
          lines[#lines + 1] = table.concat(cells, ",")
        end
        local file = assert(io.open("rows.csv", "w"))
        file:write(table.concat(lines, "\\n"), "\\n"):close()
        local drop = {}
        for j = count + 1, 8 do drop[#drop + 1] = ({"a","b","c","d","e","f","g","length"})[j] end
        local d = lai.csv("rows.csv", {target = "y", drop = drop})
        if hole then d.x:set_(2, 3, 0/0) end
        return d
      end
      return rows(8), rows(3), rows(8, true)
    end
    """,
    "tools.lua": """
    return function(lai, net, d, loss)
      local function with(changes)
        local options = {model = net, data = d, loss = loss(1), alpha = 0.5, pretrain = 1, epochs = 1,
                         batch = 16, optimizer = lai.adam{lr = 1e-3}, seed = 1}
        for key, value in pairs(changes) do options[key] = value end
        return options
      end
      local function cut(path, length)
        local file = assert(io.open(path, "rb"))
        local bytes = file:read("a"):sub(1, length < 0 and length - 1 or length)
        file:close()
        assert(io.open("cut.safetensors", "wb")):write(bytes):close()
        return "cut.safetensors"
      end
      return with, cut
    end
    """,
  ]

  @Test(arguments: losses + trainings + networks + data)
  func isToldAtItsLine(_ bad: BadInput) async throws {
    let folder = try Folder(Self.files.merging(Self.tools) { $1 })
    try folder.write(Self.beginning + "local _ = \(bad.mistake)\nprint('never')\n", to: "bad.lua")
    let outcome = try await folder.lai(["bad.lua"])
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.output.isEmpty)
    let message = outcome.errors.split(separator: "\nstack traceback:").first ?? ""
    #expect(message.contains("lai: bad.lua:5: " + bad.complaint), "\(message)")
    for word in bad.naming {
      #expect(message.localizedStandardContains(word), "'\(word)' is missing in: \(message)")
    }
  }
}
