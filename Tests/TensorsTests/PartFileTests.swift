import Foundation
import Testing

@testable import Tensors

@Suite struct PartFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "part-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func remove() { try? FileManager.default.removeItem(at: folder) }
  private func path(_ name: String) -> String { folder.path + "/" + name }
  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test func savesAtOnceHaveFilesOfTheirOwn() throws {
    defer { remove() }
    // More than the numbered ones.
    let parts = try (0..<PartFile.most + 4).map { _ in try PartFile(for: path("a")) }
    #expect(Set(parts.map(\.path)).count == parts.count && names.count == parts.count)
    // None of them is taken for a leftover.
    for part in parts {
      #expect(unlink(part.path) == 0)
      part.end()
    }
  }

  @Test func leftoversGo() throws {
    defer { remove() }
    let left = (0..<PartFile.most).map { PartFile.path(for: path("a"), key: PartFile.kernel, $0) }
    for place in left { try Data().write(to: URL(filePath: place)) }
    let other = [
      PartFile.path(for: path("a"), key: "another machine", 0),
      PartFile.path(for: path("b"), key: PartFile.kernel, 0),
    ]
    for place in other { try Data().write(to: URL(filePath: place)) }
    let part = try PartFile(for: path("a"))
    #expect(Set(names.map(path)) == Set(other + [part.path]))
    #expect(part.path == left[0])
    unlink(part.path)
    part.end()
  }

  @Test func whatIsNoFileStays() throws {
    defer { remove() }
    let places = (0..<3).map { PartFile.path(for: path("a"), key: PartFile.kernel, $0) }
    try FileManager.default.createDirectory(atPath: places[0], withIntermediateDirectories: false)
    #expect(mkfifo(places[1], 0o600) == 0)
    #expect(symlink("nowhere", places[2]) == 0)
    let part = try PartFile(for: path("a"))
    #expect(names.count == 4 && !places.contains(part.path))
    unlink(part.path)
    part.end()
  }

  @Test(arguments: ["n", "é", "👩‍👩‍👧‍👦"]) func namesFit(character: String) throws {
    defer { remove() }
    let name = String(repeating: character, count: 255 / character.utf8.count)
    let parts = try [name, name.dropLast() + "-"].map { try PartFile(for: path($0)) }
    #expect(parts[0].path != parts[1].path)
    for part in parts {
      #expect(URL(filePath: part.path).lastPathComponent.utf8.count <= 255)
      unlink(part.path)
      part.end()
    }
  }
}
