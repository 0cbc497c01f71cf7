import Foundation
import Testing

/// Saves that are ended by signals, and where saves go.
@Suite(.timeLimit(.minutes(10)), .serialized) struct SaveTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private func shell(_ script: String) async throws -> Outcome {
    try await folder.run(URL(filePath: "/bin/bash"), ["-c", script, Place.program.path()])
  }

  /// Stops a process in the middle of a save; $p is the process. It has locked the temporary file once
  /// something is in it, and the signal takes a moment to arrive.
  private static let stopped = #"""
    shopt -s nullglob
    written() { for part in a.npy.*.part; do [[ -s $part ]] && return; done; return 1; }
    save() { "$0" -l lai -e "lai.save('a.npy', lai.$1)"; }
    for try in {1..20}; do
      rm -f a.npy*
      "$0" -l lai -e "lai.save('a.npy', lai.zeros(1):expand{2e7})" & p=$!
      until [[ -e a.npy ]] || written; do :; done
      kill -STOP $p
      until grep -q '^State:.*[TZ] (' /proc/$p/status; do :; done
      compgen -G 'a.npy.*.part' >/dev/null && break
      kill -KILL $p; wait $p
    done 2>/dev/null
    list() { echo $(ls) | sed -E 's/npy\.[^.]*part/npy.part/g; s/npy\.[a-z0-9]*-/npy.-/g'; }

    """#

  @Test("a signal that ends the program removes what a save has begun", arguments: ["TERM", "HUP"])
  func ended(by signal: String) async throws {
    let outcome = try await shell(
      Self.stopped + "kill -\(signal) $p; kill -CONT $p; wait $p 2>/dev/null; echo $?; list")
    #expect(outcome.output == (signal == "TERM" ? "143\n\n" : "129\n\n"), "\(outcome)")
  }

  @Test("so does a third Ctrl-C") func interrupts() async throws {
    let outcome = try await shell(
      "set -m\n" + Self.stopped
        + "for i in 1 2 3; do kill -INT $p; kill -CONT $p; sleep 0.001; done; wait $p; ls -a")
    #expect(!outcome.output.contains(".part"), "\(outcome)")
  }

  @Test("the next save of the same name removes what a killed save left, and nothing else")
  func leftover() async throws {
    try folder.write("", to: "a.npy.1234-0.part")
    try folder.write("", to: "b.npy")
    let outcome = try await shell(
      Self.stopped
        + """
        touch a.npy.1234-0.part
        kill -KILL $p; wait $p 2>/dev/null; list
        "$0" -l lai -e "lai.save('b.npy', lai.ones(2))"; list
        save 'ones(2)'; list; wc -c <a.npy
        """)
    #expect(
      outcome.output == """
        a.npy.-0.part a.npy.-0.part b.npy
        a.npy.-0.part a.npy.-0.part b.npy
        a.npy a.npy.-0.part b.npy
        136

        """, "\(outcome)")
  }

  @Test("a save by a living process is left alone") func living() async throws {
    let outcome = try await shell(
      Self.stopped
        + "save 'ones(2)'; wc -c <a.npy; list; kill -CONT $p; wait $p; echo $?; wc -c <a.npy; list")
    #expect(
      outcome.output == "136\na.npy a.npy.-0.part\n0\n80000128\na.npy\n", "\(outcome)")
  }

  @Test("links are followed, also to what is not there yet; names may be as long as the system's")
  func names() async throws {
    let outcome = try await shell(
      #"""
      mkdir d; ln -s d/there.npy link.npy; ln -s link.npy second.npy; ln -s loop.npy loop.npy
      "$0" -l lai -e "
        for _, name in ipairs{'second.npy', 'second.npy', 'loop.npy', ('n'):rep(251) .. '.npy',
            ('é'):rep(125) .. 'x.npy', ('n'):rep(252) .. '.npy'} do
          local ok, message = pcall(lai.save, name, lai.ones(2))
          print(ok, ok and lai.load(name):sum():item() or message:match(': ([^:]*)$'))
        end"
      ls d; readlink link.npy; readlink second.npy; ls | grep -c part
      """#)
    #expect(
      outcome.output == """
        true\t2.0
        true\t2.0
        false\ttoo many levels of symbolic links
        true\t2.0
        true\t2.0
        false\tfile name too long
        there.npy
        d/there.npy
        link.npy
        0

        """, "\(outcome)")
  }

  @Test(
    "at the limit on file sizes every kind of file is an error, and the earlier file stays",
    arguments: ["a.npy", "a.npz", "a.safetensors", "a.run", "a.csv"])
  func fileSizeLimit(name: String) async throws {
    let save =
      name == "a.run"
      ? "function(n) lai.train{model = lai.mlp{inputs = 1, hidden = {n}}, epochs = 1, "
        + "data = lai.synthetic.line{n = 10}}:save('a.run') end"
      : "function(n) local t = lai.rand(n * 100) "
        + "lai.save('\(name)', ('\(name)' == 'a.npy') and t or {t = t}) end"
    let outcome = try await shell(
      """
      "$0" -l lai -e "(\(save))(2)"; cp \(name) before
      ulimit -f 16
      env --default-signal=XFSZ "$0" -l lai -e "print(pcall(\(save), 2000))"; echo $?
      cmp before \(name) && ls
      """)
    #expect(outcome.output.hasPrefix("false\t"), "\(outcome)")
    #expect(outcome.output.hasSuffix("file too large\n0\n\(name)\nbefore\n"), "\(outcome)")
  }
}
