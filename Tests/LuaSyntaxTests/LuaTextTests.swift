import LineEditor
import Testing

@testable import LuaSyntax

@Suite struct LuaTextTests {
  static let words: [(text: String, kinds: String)] = [
    ("local x = 1", "k:local n:x s:= #:1"),
    ("x.y:z()", "n:x s:. n:y s:: n:z s:( s:)"),
    ("0x1p-3 1e+5 .5 3. 0xA.8", "#:0x1p-3 #:1e+5 #:.5 #:3. #:0xA.8"),
    ("a..b", "n:a s:.. n:b"), ("...", "s:..."), ("a//b~=c", "n:a s:// n:b s:~= n:c"),
    ("\"a\\\"b\" 'c'", "\":\"a\\\"b\" \":'c'"),
    ("'open", "\":'open!"), ("\"a\nb", "\":\"a! n:b"), ("'a\\\nb'", "\":'a\\\nb'"),
    ("'a\\z  \n b'", "\":'a\\z  \n b'"), ("'\\", "\":'\\!"),
    ("[[a\nb]]c", "\":[[a\nb]] n:c"), ("[==[ ]] ]=] ]==]", "\":[==[ ]] ]=] ]==]"),
    ("[=x", "s:[ s:= n:x"), ("[[open", "\":[[open!"),
    ("-- a\nb", "-:-- a n:b"), ("--[[a\nb]]c", "-:--[[a\nb]] n:c"), ("--[=[ ]]", "-:--[=[ ]]!"),
    ("--[x]\ny", "-:--[x] n:y"), ("a-- b", "n:a -:-- b"), ("a - -b", "n:a s:- s:- n:b"),
    ("::top:: goto top", "s::: n:top s::: k:goto n:top"), ("$ é", "?:$ ?:\u{fffd} ?:\u{fffd}"),
    ("", ""), (" \t\n", ""),
  ]

  @Test(arguments: words) func isSplit(_ text: String, kinds: String) {
    let lua = LuaText(text)
    let shown = lua.tokens.map { token in
      let kind =
        switch token.kind {
        case .name: "n"
        case .keyword: "k"
        case .number: "#"
        case .string: "\""
        case .comment: "-"
        case .symbol: "s"
        case .unknown: "?"
        }
      return "\(kind):\(lua.text(of: token))\(token.isClosed ? "" : "!")"
    }
    #expect(shown.joined(separator: " ") == kinds)
  }

  static let blanks: [(text: String, line: String, blanks: Int)] = [
    ("for i = 1, 2 do", "", 2), ("for i = 1, 2 do\n  x()", "", 2), ("for i = 1, 2 do", "end", 0),
    ("for i = 1, 2 do\n  x()\nend", "", 0), ("if a then", "", 2), ("if a then", "else", 0),
    ("if a then\n  b()\nelse", "", 2), ("if a then\n  b()\nelseif c then", "", 2),
    ("if a then\n  b()\nelseif c then", "end", 0), ("repeat", "until x", 0), ("repeat", "", 2),
    ("while a do\n  if b then", "", 4), ("while a do\n  if b then", "end", 2),
    ("f(function()", "", 2), ("f(function()", "end)", 0), ("x = {", "", 2), ("x = {", "}", 0),
    ("x = {\n  a = {", "", 4), ("x = 1", "", 0), ("x = [[", "", 0), ("-- do", "", 0),
    ("x = 'do'", "", 0), ("end end", "", 0), ("local t = lai.train{", "", 2),
  ]

  @Test(arguments: blanks) func isIndented(_ text: String, line: String, blanks: Int) {
    #expect(LuaText(text).indentation(of: line) == blanks)
  }

  static let brackets: [(text: String, offset: Int, found: [Int])] = [
    ("f(x)", 1, [1, 3]), ("f(x)", 2, [1, 3]), ("f(x)", 4, [1, 3]), ("f(x)", 3, [1, 3]),
    ("f(x)", 0, []), ("f(x", 1, [1]), ("x)", 1, [1]), ("({[]})", 0, [0, 5]), ("({[]})", 2, [2, 3]),
    ("(]", 0, [0]), ("(')')", 5, [0, 4]), ("( --)\n)", 0, [0, 6]), ("')'", 1, []),
    ("(é)", 0, [0, 3]),
    ("x[y[1]]", 7, [1, 6]),
  ]

  @Test(arguments: brackets) func isPaired(_ text: String, offset: Int, found: [Int]) {
    #expect(LuaText(text).brackets(at: offset) == found)
  }

  static let contexts: [(text: String, context: CompletionContext)] = [
    ("", .name(0..<0)), ("pri", .name(0..<3)), ("x = pri", .name(4..<7)), ("x = ", .name(4..<4)),
    ("lai.", .member(of: ["lai"], isMethod: false, 4..<4)),
    ("lai.tr", .member(of: ["lai"], isMethod: false, 4..<6)),
    ("a.b.c:d", .member(of: ["a", "b", "c"], isMethod: true, 6..<7)),
    ("f().x", .member(of: ["f", .result], isMethod: false, 4..<5)),
    ("x -- pri", .none), ("--[[a]]x", .name(7..<8)), ("--[[a", .none), ("12", .none),
    ("'da", .string(1..<3, nil)), ("[==[da", .string(4..<6, nil)), ("{a", .name(1..<2)),
    ("x.end", .member(of: ["x"], isMethod: false, 2..<5)), ("a..b", .name(3..<4)),
    ("return lai.", .member(of: ["lai"], isMethod: false, 11..<11)),
    // Positions in lists.
    ("a[1].x", .member(of: ["a", 1], isMethod: false, 5..<6)),
    ("a.b[i].", .member(of: ["a", "b", .entry(nil)], isMethod: false, 7..<7)),
    ("a[#a.b].c['d'][2]:", .member(of: ["a", .entry(nil), "c", "d", 2], isMethod: true, 18..<18)),
    ("f()[1].", .member(of: ["f", .result, 1], isMethod: false, 7..<7)), ("(x).", .none),
    ("(f or g)(x).", .none), ("a[f(1)].", .member(of: ["a", .entry(nil)], isMethod: false, 8..<8)),
    // Tables of options.
    ("lai.train{", .option(in: .init(["lai", "train"]), keys: [], 10..<10)),
    ("lai.train{a=1, ep", .option(in: .init(["lai", "train"]), keys: ["a"], 15..<17)),
    ("lai.train{a={1, b=2}, ep", .option(in: .init(["lai", "train"]), keys: ["a"], 22..<24)),
    ("lai.train{\n  a=1, -- b=2,\n  ", .option(in: .init(["lai", "train"]), keys: ["a"], 28..<28)),
    ("f{a=1; ['b c']=2, c==3, d, ", .option(in: .init(["f"]), keys: ["a", "b c"], 27..<27)),
    ("f(x, {", .option(in: .init(["f"], argument: 1), keys: [], 6..<6)),
    ("f(g(1, 2), {1, 2}, {", .option(in: .init(["f"], argument: 2), keys: [], 20..<20)),
    ("a.b:c{", .option(in: .init(["a", "b", "c"], isMethod: true), keys: [], 6..<6)),
    (
      "f{a = 1}:b('x'):c{",
      .option(in: .init(["f", .result, "b", .result, "c"], isMethod: true), keys: [], 18..<18)
    ),
    (
      "f'x':g(1, {",
      .option(in: .init(["f", .result, "g"], isMethod: true, argument: 1), keys: [], 11..<11)
    ),
    (
      "a[1]:c(x, {y",
      .option(in: .init(["a", 1, "c"], isMethod: true, argument: 1), keys: [], 11..<12)
    ),
    ("f({{", .option(in: .init(["f"], [.entry(nil)]), keys: [], 4..<4)),
    ("f{{a=1}, {", .option(in: .init(["f"], [.entry(nil)]), keys: [], 10..<10)),
    ("f{a = g{b=1, ", .option(in: .init(["g"]), keys: ["b"], 13..<13)),
    ("f{a = {b = {", .option(in: .init(["f"], ["a", "b"]), keys: [], 12..<12)),
    ("f(function() return g{", .option(in: .init(["g"]), keys: [], 22..<22)),
    ("f{x = function() if a then b() end end, ", .option(in: .init(["f"]), keys: ["x"], 40..<40)),
    // Values.
    ("f('a', x", .value(.init(["f"], argument: 1), 7..<8)),
    ("lai.train{a=f(x, y", .value(.init(["f"], argument: 1), 17..<18)),
    ("lai.train{a=x", .value(.init(["lai", "train"], ["a"]), 12..<13)),
    ("lai.train{a = ", .value(.init(["lai", "train"], ["a"]), 14..<14)),
    ("lai.train{['a'] = ", .value(.init(["lai", "train"], ["a"]), 18..<18)),
    ("f(x, {a = b, c = \"d", .string(18..<19, .init(["f"], argument: 1, ["c"]))),
    ("f'a", .string(2..<3, .init(["f"]))),
    ("x:f(1, 'a", .string(8..<9, .init(["x", "f"], isMethod: true, argument: 1))),
    ("f{a = 1 + ", .name(10..<10)), ("x = {a = ", .name(9..<9)),
    ("f(a, function() x = ", .name(20..<20)),
    ("f{a = function() ", .name(17..<17)), ("(a", .name(1..<2)), ("f(a + b", .name(6..<7)),
  ]

  /// Keys after the cursor count too; the one at the cursor does not.
  static let keysAround: [(text: String, keys: Set<String>)] = [
    ("f{|, b = 1, c = {d = 2}}", ["b", "c"]), ("f{a|b = 1, c = 2} e = 3", ["c"]),
    ("f{a = 1, |\nb = 2}", ["a"]), ("f({{x = 1}, {|, y = 2}, {z = 3}})", ["y"]),
  ]

  @Test(arguments: keysAround) func seesKeysOnBothSides(_ text: String, keys: Set<String>) {
    let offset = text.utf8.prefix { $0 != UInt8(ascii: "|") }.count
    let context = LuaText(text.replacing("|", with: "")).completionContext(at: offset)
    guard case .option(_, let found, _) = context else {
      Issue.record("\(context)")
      return
    }
    #expect(found == keys)
  }

  @Test(arguments: contexts) func knowsWhatCouldCome(_ text: String, context: CompletionContext) {
    #expect(LuaText(text).completionContext(at: text.utf8.count) == context)
  }

  static let lastExpressions: [(text: String, changed: String?)] = [
    ("x", nil), ("", nil), ("x = 1 x", nil), ("x = 1\nx", "x = 1\nreturn x"),
    ("x = 1\n  x -- é\n", "x = 1\n  return x -- é\n"), ("x = f\n(y)", nil), ("f(\nx)", nil),
    ("x = 1\ny = f{\n  a,\n}", "x = 1\nreturn y = f{\n  a,\n}"), ("do\n  x\nend", nil),
    ("do\n  x\nend y", nil), ("x = [[\ny]]", nil),
    ("x = 1 -- a\n-- b\ny", "x = 1 -- a\n-- b\nreturn y"),
    ("x = 1; x", "x = 1; return x"), ("x = 1; (x)", nil), ("if x then y = 1; z", nil),
    ("x = ';'; x.y + 1;", "x = ';'; return x.y + 1;"),
  ]

  @Test(arguments: lastExpressions) func findsTheLastExpression(_ text: String, changed: String?) {
    #expect(LuaText(text).returningLastExpression() == changed)
  }

  /// `|` is the cursor.
  static let asked: [(text: String, names: [String])] = [
    ("|", []), ("pri|nt", ["print"]), ("|print", ["print"]), ("print|", ["print"]),
    ("print|(x)", ["print"]), ("print(x|)", ["x", "print"]), ("print(|", ["print"]),
    ("lai.lo|ss.mse", ["lai.loss"]), ("lai.loss.mse|()", ["lai.loss.mse"]),
    ("net:save|", ["net:save"]), ("f().x|", []), ("lai.train{model = |", ["lai.train"]),
    ("f(a, g(1), h{x = 2}, |", ["f"]), ("f(a[1], |", ["f"]), ("f(g(|", ["g", "f"]), ("f({|", ["f"]),
    ("x[f(|", ["f"]),
    ("f()|", []), ("f(x) |", []), ("wh|ile", ["while"]), ("function(|", []), ("'pri|nt'", []),
    ("f('a|", ["f"]), ("é = pri|nt", ["print"]),
  ]

  @Test(arguments: asked) func knowsWhatIsAskedFor(_ text: String, names: [String]) {
    let offset = text.utf8.prefix { $0 != UInt8(ascii: "|") }.count
    #expect(LuaText(text.replacing("|", with: "")).names(at: offset) == names)
  }

  @Test func stylesStandInOrder() {
    #expect(
      LuaText("local x = 'a' -- b\n  + 2 $").styles == [
        StyledRange(0..<5, .keyword), StyledRange(10..<13, .string), StyledRange(14..<18, .comment),
        StyledRange(23..<24, .number), StyledRange(25..<26, .error),
      ])
  }
}

extension LuaTextTests {
  /// Any bytes are split into tokens in order, none empty and none overlapping, and every query
  /// returns positions inside the text.
  @Test(arguments: [1, 2, 3] as [UInt64]) func takesAnything(seed: UInt64) {
    var state = seed
    func random(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    let pieces = [
      "end", "do", "function", "then", "else", "(", ")", "{", "}", "[", "]", "[[", "]]", "[=[",
      "--",
      "'", "\"", "\\", "\\z", "\n", " ", "0x", "1e+", ".", ":", "..", "x", "é", "\u{0}", ",",
    ]
    for _ in 0..<3_000 {
      let text = (0..<random(20)).map { _ in pieces[random(pieces.count)] }.joined()
      let (lua, count) = (LuaText(text), text.utf8.count)
      var end = 0
      for token in lua.tokens {
        #expect(token.range.lowerBound >= end && !token.range.isEmpty)
        end = token.range.upperBound
      }
      #expect(end <= count)
      let offset = random(count + 1)
      #expect(lua.brackets(at: offset).allSatisfy { (0..<count).contains($0) })
      #expect(lua.indentation >= 0 && lua.indentation(of: "end") >= 0)
      switch lua.completionContext(at: offset) {
      case .none: break
      case .name(let range), .option(_, _, let range), .value(_, let range),
        .string(let range, _), .member(_, _, let range):
        #expect(range.upperBound == offset && range.lowerBound >= 0, "\(text)")
      }
    }
  }
}
