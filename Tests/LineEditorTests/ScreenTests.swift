import Testing

@testable import LineEditor

/// Bytes typed into a window of 20 columns and 6 rows, and its content afterwards, with "|" at the
/// cursor.
@Suite struct ScreenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let typed: String
    let shown: String
    var outcomes: [Editor.Outcome] = []
    var history: [String] = []
    var columns = 20
    var rows = 6
    var testDescription: String { typed }

    init(
      _ typed: String, _ shown: String, _ outcomes: [Editor.Outcome] = [], history: [String] = [],
      columns: Int = 20, rows: Int = 6
    ) {
      (self.typed, self.shown, self.outcomes, self.history) = (typed, shown, outcomes, history)
      (self.columns, self.rows) = (columns, rows)
    }
  }

  static let moving: [Case] = [
    Case("", "> |"), Case("abc", "> abc|"), Case("abc<C-a>", "> |abc"),
    Case("abc<Home>x", "> x|abc"),
    Case("abc<C-a><C-e>", "> abc|"), Case("abc<Home><End>d", "> abcd|"),
    Case("abc<C-b>x", "> abx|c"), Case("abc<Left><Left>", "> a|bc"),
    Case("abc<C-a><C-f>", "> a|bc"), Case("abc<C-a><Right><Right>", "> ab|c"),
    Case("<Left><Right><Up><Down>a", "> a|"), Case("one two<M-b>", "> one |two"),
    Case("one two<M-b><M-b>", "> |one two"), Case("one two<C-a><M-f>", "> one| two"),
    Case("a.b<C-Left>", "> a.|b"), Case("a.b<C-a><C-Right>", "> a|.b"),
    Case("(a<Enter>b<C-a><C-b>", "> (a|\n.   b"), Case("(a<Enter>b<C-p>", "> (a|\n.   b"),
    Case("(a<Enter>b<Up><C-n>", "> (a\n.   b|"), Case("(a<Enter>b<M-<>", "> |(a\n.   b"),
    Case("(a<Enter>b<M-<><M-gt>", "> (a\n.   b|"), Case("(a<Enter>b<C-Home>", "> |(a\n.   b"),
    Case("(abc<Enter>b<Up><C-Left>", "> (|abc\n.   b"),
    Case("<paste>abcd\ne\nfghi</paste><Up><Up>", "> abcd|\n. e\n. fghi"),
    Case("<paste>abcd\ne\nfghi</paste><Up><Left><Down>", "> abcd\n. e\n. |fghi"),
    Case("(a<Enter>bcdef<Up>x<Down>", "> (ax\n.   b|cdef"),
  ]

  static let changing: [Case] = [
    Case("abc<C-h>", "> ab|"), Case("abc<BS><BS>", "> a|"), Case("<BS>", "> |"),
    Case("abc<C-a><C-d>", "> |bc"), Case("abc<C-a><Del><Del>", "> |c"), Case("abc<C-d>", "> abc|"),
    Case("one two<C-w>", "> one |"), Case("a x.y<C-w>", "> a |"), Case("a x.y<M-BS>", "> a x.|"),
    Case("one two<C-a><M-d>", "> | two"), Case("one two<C-a><C-k>", "> |"),
    Case("one two<C-u>", "> |"), Case("one two<M-b><C-u>", "> |two"),
    Case("one two<C-w><C-y><C-y>", "> one twotwo|"), Case("a b<C-w><C-w><C-y>", "> a b|"),
    Case("one<C-u>two<C-u><C-y><M-y>", "> one|"), Case("ab<C-k><C-y>", "> ab|"),
    Case("(a<Enter>b<Up><C-k>", "> (a|  b"), Case("(a<Enter>b<Home><BS>", "> (a|  b"),
    Case("ab<C-t>", "> ba|"), Case("abc<C-a><C-f><C-t>", "> ba|c"), Case("a<C-t>", "> a|"),
    Case("<C-t>", "> |"), Case("abc<C-_>", "> |"), Case("abc<C-a>x<C-_>", "> |abc"),
    Case("abc<C-_><M-_>", "> abc|"), Case("<C-_>", "> |"), Case("one two<C-w><C-_>", "> one two|"),
    Case("x<paste>a\r\nb<Tab>c</paste>y", "> xa\n. b   cy|"),
    Case("<paste>a\nb\nc</paste><C-_>", "> |"), Case("<paste></paste>", "> |"),
    Case("a<C-c>", "> |", [.interrupt]), Case("<C-c>", "> |", [.interrupt]),
    Case("(a<Enter>b<C-c>", "> |", [.interrupt]), Case("ab<C-c><C-_>", "> ab|", [.interrupt]),
    Case("<C-d>", "> |", [.endOfInput]), Case("a<BS><C-d>", "> |", [.endOfInput]),
    Case("<C-z>", "> |", [.suspend]), Case("ab<C-l>c", "> abc|", [.redraw]),
    Case("a<Enter>b<C-l>", "> b|", [.submit("a"), .redraw]),
    Case("<C-x><C-q><M-x><PgUp>a", "> a|"), Case("\u{1b}[99~\u{1b}[1;5Qa", "> a|"),
  ]

  static let blocks: [Case] = [
    Case("a<Enter>", "> a\n> |", [.submit("a")]), Case("<Enter>", ">\n> |", [.submit("")]),
    Case("abc<Left><Left><Enter>", "> abc\n> |", [.submit("abc")]),
    Case("(<Enter>", "> (\n.   |"), Case("((<Enter>", "> ((\n.     |"),
    Case("(<Enter>a<Enter>)", "> (\n.   a\n. )|"),
    Case("(<Enter>a<Enter>)<Enter>", "> (\n.   a\n. )\n> |", [.submit("(\n  a\n)")]),
    Case("a<M-Enter>b<Enter>", "> a\n. b\n> |", [.submit("a\nb")]),
    Case("a<C-j>", "> a\n> |", [.submit("a")]), Case("a<C-o>b", "> a\n. b|"),
    Case("(<Enter>a<Enter>)x", "> (\n.   a\n. )x|"), Case("(<Enter>a)<C-a>)", "> (\n. )|  a)"),
    Case("<paste>(a\nb)</paste><Enter>", "> (a\n. b)\n> |", [.submit("(a\nb)")]),
    Case("<paste>a\nb\n</paste><Enter>", "> a\n. b\n.\n> |", [.submit("a\nb\n")]),
    Case("a<Enter>b<Enter>c", "> a\n> b\n> c|", [.submit("a"), .submit("b")]),
    Case(
      "1<Enter>2<Enter>3<Enter>4<Enter>5<Enter>6<Enter>", "> 2\n> 3\n> 4\n> 5\n> 6\n> |",
      ["1", "2", "3", "4", "5", "6"].map { .submit($0) }),
  ]

  static let windows: [Case] = [
    Case("abcdefgh", "> abcdefgh|", columns: 11), Case("abcdefgh", "> abcdefgh\n|", columns: 10),
    Case("abcdefghi", "> abcdefgh\ni|", columns: 10),
    Case("abcdefghi<Left>", "> abcdefgh\n|i", columns: 10),
    Case("abcdefghi<Left><Left>", "> abcdefg|h\ni", columns: 10),
    Case("abcdefghi<C-a>x", "> x|abcdefg\nhi", columns: 10),
    Case("abcdefghi<BS><BS>", "> abcdefg|", columns: 10),
    Case("中文", "> 中文|"), Case("中文<Left>", "> 中|文"), Case("中文<C-a>x", "> x|中文"),
    Case("中文<BS>", "> 中|"), Case("abc中", "> abc\n中|", columns: 6),
    Case("abc中<Left>", "> abc\n|中", columns: 6), Case("ab中", "> ab中\n|", columns: 6),
    Case("abc中x<C-a><Del>", "> |bc中\nx", columns: 6), Case("中", ">\n中|", columns: 3, rows: 2),
    Case("e\u{301}x", "> e\u{301}x|"), Case("e\u{301}<BS>", "> |"),
    Case("e\u{301}<Left>", "> |e\u{301}"), Case("\u{301}", "> \u{25cc}\u{301}|"),
    Case("a<Left><acute>", "> \u{25cc}\u{301}|a"), Case("👨‍👩‍👧x", "> 👨‍👩‍👧x|"),
    Case("👨‍👩‍👧x<Left><BS>", "> |x"), Case("🇩🇪<BS>", "> |"), Case("\u{200b}", "> <200b>|"),
    Case("<paste>\u{1}\u{7f}\u{1b}[A</paste>", "> ^A^?^[[A|"),
    Case("<paste>\u{1}</paste><BS>", "> |"), Case("<paste>a\tb</paste>", "> a   b|"),
    Case("<paste>\t</paste><Left>", "> |"), Case("<paste>\u{85}</paste>", "> <85>|"),
    Case("a\u{ff}b", "> aÿb|"), Case("abc", "> a\nbc|", columns: 3, rows: 3),
    Case("ab", "|", columns: 1, rows: 1), Case("中<Left>", "|?", columns: 1, rows: 1),
    Case("<paste>a\nb\nc\nd</paste>", ". c\n. d|", rows: 2),
    Case("<paste>a\nb\nc\nd</paste><Up><Up>", ". b|\n. c", rows: 2),
    Case("<paste>a\nb\nc\nd</paste><M-<>", "> |a\n. b", rows: 2),
    Case("<paste>a\nb\nc\nd</paste><M-<><Down>", "> a\n. |b", rows: 2),
    Case("<paste>a\nb\nc\nd</paste><M-<><Down><Down>", ". b\n. |c", rows: 2),
    Case("<paste>a\nb\nc\nd</paste><Up><Up><BS><BS>", "> a|\n. c", rows: 2),
    Case("<paste>a\nb\nc</paste><Enter>", ". c\n> |", [.submit("a\nb\nc")], rows: 2),
    Case("abcdefghij", "gh\nij\n|", columns: 2, rows: 3),
  ]

  static let pasts: [Case] = [
    Case("<Up>", "> one|", history: ["one"]), Case("<Up>", "> |"),
    Case("<Up><Up>", "> a|", history: ["a", "b"]),
    Case("<Up><Up><Up>", "> a|", history: ["a", "b"]),
    Case("<Up><Up><Down>", "> b|", history: ["a", "b"]),
    Case("<Up><Down>", "> |", history: ["a", "b"]), Case("x<C-p>", "> x|", history: ["a", "b"]),
    Case("a<C-p>", "> ab|", history: ["ab", "b"]),
    Case("a<Up><Down>", "> a|b", history: ["ab", "b"]),
    Case("a<Up><Up>", "> abc|", history: ["abc", "x", "ab"]),
    Case("a<Up><Up><C-n>", "> ab|", history: ["abc", "x", "ab"]),
    Case("<Up>", "> (a\n. b)|", history: ["z", "(a\nb)"]),
    Case("<Up><Up>", "> (a|\n. b)", history: ["z", "(a\nb)"]),
    Case("<Up><Up><Up>", "> z|", history: ["z", "(a\nb)"]),
    Case("<Up><Up><Up><Down>", "> (a\n. b)|", history: ["z", "(a\nb)"]),
    Case("<Up>x<Up>", "> bx|", history: ["a", "b"]), Case("<Up>", "> a|", history: ["a", "a"]),
    Case("<Up><Up>", "> b|", history: ["b", "a", "a"]), Case("<M-<>", "> |a", history: ["a", "b"]),
    Case("x<Home><M-<><M-gt><M-gt>", "> |x", history: ["a", "b"]),
    Case("a<Enter><Up>", "> a\n> a|", [.submit("a")]),
    Case("<Up><C-_>", "> |", history: ["a"]),
    Case("<Up><Enter>", "> a\n> |", [.submit("a")], history: ["a"]),
    // Hints.
    Case("pr", "> pr|int(1)", history: ["print(1)"]),
    Case("pr<Right>", "> print(1)|", history: ["print(1)"]),
    Case("pr<C-e>", "> print(1)|", history: ["print(1)"]),
    Case("pr<C-f>", "> print(1)|", history: ["print(1)"]),
    Case("pr<End>", "> print(1)|", history: ["print(1)"]),
    Case("pr<M-f>", "> print|(1)", history: ["print(1)"]),
    Case("pr<Left>", "> p|r", history: ["print(1)"]), Case("x", "> x|", history: ["print(1)"]),
    Case("p", "> p|rint(2)", history: ["print(1)", "print(2)"]),
    Case("f", "> f|(a …", history: ["f(a\nb)"]),
    Case("f<Right>", "> f(a\n. b)|", history: ["f(a\nb)"]),
    Case("pr<Enter>", "> pr\n> |", [.submit("pr")], history: ["print(1)"]),
    Case("print(1)", "> print(1)|", history: ["print(1)"]),
    Case("abc", "> abc|de\nfgh", history: ["abcdefgh"], columns: 7),
    // Search.
    Case("<C-r>", "> |\nsearch:", history: ["ab"]),
    Case("<C-r>b", "> a|b\nsearch: b", history: ["ab", "c"]),
    Case("<C-r>b<C-r>", "> |b\nsearch: b", history: ["b", "ab"]),
    Case("<C-r>b<C-r><C-s>", "> a|b\nsearch: b", history: ["b", "ab"]),
    Case("<C-r>bx", "> |b\nno such block: bx", history: ["b"]),
    Case("<C-r>bx<BS>", "> |b\nsearch: b", history: ["b"]),
    Case("x<C-r>b<BS>", "> x|\nsearch:", history: ["b"]),
    Case("x<C-r>b<C-g>", "> x|", history: ["b"]),
    Case("x<C-r>b<C-c>", "> x|", history: ["b"]), Case("<C-r>b<Esc>", "> a|b", history: ["ab"]),
    Case("<C-r>b<C-e>", "> ab|", history: ["ab"]),
    Case("<C-r>b<Enter>", "> ab\n> |", [.submit("ab")], history: ["ab"]),
    Case("<C-r>AB", "> x |AB\nsearch: AB", history: ["x AB", "ab"]),
    Case("<C-r>ab", "> x |AB\nsearch: ab", history: ["x AB"]),
    Case("<C-r>b", "> (a\n. |b)\nsearch: b", history: ["(a\nb)"]),
    Case("<C-r><C-r>", "> |\nsearch:", history: ["a"]), Case("<C-r>b", "> |\nno such block: b"),
  ]

  static let menus: [Case] = [
    Case("lo<Tab>", "> local|"), Case("x lo<Tab>y", "> x localy|"), Case("zz<Tab>", "> zz|"),
    Case("pr<Tab>", "> print|"), Case("pr<Tab><Tab>", "> print|\n print   word\n printf  word"),
    Case("pr<Tab><Tab><Tab><Enter>", "> printf|"), Case("pr<Tab><Tab><Enter>", "> print|"),
    Case("pr<Tab><Tab><Tab><Tab><Enter>", "> print|"),
    Case("pr<Tab><Tab><S-Tab><Enter>", "> printf|"),
    Case("pr<Tab><Tab><Down><Enter>", "> printf|"), Case("pr<Tab><Tab><Up><Enter>", "> printf|"),
    Case("pr<Tab><Tab><Esc>", "> print|"), Case("pr<Tab><Tab><C-g>x", "> printx|"),
    Case("pr<Tab><Tab><C-c>", "> print|"), Case("p<Tab>r", "> pr|\n print   word\n printf  word"),
    Case("p<Tab><Enter>", "> print|"), Case("p<Tab>a<Enter>", "> pairs|"),
    Case("p<Tab>x", "> px|"), Case("p<Tab>r<BS>a<Tab><Enter>", "> pairs|"),
    Case("p<Tab><C-a>", "> |p"), Case("p(<Left><Tab><Down><Enter>", "> printf|("),
    Case("p)<Left><Tab><Enter>", "> print|)"), Case("中<Tab>", "> 中文字|"),
    Case("(<Enter><Tab>", "> (\n.     |"), Case("(<Enter><C-u><Tab>", "> (\n.   |"),
    Case("lo<Tab><C-_>", "> lo|"),
    Case("<Tab>", "> |\n print   word\n printf  word\n pairs   word\n 1 of 6"),
    Case("<Tab><S-Tab>", "> |\n local   word\n lai     word\n 中文字  word\n 6 of 6"),
    Case("<Tab><Enter>", "> print|"), Case("p<Tab>", "> p|", rows: 1),
    Case("p<Tab>", "> p|\n print", columns: 7, rows: 2),
    Case("<paste>a\nb\nc\np</paste><Tab>", ". c\n. p|\n print   word\n printf  word", rows: 4),
  ]

  @Test(arguments: [moving, changing, blocks, windows, pasts, menus].flatMap(\.self))
  func shows(_ example: Case) {
    var simulation = Simulation(
      columns: example.columns, rows: example.rows, history: example.history)
    simulation.type(Simulation.bytes(example.typed))
    #expect(simulation.terminal.shown == example.shown)
    #expect(simulation.outcomes == example.outcomes)
    #expect(simulation.terminal.mistakes.isEmpty)
  }

  @Test func thereAreAHundredCases() {
    #expect(
      [Self.moving, Self.changing, Self.blocks, Self.windows, Self.pasts, Self.menus]
        .reduce(0) { $0 + $1.count } >= 100)
  }

  @Test func aKeyCostsAFewBytes() {
    var simulation = Simulation(columns: 80, rows: 24)
    simulation.type(
      Simulation.bytes("<paste>\(String(repeating: "some text\n", count: 20))</paste>"))
    for (typed, most) in [("x", 1), ("y", 1), ("<Left>", 6), ("<BS>", 12), ("<Up>", 12)] {
      let before = simulation.terminal.written
      simulation.type(Simulation.bytes(typed))
      #expect(simulation.terminal.written - before <= most, "\(typed)")
    }
  }

  /// Terminals wrap rows that no longer fit.
  @Test(arguments: [5, 7, 12, 19, 20, 33], ["", "<C-a>", "<Left><Left><Left>", "<Up>"])
  func isDrawnAnewInAnotherWidth(_ columns: Int, keys: String) {
    var simulation = Simulation(columns: 20, rows: 12)
    simulation.type(
      Simulation.bytes("first<Enter><paste>some words 中文中文中文中文字\nmore</paste>\(keys)"))
    simulation.resize(columns: columns)
    var fresh = Simulation(columns: columns, rows: 12)
    fresh.type(Simulation.bytes("first<Enter><paste>some words 中文中文中文中文字\nmore</paste>\(keys)"))
    #expect(
      simulation.terminal.shown.replacing("\n", with: "")
        == fresh.terminal.shown.replacing("\n", with: ""))
    #expect(simulation.terminal.shown.hasSuffix(fresh.terminal.shown.split(separator: "> s")[1]))
  }

  @Test func stylesReachTheScreen() {
    var view = View(columns: 20, rows: 5)
    var editor = Editor(language: BracketLanguage(), history: History(["a1(2)x"]))
    for key in "a1(".unicodeScalars { _ = editor.handle(.scalar(key)) }
    let screen = view.screen(of: editor)
    #expect(
      screen.rows[0].map(\.style)
        == [.prompt, .prompt, .plain, .number, .match, .hint, .hint, .hint])
    #expect(view.finalScreen(of: editor).rows[0].map(\.style).last == .plain)
  }

  @Test func withoutColoursNoneIsSent() {
    var view = View(columns: 20, rows: 5)
    var editor = Editor(language: BracketLanguage(), history: History(["a1(2)x"]))
    for key in "a1(".unicodeScalars { _ = editor.handle(.scalar(key)) }
    var (plain, coloured) = (
      ScreenWriter(columns: 20, usesColour: false), ScreenWriter(columns: 20)
    )
    let screen = view.screen(of: editor)
    let outputs = (plain.show(screen), coloured.show(screen))
    #expect(!outputs.0.contains(/\e\[[0-9;]*(3|9)[0-9]m/))
    #expect(outputs.1.contains(/\e\[[0-9;]*(3|9)[0-9]m/))
  }
}
