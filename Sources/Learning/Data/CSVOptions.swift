import Tensors

/// What to do with a CSV file's missing cells: those that are empty or hold a marker of `na`.
public enum MissingValues: Equatable, Sendable {
  /// Stop with an error that names line, column and value.
  case error
  /// Leave out the rows that have one.
  case drop
  /// Replace them by the mean of the column's numbers.
  case mean
  /// Replace them by the median of the column's numbers.
  case median
  /// Replace them by this number.
  case number(Double)
}

/// What to do with rows whose target is missing.
public enum MissingTarget: String, CaseIterable, Sendable {
  /// As `MissingValues` has it: an error, unless rows are dropped.
  case error
  case drop
}

/// A cell of a one-hot column that is none of the categories of the data before.
public enum UnknownCategory: String, CaseIterable, Sendable {
  case error
  /// 0 in all features of the column.
  case ignore
}

extension MissingValues: CustomStringConvertible {
  public var description: String {
    switch self {
    case .error: "error"
    case .drop: "drop"
    case .mean: "mean"
    case .median: "median"
    case .number(let value): numberText(value)
    }
  }
}

/// How a CSV file becomes a data set.
///
/// With `mean`, `median` and a number, a missing target is an error, since targets are never
/// filled, and a missing cell of a one-hot column becomes 0 in all of its features.
public struct CSVOptions: Sendable {
  /// The column that becomes y; without one there is no y.
  public var target: String?
  /// Columns to leave out; their cells are not checked.
  public var drop: [String] = []
  /// The columns that become features, in this order; nil for all but the target and dropped ones.
  public var columns: [String]?
  /// Text columns to turn into one column of 0 and 1 per value, in the order of the values, named
  /// "column=value".
  public var onehot: [String] = []
  /// What to do with missing cells.
  public var missing: MissingValues = .error
  /// Cells that count as missing besides empty ones, in upper or lower case. A marker that is a
  /// number matches that number however it is written.
  public var na = CSVOptions.usualMarkers
  /// The number type of x and y.
  public var dtype: DType = .float32
  /// Names of all columns of a file without a header.
  public var names: [String]?
  /// Lines to leave out before the header, or before the first row where there are `names`.
  public var skip = 0
  /// The rows to read, counted from 1; nil for all. The file may end before the last.
  public var rows: ClosedRange<Int>?
  /// One character between cells; " " stands for any number of spaces and tabs.
  public var separator = ","
  /// One character before the decimals.
  public var decimal = "."
  /// One character between groups of three digits; nil where digits are not grouped.
  public var thousands: String?
  /// One character around cells that hold separators or line ends, itself doubled there; "" for
  /// none.
  public var quote = "\""
  /// One character that begins a comment to the end of the line, outside quotes; nil for none.
  public var comment: String?
  /// The encoding of the file's text.
  public var encoding: TextEncoding = .utf8

  /// A column kept aside as the data's `ids`, not a feature.
  public var id: String?
  /// Columns kept aside as text, not features: for groups, and for files that are written.
  public var keep: [String] = []
  /// Leaves out the rows whose target is missing, whatever `missing` says of the features.
  public var missingTarget = MissingTarget.error
  /// Of rows that are read like those of other data, and no other.
  public var unknown = UnknownCategory.error
  /// Bytes of the blocks in which threads read a file; nil for the usual, where the file is large.
  package var blockSize: Int?

  /// The markers of pandas, R, NumPy and spreadsheets.
  public static let usualMarkers = ["NA", "N/A", "#N/A", "<NA>", "NaN", "-NaN", "null", "?"]

  public init(
    target: String? = nil, drop: [String] = [], missing: MissingValues = .error,
    onehot: [String] = [], dtype: DType = .float32
  ) {
    self.target = target
    self.drop = drop
    self.missing = missing
    self.onehot = onehot
    self.dtype = dtype
  }
}

/// The characters that separate and enclose the cells of a CSV file, checked; 0 for none.
struct CSVDialect {
  let separator: UInt8
  let quote: UInt8
  let comment: UInt8
  let decimal: UInt8
  /// Bytes of the mark between groups of digits; empty for none.
  let thousands: [UInt8]

  /// - Throws: `ArgumentError` for what is not one character, for a character that is not possible
  ///   there, and for one that is given twice.
  init(_ options: CSVOptions) throws {
    separator = try Self.byte("separator", options.separator, such: #"as ";" or "\t""#) {
      !Self.isOfNumbers($0)
    }
    decimal = try Self.byte("decimal", options.decimal, such: #"as ",""#) {
      !Self.isOfNumbers($0) && $0 != 0x20 && $0 != 0x09
    }
    quote =
      options.quote.isEmpty
      ? 0
      : try Self.byte("quote", options.quote, such: #"as "'", or "" for none"#) {
        !Self.isOfNumbers($0) && $0 != 0x20 && $0 != 0x09
      }
    comment =
      try options.comment.map {
        try Self.byte("comment", $0, such: ##"as "#""##) {
          !Self.isOfNumbers($0) && $0 != 0x20 && $0 != 0x09
        }
      } ?? 0
    let thousands = options.thousands
    self.thousands = Array((thousands ?? "").utf8)
    if let thousands {
      let bytes = self.thousands
      guard thousands.count == 1, thousands.unicodeScalars.count == 1,
        bytes.count > 1 || !Self.isOfNumbers(bytes[0]) && bytes[0] >= 0x20
      else {
        throw ArgumentError(
          "thousands", mustBe: #"one character that no number has, such as "," or " ""#,
          got: "'\(thousands)'")
      }
    }
    try checkDistinct(options)
  }

  /// Only `thousands` may be the same as the separator: such cells are quoted.
  private func checkDistinct(_ options: CSVOptions) throws {
    guard decimal != separator else {
      throw ArgumentError(
        "decimal",
        mustBe: "another character than separator; where commas are decimal, that is mostly ';'",
        got: "'\(options.decimal)' for both")
    }
    let parts = [
      ("separator", options.separator), ("decimal", options.decimal),
      ("thousands", options.thousands ?? ""), ("quote", options.quote),
      ("comment", options.comment ?? ""),
    ]
    for (index, part) in parts.enumerated() where !part.1.isEmpty {
      for other in parts[(index + 1)...] where other.1 == part.1 {
        if part.0 == "separator" && other.0 == "thousands" { continue }
        throw ArgumentError(
          other.0, mustBe: "another character than \(part.0)", got: "'\(part.1)' for both")
      }
    }
  }

  private static func byte(
    _ name: String, _ text: String, such example: String, where isFit: (UInt8) -> Bool
  ) throws -> UInt8 {
    let isLineEndOrNUL = text.utf8.contains { [0, 0x0A, 0x0D].contains($0) }
    guard let byte = text.utf8.first, text.utf8.count == 1, byte < 0x80, !isLineEndOrNUL,
      isFit(byte)
    else {
      throw ArgumentError(name, mustBe: "one character, such \(example)", got: "'\(text)'")
    }
    return byte
  }

  /// Digits, letters and signs.
  private static func isOfNumbers(_ byte: UInt8) -> Bool {
    let isLetter = (0x61...0x7A).contains(byte | 0x20)
    return isLetter || (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D
  }
}
