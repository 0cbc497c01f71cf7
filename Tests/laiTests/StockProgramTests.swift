import Foundation
import Testing

/// What scripts written for `lua` can observe of the program. Lua's own test suite checks all of
/// it.
@Suite(.timeLimit(.minutes(10)))
struct StockProgramTests {
  static let arguments = [
    CommandLineCase(
      "-e", "arg[1] = 'other' arg[2] = true", "hello.lua", "given", output: "hello\tother\ttrue\n"),
    CommandLineCase("-e", "arg = {}", "hello.lua", "given", output: "hello\n"),
    CommandLineCase(
      "-e",
      "arg = setmetatable({}, {__len = function() return 2 end, __index = function() return 1 end})",
      "hello.lua", output: "hello\tnil\tnil\n"),
    CommandLineCase(
      "-e", "arg = nil", "hello.lua", errors: ["lai: 'arg' is not a table\n"], status: 1),
    CommandLineCase(
      "-e", "for i = 1, 1e6 do arg[i] = i end", "hello.lua",
      errors: ["lai: stack overflow (too many arguments to script)\n"], status: 1),
    // Before the file itself.
    CommandLineCase("-e", "arg = 1", "nosuch.lua", errors: ["lai: cannot open"], status: 1),
  ]

  /// Below the main chunk there is a C function.
  static let frames = [
    CommandLineCase(
      "-e", "print(debug.traceback('here'))",
      output: "here\nstack traceback:\n\t(command line):1: in main chunk\n\t[C]: in ?\n"),
    CommandLineCase(
      "-e", "print(debug.getinfo(2).what, debug.getinfo(3))", output: "C\tnil\n"),
    CommandLineCase(
      "fails.lua",
      errors: ["fails.lua:5: in main chunk\n\t[C]: in ?\n"], status: 1),
  ]

  static let globals = [
    CommandLineCase(
      "-e", "require = nil setmetatable(_G, {__index = {require = function() return 7 end}})",
      "-l", "x=any", "-e", "print(rawget(_G, 'x'))", output: "7\n"),
    CommandLineCase(
      "-e", "setmetatable(_G, {__newindex = function(_, name) print('new', name) end})",
      "-l", "m=math", output: "new\tm\n"),
    CommandLineCase(
      "-e", "debug.sethook(function(_, line) io.write('line ', line, '\\n') end, 'l')",
      "-e", "local x\nx = 1", output: "line 1\nline 2\n"),
  ]

  @Test(arguments: arguments + frames + globals)
  func isStocks(_ example: CommandLineCase) async throws { try await example.check() }

  /// Texts that are not UTF-8, passed by the shell: a command line, and what it prints.
  static let bytes = [
    (#"$lai -e "print(('$(printf '\377\376')'):byte(1, -1))""#, "255\t254\n"),
    (#"$lai show.lua "$(printf '\377')" '' "$(printf 'e\314\201')""#, "255\n\n101\t204\t129\n"),
    (#"$lai -- "$(printf -- '-\314\201.lua')""#, "by its name\n"),
    (#"LUA_INIT="print(('$(printf '\377')'):byte())" $lai -e ''"#, "255\n"),
    (#"printf "('\377'):byte()\n" | $lai -i | sed -n 3p"#, "255\n"),
    (
      #"$lai -e "error('$(printf '\377')', 0)" 2>&1 | head -1 | tail -c 2 | od -An -tx1"#,
      " ff 0a\n"
    ),
  ]

  @Test(arguments: bytes) func bytesStay(_ command: String, printed: String) async throws {
    let folder = try Folder([
      "show.lua": "for _, text in ipairs{...} do print(text:byte(1, -1)) end",
      "-\u{301}.lua": "print 'by its name'",
    ])
    let lai = Place.program.path
    let outcome = try await folder.run(
      URL(filePath: "/bin/sh"),
      ["-c", "lai='\(lai)'; " + command.replacing("$lai", with: "\"$lai\"")])
    #expect(outcome.output == printed, "\(outcome)")
  }
}
