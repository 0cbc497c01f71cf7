import Kernels
import Tensors

/// What a residual e = ŷ − y costs. A loss is the mean of f(e) over the rows and outputs.
public struct Residual: Configured {
  public static let label = "residual"
  public let record: ResidualRecord
  public let options: OptionValues

  public init(_ record: ResidualRecord, _ options: OptionValues) {
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
}

/// An entry of the list of residuals.
public struct ResidualRecord: OptionedRecord {
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

extension Residual: CustomStringConvertible {
  /// "mse", "huber(delta 1)"
  public var description: String {
    record.options.isEmpty ? name : "\(name)(\(options))"
  }
}
