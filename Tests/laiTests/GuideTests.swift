import Foundation
import Testing

/// The guide in `scripts/guide`: its code is run, and the site's links are checked.
@Suite(.timeLimit(.minutes(5)))
struct GuideTests {
  private static let hasMarkdown = (ProcessInfo.processInfo.environment["PATH"] ?? "")
    .split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/cmark-gfm")
    }

  /// A folder with the site's scripts and the given pages.
  private func guide(_ pages: [String: String]) throws -> Folder {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: Place.root.appending(path: "scripts/guide").path)
    var files = pages
    for name in names where !name.hasSuffix(".md") {
      files[name] = try Place.text(of: "scripts/guide/\(name)")
    }
    return try Folder(files)
  }

  @Test("every block runs, and every link of the site leads somewhere") func site() async throws {
    let script = Place.root.appending(path: "scripts/guide/site.lua").path
    let folder = try Folder()
    let outcome = try await folder.lai([script] + (Self.hasMarkdown ? ["--out", "site"] : []))
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    guard Self.hasMarkdown else { return }
    func page(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: "site/\(name)"), encoding: .utf8)
    }
    // What the program drew, printed and raised.
    let session = try page("02-first-session.html")
    for text in [
      "class=\"wide picture\"", "<svg", "NoiseSensitivity", "class=\"wide output error\"",
      "href=\"lua/training.html#lai.train\"",
    ] {
      #expect(session.contains(text), "\(text)")
    }
    let training = try page("lua/training.html")
    #expect(training.contains("<h2 id=\"lai.train\">"))
    #expect(training.contains("<code class=\"own\">patience</code>"))
  }

  @Test("a block shows the value of its last expression, as the prompt does") func values()
    async throws
  {
    let blocks = """
      # A page
      ```lua
      x = 3
      x * 2
      ```
      ```lua
      for i = 1, 2 do
        print(i)
      end
      ```
      ```lua
      local function double(x)
        return 2 * x
      end
      print("first")
      double(
        x), {1, 2}
      ```
      ```lua
      x;
      ```
      ```lua error
      local y
      error("on purpose")
      ```
      """
    let folder = try guide(["page.md": blocks])
    let outcome = try await folder.lai(["session.lua", "page.md"])
    let parts = outcome.output.components(separatedBy: "\0block\n").dropFirst().map {
      $0.replacing(/\0\w+\n/, with: "")
    }
    let expected = ["6\n", "1\n2\n", "first\n6\n{1, 2}\n", "", "error: [5]:2: on purpose"]
    #expect(parts == expected, "\(outcome)")
  }

  @Test(
    "a page with a mistake fails, and says where",
    arguments: [
      ("```lua\nlocal x = nil\nx.y = 1\n```", "page.md:3: error: [1]:2: attempt to index"),
      ("```lua error\nx = 1\n```", "page.md:3: this block raises no error"),
      ("```lua\nos.exit(3)\n```", "page.md: the session ended early"),
      ("```lua\nx = 1", "page.md:3: this block has no end"),
      ("```\nx = 1\n```", "page.md:3: a block must be marked with its language"),
      ("No title", "page.md must begin with '# ' and its title"),
    ])
  func mistakes(text: String, complaint: String) async throws {
    let heading = text == "No title" ? "" : "# A page\n\n"
    let outcome = try await guide(["page.md": heading + text]).lai(["site.lua"])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains(complaint), "\(outcome)")
  }

  @Test("a broken link is an error", .enabled(if: hasMarkdown)) func links() async throws {
    let folder = try guide([
      "index.md": "# A page\n\n## A part\n\n[one](other.md#a-part), [two](index.md#a-part)",
      "other.md": "# Other\n\n[three](nowhere.md), [four](lua/training.html#lai.trian)",
    ])
    let outcome = try await folder.lai(["site.lua", "--out", "site"])
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == """
        index.html: other.html#a-part leads nowhere
        other.html: nowhere.html leads nowhere
        other.html: lua/training.html#lai.trian leads nowhere

        """, "\(outcome)")
  }

  @Test("scripts/docs removes nobody's files, and names its options") func launcher() async throws {
    let folder = try Folder(["site/mine.txt": "mine"])
    let program = Place.root.appending(path: "scripts/docs")
    let full = try await folder.run(program, ["--out", "site"])
    #expect(full.status == 1)
    #expect(full.errors == "site has other files: give --out a new or empty folder\n")
    #expect(
      FileManager.default.fileExists(atPath: folder.url.appending(path: "site/mine.txt").path))
    let unknown = try await folder.run(program, ["--in", "site"])
    #expect(unknown.status == 1)
    #expect(unknown.errors == "usage: scripts/docs [--out DIR] [--base PATH]\n")
    let relative = try await folder.run(program, ["--base", "docs"])
    #expect(relative.errors == "--base must begin with / (got docs)\n")
  }
}
