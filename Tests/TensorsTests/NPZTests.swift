import Foundation
import Testing

@testable import Tensors

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

  @Test("wide fields where sizes or offsets need them", arguments: [0, 10, 500, 600, 700])
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

  @Test("with a comment at the end") func comment() throws {
    var bytes = try archive()
    bytes[bytes.count - 2] = 30
    #expect(try read(bytes + [UInt8](repeating: 0x50, count: 30))["a"]?.count == 100)
  }

  /// Writes little-endian bytes at an offset from each signature.
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

  @Test("errors name what is wrong") func malformed() throws {
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
      (one + [0], "ends too early, or has more behind its end"),
      ([], "is not a .npz file (it is empty)"),
      (renamed(one, "a.npy", "a.txt"), "nothing that can be read; 'a.txt': it is not a .npy array"),
      (renamed(one, "a.npy", "\u{e9}npy"), "'énpy': it is not a .npy array"),
      (twins, "'a.npy' occurs twice"),
      (patch(twins, central, 42, with: UInt32(0)), "'a.npy' and 'a.npy' overlap"),
    ]
    for (bytes, reason) in cases {
      let error = #expect(throws: FileError.self, "\(reason)") { try read(bytes) }
      #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
    }
    var invalid = one
    invalid[30] = 0xff
    #expect(throws: FileError.self) { try read(invalid) }
  }

  /// An archive of entries with these bytes, stored.
  private func archive(_ entries: [(name: String, bytes: [UInt8])]) throws -> [UInt8] {
    let path = folder.path("z.npz")
    try OutputFile.write(path) { file in
      var archive = ZipWriter(file, limit: 0xffff_ffff)
      for (name, bytes) in entries {
        try archive.add(name, size: bytes.count, isDeflated: false) { put in
          try bytes.withUnsafeBytes { try put($0) }
        }
      }
      try archive.finish()
    }
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func mixed() throws -> [UInt8] {
    try archive([
      ("numbers.npy", npy("|u1", "(2,)", [7, 8])), ("folder/", []),
      ("labels.npy", npy("<U1", "(2,)", [UInt8](repeating: 65, count: 8))),
      ("objects.npy", npy("|O", "(1,)", [1, 2, 3])), ("more.npy", npy("<i2", "()", [1, 0])),
      ("complex.npy", npy("<c8", "()", [UInt8](repeating: 0, count: 8))),
      ("rows.npy", npy(header: "{'descr': [('x', '<f4')], 'shape': (1,)}", [0, 0, 0, 0])),
      ("notes.txt", [104, 105]),
    ])
  }

  @Test("arrays that are not numeric are skipped and named") func skipped() throws {
    let path = try folder.file(mixed(), "m.npz")
    guard case .named(let tensors, nil, let skipped) = try TensorFile.read(path) else {
      throw FileError(path, "is read as something else")
    }
    #expect(Set(tensors.keys) == ["numbers", "more"])
    #expect(tensors["numbers"]?.values == [7, 8] && tensors["more"]?.values == [1])
    #expect(Set(skipped.keys) == ["labels", "objects", "complex", "rows", "notes.txt"])
    for (name, reason) in [
      ("labels", "texts, '<U1'"), ("objects", "Python objects"), ("complex", "complex numbers"),
      ("rows", "records"), ("notes.txt", "not a .npy array"),
    ] {
      #expect(skipped[name]?.contains(reason) == true, "\(name): \(skipped[name] ?? "")")
    }
  }

  @Test("some of the arrays") func names() throws {
    let path = try folder.file(mixed(), "m.npz")
    func read(_ names: [String]) throws -> [String: Tensor] {
      try TensorFile.read(path, TensorFile.ReadOptions(names: names)).tensors
    }
    #expect(try Array(read(["more"]).keys) == ["more"])
    #expect(try Set(read(["more", "numbers", "more"]).keys) == ["more", "numbers"])
    for (name, reason) in [
      (
        "labels",
        "the entry 'labels.npy' cannot be read: the header says that the elements are texts"
      ),
      ("notes.txt", "the entry 'notes.txt' cannot be read: it is not a .npy array"),
      ("number", "has no tensor 'number' (did you mean 'numbers'?)"),
      ("x", "has no tensor 'x' (it has 'numbers', 'labels', 'objects', 'more', 'complex', …)"),
    ] {
      let error = #expect(throws: FileError.self) { try read(["more", name]) }
      #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("damaged arrays are errors, not skipped") func damagedKinds() throws {
    let bytes = try archive([("a.npy", npy("|u1", "(1,)", [7])), ("b.npy", npy("|O", "(1,)", [1]))])
    #expect(try read(bytes).count == 1)
    for (old, new) in [("'|u1'", "'|O1'"), ("'|O'", "'|S'")] {
      let changed = Array(Data(bytes).replacing(Data(old.utf8), with: Data(new.utf8)))
      let error = #expect(throws: FileError.self) { try read(changed) }
      #expect(error?.reason.description.contains("damaged") == true, "\(error?.description ?? "")")
    }
  }
}
