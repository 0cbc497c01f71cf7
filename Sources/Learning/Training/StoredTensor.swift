import Foundation
import Tensors

/// A tensor's numbers by value, for a training state: encoded as their bytes, so that every bit
/// returns.
struct StoredTensor: Sendable, Equatable {
  let dtype: DType
  let shape: [Int]
  /// Row major, little endian.
  private let bytes: Data

  var count: Int { bytes.count / dtype.size }

  init<S: TensorScalar>(_ numbers: UnsafeBufferPointer<S>, shape: [Int]? = nil) {
    dtype = S.dtype
    self.shape = shape ?? [numbers.count]
    bytes = Data(buffer: numbers)
  }

  init<S: TensorScalar>(_ numbers: [S]) {
    self = numbers.withUnsafeBufferPointer { StoredTensor($0) }
  }

  /// - Throws: `AllocationError`; `LostDerivativeError` for a tensor of a derivative being taken.
  init(_ tensor: Tensor) throws {
    func stored<S: TensorScalar>(_ type: S.Type) throws -> StoredTensor {
      try tensor.withElements(as: S.self) { StoredTensor($0, shape: tensor.shape) }
    }
    self = try tensor.dtype.dispatch { try stored($0) }
  }

  /// The numbers, which are of the type S.
  func elements<S: TensorScalar>(as type: S.Type) -> [S] {
    precondition(S.dtype == dtype)
    return [S](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = bytes.copyBytes(to: buffer) / MemoryLayout<S>.stride
    }
  }

  var doubles: [Double] {
    func doubles<S: TensorScalar>(_ type: S.Type) -> [Double] {
      elements(as: S.self).map { Double($0) }
    }
    return dtype.dispatch { doubles($0) }
  }

  /// - Throws: `AllocationError`.
  func tensor() throws -> Tensor {
    let result = try Tensor(zeros: shape, dtype: dtype)
    try dtype.dispatch { try write(to: result, as: $0) }
    return result
  }

  private func write<S: TensorScalar>(to tensor: Tensor, as type: S.Type) throws {
    let target = try tensor.mutableBase(as: S.self)
    _ = bytes.copyBytes(to: UnsafeMutableBufferPointer(start: target, count: count))
  }
}

extension StoredTensor: Codable {
  private enum Key: String, CodingKey { case dtype, shape, bytes }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    dtype = try values.decode(DType.self, forKey: .dtype)
    shape = try values.decode([Int].self, forKey: .shape)
    bytes = try values.decode(Data.self, forKey: .bytes)
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      count = overflow || extent < 0 ? -1 : product
      if count < 0 { break }
    }
    guard count >= 0, count <= Int.max / dtype.size, count * dtype.size == bytes.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .bytes, in: values, debugDescription: "not as many numbers as the shape has")
    }
  }

  func encode(to encoder: any Encoder) throws {
    precondition(Int(littleEndian: 1) == 1)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(dtype, forKey: .dtype)
    try values.encode(shape, forKey: .shape)
    try values.encode(bytes, forKey: .bytes)
  }
}
