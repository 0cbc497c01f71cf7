import Foundation
import Tensors

/// Numbers that files hold as their bytes, little-endian: exact, and no longer than they are.
struct NumberBytes<S: TensorScalar>: Sendable, Equatable {
  let numbers: [S]

  init(_ numbers: [S]) { self.numbers = numbers }
}

extension NumberBytes: Codable {
  /// - Throws: `DecodingError` for a number of bytes that is no multiple of a number's.
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let data = try container.decode(Data.self)
    guard data.count % MemoryLayout<S>.stride == 0 else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(data.count) bytes are no whole number of \(S.dtype)")
    }
    numbers = [S](unsafeUninitializedCapacity: data.count / MemoryLayout<S>.stride) { buffer, count in
      count = data.copyBytes(to: buffer) / MemoryLayout<S>.stride
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(numbers.withUnsafeBytes { Data($0) })
  }
}
