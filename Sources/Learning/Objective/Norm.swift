/// How the losses of the directions become one number: a mixture of their sum and their Euclidean norm,
/// a·Σⱼ ℓⱼ + b·√Σⱼ ℓⱼ², which the kernels of the Lai loss know by a and b.
public struct Norm: Configured {
  public static let label = "norm"
  public let record: NormRecord
  public let options: OptionValues

  public init(_ record: NormRecord, _ options: OptionValues) {
    (self.record, self.options) = (record, options)
  }

  public static let l1 = try! Norm("l1")
  public static let l2 = try! Norm("l2")

  /// mix·l1 + (1 − mix)·l2
  ///
  /// - Throws: `ArgumentError` for a mix outside 0…1.
  public static func elastic(mix: Double) throws -> Norm {
    try Norm("elastic", ["mix": .number(mix)])
  }

  /// a and b.
  var weights: (l1: Double, l2: Double) { record.weights(options) }
}

/// An entry of the list of norms.
public struct NormRecord: OptionedRecord {
  public let name: String
  public let summary: String
  /// The formula.
  public let details: String
  public let options: [OptionRecord]
  /// Of the sum and of the Euclidean norm.
  let weights: @Sendable (OptionValues) -> (l1: Double, l2: Double)

  init(
    _ name: String, _ summary: String, details: String, options: [OptionRecord] = [],
    _ weights: @escaping @Sendable (OptionValues) -> (l1: Double, l2: Double)
  ) {
    (self.name, self.summary, self.details) = (name, summary, details)
    (self.options, self.weights) = (options, weights)
  }
}

extension Norm {
  /// All of them. An entry is all that a new mixture needs.
  public static let records = [
    NormRecord("l1", "The sum.", details: "Σⱼ ℓⱼ") { _ in (1, 0) },
    NormRecord("l2", "The Euclidean norm.", details: "√Σⱼ ℓⱼ²") { _ in (0, 1) },
    NormRecord(
      "elastic", "A mixture of both.", details: "mix·Σⱼ ℓⱼ + (1 − mix)·√Σⱼ ℓⱼ²",
      options: [
        OptionRecord(
          "mix", .number(.fraction), default: 0.5, "Of elastic: mix·l1 + (1 − mix)·l2.")
      ]
    ) {
      let mix = $0.number("mix")
      return (mix, 1 - mix)
    },
  ]
}

extension Norm: CustomStringConvertible {
  /// "l2", "elastic, mix 0.5"
  public var description: String { record.options.isEmpty ? name : "\(name), \(options)" }
}
