import Foundation
import Platform
import Testing

/// A package with the real `scripts/lai`. The compiler and the installer on its PATH only record
/// that they were called.
private struct Launcher {
  let folder: Folder

  /// `lists`: whether apt-get knows its packages; `libraries`: whether pkg-config finds them.
  init(lists: Bool = true, libraries: Bool = true, omitting: Set<String> = []) throws {
    folder = try Folder([
      "a package/Package.swift": "",
      "a package/Sources/lai/Lai.swift": "",
      "a package/Sources/lai/Other.swift": "",
      "a package/scripts/lai": Place.text(of: "scripts/lai"),
      "a package/scripts/prepare.sh": Place.text(of: "scripts/prepare.sh"),
      "elsewhere/script.lua": "",
      // The compiler's product: it prints its arguments, its folder and its input.
      "program": #"""
      #!/usr/bin/env bash
      printf '%s|' "$@" "${PWD##*/}"
      cat
      """#,
      "bin/swift": #"""
      #!/usr/bin/env bash
      if [[ $1 == --version ]]; then
        echo "Swift version ${SWIFT_VERSION:-6.0} (made up)"
        exit
      fi
      echo "$*" >>"$STATE/builds"
      echo "words of the compiler"
      [[ ! -e $STATE/broken ]] || exit 1
      mkdir -p "$3/.build/native/release"
      cp "$STATE/program" "$3/.build/native/release/lai"
      """#,
      "bin/pkg-config": #"""
      #!/usr/bin/env bash
      [[ -e $STATE/libraries ]]
      """#,
      "bin/apt-get": #"""
      #!/usr/bin/env bash
      echo "$DEBIAN_FRONTEND $*" >>"$STATE/apt"
      [[ $1 != update ]] || exec touch "$STATE/lists"
      [[ -e $STATE/lists ]] || { echo "Unable to locate package"; exit 100; }
      touch "$STATE/libraries"
      """#,
      "bin/sudo": #"""
      #!/usr/bin/env bash
      exec "$@"
      """#,
    ])
    if lists { try folder.write("", to: "lists") }
    if libraries { try folder.write("", to: "libraries") }
    let files = FileManager.default
    for name in ["a package/scripts/lai", "program"] { try makeExecutable(name) }
    for name in ["swift", "pkg-config", "apt-get", "sudo"] {
      try makeExecutable("bin/" + name)
      if omitting.contains(name) {
        try files.removeItem(at: folder.url.appending(path: "bin/" + name))
      }
    }
    for name in [
      "bash", "env", "readlink", "find", "mkdir", "mv", "rm", "cp", "cat", "touch", "sleep",
    ] {
      let path = ["/usr/bin/", "/bin/"].map { $0 + name }.first(where: files.fileExists)
      try files.createSymbolicLink(
        atPath: folder.url.appending(path: "bin/" + name).path,
        withDestinationPath: #require(path, "this machine has no \(name)"))
    }
  }

  func makeExecutable(_ name: String) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.url.appending(path: name).path)
  }

  /// Runs `scripts/lai` in its own folder, or another script.
  func run(
    _ arguments: [String] = [], input: String = "", script: String = "a package/scripts/lai",
    environment: [String: String] = [:]
  ) async throws -> Outcome {
    try await folder.run(
      folder.url.appending(path: script), arguments, input: input,
      environment: ["PATH": folder.url.appending(path: "bin").path, "STATE": folder.url.path]
        .merging(environment) { $1 })
  }

  /// The lines recorded by a program.
  func notes(of name: String) -> [Substring] {
    let text = try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    return (text ?? "").split(separator: "\n")
  }
}

/// `scripts/lai` and the scripts that it shares code with.
@Suite(.timeLimit(.minutes(10)))
struct LauncherTests {
  @Test func buildsOnceAndPassesEverythingOn() async throws {
    let launcher = try Launcher()
    for _ in 1...2 {
      let outcome = try await launcher.run(["-e", "a b", ""], input: "in\nput")
      #expect(outcome.output == "-e|a b||\(launcher.folder.url.lastPathComponent)|in\nput")
      #expect(outcome.errors.isEmpty)
      #expect(outcome.status == 0)
    }
    let builds = launcher.notes(of: "builds")
    #expect(builds.count == 1)
    #expect(builds.first?.contains("-c release") == true)
    #expect(builds.first?.hasSuffix("--product lai") == true)
  }

  @Test func runsThroughALinkInTheCallersFolder() async throws {
    let launcher = try Launcher()
    let link = launcher.folder.url.appending(path: "elsewhere/linked lai")
    try FileManager.default.createSymbolicLink(
      atPath: link.path, withDestinationPath: "../a package/scripts/lai")
    let outcome = try await launcher.run(["script.lua"], script: "elsewhere/linked lai")
    #expect(outcome.output.hasPrefix("script.lua|"))
    #expect(outcome.status == 0)
  }

  /// SwiftPM would keep Swift modules built with the old header.
  @Test func startsAnewWhenAHeaderChanges() async throws {
    let launcher = try Launcher()
    let kept = "a package/.build/native/kept"
    _ = try await launcher.run()
    for (source, isKept) in [("Sources/lai/Other.swift", true), ("Sources/C/include/C.h", false)] {
      try launcher.folder.write("", to: kept)
      try launcher.folder.write("changed", to: "a package/" + source)
      #expect(try await launcher.run().status == 0)
      let path = launcher.folder.url.appending(path: kept).path
      #expect(FileManager.default.fileExists(atPath: path) == isKept, "\(source)")
    }
  }

  /// SwiftPM's files name the folder in which they were made.
  @Test func startsAnewInAnotherFolder() async throws {
    let launcher = try Launcher()
    _ = try await launcher.run()
    let (files, folder) = (FileManager.default, launcher.folder.url)
    try launcher.folder.write("", to: "a package/.build/native/kept")
    func isKept(in name: String) -> Bool {
      files.fileExists(atPath: folder.appending(path: "\(name)/.build/native/kept").path)
    }
    try files.copyItem(
      at: folder.appending(path: "a package"), to: folder.appending(path: "a copy"))
    // File times have a resolution of some milliseconds.
    try await Task.sleep(for: .milliseconds(50))
    try launcher.folder.write("changed", to: "a copy/Sources/lai/Other.swift")
    for _ in 1...2 { #expect(try await launcher.run(script: "a copy/scripts/lai").status == 0) }
    #expect(launcher.notes(of: "builds").count == 2)
    #expect(!isKept(in: "a copy") && isKept(in: "a package"))
    // The program itself runs after being moved.
    try files.moveItem(
      at: folder.appending(path: "a package"), to: folder.appending(path: "elsewhere/moved"))
    #expect(try await launcher.run(script: "elsewhere/moved/scripts/lai").status == 0)
    #expect(launcher.notes(of: "builds").count == 2)
    try launcher.folder.write("changed", to: "elsewhere/moved/Sources/lai/Other.swift")
    #expect(try await launcher.run(script: "elsewhere/moved/scripts/lai").status == 0)
    #expect(launcher.notes(of: "builds").count == 3 && !isKept(in: "elsewhere/moved"))
  }

  @Test func buildsAgainWhenASourceChangesComesOrGoes() async throws {
    let launcher = try Launcher()
    let source = "a package/Sources/lai/Other.swift"
    _ = try await launcher.run()
    try launcher.folder.write("changed", to: source)
    _ = try await launcher.run()
    #expect(launcher.notes(of: "builds").count == 2)
    try FileManager.default.removeItem(at: launcher.folder.url.appending(path: source))
    _ = try await launcher.run()
    #expect(launcher.notes(of: "builds").count == 3)
    try launcher.folder.write("", to: "a package/Sources/bench/New.swift")
    _ = try await launcher.run()
    #expect(launcher.notes(of: "builds").count == 4)
    _ = try await launcher.run()
    #expect(launcher.notes(of: "builds").count == 4)
  }

  @Test func aFailingBuildShowsItsLogAndRunsNothing() async throws {
    let launcher = try Launcher()
    _ = try await launcher.run()
    try launcher.folder.write("changed", to: "a package/Package.swift")
    try launcher.folder.write("", to: "broken")
    for _ in 1...2 {
      let outcome = try await launcher.run()
      #expect(outcome.output.isEmpty)
      #expect(outcome.errors == "words of the compiler\ncould not build lai\n")
      #expect(outcome.status == 1)
    }
  }

  @Test func saysHowToGetSwift() async throws {
    let none = try await Launcher(omitting: ["swift"]).run()
    #expect(none.errors.contains("there is no swift on PATH"))
    #expect(none.errors.contains("https://swift.org/install"))
    #expect(none.status == 1)
    let launcher = try Launcher()
    let old = try await launcher.run(environment: ["SWIFT_VERSION": "5.10.1"])
    #expect(old.errors.contains("Swift 6 is needed, this is Swift version 5"))
    #expect(old.status == 1)
    #expect(launcher.notes(of: "builds").isEmpty)
  }

  @Test func aBuiltProgramNeedsNoCompiler() async throws {
    let launcher = try Launcher()
    _ = try await launcher.run()
    try FileManager.default.removeItem(at: launcher.folder.url.appending(path: "bin/swift"))
    #expect(try await launcher.run().status == 0)
  }

  @Test func installsWhatIsMissingInOneStep() async throws {
    let launcher = try Launcher(libraries: false)
    let outcome = try await launcher.run()
    #expect(
      outcome.errors
        == "installing liblua5.4-dev libopenblas-dev libsqlite3-dev zlib1g-dev with apt-get …\n")
    #expect(outcome.status == 0)
    #expect(
      launcher.notes(of: "apt") == [
        """
        noninteractive install -y --no-install-recommends liblua5.4-dev libopenblas-dev \
        libsqlite3-dev zlib1g-dev
        """[...]
      ])
  }

  @Test func fetchesPackageListsOnlyWhenNeeded() async throws {
    let launcher = try Launcher(lists: false, libraries: false, omitting: ["pkg-config"])
    let outcome = try await launcher.run()
    let install =
      "noninteractive install -y --no-install-recommends "
      + "pkg-config liblua5.4-dev libopenblas-dev libsqlite3-dev zlib1g-dev"
    #expect(launcher.notes(of: "apt") == [install[...], "noninteractive update", install[...]])
    #expect(outcome.status == 0)
  }

  @Test func programsHavePackagesOfTheirNameOrAnother() async throws {
    let launcher = try Launcher()
    let need = "source \"${BASH_SOURCE[0]%/*}/prepare.sh\"\nrequire_packages mkdir lua5.4 gnuplot\n"
    try launcher.folder.write("#!/usr/bin/env bash\n" + need, to: "a package/scripts/need")
    try launcher.makeExecutable("a package/scripts/need")
    let outcome = try await launcher.run(script: "a package/scripts/need")
    #expect(outcome.errors == "installing lua5.4 gnuplot-nox with apt-get …\n")
    #expect(outcome.status == 0)
  }

  @Test(.enabled(if: geteuid() != 0)) func withoutRightsSaysWhatToRun() async throws {
    let launcher = try Launcher(libraries: false, omitting: ["sudo"])
    let outcome = try await launcher.run()
    #expect(
      outcome.errors.contains(
        "apt-get update && apt-get install liblua5.4-dev libopenblas-dev libsqlite3-dev zlib1g-dev")
    )
    #expect(outcome.status == 1)
    #expect(launcher.notes(of: "apt").isEmpty)
  }

  @Test("a place that cannot be written is one sentence") func unwritable() async throws {
    let launcher = try Launcher()
    let place = launcher.folder.url.appending(path: "a package/.build").path
    // Also root cannot make a folder there.
    try FileManager.default.createSymbolicLink(
      atPath: place, withDestinationPath: "/proc/none")
    let outcome = try await launcher.run()
    let root = launcher.folder.url.appending(path: "a package").path
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasPrefix("a build is needed and \(root)/.build/native cannot be written: "))
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(launcher.notes(of: "builds").isEmpty && launcher.notes(of: "apt").isEmpty)
  }
}
