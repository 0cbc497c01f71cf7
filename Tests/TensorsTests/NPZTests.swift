import Foundation
import Tensors
import Testing

@Suite("NPZ") struct NPZTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func archive(
    _ names: [String] = ["a"], isCompressed: Bool = false, limit: Int = 0xffff_ffff
  ) throws -> [UInt8] {
    let tensors = try names.enumerated().map {
      (name: $1, tensor: try Tensor.full([100], Double($0 + 1)))
    }
    try NPZ.write(folder.path("x.npz"), tensors, isCompressed: isCompressed, limit: limit)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path("x.npz"))))
  }

  private func read(_ bytes: [UInt8]) throws -> [String: Tensor] {
    try TensorFile.read(folder.file(bytes, "y.npz")).tensors
  }

  @Test("wide fields, where sizes or places ask for them", arguments: [0, 10, 500, 600, 700])
  func wide(limit: Int) throws {
    for isCompressed in [false, true] {
      let read = try read(archive(["a", "b"], isCompressed: isCompressed, limit: limit))
      #expect(read["a"]?.values == [Double](repeating: 1, count: 100))
      #expect(read["b"]?.values == [Double](repeating: 2, count: 100))
    }
  }

  @Test("equal contents, equal files") func reproducible() throws {
    #expect(try archive() == archive())
  }

  @Test("more entries than 16 bits count") func manyEntries() throws {
    let one = try Tensor.scalar(1)
    let tensors = (0..<65_600).map { (name: "\($0)", tensor: one) }
    try NPZ.write(folder.path("x.npz"), tensors, isCompressed: false)
    #expect(try TensorFile.read(folder.path("x.npz")).tensors.count == 65_600)
  }

  @Test("with a comment behind") func comment() throws {
    var bytes = try archive()
    bytes[bytes.count - 2] = 30
    #expect(try read(bytes + [UInt8](repeating: 0x50, count: 30))["a"]?.count == 100)
  }

  /// Writes little-endian bytes at a distance from each place where a signature stands.
  private func patch(
    _ bytes: [UInt8], _ signature: String, _ distance: Int, with value: some FixedWidthInteger
  ) -> [UInt8] {
    let wanted = Array("PK".utf8) + signature.unicodeScalars.map { UInt8($0.value) }
    var result = bytes
    for start in 0..<(bytes.count - 3) where Array(bytes[start..<(start + 4)]) == wanted {
      let place = start + distance
      result.replaceSubrange(place..<(place + value.bitWidth / 8), with: littleEndian(value))
    }
    return result
  }

  @Test("what is wrong is named") func malformed() throws {
    let (central, end) = ("\u{1}\u{2}", "\u{5}\u{6}")
    let one = try archive()
    let packed = try archive(isCompressed: true)
    let two = try archive(["a", "b"])
    func renamed(_ bytes: [UInt8], _ old: String, _ new: String) -> [UInt8] {
      Array(Data(bytes).replacing(Data(old.utf8), with: Data(new.utf8)))
    }
    let twins = renamed(two, "b.npy", "a.npy")
    let cases: [([UInt8], String)] = [
      (patch(one, central, 10, with: UInt16(12)), "'a.npy' is packed with method 12"),
      (patch(one, central, 8, with: UInt16(1)), "'a.npy' is encrypted"),
      (patch(one, central, 16, with: UInt32(7)), "'a.npy' is damaged"),
      (patch(packed, central, 16, with: UInt32(7)), "'a.npy' is damaged"),
      (patch(packed, central, 24, with: UInt32(1 << 31)), "a size that its bytes cannot have"),
      (patch(packed, central, 24, with: UInt32(527)), "bytes behind it are not"),
      (patch(packed, central, 24, with: UInt32(529)), "bytes behind it are not"),
      (patch(one, central, 24, with: UInt32(527)), "a size that its bytes cannot have"),
      (patch(one, central, 20, with: UInt32(1 << 30)), "lies outside the file"),
      (patch(one, central, 42, with: UInt32(1 << 30)), "lies outside the file"),
      (patch(one, central, 42, with: UInt32(1)), "is not where the directory says"),
      (patch(one, end, 4, with: UInt16(1)), "one volume of several"),
      (patch(one, end, 10, with: UInt16(2)), "misplaced directory"),
      (patch(two, end, 10, with: UInt16(1)), "2 entries in its directory and should have 1"),
      (patch(one, end, 16, with: UInt32(1)), "misplaced directory"),
      ([0] + one, "misplaced directory"),
      (one + [0], "no zip archive"),
      ([], "no zip archive"),
      (renamed(one, "a.npy", "a.txt"), "'a.txt' is no .npy array"),
      (renamed(one, "a.npy", "\u{e9}npy"), "'énpy' is no .npy array"),
      (twins, "'a.npy' is there twice"),
      (patch(twins, central, 42, with: UInt32(0)), "'a.npy' and 'a.npy' overlap"),
    ]
    for (bytes, reason) in cases {
      let error = #expect(throws: FileError.self, "\(reason)") { try read(bytes) }
      #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
    }
    var invalid = one
    invalid[30] = 0xff
    #expect(throws: FileError.self) { try read(invalid) }
  }
}
