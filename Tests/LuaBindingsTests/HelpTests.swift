import LuaSyntax
import Testing

@testable import LuaBindings

@Suite struct HelpTests {
  /// A setting, a question, and what the answer must contain, in order.
  static let questions: [(name: String, answer: [String])] = [
    ("", ["lai.train", "lai.Tensor", "?? words"]),
    ("lai", ["lai.train"]),
    ("lai.train", ["lai.train([{…}]) -> lai.Run", "batch ", "integer = 256", "Example:"]),
    ("train", ["lai.train("]), ("lai.loss", ["lai.loss.mse()", "lai.loss.lai("]),
    (
      "penalty.jacobian",
      [
        "lai.penalty.jacobian([{…}]) -> lai.Loss", "power ", "integer = 2", "Sokolić", "Example:",
        "lai.loss.mse() + 0.1 * lai.penalty.jacobian{",
      ]
    ),
    ("lai.penalty", ["lai.penalty.jacobian(", "lai.penalty.elastic("]),
    ("lai.loss.huber", ["lai.loss.huber([{…}])", "delta ", "number = 1", "Huber"]),
    ("Loss", ["lai.Loss: ", ":gradients(net, x, [y], [{…}])", "Operators: +  *"]),
    ("Tensor", ["lai.Tensor: ", ".shape", ":reshape(shape)", "Operators: "]),
    ("lai.Tensor", ["lai.Tensor: "]), ("Tensor:reshape", ["Tensor:reshape(shape)"]),
    ("Tensor.shape", ["Tensor.shape"]), ("reshape", ["Tensor:reshape(shape)"]),
    ("where", ["Tensor:where(x, y)", "Dataset:where(mask)"]),
    ("string.format", ["string.format(format, …)", "%s"]),
    ("string", ["string.byte", "string.upper"]),
    ("print", ["print(…)"]), ("file:read", ["file:read"]), ("math.pi", ["3.14159"]),
    ("for", ["for key, value in pairs(t) do"]), ("local", ["<const>", "At the prompt"]),
    ("x", [" 1  1\n[lai.Tensor 2 float32]", "lai.Tensor: ", ":reshape"]),
    ("x.shape", ["Tensor.shape", "Extents"]), ("x:reshape", ["Tensor:reshape"]),
    ("run.model", ["lai.MLP: "]), ("run.model:save", ["MLP:save"]),
    ("n", ["n: a number (integer)\n  5"]), ("s", ["s: a string of 3 bytes\n  \"abc\""]),
    ("t", ["t: a table: a list of 2, 1 name\n  {1, 2, name = \"n\"}"]),
    ("t.name", ["t.name: a string"]),
    (
      "add",
      ["add(a, ...)  test:5\n  -- Adds.\n  -- Twice.\n  function add(a, ...)\n    return a\n  end"]
    ),
    ("rep", ["string.rep(s, n"]), ("also", ["lai.train("]), ("error", ["error()  test:8"]),
    ("front.plot", ["Front:plot([x], [y]) -> lai.Chart", "Example:"]),
    ("front", ["front: a table: 1 name\n  front of rmse: 0 rows"]),
    ("gone", ["no help on 'gone'"]), ("lai.trian", ["no help", "did you mean 'lai.train'"]),
    ("patience", ["patience is an option of\n  lai.train", "Early stopping"]),
    ("lr", ["lai.adam", "Default: 0.001", "lai.sgd"]), ("train.patience", ["is an option of"]),
    ("patiense", ["did you mean 'patience'"]),
    ("3 + 4", ["? needs a name"]), ("f(x)", ["? needs a name"]), ("x..y", ["? needs a name"]),
    ("strict.field", ["no help on"]), ("co", ["co: a thread\n  coroutine (suspended)"]),
  ]

  private static let session = """
    -- Not this.

    -- Adds.
    -- Twice.
    function add(a, ...)
      return a
    end
    function error() end
    local lai = require "lai"
    x, n, s, t = lai.ones(2), 5, "abc", {1, 2, name = "n"}
    rep, also, co = string.rep, lai.train, coroutine.create(print)
    run = lai.train{model = lai.mlp{inputs = 10, hidden = {2}}, epochs = 1,
      data = lai.synthetic.friedman1{n = 20}}
    front = lai.sweep{data = lai.synthetic.friedman1{n = 20}, base = {hidden = {2}},
      grid = {alpha = {0.1, 1}}, seeds = 1}:front("rmse")
    strict = setmetatable({}, {__index = function() print("ran") error("ran") end})
    """

  @Test(arguments: questions) func isAnswered(_ name: String, answer: [String]) throws {
    let interpreter = try Interpreter()
    try interpreter.run(Self.session, name: "=test")
    let text = try interpreter.help(for: name, width: 100) { $0 == "=test" ? Self.session : nil }
    var rest = text[...]
    for part in answer {
      let place = rest.firstRange(of: part)
      #expect(place != nil, "'\(part)' is missing in\n\(text)")
      if let place { rest = rest[place.upperBound...] }
    }
    #expect(interpreter.state.top == 0)
  }

  @Test func linesFitTheWindow() throws {
    let interpreter = try Interpreter()
    for name in LuaModule.shared.names {
      // Examples and details keep their lines.
      let page = try interpreter.help(for: name, width: 80)
      for line in page.split(separator: "\n").dropFirst().prefix(while: { !$0.contains("Example:") }
      ) {
        #expect(line.count <= 110, "\(name): \(line)")
      }
    }
  }

  @Test func everythingOfTheStandardLibraryHasAnEntry() throws {
    let interpreter = try Interpreter(ignoringEnvironment: false)
    let live = try interpreter.value(
      of: """
        local names = {}
        for name, value in pairs(_G) do
          names[#names + 1] = name
          if type(value) == "table" and value ~= _G then
            table.remove(names)
            for field in pairs(value) do names[#names + 1] = name .. "." .. field end
          end
        end
        for name in pairs(getmetatable(io.stdout).__index) do names[#names + 1] = "file:" .. name end
        return table.concat(names, " ")
        """)
    let known = LibraryEntry.all.map(\.name)
    #expect(Set(live.split(separator: " ").map(String.init)).subtracting(known).isEmpty)
    let optional = LibraryEntry.all.filter { $0.summary.hasSuffix("built with it.") }.map(\.name)
    #expect(
      Set(known).subtracting(live.split(separator: " ").map(String.init)).isSubset(of: optional))
    #expect(known.count == Set(known).count)
  }

  @Test func everyWordOfLuaHasAnEntry() {
    #expect(Set(LuaWord.all.map(\.word)) == LuaLexer.keywords)
  }

  static let searches: [(words: String, first: String)] = [
    ("reshape", "  Tensor:reshape"), ("slope variance", "  lai.probe.smoothness"),
    ("LOGARITHM", "  Tensor:log"), ("coroutine", "  coroutine."), ("zzqq", "nothing on 'zzqq'"),
    ("early stopping", "  lai.train{patience=}"), ("missing values", "  lai.csv{missing=}"),
    ("", "?? needs words"), ("while", "  while"), ("noise", "  lai.probe.noise"),
  ]

  @Test(arguments: searches) func isFound(_ words: String, first: String) {
    let text = LuaModule.shared.search(words, width: 100)
    #expect(text.hasPrefix(first), "\(text)")
  }
}
