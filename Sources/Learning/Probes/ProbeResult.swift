/// What a probe found.
public struct ProbeResult: Sendable, Equatable {
  /// The probe's name: "noise".
  public let probe: String
  let title: String
  /// The names of the features, or X1, X2, … where they have none.
  public let features: [String]
  let numbers: [Finding<Double>]
  let columns: [Finding<[Double]>]

  struct Finding<Value: Sendable & Equatable>: Sendable, Equatable {
    let column: Probe.Column
    let value: Value
  }

  init(of probe: Probe, _ findings: Probe.Findings, features: [String]?) {
    let width = findings.columns.first?.count ?? 0
    precondition(
      findings.numbers.count == probe.numbers.count
        && findings.columns.count == probe.columns.count
        && findings.columns.allSatisfy { $0.count == width },
      "probe \(probe.name) found other columns than its record has")
    self.probe = probe.name
    title = probe.title
    self.features = features ?? ColumnNames.numbered(width)
    numbers = zip(probe.numbers, findings.numbers).map { Finding(column: $0, value: $1) }
    columns = zip(probe.columns, findings.columns).map { Finding(column: $0, value: $1) }
  }

  /// A number of the whole network; nil for a name that the probe does not have.
  public func number(_ name: String) -> Double? { numbers.first { $0.column.name == name }?.value }

  /// A column, one number per feature; nil for a name that the probe does not have.
  public func column(_ name: String) -> [Double]? {
    columns.first { $0.column.name == name }?.value
  }

  /// The names of its numbers and columns.
  public var names: [String] { numbers.map(\.column.name) + columns.map(\.column.name) }
}

extension ProbeResult: CustomStringConvertible {
  public var description: String {
    let heads = numbers.map { "\($0.column.heading) \(Table.shortNumber($0.value))" }
    let table = Table(
      header: ["feature"] + columns.map(\.column.heading),
      rows: features.indices.map { feature in
        [features[feature]] + columns.map { Table.number($0.value[feature]) }
      })
    let head = heads.isEmpty ? title : "\(title)(\(heads.joined(separator: ", ")))"
    return "\(head)\n\(table)"
  }
}
