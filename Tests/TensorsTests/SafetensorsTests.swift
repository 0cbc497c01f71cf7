import Foundation
import Tensors
import Testing

/// A folder that is deleted after the test.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("lai-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file and returns its path.
  func file(_ bytes: [UInt8], _ name: String = "file.safetensors") throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// A file of the format made by hand from a header and data.
func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  let length = UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8) + data
}

@Suite("Safetensors") struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("written and read again") func roundTrip() throws {
    var generator = RandomGenerator(seed: 1)
    let tensors = [
      "weights": try Tensor.randomNormal([3, 5], using: &generator),
      "ä \"quoted\"/": try Tensor.randomNormal([7], dtype: .float64, using: &generator),
      "view": try Tensor.arange(stop: 6).reshaped([2, 3]).transposed(),
      "wide": try Tensor.scalar(2, dtype: .float64).expanded(to: [2, 2]),
      "scalar": try Tensor.scalar(.infinity), "empty": try Tensor.zeros([0, 3]),
    ]
    let metadata = ["activation": "tanh", "note": "line\nbreak, \u{1F600}"]
    let path = folder.path("model.safetensors")
    try Safetensors.write(path, tensors: tensors, metadata: metadata)
    let contents = try Safetensors.read(path)
    #expect(contents.metadata == metadata)
    #expect(Set(contents.tensors.keys) == Set(tensors.keys))
    for (name, tensor) in tensors {
      let read = try #require(contents.tensors[name])
      #expect(read.shape == tensor.shape && read.dtype == tensor.dtype, "\(name)")
      #expect(read.values == tensor.values, "\(name)")
    }
    // Data start at a multiple of 8, and equal contents make equal files.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes[0] % 8 == 0)
    try Safetensors.write(folder.path("again"), tensors: tensors, metadata: metadata)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("again"))) == bytes)
  }

  @Test("the bytes are the format's") func bytes() throws {
    let path = folder.path("one")
    try Safetensors.write(path, tensors: ["x": Tensor([1.0, -2], shape: [2])])
    let header = #"{"x":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}"#
    let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(
      try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        == safetensors(header + padding, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]))
  }

  @Test("no tensors") func empty() throws {
    try Safetensors.write(folder.path("none"), tensors: [:])
    #expect(try Safetensors.read(folder.path("none")).tensors.isEmpty)
  }

  /// Bytes as NumPy writes them (`tobytes`), and their values.
  @Test(
    "number types",
    arguments: [
      (
        "F16", [0x00, 0x3e, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc], DType.float32,
        [1.5, -2, 65504, 0x1p-24, -.infinity]
      ),
      ("BF16", [0x80, 0x3f, 0x49, 0x40, 0x80, 0xff], .float32, [1, 3.140625, -.infinity]),
      ("I8", [0xff, 0x7f, 0x80], .float32, [-1, 127, -128]),
      ("U8", [0xff, 0x00], .float32, [255, 0]),
      ("I16", [0xff, 0xff, 0x00, 0x80], .float32, [-1, -32768]),
      ("U16", [0xff, 0xff], .float32, [65535]),
      ("I32", [0xff, 0xff, 0xff, 0xff], .float64, [-1]),
      ("U32", [0xff, 0xff, 0xff, 0xff], .float64, [4_294_967_295]),
      ("I64", [0, 0xcc, 0x5b, 0x07, 0, 0, 0, 0x80], .float64, [-0x1.ffffffffe290dp62]),
      ("U64", [0xff, 0, 0, 0, 0, 0, 0, 0], .float64, [255]),
      ("BOOL", [0, 1, 1], .float32, [0, 1, 1]),
      ("F64", [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], .float64, [1.5]),
      ("F32", [0, 0, 0xc0, 0x3f], .float32, [1.5]),
    ] as [(String, [UInt8], DType, [Double])])
  func numberTypes(type: String, data: [UInt8], dtype: DType, values: [Double]) throws {
    let header =
      #"{"x":{"dtype":"\#(type)","shape":[\#(values.count)],"data_offsets":[0,\#(data.count)]}}"#
    let x = try #require(Safetensors.read(folder.file(safetensors(header, data))).tensors["x"])
    #expect(x.dtype == dtype && x.values == values)
  }

  @Test(
    "what is wrong is named",
    arguments: [
      (#"{"x":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#, "'F8_E4M3'"),
      (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "does not fill its 4 bytes"),
      (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "does not fill"),
      (#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, "fill"),
      (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "outside the file"),
      (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "outside the file"),
      (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "outside the file"),
      (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "outside the file"),
      (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, "gap"),
      (#"{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, "1 bytes too many"),
      (
        #"{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"y":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
        "tensor 'y' overlaps"
      ),
      (#"{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, "lacks"),
      (#"{"x":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}"#, "lacks"),
      (#"{"x":{"shape":[1],"data_offsets":[0,4]}}"#, "lacks"),
      (#"{"x":7}"#, "lacks"),
      (#"{"__metadata__":{"a":1}}"#, "metadata"),
      (#"{"__metadata__":[]}"#, "metadata"),
      (#"{"x":"#, "not valid JSON"),
      (#"[1,2]"#, "is not a safetensors file"),
      (String(repeating: "{\"a\":", count: 3000), "not valid JSON"),
    ])
  func malformed(header: String, reason: String) throws {
    let path = try folder.file(safetensors(header, [0, 0, 0, 0]))
    let error = #expect(throws: FileError.self) { try Safetensors.read(path) }
    #expect(error?.path == path)
    #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("a header longer than the file") func headerLength() throws {
    for length: [UInt8] in [[0xff], [9, 0, 0, 0, 0, 0, 0, 0], [UInt8](repeating: 0xff, count: 8)] {
      let bytes = length + [UInt8](repeating: 0, count: 8 - length.count) + Array("{}".utf8)
      #expect(throws: FileError.self) { try Safetensors.read(folder.file(bytes)) }
    }
  }

  @Test("some of the tensors, also beside one of another type") func names() throws {
    let header =
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""b":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[1,2]}}"#
    let path = try folder.file(safetensors(header, [7, 0]))
    func read(_ names: [String]?) throws -> [String: Tensor] {
      try Safetensors.read(path, TensorFile.ReadOptions(names: names)).tensors
    }
    #expect(try read(["a"]).mapValues(\.values) == ["a": [7]])
    for (names, reason) in [
      (nil, "'F8_E4M3'"), (["a", "b"], "'F8_E4M3'"), (["c"], "has no tensor 'c' (it has 'a', 'b')"),
    ] as [([String]?, String)] {
      let error = #expect(throws: FileError.self) { try read(names) }
      #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
    }
  }

  @Test("no file, no folder, no permission") func unreadable() throws {
    let missing = folder.path("missing")
    let error = #expect(throws: FileError.self) { try Safetensors.read(missing) }
    #expect(error?.description == "'\(missing)': no such file or directory")
    #expect(throws: FileError.self) { try Safetensors.read(folder.url.path) }
    #expect(throws: FileError.self) { try Safetensors.read("") }
    #expect(throws: FileError.self) { try Safetensors.read("a\0b") }
    #expect(throws: FileError.self) { try Safetensors.read("/dev/null") }
    let x = try Tensor.ones([1])
    #expect(throws: FileError.self) { try Safetensors.write(missing + "/x", tensors: ["x": x]) }
    #expect(throws: FileError.self) { try Safetensors.write(folder.url.path, tensors: ["x": x]) }
    #expect(throws: FileError.self) { try Safetensors.write("", tensors: ["x": x]) }
    #expect(throws: FileError.self) { try Safetensors.write("a\0b", tensors: ["x": x]) }
    #expect(throws: ArgumentError.self) {
      try Safetensors.write(folder.path("x"), tensors: ["__metadata__": x])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test("a failed write leaves the old file and nothing else") func atomicity() throws {
    let path = folder.path("model")
    try Safetensors.write(path, tensors: ["x": Tensor.ones([2])])
    let vast = try Tensor.ones([1]).sliced(axis: 0, from: 0, to: 1)
      .expanded(to: [1_000_000_000_000])
    #expect(throws: AllocationError.self) {
      try Safetensors.write(path, tensors: ["a": Tensor.ones([1]), "x": vast])
    }
    #expect(try Safetensors.read(path).tensors["x"]?.values == [1, 1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["model"])
  }

  /// A small file of every kind of field.
  private func sample() throws -> [UInt8] {
    let path = folder.path("sample")
    try Safetensors.write(
      path, tensors: ["a": Tensor.ones([2, 2]), "b": Tensor.ones([1], dtype: .float64)],
      metadata: ["k": "v"])
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test("every truncation is an error") func truncations() throws {
    let bytes = try sample()
    for length in 0..<bytes.count {
      #expect(throws: FileError.self, "cut to \(length)") {
        try Safetensors.read(folder.file(Array(bytes[..<length])))
      }
    }
  }

  @Test("no flipped byte of length or header crashes") func flips() throws {
    let bytes = try sample()
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    var errors = 0
    for place in 0..<headerEnd {
      for mask: UInt8 in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
        var flipped = bytes
        flipped[place] ^= mask
        let path = try folder.file(flipped)
        do {
          // Some flips only change a name; the tensors that are read must still be complete.
          for (_, tensor) in try Safetensors.read(path).tensors {
            #expect(tensor.values.count == tensor.count)
          }
        } catch let error as FileError {
          #expect(error.path == path)
          errors += 1
        } catch {
          Issue.record("another error: \(error)")
        }
      }
    }
    #expect(errors > headerEnd * 4)
  }
}
