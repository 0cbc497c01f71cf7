import Foundation
import Testing

/// What the prompt at a terminal does beyond stock Lua.
@Suite(.timeLimit(.minutes(10))) struct ConsoleTests {
  /// What is typed, one block per line, and what must be shown after the last one, in order.
  static let sessions: [(typed: [String], shown: [String])] = [
    // Results.
    (["20 + 22"], ["42\r\n2> "]),
    (["5", "_ + 1", "_ * _1"], ["30\r\n4> "]),
    (["1, nil, 'x'"], ["1\tnil\t", "x", "2> "]),
    (["7;", "_"], ["7\r\n3> "]),
    (["print('a', 1)"], ["a\t1\r\n2> "]),
    (["nil", "_ == nil"], ["true\r\n3> "]),
    (["5", "_ = 'mine'", "6", "_"], ["mine"]),
    (["5", "nil", "_"], ["5\r\n4> "]),
    (["= 3", "_1"], ["3\r\n3> "]),
    (["x = 5; x"], ["5\r\n2> "]),
    (["function f(t) return t.b.c end; f{}"], ["function 'f' called at [1]:1:  "]),
    (["block = 8", "block"], ["8\r\n3> "]),
    (["_PROMPT = 'ask: '"], ["\r\nask: "]),
    (["setmetatable(_G, {__index = error, __newindex = error})", "3", "_2"], ["3\r\n4> "]),
    (["local x = 3", "local y = 4"], ["4", "3> "]),
    (["local x = 3"], ["`local x` ends with its block; write `x = …` to keep it.\r\n"]),
    // A method that is not called; a run that is saved.
    (
      ["d = lai.synthetic.friedman1{n = 9}", "d.describe"],
      ["function", "a method; call it: d:describe()\r\n3> "]
    ),
    (["x = lai.ones(2)", " x.sum "], ["a method; call it: x:sum([axis], [{…}])\r\n3> "]),
    (
      [
        "run = lai.train{model = lai.mlp{inputs = 10}, data = lai.synthetic.friedman1{n = 9}, epochs = 1}",
        "run:save('a.run')",
      ], ["\"a.run\"\r\n3> "]
    ),
    (["? where"], ["Tensor:where(x, y)", "joined by & and |", "Dataset:where(mask)"]),
    // Errors.
    (
      ["nothing.here"],
      [
        "[1]:1: attempt to index a nil value (global 'nothing')\r\n  1 | nothing.here\r\n      ^^^^^^^\r\n2> "
      ]
    ),
    (["x = = 3"], ["[1]:1: unexpected symbol near '='\r\n  1 | x = = 3\r\n          ^\r\n2> "]),
    (["lai.train{lamda=1}"], ["[1]:1: train: unknown option 'lamda'\r\n", "          ^^^^^\r\n"]),
    (
      ["function f(t) return t.b.c end", "f{}"],
      [
        "[1]:1: ", "\r\n  1 | function f(t) return t.b.c end\r\n",
        "^\r\n  function 'f' called at [2]:1:  f{}\r\n",
      ]
    ),
    (
      ["function f(t) return t.b.c end", "f{}", "%tb"],
      ["[1]:1: in function 'f'\r\n    function", "[2]:1: in main chunk\r\n    f{}\r\n"]
    ),
    (["%tb"], ["no error so far"]),
    (["error({})"], ["(error object is a table value)"]),
    (["error{code = 42, 'no'}"], ["error object {\"no\", code = 42}\r\n"]),
    (["error(setmetatable({1}, {__name = 'Problem'}))"], ["error object Problem {1}\r\n"]),
    (["error(false)"], ["error object false\r\n"]),
    (["error(setmetatable({}, {__tostring = function() error('worse') end}))"], ["> "]),
    (["y = x if" + String(repeating: " ", count: 1000) + "z else", "40 + 2"], ["42\r\n3> "]),
    (["for i = 1, 2 do goto a ::a:: end ::b::", "40 + 2"], ["42\r\n3> "]),
    (["lai.standardise"], ["lai: no field 'standardise' (did you mean 'lai.standardize'?)\r\n"]),
    // Names that were local once.
    (
      ["local x, y = 3", "x"],
      ["nil\r\nx was local to block 1 and ended with it; write `x = …` to keep it\r\n3> "]
    ),
    (["local x = 3", "x.y", "1"], ["1\r\n4> "]),
    (["local function f() end", "f()"], ["call a nil value", "f was local to block 1"]),
    (["local x = 3", "x = 4", "x"], ["4\r\n4> "]),
    (["local x = 3", "function(x) return x end"], ["> "]),
    // Errors are marked; an interruption is not.
    (
      ["error('interrupted!')"],
      ["[1]:1: interrupted!\r\n  1 | error('interrupted!')\r\n      ^^^^^", "2> "]
    ),
    (
      ["setmetatable({}, {__tostring = function() error('interrupted!') end})"],
      ["<error in __tostring: [1]:1: interrupted!>\r\n2> "]
    ),
    (["error(setmetatable({}, {__tostring = function() return 'own' end}))"], ["own\r\n"]),
    (["error()"], ["(error object is a nil value)"]),
    (["error('two\\nlines', 0)"], ["two\r\nlines\r\n", "2> "]),
    (
      ["function r() return 1 + r() end", "r()"],
      ["stack overflow", "more calls; %tb shows them all"]
    ),
    (["error('deep')", "kept = 1", "kept"], ["1\r\n4> "]),
    // Commands.
    (["? lai.loss.lai"], ["loss.lai", "lambda"]),
    (["%help"], ["%save file", "Ctrl-D"]),
    (["%tiem 1"], ["no command '%tiem' (did you mean 'time'?)"]),
    (["%save"], ["%save needs file"]),
    (["%save x.lua"], ["nothing to save yet"]),
    (
      ["a = 1", "b = = 2", "c = 3", "%save x.lua 2-3 1", "$ cat x.lua"],
      ["b = = 2\r\nc = 3\r\na = 1\r\n"]
    ),
    (["a = 1", "b = 2", "%save x.lua 1,2", "$ cat x.lua"], ["a = 1\r\nb = 2\r\n"]),
    (["%who x"], ["%who takes no argument (got 'x')"]),
    (["%time 6 * 7", "_1"], ["42\r\n3> "]),
    (["%time 6 * 7"], ["42\r\nwall ", "s, processor ", "s\r\n"]),
    (["%time error('slow')"], ["[1]:1: slow"]),
    (["%timeit 1 + 1"], [" of processor time (", "7 rounds of "]),
    (
      ["a, b = {}, lai.ones(2)", "%who"],
      ["  a  table ", "\r\n  b  lai.Tensor  [lai.Tensor 2 float32]"]
    ),
    (["%who"], ["you have set no global variables"]),
    (["a = 1", "5", "%reset", "a, _, _2"], ["nil\tnil\tnil"]),
    (["a, b = 1, 2", "%reset"], ["removed 2 variables and all results"]),
    (["%run args.lua one 'two three'", "x"], ["args.lua/one/two three/2"]),
    (["%run args.lua", "arg[0]"], ["lai"]),
    (
      ["%run bad.lua"],
      [
        "bad.lua:2: attempt to call a nil value (global 'missing')\r\n  2 |   missing()\r\n        ^^^^^^^\r\n",
        "called at bad.lua:4",
      ]
    ),
    (["%run wrong.lua"], ["wrong.lua:1: ", "\r\n  1 | if then\r\n         ^^^^\r\n"]),
    (["%run nowhere.lua"], ["cannot open nowhere.lua"]),
    (["$ echo $((40 + 2))"], ["42\r\n1> "]),
    (["$ exit 3"], ["exit status 3"]),
    (["$"], ["$ needs a shell"]),
    (["$ mkdir inside", "$ cd inside", "$ pwd"], ["/inside\r\n"]),
    (["$ cd nowhere"], ["cd: nowhere: No such file"]),
  ]

  /// Invalid blocks for %save, and the errors.
  static let unsaved = [
    ("1-", "'1-' is neither a block"), ("-1", "'-1' is neither a block"),
    ("2-1", "'2-1' is neither a block"),
    ("1-2-3", "'1-2-3' is neither a block"), ("one", "'one' is neither a block"),
    ("1,,2", "'' is neither a block"),
    ("1.5", "'1.5' is neither a block"), ("0", "there is no block 0"),
    ("1-9", "there is no block 9"),
    ("99999999999999999999", "is neither a block"), ("1 two", "'two' is neither a block"),
  ]

  @Test func savesNothingForWordsThatNameNoBlocks() throws {
    let folder = try Folder(["x.lua": "kept"])
    let terminal = try PseudoTerminal(in: folder, columns: 100)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.ask("a = 1") && terminal.ask("b = 2"))
    for (words, problem) in Self.unsaved {
      #expect(terminal.ask("%save x.lua \(words)"))
      #expect(
        terminal.plain.contains("%save: ") && terminal.plain.contains(problem),
        "\(words): \(terminal.plain)")
    }
    let path = folder.url.appending(path: "x.lua")
    #expect(try String(contentsOf: path, encoding: .utf8) == "kept")
  }

  /// Habits of Python programmers, and words of the advice; none for valid Lua.
  static let habits: [(typed: String, advice: String?)] = [
    ("1 != 2", "not equal is written a ~= b"), ("n += 1", "there is no x += 1"),
    ("n++", "there is no x += 1"),
    ("len(x)", "in Lua: #x"), ("x.shape()", "without ()"), ("x.mean()", "x:mean(), not x.mean()"),
    ("x > 0", "x:gt(0)"), ("x[0]", "indices start at 1"), ("x[1:3]", "t[{{1, 3}}]"),
    ("x.T", "x:t()"),
    ("quit()", "os.exit(), or Ctrl-D"), ("exit", "os.exit(), or Ctrl-D"), ("help(x)", "? name"),
    ("y = True", "'True' is not set; in Lua: true"), ("y = None", "in Lua: nil"),
    ("False", "in Lua: false"),
    ("import numpy", "require"), ("from a import b", "require"),
    ("np.zeros(3)", "? lai lists everything"),
    ("for i in range(3):", "for i = 1, 3 do"), ("for x in xs:", "for … do … end"),
    ("if x:", "if … then … end"),
    ("while True:", "while … do … end"), ("elif x:", "elseif … then"),
    ("# a comment", "a comment begins with --"),
    ("y = 1 # one", "a comment begins with --"), ("def f():", "function f(x)"),
    ("class A:", "metatables"),
    ("print \"x\" % 3", "):format(x)"), ("f\"{x}\"", "):format(x)"), ("dir(x)", "? x shows"),
    ("2 ** 3", "a ^ b"), ("g = lambda x: x", "function(x) return … end"),
    ("y = [1, 2]", "{1, 2, 3}"),
    ("y = {\"a\": 1}", "{a = 1"), ("print x", "print(x)"), ("\"a\" + \"b\"", "a .. b"),
    ("y = {}; y.append(3)", "table.insert"),
    ("y = x if x else 3", "c and x or y"), ("x is None", "None is nil"), ("a && b", "a and b"),
    ("!ls", "$ command"),
    ("raise ValueError", "error("), ("del x", "x = nil"), ("pass", "a block may be empty"),
    ("str(3)", "tostring(x)"),
    ("x and 1 or 2", nil), ("x:mean()", nil), ("error('a != b # no', 0)", nil),
    ("nothing.here", nil),
    ("lai.loss.lai{lambda = -1}", nil), ("y = = 3", nil),
  ]

  @Test func advisesOnHabitsOfPython() throws {
    let terminal = try PseudoTerminal(in: Folder(), columns: 140, rows: 50)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.ask("x = lai.tensor{{1, 2}, {3, 4}}"))
    for (typed, advice) in Self.habits {
      #expect(terminal.ask(typed))
      let lines = terminal.plain.split(whereSeparator: \.isNewline).dropFirst().dropLast()
      if let advice {
        #expect(lines.last?.contains(advice) == true, "\(typed): \(terminal.plain)")
      } else {
        #expect(
          lines.last.map {
            $0.contains("^") || !$0.contains(" ") || $0.hasPrefix("[lai") || $0.hasSuffix("no")
          } ?? true, "\(typed): \(terminal.plain)")
      }
    }
  }

  @Test func tensorsUseTheWindowsWidth() throws {
    for (columns, isWhole) in [(UInt16(60), false), (170, true)] {
      let terminal = try PseudoTerminal(in: Folder(), columns: columns, rows: 50)
      #expect(terminal.wait(for: "1> "))
      #expect(terminal.ask("lai.arange(0, 40):reshape{1, 40}"))
      #expect(terminal.plain.contains("...") != isWhole, "\(terminal.plain)")
      let lines = ScreenText(terminal.output, columns: Int(columns), rows: 50).lines
      #expect(lines.contains { $0.hasPrefix("  0   1") && $0.hasSuffix("39") }, "\(lines)")
    }
  }

  private static let files = [
    "args.lua": "x = table.concat({arg[0], arg[1] or '', arg[2] or '', select('#', ...)}, '/')\n",
    "bad.lua": "local function f()\n  missing()\nend\nf()\n",
    "wrong.lua": "if then\nend\n",
  ]

  @Test(arguments: sessions) func answers(_ typed: [String], shown: [String]) throws {
    let terminal = try PseudoTerminal(in: Folder(Self.files), columns: 100)
    #expect(terminal.wait(for: "1> "))
    for block in typed.dropLast() { #expect(terminal.ask(block)) }
    #expect(terminal.type(typed.last! + "\r", until: shown.last!), "\(terminal.plain)")
    var rest = terminal.plain[...]
    for text in shown {
      let found = rest.firstRange(of: text)
      #expect(
        found != nil, "\(text.debugDescription) is missing in\n\(terminal.plain.debugDescription)")
      if let found { rest = rest[found.upperBound...] }
    }
  }

  @Test func aSavedSessionReplaysToTheSameValues() async throws {
    let folder = try Folder(["args.lua": "ran = (ran or 0) + #arg\n"])
    let terminal = try PseudoTerminal(in: folder, columns: 100)
    #expect(terminal.wait(for: "1> "))
    let blocks = [
      "x = 3", "local y = x + 1; z = y", "x + z", "_ * 2", "_3 + _4, 'second'",
      "function f(a) local b = a return b + x end", "f(10);", "print('aside')", "w = 1 error('no')",
      "lost = = 1", "math.random(1000000)", "r = math.random()", "lai.randn(3):sum():item()",
      "%run args.lua a b", "if w then goto done end ::done:: v = {1, 2}", "nil",
      "t = {} for i = 1, 3 do local s = i * i t[i] = s end", "gone = 1",
    ]
    for block in blocks { #expect(terminal.ask(block)) }
    let names =
      "return {x, z, _, w, lost or 'none', r, ran, #v, table.concat(t, ' '), "
      + "_3, _4, _5, _7, _11, _13 or 'none'}"
    #expect(terminal.ask("%save session.lua"))
    #expect(
      terminal.ask("io.open('now', 'w'):write(table.concat(load[[\(names)]](), ' ')):close()"))
    let session = try await folder.lai(["session.lua"])
    #expect(session.errors.isEmpty)
    #expect(session.output == "aside\n")
    let replayed = try await folder.lai([
      "-e",
      "print = function() end dofile 'session.lua' io.write(table.concat(load[[\(names)]](), ' '))",
    ])
    let now = try String(contentsOf: folder.url.appending(path: "now"), encoding: .utf8)
    #expect(!now.isEmpty)
    #expect(replayed.output == now, "\(replayed)")
  }

  @Test func interruptsKeepTheSession() throws {
    let terminal = try PseudoTerminal(in: Folder(), columns: 100)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.ask("kept = 5"))
    #expect(terminal.type("print('go' .. 'es') while true do end\r", until: "goes"))
    #expect(terminal.type("\u{3}", until: "interrupted!\r\n  1 | print("))
    #expect(terminal.wait(for: "3> "))
    // An endless __tostring, and a shell command that waits.
    #expect(
      terminal.ask("slow = setmetatable({}, {__tostring = function() while true do end end});"))
    terminal.type("slow\r")
    Thread.sleep(forTimeInterval: 0.3)
    #expect(terminal.type("\u{3}", until: "> "))
    terminal.type("$ sleep 60\r")
    Thread.sleep(forTimeInterval: 0.5)
    #expect(terminal.type("\u{3}", until: "> "))
    #expect(terminal.type("kept + 1\r", until: "6\r\n"))
  }

  @Test func aSemicolonSilences() throws {
    let terminal = try PseudoTerminal(in: Folder(), columns: 100)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.ask("1234 + 1;  -- quiet"))
    #expect(!terminal.plain.contains("1235"))
    #expect(terminal.type("_\r", until: "1235\r\n3> "))
    #expect(terminal.ask("x = 2000; x + 7;"))
    #expect(!terminal.plain.contains("2007"))
  }

  @Test func longCommandsTellTheirTime() throws {
    let terminal = try PseudoTerminal(in: Folder(), columns: 100)
    #expect(terminal.wait(for: "1> "))
    let wait = "local t = os.clock() + 1.1 while os.clock() < t do end"
    #expect(terminal.type(wait + " x = 1\r", until: " s\r\n2> "))
  }

  @Test func plainTerminalsHaveTheSameConsole() throws {
    let terminal = try PseudoTerminal(in: Folder(), environment: ["TERM": "dumb"])
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.type("for i = 1, 2 do\nprint(i)\nend\n", until: "2\r\n2> "))
    #expect(terminal.type("nothing.here\n", until: "^^^^^^^\r\n3> "))
    #expect(terminal.type("%help\n", until: "%save"))
    #expect(!terminal.output.contains("\u{1b}"))
  }

  @Test func completionKnowsCommandsAndPaths() throws {
    let terminal = try PseudoTerminal(in: Folder(Self.files), columns: 100)
    #expect(terminal.wait(for: "1> "))
    #expect(terminal.type("%ru\t arg\t\r", until: "\r\n1> "))
    #expect(terminal.type("x\r", until: "args.lua///0"))
    #expect(terminal.type("$ ls arg\t\r", until: "\r\nargs.lua\r\n"))
  }
}

extension PseudoTerminal {
  /// Types a block and waits for the next prompt.
  func ask(_ block: String) -> Bool {
    output = ""
    type(block + "\r")
    let end = Date() + 20
    while Date() < end {
      let lines = plain.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      if lines.count > 1, lines.last!.hasSuffix("> ") { return true }
      _ = wait(for: "\u{0}", seconds: 0.05)
    }
    return false
  }
}
