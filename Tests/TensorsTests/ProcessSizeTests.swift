import Foundation
import Testing

@testable import Tensors

struct ProcessSizeTests {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm")))
  func sizesOfThisProcess() throws {
    let before = try #require(ProcessSize.now())
    #expect(before.resident > 1 << 20 && before.resident < before.addresses)
    let size = 64 << 20
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
    memset(block, 1, size)
    let after = try #require(ProcessSize.now())
    block.deallocate()
    #expect(after.minus(before).least > size / 2)
  }

  /// What the system shows of control groups, in both of its versions.
  @Test(arguments: [
    ("0::/a/b\n", "a/b/memory.max", "1000000\n", 1_000_000),
    // Groups above it count, and one that is not mounted is passed over.
    ("0::/a/b\n", "a/memory.max", "1000000\n", 1_000_000),
    ("0::/elsewhere\n", "memory.max", "1000000\n", 1_000_000),
    ("0::/a\n", "a/memory.max", "max\n", .max),
    ("9:cpu:/x\n4:memory:/a\n", "memory/a/memory.limit_in_bytes", "2000000\n", 2_000_000),
    ("4:cpu,memory:/a\n", "memory/memory.limit_in_bytes", "2000000\n", 2_000_000),
    ("4:memory:/a\n", "memory/a/memory.limit_in_bytes", "9223372036854771712\n", .max),
    ("4:memory:/a\n", "memory/a/memory.limit_in_bytes", "99999999999999999999999\n", .max),
    ("", "memory.max", "1000000\n", .max),
  ])
  func limitsOfControlGroups(groups: String, file: String, text: String, limit: Int) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let place = root.appending(path: file)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: place, atomically: false, encoding: .utf8)
    let list = root.appending(path: "groups")
    try groups.write(to: list, atomically: false, encoding: .utf8)
    #expect(
      ProcessSize.limitOfControlGroups(at: root.path(), groups: list.path()) == limit)
  }
}
