import Foundation
import Testing

/// The scripts for beginners, and the README.
@Suite(.timeLimit(.minutes(10)))
struct ScriptTests {
  static let examples = try! FileManager.default.contentsOfDirectory(
    atPath: Place.root.appending(path: "scripts/examples").path
  ).sorted()

  @Test func thereAreExamples() { #expect(Self.examples.count >= 4) }

  @Test(arguments: examples) func exampleRuns(_ name: String) async throws {
    #expect(try /\d\d-[a-z-]+\.lua/.wholeMatch(in: name) != nil)
    let path = Place.root.appending(path: "scripts/examples/\(name)").path
    let outcome = try await Folder().lai([path])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    #expect(!outcome.output.isEmpty)
  }

  /// Runs a short `paper.lua`.
  private func paper(_ arguments: [String], in folder: Folder) async throws -> Outcome {
    let script = Place.root.appending(path: "scripts/paper.lua").path
    return try await folder.lai(
      [script, "--epochs", "2", "--pretrain", "2", "--hidden", "8,8"] + arguments)
  }

  @Test func paperRunsOnBuiltInData() async throws {
    let outcome = try await paper(["--seeds", "1"], in: Folder())
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.contains("MLP(10 -> 8 -> 8 -> 1, tanh, 169 parameters)"))
    for name in ["Table 1", "Table 2", "Table 3", "Table 4", "RMSE", "Var", "X10", "without X5"] {
      #expect(outcome.output.contains(name))
    }
    // One seed has no confidence interval, and only the paper's data have the paper's numbers.
    #expect(!outcome.output.contains("["))
    #expect(!outcome.output.contains("paper:"))
  }

  /// Files of numbers under the paper's names
  private func papersColumns() throws -> Folder {
    let features = "MedInc,HouseAge,AveRooms,AveBedrms,Population,AveOccup,Latitude,Longitude"
    let rows = (1...300).map { row in
      (1...8).map { "\((row * $0 * 7919) % 1013)" }.joined(separator: ",")
    }
    return try Folder([
      "train.csv":
        (["id,\(features),MedHouseVal"]
        + rows.enumerated().map { "\($0),\($1),\(Double($0 % 17) / 4)" }).joined(separator: "\n"),
      "test.csv": (["id,\(features)"] + rows.enumerated().map { "\($0),\($1)" })
        .joined(separator: "\n"),
    ])
  }

  @Test func paperRunsOnThePapersColumns() async throws {
    let outcome = try await paper(
      ["--data", "train.csv", "--test", "test.csv", "--seeds", "2", "--activation", "silu"],
      in: papersColumns())
    #expect(outcome.status == 0, "\(outcome)")
    for text in ["silu", "X8 Longitude", "[", "0.6960", "8.4200", "-41.8", "1e-3 for X8"] {
      #expect(outcome.output.contains(text), "'\(text)' is missing in\n\(outcome)")
    }
  }

  @Test func paperHasASetUpNearToItsTables() async throws {
    let folder = try papersColumns()
    let near = ["--data", "train.csv", "--test", "test.csv", "--seeds", "1", "--setup", "near"]
    let outcome = try await paper(near, in: folder)
    #expect(outcome.status == 0, "\(outcome)")
    for text in ["relu", "adam 0.0001", "of the points", "scale minmax", "x·(1 + 0.5ε)"] {
      #expect(outcome.output.contains(text), "'\(text)' is missing in\n\(outcome)")
    }
    // An option of the command line goes before that of the set-up.
    let other = try await paper(near + ["--activation", "tanh"], in: folder)
    #expect(other.output.contains("tanh") && other.output.contains("scale minmax"))
    for arguments in [["--setup", "near"], ["--setup", "nearer"]] {
      let wrong = try await paper(arguments, in: folder)
      #expect(wrong.status == 1 && wrong.errors.contains("--setup"), "\(wrong)")
    }
  }

  @Test func paperNamesAnOptionItDoesNotKnow() async throws {
    let outcome = try await paper(["--sedes", "1"], in: Folder())
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("paper.lua:"))
    #expect(outcome.errors.contains("--seeds"))
  }

  @Test("the paper's figures, with their minima where the mathematics says") func figures()
    async throws
  {
    let script = Place.root.appending(path: "scripts/figures.lua").path
    let folder = try Folder()
    let outcome = try await folder.lai([script, "--out", ".", "--formats", "svg"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    let pictures = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { $0.hasSuffix(".svg") }
    #expect(pictures.count == 11)
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: "\(name).svg"), encoding: .utf8)
    }
    for lambda in ["0.5", "1", "1.5", "2"] {
      #expect(try text("appendix-mae-\(lambda)").contains("minimum: slope \(lambda),"))
    }
    #expect(try text("appendix-mse-36").contains("minimum: slope 6,"))
    #expect(try text("appendix-mse-36-little-noise").contains("minimum: slope 3,"))
    #expect(try text("section6-validation").contains("λ = 0.001"))
  }

  @Test func theReadmesExamplesRunAsPrinted() async throws {
    let readme = try Place.text(of: "README.md")
    let blocks = readme.matches(of: /```lua\n((?s:.*?))```/).map { String($0.1) }
    #expect(blocks.first?.split(separator: "\n").count == 10)
    let folder = try Folder(["session.lua": blocks.joined()])
    let outcome = try await folder.lai(["session.lua"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("MLP(10 -> 32 -> 32 -> 1, tanh, "))
    let saved = folder.url.appending(path: "quiet.safetensors").path
    #expect(FileManager.default.fileExists(atPath: saved))
  }

  @Test func theReadmesMapIsTrue() throws {
    let readme = try Place.text(of: "README.md")
    let rows = readme.matches(of: /\n\| `(\w+)` \|/).map { String($0.1) }
    let rooms = try FileManager.default.contentsOfDirectory(
      atPath: Place.root.appending(path: "Sources").path)
    #expect(rows.sorted() == rooms.sorted())
    let scripts = try FileManager.default.contentsOfDirectory(
      atPath: Place.root.appending(path: "scripts").path)
    for name in scripts { #expect(readme.contains("`\(name)"), "scripts/\(name) is not told") }
  }
}
