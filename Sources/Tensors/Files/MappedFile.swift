import CMapping

/// A file in memory: pages come from it when they are first read, and writing stays in memory.
final class MappedFile {
  private let start: UnsafeMutableRawPointer
  private let size: Int

  /// nil when the system cannot map the file; an empty one has nothing to map.
  init?(_ file: InputFile) {
    guard let start = lai_map(file.descriptor, file.size) else { return nil }
    (self.start, size) = (start, file.size)
  }

  deinit { lai_unmap(start, size) }

  /// The array at a place of the file, in the file's own bytes; nil where these are not a tensor's,
  /// or not aligned as a tensor's must be.
  func tensor(_ layout: ArrayLayout, at offset: Int) -> Tensor? {
    guard layout.isTensors, offset % layout.type.size == 0 else { return nil }
    let storage = Storage(start + offset, byteCount: layout.byteCount, of: self)
    return Tensor(
      storage: storage, dtype: layout.type.dtype, shape: layout.shape, strides: layout.strides,
      offset: 0)
  }
}
