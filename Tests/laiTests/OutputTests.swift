import Foundation
import Testing

/// Standard output that cannot be written. The shell of each case runs `lai` as `$0`.
@Suite(.timeLimit(.minutes(10))) struct OutputTests {
  private func shell(_ script: String) async throws -> Outcome {
    try await Folder().run(URL(filePath: "/bin/bash"), ["-c", script, Place.program.path()])
  }

  private static let full = "cannot write to standard output: no space left on device\n"

  @Test(
    "a full disk is an error or a failure with a message",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
    arguments: [
      "-e 'print(1)'", "-e 'io.write(1)'", "-e 'io.write(1) io.flush()'",
      "-e 'io.write(1) os.exit(3)'", "-e 'io.write(1) os.exit(true, true)'",
      "-e 'pcall(print, 1)'", "-e 'io.stdout:write(1)'",
      "-l lai -e 'print(lai.ones(3))'", "-v", "--help", "--version", "--types", "--reference",
      "-l lai -e 'lai.args{n = 1}' /dev/null --help", "-i </dev/null", "-i <<<'6 * 7'",
    ])
  func fullDisk(arguments: String) async throws {
    let outcome = try await shell("exec \"$0\" \(arguments) >/dev/full")
    #expect(outcome.status == 1, "\(outcome)")
    #expect(outcome.errors.contains(Self.full), "\(outcome)")
  }

  @Test("print's error says where, and is reported once")
  func errorOfPrint() async throws {
    let outcome = try await shell("exec \"$0\" -e 'local x\nprint(1)' >/dev/full")
    #expect(outcome.errors.contains("lai: (command line):2: print: " + Self.full), "\(outcome)")
    #expect(outcome.errors.ranges(of: Self.full).count == 1, "\(outcome)")
  }

  @Test("a loss is reported when it is known, once") func atOnce() async throws {
    let outcome = try await shell(
      #"exec "$0" -e "for i = 1, 1e5 do io.write(i) end io.stderr:write('end\n')" >/dev/full"#)
    #expect(outcome.errors == "lai: " + Self.full + "end\n")
    #expect(outcome.status == 1)
  }

  @Test("closed standard output is an error, and no other file takes its place")
  func closed() async throws {
    let outcome = try await shell(
      #"""
      "$0" -e "x = 1" >&- 2>&- <&-; echo $?
      "$0" -e "print(1)" >&-; echo $?
      "$0" -l lai -e "local f = io.open('a', 'w') io.write('lost') f:write('a') f:close()" >&-; echo $?
      cat a
      """#)
    #expect(outcome.output == "0\n1\n1\na", "\(outcome)")
    let message = "cannot write to standard output: bad file descriptor\n"
    #expect(outcome.errors.ranges(of: message).count == 2, "\(outcome)")
  }

  @Test("a closed pipe ends the program quietly", arguments: ["-", "''"])
  func closedPipe(trap: String) async throws {
    let outcome = try await shell(
      """
      trap \(trap) PIPE
      "$0" -e 'for i = 1, 1e6 do print(i) end' | head -1; echo $((${PIPESTATUS[0]} > 0))
      "$0" -e 'for i = 1, 1e6 do io.write(i, "\\n") end' | head -1; echo $((${PIPESTATUS[0]} > 0))
      "$0" --types | head -1 | wc -l
      """)
    #expect(outcome.output == "1\n1\n1\n1\n1\n")
    #expect(!outcome.errors.contains("traceback") && !outcome.errors.contains("lai:"), "\(outcome)")
  }

  @Test("the signal of the file-size limit has stock Lua's action") func fileSizeSignal()
    async throws
  {
    let script = "for i = 1, 1e5 do print(i) end"
    let outcome = try await shell(
      """
      ulimit -f 4
      env --default-signal=XFSZ "$0" -e '\(script)' >output 2>/dev/null; echo $?
      env --ignore-signal=XFSZ "$0" -e '\(script)' >output; echo $?
      env --default-signal=XFSZ "$0" -e 'print(os.execute("kill -XFSZ $$"))'
      """)
    #expect(outcome.output == "153\n1\nnil\tsignal\t25\n", "\(outcome)")
    #expect(outcome.errors.contains("print: cannot write to standard output: file too large\n"))
  }

  @Test("what a file loses that was left open is reported") func leftOpen() async throws {
    let outcome = try await shell(
      """
      "$0" -e "io.open('/dev/full', 'w'):write(1)"; echo $?
      "$0" -e "local f <close> = io.open('/dev/full', 'w') f:write(1)"; echo $?
      "$0" -e "local f = io.open('/dev/full', 'w') f:write(1) print(f:close())"; echo $?
      """)
    #expect(outcome.output == "1\n1\nnil\tNo space left on device\t28\n0\n", "\(outcome)")
    let message = "lai: cannot write to a file that was left open: no space left on device\n"
    #expect(outcome.errors == message + message)
  }

  @Test("a small limit on the stack is a message") func smallStack() async throws {
    let outcome = try await shell(
      "ulimit -s 64; exec \"$0\" -l lai -e 'print(lai.mlp{inputs = 1})'")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasSuffix(
        "lai: the stack is limited to 64 KB, and at least 1024 KB are needed; first run: "
          + "ulimit -s 8192\n"), "\(outcome)")
  }

  @Test("the smallest stack allowed is enough for the deepest calls") func leastStack()
    async throws
  {
    let outcome = try await shell(
      #"""
      ulimit -s 1024
      exec "$0" -l lai -e '
      local function nested(n, x)
        if n == 0 then return x:square():sum() end
        return lai.grad(function(y) return nested(n - 1, y) end)(x):sum()
      end
      print(pcall(nested, 190, lai.ones(2)))
      local function deep(n) return select(2, pcall(string.gsub, "a", "a", function() return deep(n + 1) end)) end
      print(#tostring(deep(1)) > 0)
      local t = {} for i = 1, 1e5 do t = {t} end
      print(pcall(lai.tensor, t))
      print(lai.train{model = lai.mlp{inputs = 10, hidden = {64, 64}}, epochs = 2,
        data = lai.synthetic.friedman1{n = 1000}}.outcome)'
      """#)
    #expect(outcome.status == 0 && outcome.output.hasSuffix("finished\n"), "\(outcome)")
  }
}
