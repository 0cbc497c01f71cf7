import Foundation
import Tensors
import Testing

/// Files that are cut, damaged or not of the format: read completely or refused with a message.
@Suite("Hostile files") struct HostileFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Small files of each format and their suffixes.
  private func samples() throws -> [(bytes: [UInt8], suffix: String)] {
    let x = try Tensor([1.0, 2], shape: [2, 1])
    let y = try Tensor.scalar(0.5, dtype: .float64)
    for suffix in ["npz", "safetensors"] {
      try TensorFile.write(folder.path("s." + suffix), ["x": x, "y": y])
    }
    try TensorFile.write(folder.path("p.npz"), ["x": x, "y": y], isCompressed: true)
    try NPZ.write(folder.path("w.npz"), [("x", x), ("y", y)], isCompressed: false, limit: 10)
    try TensorFile.write(folder.path("s.npy"), x)
    let folder = folder.url
    return try ["s.npy", "s.npz", "p.npz", "w.npz", "s.safetensors"].map {
      let url = folder.appending(path: $0)
      return ([UInt8](try Data(contentsOf: url)), url.pathExtension)
    }
      + ["version3.npy", "streamed.npz"].map {
        let url = TensorFileTests.fixtures.appending(path: $0)
        return ([UInt8](try Data(contentsOf: url)), url.pathExtension)
      }
  }

  private func isSame(_ a: Tensor, _ b: Tensor) -> Bool {
    a.dtype == b.dtype && a.shape == b.shape && TensorsTests.isSame(a.values, b.values)
  }

  /// How a file is read; nil if it is refused properly.
  private func read(_ path: String, maps: Bool) -> [Tensor]? {
    do {
      let options = TensorFile.ReadOptions(maps: maps, rounds: true)
      let tensors = try TensorFile.read(path, options).tensors.values
      for tensor in tensors { #expect(tensor.values.count == tensor.count) }
      return Array(tensors)
    } catch let error as FileError {
      #expect(error.path == path && !error.reason.description.isEmpty)
    } catch {
      Issue.record("another error: \(error)")
    }
    return nil
  }

  @Test("every truncation is refused") func truncations() throws {
    for (bytes, suffix) in try samples() {
      let path = try folder.file(bytes, "cut." + suffix)
      for length in bytes.indices.reversed() {
        #expect(truncate(path, off_t(length)) == 0)
        for maps in suffix == "npz" ? [false] : [false, true] {
          #expect(read(path, maps: maps) == nil, "\(suffix) cut to \(length)")
        }
      }
    }
  }

  @Test("no flipped byte crashes, and none changes an archive's numbers") func flips() throws {
    for (bytes, suffix) in try samples() {
      let path = try folder.file(bytes, "flip." + suffix)
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      let whole = try #require(read(path, maps: false))
      var refusals = 0
      for place in bytes.indices {
        defer {
          try? file.seek(toOffset: UInt64(place))
          try? file.write(contentsOf: [bytes[place]])
        }
        for mask: UInt8 in [1, 8, 64, 255] {
          // In place, because writing a new file to disk is slow.
          try file.seek(toOffset: UInt64(place))
          try file.write(contentsOf: [bytes[place] ^ mask])
          guard let tensors = read(path, maps: suffix != "npz" && mask == 255) else {
            refusals += 1
            continue
          }
          if suffix == "npz" {
            #expect(
              tensors.allSatisfy { tensor in whole.contains { isSame($0, tensor) } },
              "byte \(place), bits \(mask)")
          }
        }
      }
      // Dates, attributes, padding and the numbers themselves do not reveal damage.
      #expect(refusals > bytes.count, "\(suffix)")
    }
  }

  @Test("files that are not ordinary", arguments: TensorFile.Format.allCases)
  func noFiles(format: TensorFile.Format) throws {
    let suffix = "." + format.rawValue
    let manager = FileManager.default
    #expect(mkfifo(folder.path("pipe" + suffix), 0o600) == 0)
    try manager.createDirectory(
      atPath: folder.path("folder" + suffix), withIntermediateDirectories: false)
    for (name, target) in [("zero", "/dev/zero"), ("null", "/dev/null"), ("self", "self" + suffix)]
    {
      try manager.createSymbolicLink(
        atPath: folder.path(name + suffix), withDestinationPath: target)
    }
    try Data().write(to: folder.url.appending(path: "empty" + suffix))
    for (name, reason) in [
      ("pipe", "is not a file"), ("folder", "is a directory"), ("zero", "is not a file"),
      ("null", "is not a file"), ("self", "symbolic links"), ("none", "no such file"),
      ("empty", ""),
    ] {
      for maps in format == .npz ? [false] : [false, true] {
        let error = #expect(throws: FileError.self) {
          try TensorFile.read(folder.path(name + suffix), TensorFile.ReadOptions(maps: maps))
        }
        #expect(error?.reason.description.contains(reason) == true || reason.isEmpty, "\(error!)")
      }
    }
    let x = try Tensor.ones([1])
    #expect(throws: FileError.self) { try TensorFile.write(folder.path("folder" + suffix), x) }
    #expect(throws: FileError.self) { try TensorFile.write(folder.path("none/x" + suffix), x) }
  }

  @Test("another format under the name is recognized", arguments: TensorFile.Format.allCases)
  func otherFormats(format: TensorFile.Format) throws {
    let x = try Tensor.ones([1])
    var files: [(bytes: [UInt8], kind: String)] = [
      (Array("a,b\n1,2\n3,4\n".utf8), "text"), ([], "empty"),
      (
        Array("\u{89}PNG".unicodeScalars.map { UInt8($0.value) }) + [13, 10, 26, 10], "a PNG image"
      ),
      (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "a Git LFS pointer"),
      ([0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0], "a Python pickle"),
      ([UInt8](repeating: 7, count: 30), "is not a"),
    ]
    for (other, kind) in [
      (TensorFile.Format.npy, "a .npy array"), (.npz, "a zip archive"),
      (.safetensors, "a safetensors file"),
    ] where other != format {
      let path = folder.path("other." + other.rawValue)
      try TensorFile.write(path, x)
      files.append(([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), kind))
    }
    let name = format == .safetensors ? "a safetensors" : "a .\(format.rawValue)"
    for (bytes, kind) in files {
      let path = try folder.file(bytes, "x." + format.rawValue)
      let error = #expect(throws: FileError.self) { try TensorFile.read(path) }
      let reason = error?.reason.description ?? ""
      #expect(reason.hasPrefix("is not \(name) file") && reason.contains(kind), "\(reason)")
    }
  }

  @Test("a header that is cut short is not called another format") func cutHeader() throws {
    let whole = safetensors(#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, [7])
    let error = #expect(throws: FileError.self) {
      try TensorFile.read(folder.file(Array(whole[..<20]), "x.safetensors"))
    }
    #expect(error?.reason == "ends too early, within its header of 53 bytes")
  }

  /// Holes use no disk space.
  @Test("files of a terabyte with nothing in them") func sparse() throws {
    let vast = 1 << 40
    let headers: [(String, [UInt8])] = [
      ("npy", npy("<f4", "(\(vast),)")), ("npy", npy(header: "{", [], version: 2)),
      ("npz", Array("PK".utf8)), ("safetensors", littleEndian(UInt64(vast - 8))),
      (
        "safetensors",
        safetensors(#"{"x":{"dtype":"U8","shape":[\#(vast)],"data_offsets":[0,\#(vast)]}}"#)
      ),
    ]
    for (suffix, header) in headers {
      let path = try folder.file(header, "x." + suffix)
      // If the file system refuses so large a file, a short one must do.
      if truncate(path, off_t(header.count + vast)) != 0 { print("no sparse files here") }
      #expect(throws: (any Error).self) { try TensorFile.read(path) }
    }
  }
}
