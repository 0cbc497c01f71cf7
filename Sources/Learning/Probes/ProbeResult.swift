/// What a probe found.
public struct ProbeResult: Sendable, Equatable {
  /// The probe's name: "noise".
  public let probe: String
  let title: String
  /// The names of the measured features, in the order of the columns; X1, X2, … where they have none.
  public let features: [String]
  let note: String?
  let numbers: [Finding<Double>]
  let columns: [Finding<[Double]>]

  struct Finding<Value: Sendable & Equatable>: Sendable, Equatable {
    let column: Probe.Column
    let value: Value

    init?(_ column: Probe.Column, _ value: Value?) {
      guard let value else { return nil }
      (self.column, self.value) = (column, value)
    }
  }

  /// - features: Names of the measured features.
  init(of probe: Probe, _ findings: Probe.Findings, features: [String]) {
    precondition(
      findings.numbers.count == probe.numbers.count
        && findings.columns.count == probe.columns.count,
      "probe \(probe.name) found other columns than its record has")
    self.probe = probe.name
    title = probe.title
    self.features = features
    note = findings.note
    numbers = zip(probe.numbers, findings.numbers).compactMap { Finding($0, $1) }
    columns = zip(probe.columns, findings.columns).compactMap { Finding($0, $1) }
    let rows = rowNames.count
    precondition(
      columns.allSatisfy { $0.value.count == rows }, "probe \(probe.name) found other rows")
  }

  /// A number of the whole network; nil for a name that the result does not have.
  public func number(_ name: String) -> Double? { numbers.first { $0.column.name == name }?.value }

  /// A column, one number per measured feature or value; nil for a name that the result does not have.
  public func column(_ name: String) -> [Double]? {
    columns.first { $0.column.name == name }?.value
  }

  /// The names of its numbers and columns.
  public var names: [String] { numbers.map(\.column.name) + columns.map(\.column.name) }

  private var grid: [Double]? { columns.first { $0.column.role == .grid }?.value }

  /// What the rows of the table are: "feature", or the name of the feature whose values they are.
  var rowHeading: String { grid == nil ? "feature" : features[0] }
  /// The names of the features, or the values of one.
  var rowNames: [String] { grid?.map { Table.shortNumber($0) } ?? features }
}

extension ProbeResult: CustomStringConvertible {
  public var description: String {
    let heads =
      (note.map { [$0] } ?? [])
      + numbers.map { "\($0.column.heading) \(Table.shortNumber($0.value))" }
    let shown = columns.filter { $0.column.role != .grid }
    let names = rowNames
    let table = Table(
      header: [rowHeading] + shown.map(\.column.heading),
      rows: names.indices.map { row in
        [names[row]] + shown.map { $0.column.text(of: $0.value[row]) }
      })
    let head = heads.isEmpty ? title : "\(title)(\(heads.joined(separator: ", ")))"
    return "\(head)\n\(table)"
  }
}

extension Probe.Column {
  /// A number of the column in a table.
  fileprivate func text(of value: Double) -> String {
    role == .shareBound && value > 1 ? ">1" : Table.number(value)
  }
}
