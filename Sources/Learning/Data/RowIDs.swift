/// A column kept aside that names the rows, as text: an integer of 19 digits stays what it is.
public struct RowIDs: Sendable, Equatable {
  public let name: String
  /// By row.
  public let values: [String]

  public init(name: String, values: [String]) { (self.name, self.values) = (name, values) }

  /// Of the rows at these places, counted from 0.
  func rows(_ places: [Int]) -> RowIDs { RowIDs(name: name, values: places.map { values[$0] }) }
}
