/// Files of tensors: NumPy's .npy and .npz, and .safetensors.
public enum TensorFile {
  /// The format by the extension of a path.
  public enum Format: String, CaseIterable, Sendable {
    case npy, npz, safetensors

    /// - Throws: `FileError` for any other extension.
    public init(path: String) throws {
      let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
      let suffix = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last
      guard let format = Format(rawValue: suffix?.lowercased() ?? "") else {
        throw FileError(path, "must end in .npy, .npz or .safetensors, to say its format")
      }
      self = format
    }
  }

  /// How files are read.
  public struct ReadOptions: Sendable {
    /// Maps the file into memory, for tensors whose bytes in the file are those in memory. Pages
    /// are read when they are first used, and writes never reach the file. What another program
    /// writes to the file may be seen; what it cuts off reads as NaN, or as 0 up to the end of a
    /// page. Not for .npz.
    public var maps = false
    /// 64-bit integers that float64 does not hold are rounded, not refused.
    public var rounds = false
    /// The names of the tensors to read from an .npz or .safetensors file; nil for all.
    public var names: [String]?

    public init(maps: Bool = false, rounds: Bool = false, names: [String]? = nil) {
      (self.maps, self.rounds, self.names) = (maps, rounds, names)
    }

    /// The names asked for; nil for all.
    ///
    /// - Throws: `FileError` for one that is not in the file.
    func chosen(among known: [String], of path: String) throws -> [String]? {
      guard let names else { return nil }
      let all = Set(known)
      if let absent = names.first(where: { !all.contains($0) }) {
        let some = known.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let list = known.isEmpty ? "none" : known.count > 5 ? some + ", …" : some
        let hint = known.hint(for: absent)
        throw FileError(
          path, "has no tensor '\(absent)'" + (hint.isEmpty ? " (it has \(list))" : hint))
      }
      return names
    }
  }

  /// The contents of a file.
  public enum Contents {
    case tensor(Tensor)
    /// Tensors by name, with the texts of a .safetensors file (nil for an .npz, which has none),
    /// and with the entries of an .npz that are not arrays of numbers and why they cannot be read.
    case named([String: Tensor], metadata: [String: String]?, skipped: [String: String])
  }

  /// Reads a file in the format of its extension. Numbers become float32 if that holds every value
  /// of their type exactly (bool, integers up to 16 bits, float16, bfloat16, float32), else
  /// float64. Entries of an .npz file that are not arrays of numbers are skipped, and named in the
  /// result, unless the options ask for them.
  ///
  /// - Throws: `FileError` for a file that cannot be read, is damaged or holds nothing but what is
  ///   not numbers, for a name that is not there, and for a 64-bit integer that float64 does not
  ///   hold; `ArgumentError` for mapping an .npz, and for names in an .npy; `AllocationError`.
  public static func read(_ path: String, _ options: ReadOptions = ReadOptions()) throws -> Contents
  {
    switch try Format(path: path) {
    case .npy:
      guard options.names == nil else {
        throw ArgumentError(
          "names", mustBe: "left out for an .npy file, which has none", got: "some")
      }
      return .tensor(try NPY.read(InputFile(path), options))
    case .npz:
      guard !options.maps else {
        throw ArgumentError("map", mustBe: "false for an .npz file, which is packed", got: true)
      }
      let contents = try NPZ.read(InputFile(path), options)
      return .named(contents.tensors, metadata: nil, skipped: contents.skipped)
    case .safetensors:
      let contents = try Safetensors.read(path, options)
      return .named(contents.tensors, metadata: contents.metadata, skipped: [:])
    }
  }

  /// Writes one tensor; in .npz and .safetensors files its name is "arr_0".
  ///
  /// - Throws: as the other `write`.
  public static func write(
    _ path: String, _ tensor: Tensor, metadata: [String: String]? = nil, isCompressed: Bool = false
  ) throws {
    guard try Format(path: path) == .npy else {
      return try write(
        path, [nameOfUnnamed(0): tensor], metadata: metadata, isCompressed: isCompressed)
    }
    try check(.npy, metadata: metadata, isCompressed: isCompressed)
    try NPY.write(path, tensor)
  }

  /// Writes tensors by name, in one step for other programs; a failed write leaves nothing behind.
  ///
  /// - Throws: `FileError`; `ArgumentError` for several tensors in an .npy file, for a name that
  ///   the format cannot hold, for metadata elsewhere than in .safetensors, and for compression
  ///   elsewhere than in .npz; `AllocationError`.
  public static func write(
    _ path: String, _ tensors: [String: Tensor], metadata: [String: String]? = nil,
    isCompressed: Bool = false
  ) throws {
    let format = try Format(path: path)
    try check(format, metadata: metadata, isCompressed: isCompressed)
    switch format {
    case .npy:
      throw FileError(
        path, "an .npy file holds one tensor, not several by name; .npz and .safetensors do")
    case .npz:
      // Shorter names first: arr_2 before arr_10.
      let sorted = tensors.sorted {
        ($0.key.utf8.count, $0.key) < ($1.key.utf8.count, $1.key)
      }
      try NPZ.write(path, sorted.map { ($0.key, $0.value) }, isCompressed: isCompressed)
    case .safetensors:
      try Safetensors.write(path, tensors: tensors, metadata: metadata ?? [:])
    }
  }

  /// The names that `np.savez` gives to tensors without a name, from 0.
  public static func nameOfUnnamed(_ index: Int) -> String { "arr_\(index)" }

  private static func check(
    _ format: Format, metadata: [String: String]?, isCompressed: Bool
  ) throws {
    guard metadata == nil || format == .safetensors else {
      throw ArgumentError(
        "metadata", mustBe: "left out except for .safetensors", got: format.rawValue)
    }
    guard !isCompressed || format == .npz else {
      throw ArgumentError("compressed", mustBe: "false except for .npz", got: format.rawValue)
    }
  }
}
