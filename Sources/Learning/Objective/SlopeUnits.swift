import Tensors

/// What slopes ∂ŷ/∂x, and the λ that want them, are measured in.
public enum SlopeUnits: String, CaseIterable, Sendable, Codable {
  /// The network's own: scaled targets per scaled feature.
  case scaled
  /// Those of the data before they were scaled: slope · s_y / s_x, with the scales of target and
  /// feature.
  case original
}

extension SlopeUnits {
  /// The units of what a probe finds.
  static func option(default units: SlopeUnits = .scaled) -> OptionRecord {
    OptionRecord(
      "units", .choice(allCases.map(\.rawValue)), default: .text(units.rawValue),
      "Of what it finds: scaled, as the network's, or original, as before its scaler.")
  }

  init(_ options: OptionValues) { self = SlopeUnits(rawValue: options.text("units")) ?? .scaled }
}

extension LaiLoss {
  /// The same with λ for the slopes of a network on scaled data.
  ///
  /// A slope in original units is k·s_y/s_x, where k is the network's: the network wants a slope that is
  /// s_x/s_y times as large. λ is multiplied with that for residuals of power 1, with its square for
  /// those of power 2.
  ///
  /// - scaler: nil for data in original units: nothing changes.
  /// - Throws: `ArgumentError` for λ that do not fit the features, and for outputs of several scales.
  func inScaledUnits(of scaler: Scaler?, features: [String]?, inputs: Int) throws -> LaiLoss {
    guard units == .original else { return self }
    var lambda = lambda
    if let scaler {
      let factors = scaler.slopeFactors
      guard factors.allSatisfy({ $0 == factors[0] }) else {
        throw ArgumentError(
          worded: "units", mustBe: "'\(SlopeUnits.scaled.rawValue)' for outputs of several scales",
          got: "'\(units.rawValue)'")
      }
      let entries = try lambda.resolved(features: features, count: inputs, label: "lambda")
      lambda = .perFeature(
        zip(entries, factors[0]).map { entry, factor in
          entry.mapped { $0 * (base.power == 2 ? factor * factor : factor) }
        })
    }
    return try LaiLoss(
      base: base, lambda: lambda, norm: norm, reduction: reduction, detach: detach)
  }
}

extension Objective {
  /// The same with Lai losses in the units of a network on scaled data.
  ///
  /// - Throws: as `LaiLoss.inScaledUnits`.
  func inScaledUnits(of scaler: Scaler?, features: [String]?, inputs: Int) throws -> Objective {
    Objective(
      try terms.map { part in
        guard case .lai(let loss) = part.term, loss.units != .scaled else { return part }
        return WeightedTerm(
          weight: part.own, of: part.outer,
          term: .lai(try loss.inScaledUnits(of: scaler, features: features, inputs: inputs)))
      })
  }
}
