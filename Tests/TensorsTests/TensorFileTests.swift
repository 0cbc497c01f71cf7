import Foundation
import Tensors
import Testing

/// The expected contents of a fixture file.
struct ExpectedTensor: Codable {
  let dtype: String
  let shape: [Int]
  /// Row-major order, in hexadecimal.
  let values: [String]

  init(_ tensor: Tensor) {
    (dtype, shape) = (tensor.dtype.rawValue, tensor.shape)
    values = tensor.values.map(ExpectedTensor.hexadecimal)
  }

  func matches(_ tensor: Tensor) -> Bool {
    tensor.dtype.rawValue == dtype && tensor.shape == shape
      && isSame(tensor.values, values.map { Double($0)! })
  }

  /// In the format of Python's `float.fromhex`.
  private static func hexadecimal(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let sign = value.sign == .minus ? "-" : ""
    guard value != 0 else { return sign + "0x0p0" }
    let bits = String(value.significandBitPattern, radix: 16)
    let zeros = String(repeating: "0", count: 13 - bits.count)
    return sign + (value.isNormal ? "0x1." : "0x0.") + zeros + bits
      + "p\(value.isNormal ? value.exponent : -1022)"
  }
}

/// Equal bit by bit; all NaN are equal.
func isSame(_ a: [Double], _ b: [Double]) -> Bool {
  a.count == b.count
    && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
}

extension TensorFile.Contents {
  /// By name; "" is the tensor of an .npy file.
  var tensors: [String: Tensor] {
    switch self {
    case .tensor(let tensor): ["": tensor]
    case .named(let tensors, _, _): tensors
    }
  }

  var metadata: [String: String]? {
    if case .named(_, let metadata, _) = self { metadata } else { nil }
  }
}

/// Reads all files named in a folder's expected.json and compares their contents.
func checkFiles(in folder: URL) throws {
  let data = try Data(contentsOf: folder.appending(path: "expected.json"))
  let files = try JSONDecoder().decode([String: [String: ExpectedTensor]].self, from: data)
  #expect(files.count >= 11)
  for (name, tensors) in files {
    let path = folder.appending(path: name).path
    for maps in name.hasSuffix(".npz") ? [false] : [false, true] {
      let contents = try TensorFile.read(path, TensorFile.ReadOptions(maps: maps))
      #expect(Set(contents.tensors.keys) == Set(tensors.keys), "\(name)")
      for (key, expected) in tensors {
        let tensor = try #require(contents.tensors[key])
        #expect(expected.matches(tensor), "\(name), '\(key)', maps: \(maps)")
      }
      if name == "types.safetensors" {
        #expect(contents.metadata == ["note": "a \"text\", ä\n"])
      }
    }
  }
}

@Suite("Files of tensors") struct TensorFileTests {
  let folder: TemporaryFolder
  static let fixtures = Bundle.module.resourceURL!.appending(path: "Fixtures")

  init() throws { folder = try TemporaryFolder() }

  @Test("files that NumPy and safetensors wrote") func fixtures() throws {
    try checkFiles(in: TensorFileTests.fixtures)
  }

  /// Tensors of both types, in all layouts, empty ones, scalars, and every kind of number.
  static func samples() throws -> [String: Tensor] {
    let numbers = [
      1.5, -0.0, .infinity, -.infinity, .nan, .pi, .leastNonzeroMagnitude, 1e-40, 3e38,
      .greatestFiniteMagnitude,
    ]
    var samples: [String: Tensor] = [:]
    for dtype in DType.allCases {
      for (index, tensor) in try layouts(of: -1...1, dtype: dtype).enumerated() {
        samples["layout \(index) \(dtype)"] = tensor
      }
      samples["numbers/\(dtype)"] = try Tensor(numbers, shape: [2, 5], dtype: dtype)
      samples["scalar ä \(dtype)"] = try Tensor.scalar(2.5, dtype: dtype)
      samples["empty \(dtype)"] = try Tensor.zeros([0, 3], dtype: dtype)
      samples["long \(dtype)"] = try Tensor.arange(stop: 70_000, dtype: dtype)
    }
    return samples
  }

  @Test("written and read again, by name", arguments: ["x.npz", "x.NPZ", "c.npz", "x.safetensors"])
  func roundTrip(name: String) throws {
    let samples = try TensorFileTests.samples()
    let path = folder.path(name)
    try TensorFile.write(path, samples, isCompressed: name == "c.npz")
    for maps in name.hasSuffix("s") ? [false, true] : [false] {
      let read = try TensorFile.read(path, TensorFile.ReadOptions(maps: maps)).tensors
      #expect(Set(read.keys) == Set(samples.keys))
      for (name, tensor) in samples {
        #expect(ExpectedTensor(tensor).matches(try #require(read[name])), "\(name)")
      }
    }
  }

  @Test("written and read again, one by one") func roundTripOfOne() throws {
    for (name, tensor) in try TensorFileTests.samples() {
      for suffix in ["npy", "npz", "safetensors"] {
        let path = folder.path("x." + suffix)
        try TensorFile.write(path, tensor)
        let read = try TensorFile.read(path).tensors
        #expect(Array(read.keys) == [suffix == "npy" ? "" : "arr_0"])
        #expect(ExpectedTensor(tensor).matches(read.first!.value), "\(name) in .\(suffix)")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 3)
  }

  @Test("no other extension", arguments: ["x", "x.np", "x.npy.gz", "npy", ".npz/x"])
  func extensions(name: String) throws {
    let error = #expect(throws: FileError.self) { try TensorFile.read(folder.path(name)) }
    #expect(error?.reason.description.contains(".npy, .npz or .safetensors") == true, "\(name)")
    #expect(throws: FileError.self) { try TensorFile.write(folder.path(name), Tensor.ones([1])) }
  }

  @Test("contents that a format cannot hold") func refusals() throws {
    let x = try Tensor.ones([1])
    #expect(throws: FileError.self) { try TensorFile.write(folder.path("x.npy"), ["x": x]) }
    for name in ["x.npy", "x.npz"] {
      #expect(throws: ArgumentError.self) {
        try TensorFile.write(folder.path(name), x, metadata: ["k": "v"])
      }
    }
    for name in ["x.npy", "x.safetensors"] {
      #expect(throws: ArgumentError.self) {
        try TensorFile.write(folder.path(name), x, isCompressed: true)
      }
    }
    for name in ["a\0b", String(repeating: "x", count: 70_000)] {
      #expect(throws: ArgumentError.self) { try TensorFile.write(folder.path("x.npz"), [name: x]) }
    }
    try TensorFile.write(folder.path("y.npz"), x)
    #expect(throws: ArgumentError.self) {
      try TensorFile.read(folder.path("y.npz"), TensorFile.ReadOptions(maps: true))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["y.npz"])
  }

  @Test("a failed write leaves the old file and nothing else", arguments: ["npy", "npz"])
  func atomicity(suffix: String) throws {
    let path = folder.path("x." + suffix)
    try TensorFile.write(path, Tensor.ones([2]))
    let vast = try Tensor.ones([1]).expanded(to: [1_000_000_000_000])
    #expect(throws: AllocationError.self) { try TensorFile.write(path, vast) }
    #expect(try TensorFile.read(path).tensors.first?.value.values == [1, 1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
  }

  @Test("integers beyond float64") func longIntegers() throws {
    let exact: [Int64] = [1 << 53, -(1 << 53), 1 << 62, .min, (1 << 53) + 2, 3 << 60, -1]
    let inexact: [Int64] = [(1 << 53) + 1, -(1 << 53) - 1, .max, (1 << 60) + 1, .min + 1]
    func file(_ values: [Int64]) throws -> String {
      try folder.file(npy("<i8", "(\(values.count),)", values.flatMap(littleEndian)), "x.npy")
    }
    let read = try TensorFile.read(file(exact)).tensors[""]
    #expect(read?.values == exact.map { Double($0) })
    for value in inexact {
      let path = try file([1, value, .max])
      let error = #expect(throws: FileError.self) { try TensorFile.read(path) }
      #expect(
        error?.reason.description.contains("\(value)") == true, "\(error?.reason.description ?? "")"
      )
      let rounded = try TensorFile.read(path, TensorFile.ReadOptions(rounds: true)).tensors[""]
      #expect(rounded?.values == [1, Double(value), 0x1p63])
    }
    let unsigned = npy("<u8", "()", [UInt8](repeating: 0xff, count: 8))
    let error = #expect(throws: FileError.self) {
      try TensorFile.read(folder.file(unsigned, "x.npy"))
    }
    #expect(error?.reason.description.contains("18446744073709551615") == true)
  }
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A file of the format made by hand.
func npy(_ descr: String, _ shape: String, _ data: [UInt8] = [], fortran: String = "False")
  -> [UInt8]
{
  npy(header: "{'descr': '\(descr)', 'fortran_order': \(fortran), 'shape': \(shape), }\n", data)
}

func npy(header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
  let length = UInt32(header.utf8.count)
  return [0x93] + Array("NUMPY".utf8) + [version, 0]
    + littleEndian(length).prefix(version == 1 ? 2 : 4) + Array(header.utf8) + data
}
