import Kernels
import Tensors

/// What a residual e = ŷ − y costs. A loss is the mean of f(e) over the rows and outputs.
public struct Residual: Sendable, Equatable {
  public let record: ResidualRecord
  public let options: OptionValues
  public var name: String { record.name }

  /// - name: of a record; options that are left out have their defaults.
  ///
  /// - Throws: `ArgumentError` for an unknown name or option and for a value out of range.
  public init(_ name: String, _ options: [String: OptionValue] = [:]) throws {
    let record = try ResidualRecord.named(name)
    self.init(record, try OptionValues(options, of: record.options))
  }

  fileprivate init(_ record: ResidualRecord, _ options: OptionValues) {
    (self.record, self.options) = (record, options)
  }

  /// Mean squared error: e².
  public static let mse = try! Residual("mse")
  /// Mean absolute error: |e|.
  public static let mae = try! Residual("mae")

  /// The power with which the Lai factor goes with it: see `ResidualRecord`.
  public var power: Int { record.power }

  func kernel<S: TensorScalar>(for type: S.Type) -> ResidualKernels.Kernel<S> {
    record.kernels(options).kernel(for: S.self)
  }

  /// f(e)
  func value(_ e: Double) -> Double {
    var (value, first) = (0.0, 0.0)
    return kernel(for: Double.self)([e], [0], &value, &first, nil, 1)
  }

  public static func == (a: Residual, b: Residual) -> Bool {
    (a.name, a.options) == (b.name, b.options)
  }
}

/// An entry of the list of residuals.
public struct ResidualRecord: Sendable {
  public let name: String
  public let summary: String
  /// The formula, and where it comes from.
  public let details: String
  public let options: [OptionRecord]
  /// 2 for residuals that grow with e² near 0, which the Lai loss multiplies with max(k², λ)/(1 + k²);
  /// 1 for those that grow with |e|, for which it takes max(|k|, λ)/√(1 + k²).
  public let power: Int
  let kernels: @Sendable (OptionValues) -> ResidualKernels

  init<F: ResidualFunction>(
    _ name: String, _ summary: String, details: String, options: [OptionRecord] = [], power: Int,
    _ function: @escaping @Sendable (OptionValues) -> F
  ) {
    (self.name, self.summary, self.details) = (name, summary, details)
    (self.options, self.power) = (options, power)
    kernels = { ResidualKernels(function($0)) }
  }

  /// The residual with these options.
  public func make(_ options: OptionValues) -> Residual { Residual(self, options) }

  /// - Throws: `ArgumentError` for a name that is not in the list.
  static func named(_ name: String) throws -> ResidualRecord {
    if let record = Residual.records.first(where: { $0.name == name }) { return record }
    let names = Residual.records.map { "'\($0.name)'" }.joined(separator: ", ")
    throw ArgumentError("residual", mustBe: "one of \(names)", got: "'\(name)'")
  }
}

/// A residual's f, f′ and f″ for both number types.
struct ResidualKernels: Sendable {
  /// Writes f, f′ and, where there is a place for it, f″ of predictions − targets; returns Σ f.
  typealias Kernel<S: TensorScalar> =
    @Sendable (
      _ predictions: UnsafePointer<S>, _ targets: UnsafePointer<S>,
      _ value: UnsafeMutablePointer<S>, _ first: UnsafeMutablePointer<S>,
      _ second: UnsafeMutablePointer<S>?, _ count: Int
    ) -> S
  private let single: Kernel<Float>
  private let double: Kernel<Double>

  @inline(__always) init<F: ResidualFunction>(_ function: F) {
    single = {
      Kernels.residuals(
        function, $0, target: $1, value: $2, first: $3, second: $4, count: $5)
    }
    double = {
      Kernels.residuals(
        function, $0, target: $1, value: $2, first: $3, second: $4, count: $5)
    }
  }

  func kernel<S: TensorScalar>(for type: S.Type) -> Kernel<S> {
    (S.self == Float.self ? single as Any : double as Any) as! Kernel<S>
  }
}

extension Residual {
  /// All of them. An entry is all that a new one needs.
  public static let records = [
    ResidualRecord(
      "mse", "Mean squared error.", details: "The mean of e², e = prediction − target.", power: 2
    ) { _ in SquaredResidual() },
    ResidualRecord(
      "mae", "Mean absolute error.",
      details: "The mean of |e|, e = prediction − target. The derivative at e = 0 is 0.", power: 1
    ) { _ in AbsoluteResidual() },
    ResidualRecord(
      "huber", "Huber's loss: squares of small residuals, absolute values of large ones.",
      details: """
        The mean of e²/2 where |e| ≤ δ, else of δ(|e| − δ/2). Source: Huber, Robust estimation of a
        location parameter, 1964; PyTorch's HuberLoss.
        """,
      options: [
        OptionRecord("delta", .number(.positive), default: 1, "δ, where the straight part begins.")
      ], power: 2
    ) { HuberResidual(delta: $0.number("delta")) },
    ResidualRecord(
      "logcosh", "The mean of log cosh e: smooth, e²/2 near 0 and |e| − log 2 far from it.",
      details: """
        Computed without overflow. Source: Saleh & Saleh, Statistical properties of the log-cosh loss
        function, arXiv 2208.04564.
        """,
      power: 2
    ) { _ in LogCoshResidual() },
    ResidualRecord(
      "quantile", "The pinball loss, which a prediction of the q-quantile minimises.",
      details: """
        The mean of max(q·r, (q − 1)·r), r = target − prediction; q = 0.5 is half of mae. Source:
        Koenker & Bassett, Regression quantiles, 1978.
        """,
      options: [
        OptionRecord("q", .number(.betweenZeroAndOne), default: 0.5, "The quantile.")
      ], power: 1
    ) { QuantileResidual(q: $0.number("q")) },
  ]
}

extension Residual: Codable {
  private enum CodingKeys: String, CodingKey { case name, options }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let options = try values.decode([String: OptionValue].self, forKey: .options)
    try self.init(values.decode(String.self, forKey: .name), options)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(options.values, forKey: .options)
  }
}

extension Residual: CustomStringConvertible {
  /// "mse", "huber(delta 1)"
  public var description: String {
    record.options.isEmpty ? name : "\(name)(\(options))"
  }
}
