/// Something that is right in Python and fails in Lua, and what to write instead. Shown as one line
/// of advice below the error.
struct PythonHabit: Sendable {
  enum Failure: Sendable {
    /// The text does not compile.
    case syntax
    /// The message matches this regular expression.
    case message(String)
    case any
  }

  let failure: Failure
  /// A regular expression for the line of the error.
  let code: String
  let advice: String

  init(_ failure: Failure, _ code: String, _ advice: String) {
    (self.failure, self.code, self.advice) = (failure, code, advice)
  }

  /// The first match wins.
  static let all = [
    PythonHabit(
      .syntax, #"^\s*(import|from)\s+\w"#,
      "modules are loaded by local m = require \"m\"; lai is loaded already"),
    PythonHabit(
      .syntax, #"^\s*(async\s+)?def\s"#, "a function is written: function f(x) return … end"),
    PythonHabit(
      .syntax, #"^\s*class\s+\w"#, "Lua has tables with metatables for classes; ? setmetatable"),
    PythonHabit(
      .any, #"\bfor\b.*\bin\s+range\s*\("#,
      "a counting loop is written: for i = 1, 3 do … end; both ends are included"),
    PythonHabit(
      .syntax, #"\blambda\b[\w\s,]*:"#,
      "an anonymous function is written: function(x) return … end"),
    PythonHabit(
      .any, #"\b[fF]["']"#,
      "strings are formatted by (\"x is %g\"):format(x), or joined: \"x is \" .. x"),
    PythonHabit(.syntax, #""""|'''"#, "a string of several lines is written [[ … ]]"),
    PythonHabit(.syntax, #"^\s*#"#, "a comment begins with --"),
    PythonHabit(.message("length of a nil value"), #"^\s*#"#, "a comment begins with --"),
    PythonHabit(.syntax, #"\S\s+#(\s|$)"#, "a comment begins with --"),
    PythonHabit(
      .syntax, #"\[[^\]]*:[^\]]*\]"#,
      "a slice of a tensor is t[{{1, 3}}], of a list {table.unpack(list, 1, 3)}; both ends are included"
    ),
    PythonHabit(.syntax, #"!="#, "not equal is written a ~= b"),
    PythonHabit(.syntax, #"\+\+|[-+*/%^@]=|//="#, "x = x + 1 is written out: there is no x += 1"),
    PythonHabit(.syntax, #"\*\*"#, "a power is written a ^ b"),
    PythonHabit(.syntax, #"&&|\|\|"#, "these are written a and b, a or b, not a"),
    PythonHabit(.syntax, #"^\s*!\w"#, "a shell command is written $ command"),
    PythonHabit(.syntax, #"![\w(]"#, "this is written not a"),
    PythonHabit(.syntax, #"\bis\s+(not\s+)?\w"#, "equality is written a == b, a ~= b; None is nil"),
    PythonHabit(
      .syntax, #"\belif\b|\belse\s+if\b.*:"#, "another condition is written elseif … then"),
    PythonHabit(
      .syntax, #"^\s*(for|while|if|else|try|with|except|finally)\b.*:"#,
      "blocks are written: if … then … end, while … do … end, for … do … end"),
    PythonHabit(
      .syntax, #"\S\s+if\s+.+\s+else\s"#,
      "x if c else y is written c and x or y, where x is neither false nor nil"),
    PythonHabit(.syntax, #"^\s*print\s+[^\s("'{\[=]"#, "print is a function: print(x)"),
    PythonHabit(.syntax, #"^\s*assert\s+[^\s("'{\[=]"#, "assert is a function: assert(x, \"why\")"),
    PythonHabit(.syntax, #"^\s*raise\b"#, "an error is raised by error(\"what happened\")"),
    PythonHabit(
      .syntax, #"^\s*(try|except)\b"#,
      "errors are caught by pcall(f, …): true and its results, or false and the error"),
    PythonHabit(.syntax, #"^\s*del\s"#, "x = nil removes x"),
    PythonHabit(
      .syntax, #"^\s*(pass|global|nonlocal|yield|await)\b"#,
      "Lua has no such word: a block may be empty, and names are global unless declared local"),
    PythonHabit(.syntax, #"["']\s*:"#, "a table with keys is written {a = 1, [\"b c\"] = 2}"),
    PythonHabit(.syntax, #"(^|[=(,{]|\breturn\b)\s*\["#, "a list is written {1, 2, 3}"),
    PythonHabit(
      .message(#"attempt to compare .*lai\.Tensor"#), "",
      "tensors are compared by methods that return masks: x:gt(0), x:lt(y), x:eq(y)"),
    PythonHabit(
      .message("self must be"), #"\.\s*\w+\s*\("#,
      "a method is called with a colon: x:mean(), not x.mean()"),
    PythonHabit(
      .message(#"call a table value \(field 'shape'"#), "",
      "shape is a field: x.shape, without ()"),
    PythonHabit(
      .message(#"call a (string|number) value \(field"#), "", "this is a field: write it without ()"
    ),
    PythonHabit(
      .message(#"\(got 0\)"#), #"\[\s*0\s*[\],]"#,
      "indices start at 1, and negative ones count from the end: x[1] is the first, x[-1] the last"),
    PythonHabit(.message("no field or method 'T'"), "", "a matrix is transposed by x:t()"),
    PythonHabit(
      .message("arithmetic on a"), #"["']\s*%\s*[\w({]"#,
      "strings are formatted by (\"x is %g\"):format(x)"),
    PythonHabit(.message("arithmetic on a string"), #"\+"#, "strings are joined by a .. b"),
    PythonHabit(
      .message("attempt to add"), #"["']\s*\+|\+\s*["']"#, "strings are joined by a .. b"),
  ]

  /// Functions and methods of Python that Lua lacks.
  private static let calls = [
    "abs": "math.abs(x), or x:abs() of a tensor", "append": "table.insert(list, x)",
    "bool": "x ~= nil and x ~= false", "dict": "{a = 1}", "dir": "? x shows help on x",
    "endswith": "s:sub(-#ending) == ending", "enumerate": "for i, x in ipairs(list) do … end",
    "exit": "os.exit(), or Ctrl-D at the prompt", "extend": "table.move(b, 1, #b, #a + 1, a)",
    "float": "tonumber(text)", "globals": "%who", "help": "? name", "id": "tostring(x)",
    "input": "io.read()", "int": "math.floor(x), or tonumber(text)",
    "isinstance": "type(x) == \"table\"",
    "items": "for k, v in pairs(t) do … end", "join": "table.concat(list, \", \")",
    "keys": "for k in pairs(t) do … end", "len": "#x", "list": "{1, 2, 3}", "locals": "%who",
    "map": "a loop: for i, x in ipairs(list) do … end",
    "max": "math.max(…), or x:max() of a tensor",
    "min": "math.min(…), or x:min() of a tensor", "open": "io.open(path)", "pow": "x ^ y",
    "quit": "os.exit(), or Ctrl-D at the prompt",
    "range": "for i = 1, n do … end, or lai.arange(1, n) for a tensor",
    "repr": "x alone at the prompt",
    "reversed": "for i = #list, 1, -1 do … end", "round": "math.floor(x + 0.5)",
    "set": "{a = true}",
    "sorted": "table.sort(list)", "split": "s:gmatch(\"%S+\")",
    "startswith": "s:sub(1, #start) == start",
    "str": "tostring(x)", "strip": "s:match(\"^%s*(.-)%s*$\")", "sum": "x:sum() of a tensor",
    "tuple": "{1, 2, 3}", "values": "for _, v in pairs(t) do … end",
    "zip": "for i = 1, #a do … a[i], b[i] … end",
  ]

  /// Names of Python that are nil in Lua, even where no error follows.
  private static let names = [
    "True": "true", "False": "false", "None": "nil", "null": "nil", "quit": "os.exit(), or Ctrl-D",
    "exit": "os.exit(), or Ctrl-D", "help": "? name",
    "pass": "nothing; a block may be empty",
  ]

  private static let libraries: Set = [
    "np", "numpy", "torch", "tf", "jax", "pd", "pandas", "plt", "nn",
  ]

  /// The most text that is searched: some patterns take time cubic in a line's length.
  private static let (mostLines, longestLine) = (40, 200)

  /// Advice on an error, by its line, or by any line of a short text that does not compile. Nil if
  /// nothing matches.
  static func advice(on message: String, line: String, text: String, isSyntax: Bool) -> String? {
    var lines = [line[...]]
    if isSyntax {
      let others = text.split(maxSplits: mostLines, whereSeparator: \.isNewline)
      if others.count <= mostLines { lines += others }
    }
    let message = String(message.prefix(longestLine))
    let habits = all.filter { $0.fits(message, isSyntax) }
      .compactMap { habit in (try? Regex(habit.code)).map { (code: $0, advice: habit.advice) } }
    for line in lines.map({ $0.prefix(longestLine) }) {
      if let habit = habits.first(where: { line.firstMatch(of: $0.code) != nil }) {
        return habit.advice
      }
    }
    let nothing = #/attempt to (call|index) a nil value \((?:global|field|method) '(\w+)'\)/#
    guard let (_, what, name) = message.firstMatch(of: nothing)?.output else { return nil }
    if what == "call", let instead = calls[String(name)] { return "in Lua: \(instead)" }
    if what == "index", libraries.contains(String(name)) {
      return "lai has tensors and networks: ? lai lists everything"
    }
    return nil
  }

  /// Advice on names that were read and are nil.
  static func advice(onUnset names: Set<String>) -> String? {
    guard let name = names.sorted().first(where: { self.names[$0] != nil }) else { return nil }
    return "'\(name)' is not set; in Lua: \(self.names[name]!)"
  }

  private func fits(_ message: String, _ isSyntax: Bool) -> Bool {
    switch failure {
    case .syntax: isSyntax
    case .message(let part): (try? Regex(part)).map { message.firstMatch(of: $0) != nil } ?? false
    case .any: true
    }
  }

  /// Whether a line that is incomplete in Lua, because a method's name or its arguments are missing
  /// after the colon, is Python's.
  static func isLine(_ text: String) -> Bool {
    guard !text.contains(where: \.isNewline), text.utf8.count <= longestLine else { return false }
    return text.contains(#/^\s*(for|while|if|elif|else|def|class|with|try|except)\b.*[^:]:\s*$/#)
      || text.contains(#/\blambda\s[\w\s,]*:/#)
  }
}
