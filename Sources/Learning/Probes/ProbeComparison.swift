import Foundation
import Tensors

/// What a probe found of several models on the same rows, with the same random numbers.
///
/// The changes are paired: of model b against the control a, on each feature, with the samples aᵢ and
/// bᵢ of which the probe's numbers are the means (one per row; of permutations, one each).
/// change = 100·(b̄/ā − 1) % with the standard error 100·√(Σ (bᵢ − (b̄/ā)·aᵢ)² / (n (n − 1))) / |ā|,
/// which is that of a ratio of means (Cochran, Sampling Techniques, 1977, §6.3), and difference =
/// b̄ − ā with the standard error of the mean of bᵢ − aᵢ.
public struct ProbeComparison: Sendable, Equatable {
  /// Numbers of one model, one per row of the table.
  public struct Numbers: Sendable, Equatable {
    public let values: [Double]
    /// Their standard errors.
    public let errors: [Double]
  }

  /// The probe's name: "noise".
  public let probe: String
  /// The column that is compared: "sensitivity".
  public let column: String
  /// The names of the models, the control first and the others sorted.
  public let models: [String]
  /// What the probe found of each, in their order.
  public let results: [ProbeResult]
  /// The numbers that are compared, in the order of the models.
  public let numbers: [Numbers]
  /// Against the control, in %; those of the control are 0. NaN where the control's number is 0.
  public let changes: [Numbers]
  /// Against the control; those of the control are 0.
  public let differences: [Numbers]

  private let title: String
  private let heading: String

  public var control: String { models[0] }
  public var features: [String] { results[0].features }

  init(
    _ probe: Probe, _ measured: [(name: String, result: ProbeResult, samples: [[Double]])]
  ) {
    (self.probe, column, title) = (probe.name, probe.principal.name, probe.title)
    heading = probe.principal.heading
    models = measured.map(\.name)
    results = measured.map(\.result)
    numbers = measured.map { model in
      Numbers(values: model.samples.map(\.mean), errors: model.samples.map(\.standardError))
    }
    let control = measured[0].samples
    differences = measured.map { model in
      let pairs = zip(control, model.samples).map { a, b in zip(a, b).map { $1 - $0 } }
      return Numbers(values: pairs.map(\.mean), errors: pairs.map(\.standardError))
    }
    changes = measured.map { model in
      let pairs = zip(control, model.samples).map { a, b in
        let ratio = b.mean / a.mean
        let residuals = zip(a, b).map { $1 - ratio * $0 }
        return (100 * (ratio - 1), 100 * residuals.standardError / abs(a.mean))
      }
      let isKnown = control.map { $0.mean != 0 }
      return Numbers(
        values: zip(pairs, isKnown).map { $1 ? $0.0 : .nan },
        errors: zip(pairs, isKnown).map { $1 ? $0.1 : .nan })
    }
  }
}

extension Probe {
  /// Measures several networks on the same rows with the same options and random numbers.
  ///
  /// - models: Names, each once, and networks; the first is the control, with which the others are
  ///   compared.
  /// - Throws: as for one network; `ArgumentError` for networks of which the probe lists other rows.
  public func compare(
    _ models: [(name: String, net: MLP)], on input: ProbeInput, _ options: OptionValues,
    noise: ProbeNoise? = nil, shouldStop: () -> Bool = { false }
  ) throws -> ProbeComparison {
    precondition(!models.isEmpty)
    let others = models.dropFirst().sorted { $0.name < $1.name }
    let all = try (models.prefix(1) + others).map { name, net in
      let found = try measured(
        net, input, options, noise: noise, keepsSamples: true, shouldStop: shouldStop)
      // The samples of all models, and their differences.
      try AllocationError.check(
        found.samples.count * found.samples[0].count, bytesEach: 8 * (models.count + 2))
      return (name: name, result: found.result, samples: found.samples)
    }
    for other in all where other.result.rowNames != all[0].result.rowNames {
      throw ArgumentError(
        "models.\(other.name)", mustBe: "a network of the same features as \(all[0].name)",
        got: other.result.rowNames.joined(separator: ", "))
    }
    return ProbeComparison(self, all)
  }
}

extension ProbeComparison: CustomStringConvertible {
  public var description: String {
    let others = models.indices.dropFirst()
    let names = results[0].rowNames
    let rows = names.indices.map { row in
      [names[row]]
        + numbers.map { "\(Table.number($0.values[row])) ± \(Table.number($0.errors[row]))" }
        + others.map { model in
          let (value, error) = (changes[model].values[row], changes[model].errors[row])
          return value.isNaN
            ? "–" : Table.format("%+.1f %%", value) + Table.format(" ± %.1f", error)
        }
    }
    let table = Table(
      header: [results[0].rowHeading] + models + others.map { "change, \(models[$0])" },
      rows: rows)
    return "\(title): \(heading) ± standard error, and paired changes against \(control)\n\(table)"
  }
}
