import Foundation
import Tensors
import Testing

@Suite("NPY") struct NPYTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ bytes: [UInt8]) throws -> Tensor {
    guard case .tensor(let tensor) = try TensorFile.read(folder.file(bytes, "x.npy")) else {
      throw FileError("x.npy", "holds no tensor")
    }
    return tensor
  }

  @Test("the bytes are NumPy's") func bytes() throws {
    let path = folder.path("x.npy")
    for (shape, text) in [([], "()"), ([2], "(2,)"), ([1, 2], "(1, 2)")] {
      let x = try Tensor(
        [1.0, -2].prefix(shape.isEmpty ? 1 : 2), shape: shape, dtype: .float64)
      try TensorFile.write(path, x)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(bytes.count == 128 + 8 * x.count)
      #expect(Array(bytes[..<10]) == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0])
      let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(text), }"
      #expect(
        String(decoding: bytes[10..<128], as: UTF8.self)
          == header + String(repeating: " ", count: 117 - header.count) + "\n")
      #expect(Array(bytes[128..<136]) == [0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
    }
  }

  @Test(
    "headers in other words",
    arguments: [
      #"{"descr":"<f4","fortran_order":False,"shape":(1,2)}"#,
      "{ 'shape' : ( 1 , 2 , ) , 'fortran_order' : True,'descr':'f4' }   \n",
      "\n{'descr': '=f4', 'fortran_order': False, 'shape': (1L, 2L)}",
    ])
  func headers(header: String) throws {
    for version: UInt8 in 1...3 {
      let x = try read(npy(header: header, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], version: version))
      #expect(x.shape == [1, 2] && x.values == [1, -2])
    }
  }

  @Test("column major") func fortran() throws {
    let x = try read(npy("|u1", "(2, 3)", [1, 2, 3, 4, 5, 6], fortran: "True"))
    #expect(x.valuesByIndexOrEmpty == [1, 3, 5, 2, 4, 6])
    #expect(x.strides == [1, 2])
  }

  @Test(
    "what is wrong is named",
    arguments: [
      ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "complex numbers, '<c8'"),
      ("{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}", "long doubles"),
      ("{'descr': '|S4', 'fortran_order': False, 'shape': (1,)}", "byte strings"),
      ("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", "texts"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects"),
      ("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}", "dates"),
      ("{'descr': '<m8[s]', 'fortran_order': False, 'shape': (1,)}", "durations"),
      ("{'descr': '|V4', 'fortran_order': False, 'shape': (1,)}", "raw bytes or records"),
      ("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured"),
      ("{'descr': ('<f4', (1,)), 'fortran_order': False, 'shape': (1,)}", "structured"),
      ("{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}", "unknown here, '<f3'"),
      ("{'descr': '', 'fortran_order': False, 'shape': (1,)}", "unknown here"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "4 bytes behind it"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}", "4 bytes behind it"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,)}", "1000000000000"),
      (
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
        "4611686018427387904x4"
      ),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "extent"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "extent"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", "not a tuple"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", "no ','"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (,)}", "extent"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': 1}", "no '('"),
      ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", "neither True nor False"),
      ("{'descr': <f4, 'fortran_order': False, 'shape': (1,)}", "no '''"),
      ("{'descr': '<f4\n', 'fortran_order': False, 'shape': (1,)}", "does not end"),
      ("{'descr': '<f4', 'fortran_order': False}", "lacks"),
      ("{}", "lacks"),
      (
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "extra field 'descr'"
      ),
      ("{'x': 1, 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "extra field 'x'"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + f()", "more text after"),
      ("{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}", "no '}'"),
      ("dict(descr='<f4')", "no '{'"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "ends too early"),
      ("", "ends too early"),
    ])
  func malformed(header: String, reason: String) throws {
    let error = #expect(throws: FileError.self) { try read(npy(header: header, [0, 0, 0, 0])) }
    #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test("too many axes") func axes() throws {
    func shape(_ count: Int) -> String { "(" + String(repeating: "1,", count: count) + ")" }
    #expect(try read(npy("|u1", shape(64), [7])).rank == 64)
    #expect(throws: FileError.self) { try read(npy("|u1", shape(65), [7])) }
  }

  @Test("bytes after the array") func trailing() throws {
    #expect(throws: FileError.self) { try read(npy("|u1", "(1,)", [7, 8])) }
  }

  @Test("other magic texts, versions and header lengths") func preamble() throws {
    let good = npy("|u1", "(1,)", [7])
    #expect(try read(good).values == [7])
    for (place, byte, reason) in [
      (0, 0x92, "is not a .npy file"), (5, 0x58, "is not a .npy file"), (6, 0, "version 0.0"),
      (6, 4, "version 4.0"),
      (7, 1, "version 1.1"), (9, 0x40, "longer than the file"),
    ] as [(Int, UInt8, String)] {
      var bytes = good
      bytes[place] = byte
      let error = #expect(throws: FileError.self) { try read(bytes) }
      #expect(error?.reason.description.contains(reason) == true, "\(error?.description ?? "")")
    }
    // A header that would need 4 GB.
    var bytes = npy(header: "{}", [0], version: 2)
    bytes.replaceSubrange(8..<12, with: [0xff, 0xff, 0xff, 0xff])
    #expect(throws: FileError.self) { try read(bytes) }
  }
}

extension Tensor {
  fileprivate var valuesByIndexOrEmpty: [Double] { (try? valuesByIndex) ?? [] }
}
