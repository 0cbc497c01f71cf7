/// The zip container (PKWARE, APPNOTE 6.3.10) as far as .npz files use it: one volume, entries
/// stored or deflated, with the 64-bit extension.
struct ZipArchive {
  struct Entry {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// Bytes in the file, and unpacked.
    var packedSize: Int
    var size: Int
    var headerStart: Int
    /// Where the packed bytes are.
    var data = 0..<0
  }

  enum Signature {
    static let local: UInt32 = 0x0403_4b50
    static let central: UInt32 = 0x0201_4b50
    static let end: UInt32 = 0x0605_4b50
    static let end64: UInt32 = 0x0606_4b50
    static let locator64: UInt32 = 0x0706_4b50
  }

  let file: InputFile
  /// In the order of the directory; none shares bytes with another.
  private(set) var entries: [Entry] = []

  /// - Throws: `FileError` for what is no such archive, in all its parts that matter.
  init(_ file: InputFile) throws {
    self.file = file
    let directory = try findDirectory()
    guard directory.range.count <= Safetensors.headerLimit else {
      throw fault("has a directory of \(directory.range.count) bytes, which is too long")
    }
    var reader = FieldReader(
      try file.read(directory.range.count, at: directory.range.lowerBound), path: file.path)
    while !reader.bytes.isEmpty {
      entries.append(try entry(&reader, before: directory.range.lowerBound))
    }
    guard entries.count == directory.count else {
      throw fault(
        "has \(entries.count) entries in its directory and should have \(directory.count)")
    }
    for index in entries.indices {
      entries[index].data = try data(of: entries[index], before: directory.range.lowerBound)
    }
    // A small file could unpack to a huge one with entries that share their bytes.
    let ordered = entries.sorted { $0.headerStart < $1.headerStart }
    for (entry, next) in zip(ordered, ordered.dropFirst())
    where entry.data.upperBound > next.headerStart {
      throw fault("the entries '\(entry.name)' and '\(next.name)' overlap")
    }
  }

  private func fault(_ reason: String) -> FileError { FileError(file.path, reason) }

  private func fields(_ count: Int, at offset: Int) throws -> FieldReader {
    guard offset >= 0, count <= file.size - offset else { throw fault("ends too early") }
    return FieldReader(try file.read(count, at: offset), path: file.path)
  }
}

// MARK: - The directory

extension ZipArchive {
  private typealias Directory = (range: Range<Int>, count: Int)

  /// From the record at the end, which a comment may follow.
  private func findDirectory() throws -> Directory {
    let length = 22
    let tail = try fields(min(file.size, length + 0xffff), at: max(0, file.size - length - 0xffff))
    var start = tail.bytes.count - length
    while start >= 0 {
      var reader = FieldReader(tail.bytes[start..<(start + length)], path: file.path)
      if try reader.next() == Signature.end {
        let (disk, directoryDisk) = (try reader.next(UInt16.self), try reader.next(UInt16.self))
        let (_, count) = (try reader.next(UInt16.self), try reader.next(UInt16.self))
        let (size, offset) = (try reader.next(UInt32.self), try reader.next(UInt32.self))
        if try Int(reader.next(UInt16.self)) == tail.bytes.count - start - length {
          let place = file.size - tail.bytes.count + start
          if let directory = try findDirectory64(before: place) { return directory }
          guard disk == 0, directoryDisk == 0 else { throw fault("is one volume of several") }
          return try directory(UInt64(offset), UInt64(size), UInt64(count), endingAt: place)
        }
      }
      start -= 1
    }
    guard try file.read(min(2, file.size), at: 0) == Array("PK".utf8) else {
      throw fault("is not a .npz file" + (try FileSignature.hint(file)))
    }
    throw fault("is a zip archive that ends too early, or has more behind its end")
  }

  private func findDirectory64(before end: Int) throws -> Directory? {
    guard end >= 20 else { return nil }
    var locator = try fields(20, at: end - 20)
    guard try locator.next() == Signature.locator64 else { return nil }
    let disk = try locator.next(UInt32.self)
    let place = try locator.next(UInt64.self)
    guard disk == 0, place <= UInt64(end - 20) else { throw fault("has a misplaced directory") }
    var reader = try fields(56, at: Int(place))
    guard try reader.next() == Signature.end64 else { throw fault("has a misplaced directory") }
    try reader.skip(8 + 2 + 2 + 4 + 4 + 8)
    let count = try reader.next(UInt64.self)
    let size = try reader.next(UInt64.self)
    return try directory(reader.next(UInt64.self), size, count, endingAt: Int(place))
  }

  private func directory(
    _ offset: UInt64, _ size: UInt64, _ count: UInt64, endingAt end: Int
  ) throws -> Directory {
    guard offset <= UInt64(end), size == UInt64(end) - offset, count <= size / 46 else {
      throw fault("has a misplaced directory")
    }
    return (Int(offset)..<end, Int(count))
  }

  private func entry(_ reader: inout FieldReader, before end: Int) throws -> Entry {
    guard try reader.next() == Signature.central else { throw fault("has a damaged directory") }
    try reader.skip(4)
    let flags = try reader.next(UInt16.self)
    let method = try reader.next(UInt16.self)
    try reader.skip(4)
    let checksum = try reader.next(UInt32.self)
    let (packed, size) = (try reader.next(UInt32.self), try reader.next(UInt32.self))
    let nameLength = Int(try reader.next(UInt16.self))
    let extraLength = Int(try reader.next(UInt16.self))
    let commentLength = Int(try reader.next(UInt16.self))
    try reader.skip(2 + 2 + 4)
    let offset = try reader.next(UInt32.self)
    guard let name = String(validating: try reader.next(nameLength), as: UTF8.self) else {
      throw fault("has an entry whose name is not UTF-8")
    }
    var extra = FieldReader(try reader.next(extraLength), path: file.path)
    try reader.skip(commentLength)
    func refuse(_ reason: String) -> FileError { fault("the entry '\(name)' \(reason)") }
    guard flags & 0x2041 == 0 else { throw refuse("is encrypted") }
    guard method == 0 || method == 8 else {
      throw refuse("is packed with method \(method), neither stored (0) nor deflated (8)")
    }
    var wide = try wideFields(&extra)
    func widened(_ field: UInt32) throws -> Int {
      let value: UInt64 = field == .max && wide != nil ? try wide!.next() : UInt64(field)
      return Int(clamping: value)
    }
    let entry = Entry(
      name: name, isDeflated: method == 8, checksum: checksum, packedSize: 0,
      size: try widened(size), headerStart: 0)
    var result = entry
    result.packedSize = try widened(packed)
    result.headerStart = try widened(offset)
    guard result.headerStart <= end, result.packedSize <= end - result.headerStart else {
      throw refuse("lies outside the file")
    }
    // Deflate unpacks one byte to at most 1032.
    guard
      result.isDeflated
        ? result.size / 1032 <= result.packedSize : result.size == result.packedSize
    else { throw refuse("claims a size that its bytes cannot have") }
    return result
  }

  /// The extra field of the 64-bit extension.
  private func wideFields(_ extra: inout FieldReader) throws -> FieldReader? {
    while extra.bytes.count >= 4 {
      let kind = try extra.next(UInt16.self)
      let content = try extra.next(Int(extra.next(UInt16.self)))
      if kind == 1 { return FieldReader(content, path: file.path) }
    }
    return nil
  }

  /// The place of an entry's bytes, after a header that repeats the name.
  private func data(of entry: Entry, before end: Int) throws -> Range<Int> {
    var reader = try fields(30, at: entry.headerStart)
    let signature = try reader.next(UInt32.self)
    try reader.skip(22)
    let nameLength = Int(try reader.next(UInt16.self))
    let extraLength = Int(try reader.next(UInt16.self))
    let nameStart = entry.headerStart + 30
    let start = nameStart + nameLength + extraLength
    guard signature == Signature.local, start <= end, entry.packedSize <= end - start,
      try file.read(nameLength, at: nameStart).elementsEqual(entry.name.utf8)
    else { throw fault("the entry '\(entry.name)' is not where the directory says") }
    return start..<(start + entry.packedSize)
  }
}
