import CMapping

/// A file mapped into memory: pages are read from it when they are first used, and writes stay in
/// memory.
final class MappedFile {
  private let start: UnsafeMutableRawPointer
  private let size: Int

  /// nil if the system cannot map the file, or the file is empty.
  init?(_ file: InputFile) {
    guard let start = lai_map(file.descriptor, file.size) else { return nil }
    (self.start, size) = (start, file.size)
  }

  deinit { lai_unmap(start, size) }

  /// The array at a place of the file, in the file's own bytes; nil if these are not a tensor's, or
  /// are not aligned as a tensor's must be.
  func tensor(_ layout: ArrayLayout, at offset: Int) -> Tensor? {
    guard layout.isTensors, offset % layout.type.size == 0 else { return nil }
    let storage = Storage(start + offset, byteCount: layout.byteCount, of: self)
    return Tensor(
      storage: storage, dtype: layout.type.dtype, shape: layout.shape, strides: layout.strides,
      offset: 0)
  }
}
