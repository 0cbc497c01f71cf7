/// A column kept aside as text, no feature: an integer of 19 digits stays what it is. It names the
/// rows, or groups them.
public struct TextColumn: Sendable, Equatable {
  public let name: String
  /// By row.
  public let values: [String]

  public init(name: String, values: [String]) { (self.name, self.values) = (name, values) }

  /// Of the rows at these places, counted from 0.
  func rows(_ places: [Int]) -> TextColumn {
    TextColumn(name: name, values: places.map { values[$0] })
  }
}

extension Dataset {
  /// The column that names the rows, and those kept beside the features.
  package var textColumns: [TextColumn] { (ids.map { [$0] } ?? []) + texts }

  /// Takes the text columns of other data of as many rows, or of these rows of it.
  mutating func takeTexts(of other: Dataset, rows: [Int]? = nil) {
    ids = rows.map { other.ids?.rows($0) } ?? other.ids
    texts = rows.map { rows in other.texts.map { $0.rows(rows) } } ?? other.texts
  }
}
