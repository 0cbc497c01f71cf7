import Foundation
import Tensors
import Testing

@Suite("Mapped files") struct MappingTests {
  let folder: TemporaryFolder
  private let maps = TensorFile.ReadOptions(maps: true)

  init() throws { folder = try TemporaryFolder() }

  private func isMapped(_ path: String) throws -> Bool {
    // A file that reports no size: it is read to its end.
    let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps"))
    return String(decoding: try maps.readToEnd() ?? Data(), as: UTF8.self).contains(path)
  }

  @Test("the file's own bytes, until the last tensor is gone", .enabled(if: hasProc))
  func lifetime() throws {
    for name in ["x.npy", "x.safetensors"] {
      let path = folder.path(name)
      try TensorFile.write(path, Tensor.arange(stop: 5000))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      var tensor = try TensorFile.read(path, maps).tensors.first?.value
      #expect(try isMapped(path))
      var view = try tensor?.narrowed(axis: 0, from: 4000, length: 10)
      try tensor?.fill(with: 3)
      tensor = nil
      #expect(try isMapped(path))
      #expect(view?.values == [Double](repeating: 3, count: 10))
      view = nil
      #expect(try !isMapped(path))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    }
  }

  @Test("what cannot be mapped is copied", .enabled(if: hasProc)) func copies() throws {
    let quarter = littleEndian(Float(0.25).bitPattern)
    let bigEndian = folder.path("x.npy")
    _ = try folder.file(npy(">f4", "(1,)", quarter.reversed()), "x.npy")
    let misaligned = folder.path("x.safetensors")
    let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    for padding in 0..<4 {
      let bytes = safetensors(header + String(repeating: " ", count: padding), quarter)
      _ = try folder.file(bytes, "x.safetensors")
      let x = try TensorFile.read(misaligned, maps).tensors["x"]
      #expect(x?.values == [0.25])
      #expect(try isMapped(misaligned) == ((8 + header.utf8.count + padding) % 4 == 0))
    }
    let x = try TensorFile.read(bigEndian, maps).tensors[""]
    #expect(x?.values == [0.25])
    #expect(try !isMapped(bigEndian))
  }

  @Test("kernels at the end of a file that fills its pages") func fullPages() throws {
    let path = folder.path("x.npy")
    let page = Int(getpagesize())
    for dtype in DType.allCases {
      let count = (2 * page - 128) / dtype.size
      try TensorFile.write(path, Tensor.ones([count], dtype: dtype))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 2 * page)
      let x = try #require(TensorFile.read(path, maps).tensors[""])
      #expect(try (x + x).sum().item() == 2 * Double(count))
      #expect(try x.exp().log().sum().item().rounded() == Double(count))
      #expect(try x.dot(x).item() == Double(count))
      let end = try x.narrowed(axis: 0, from: count - 5, length: 5)
      #expect(try end.tanh().max().item() == end.tanh().min().item())
    }
  }

  @Test("a file that becomes shorter") func truncation() throws {
    let page = Int(getpagesize())
    for name in ["x.npy", "x.safetensors"] {
      let path = folder.path(name)
      try TensorFile.write(path, Tensor.ones([10 * page / 4]))
      let x = try #require(TensorFile.read(path, maps).tensors.first?.value)
      #expect(truncate(path, off_t(2 * page)) == 0)
      // The header is at most 128 bytes of the remaining pages.
      let values = x.values
      let lost = values.firstIndex { $0.isNaN } ?? 0
      #expect((2 * page - 128) / 4 <= lost && lost < 2 * page / 4)
      #expect(values[..<lost].allSatisfy { $0 == 1 } && values[lost...].allSatisfy(\.isNaN))
      try x.fill(with: 2)
      #expect(x.values.allSatisfy { $0 == 2 })
      #expect(truncate(path, 0) == 0)
      #expect(x.values.allSatisfy { $0.isNaN || $0 == 2 })
      try TensorFile.write(folder.path("copy.npy"), x)
    }
  }

  @Test("more mappings than there are places for") func many() throws {
    let path = folder.path("x.npy")
    try TensorFile.write(path, Tensor.ones([3]))
    let tensors = try (0..<1100).map { _ in try TensorFile.read(path, maps).tensors[""] }
    #expect(tensors.allSatisfy { $0?.values == [1, 1, 1] })
  }

  @Test("mapped bytes are not the collector's") func liveBytes() throws {
    let path = folder.path("x.npy")
    try TensorFile.write(path, Tensor.zeros([100_000_000]))
    let before = Storage.liveBytes
    let x = try TensorFile.read(path, maps).tensors[""]
    // Other tests allocate meanwhile, but not 400 MB.
    #expect(Storage.liveBytes < before + 300_000_000)
    #expect(x?.count == 100_000_000)
  }

  static let hasProc = FileManager.default.fileExists(atPath: "/proc/self/maps")
}
