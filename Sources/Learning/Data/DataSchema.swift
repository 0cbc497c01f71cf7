/// How the columns of a file became features: what new rows need to become the same.
public struct DataSchema: Sendable, Equatable, Codable {
  /// A column of the file that became one feature, or one per category.
  public struct Column: Sendable, Equatable, Codable {
    public let name: String
    /// Of a one-hot column, in the order of its features; nil for numbers.
    public let categories: [String]?
    /// What replaces a missing number; nil if a missing one is an error or drops the row.
    public let fill: Double?

    public init(_ name: String, categories: [String]? = nil, fill: Double? = nil) {
      (self.name, self.categories, self.fill) = (name, categories, fill)
    }
  }

  /// In the order of the features.
  public let columns: [Column]
  /// The column of the target; nil without one.
  public let target: String?
  /// The column that names the rows; nil without one.
  public let id: String?
  /// Columns kept as text; nil for none.
  public let keep: [String]?

  public init(columns: [Column], target: String?, id: String? = nil, keep: [String] = []) {
    (self.columns, self.target, self.id) = (columns, target, id)
    self.keep = keep.isEmpty ? nil : keep
  }

  /// The same with another target, or none.
  init(_ other: DataSchema, target: String?) {
    self.init(columns: other.columns, target: target, id: other.id, keep: other.keep ?? [])
  }
}
