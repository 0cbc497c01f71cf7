import Foundation
import Tensors

/// A tensor's numbers by value, for a training state: encoded as their bytes, so that every bit
/// returns.
struct StoredTensor: @unchecked Sendable {
  let dtype: DType
  let shape: [Int]
  let count: Int
  /// Row major, little endian; never written to after it was made.
  private let storage: Storage

  private init(_ bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) throws {
    (self.dtype, self.shape, count) = (dtype, shape, bytes.count / dtype.size)
    storage = try Storage(count: count, dtype: dtype, zeroed: false)
    if let start = bytes.baseAddress {
      storage.bytes.copyMemory(from: start, byteCount: bytes.count)
    }
  }

  /// - Throws: `AllocationError`.
  init<S: TensorScalar>(_ numbers: UnsafeBufferPointer<S>, shape: [Int]? = nil) throws {
    try self.init(
      UnsafeRawBufferPointer(numbers), dtype: S.dtype, shape: shape ?? [numbers.count])
  }

  /// - Throws: `AllocationError`.
  init<S: TensorScalar>(_ numbers: [S]) throws {
    self = try numbers.withUnsafeBufferPointer { try StoredTensor($0) }
  }

  /// - Throws: `AllocationError`; `LostDerivativeError` for a tensor of a derivative being taken.
  init(_ tensor: Tensor) throws {
    func stored<S: TensorScalar>(_ type: S.Type) throws -> StoredTensor {
      try tensor.withElements(as: S.self) { try StoredTensor($0, shape: tensor.shape) }
    }
    self = try tensor.dtype.dispatch { try stored($0) }
  }

  private var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage.bytes, count: storage.byteCount)
  }

  /// Calls `body` with the numbers, which are of the type S.
  func withElements<S: TensorScalar, Result>(
    as type: S.Type, _ body: (UnsafeBufferPointer<S>) throws -> Result
  ) rethrows -> Result {
    precondition(S.dtype == dtype)
    defer { withExtendedLifetime(storage) {} }
    return try body(bytes.assumingMemoryBound(to: S.self))
  }

  /// Writes the numbers, which are of the type S.
  func write<S: TensorScalar>(to target: UnsafeMutablePointer<S>) {
    withElements(as: S.self) {
      if let start = $0.baseAddress { target.update(from: start, count: count) }
    }
  }

  /// - Throws: `AllocationError`.
  var doubles: [Double] {
    get throws {
      try SystemMemory.withRoom(for: 8 * count) {
        func doubles<S: TensorScalar>(_ type: S.Type) -> [Double] {
          withElements(as: S.self) { $0.map { Double($0) } }
        }
        return dtype.dispatch { doubles($0) }
      }
    }
  }

  var isFinite: Bool {
    func isFinite<S: TensorScalar>(_ type: S.Type) -> Bool {
      withElements(as: S.self) { $0.allSatisfy(\.isFinite) }
    }
    return dtype.dispatch { isFinite($0) }
  }

  /// - Throws: `AllocationError`.
  func tensor() throws -> Tensor {
    let result = try Tensor(zeros: shape, dtype: dtype)
    func write<S: TensorScalar>(_ type: S.Type) throws {
      self.write(to: try result.mutableBase(as: S.self))
    }
    try dtype.dispatch { try write($0) }
    return result
  }
}

extension StoredTensor: Equatable {
  static func == (a: StoredTensor, b: StoredTensor) -> Bool {
    (a.dtype, a.shape) == (b.dtype, b.shape) && a.bytes.elementsEqual(b.bytes)
  }
}

extension StoredTensor: Codable {
  private enum Key: String, CodingKey { case dtype, shape, bytes }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let dtype = try values.decode(DType.self, forKey: .dtype)
    let shape = try values.decode([Int].self, forKey: .shape)
    let bytes = try values.decode(Data.self, forKey: .bytes)
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
    self = try bytes.withUnsafeBytes { try StoredTensor($0, dtype: dtype, shape: shape) }
  }

  func encode(to encoder: any Encoder) throws {
    precondition(Int(littleEndian: 1) == 1)
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(dtype, forKey: .dtype)
    try values.encode(shape, forKey: .shape)
    defer { withExtendedLifetime(storage) {} }
    try values.encode(
      Data(bytesNoCopy: storage.bytes, count: storage.byteCount, deallocator: .none),
      forKey: .bytes)
  }
}
