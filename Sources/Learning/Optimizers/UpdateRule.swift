import Kernels
import Tensors

/// How gradients change parameters, with the options that it takes.
///
/// Functions of scripts, help, files and tests read the list `all`; another optimizer is an entry of
/// it, and a file of its own in `Rules`.
public struct UpdateRule: OptionedRecord {
  /// What the option `weight_decay` does, with its default.
  enum Decay: Sendable {
    /// An L2 penalty: adds weight_decay·θ to the gradient.
    case penalty(Double)
    /// Shrinks the parameters by the factor 1 − rate·weight_decay, apart from the gradient.
    case decoupled(Double)
  }

  /// What an update needs.
  enum Kind: Sendable {
    /// One gradient, and a formula for each parameter.
    case formula(FormulaMakers, isDecoupled: Bool)
    /// The function itself, to search along a line.
    case search
  }

  public let name: String
  public let summary: String
  /// The source, for help.
  public let details: String
  public let options: [OptionRecord]
  let kind: Kind

  /// Whether it needs the function itself, and evaluates a batch at several parameters.
  public var searches: Bool { if case .search = kind { true } else { false } }

  /// - rate: the default learning rate.
  /// - options: the formula's own, beside `lr`, `weight_decay` and `centralize`, which all have.
  @inline(__always)
  init<F: OptionedFormula>(
    _ name: String, _ summary: String, details: String, rate: Double, decay: Decay,
    options: [OptionRecord], _ formula: F.Type
  ) {
    (self.name, self.summary, self.details) = (name, summary, details)
    let (amount, isDecoupled, help) =
      switch decay {
      case .penalty(let amount): (amount, false, "Weight decay, as an L2 penalty.")
      case .decoupled(let amount): (amount, true, "Weight decay, apart from the gradient.")
      }
    self.options =
      [OptionRecord("lr", .number(.positive), default: .number(rate), "Learning rate.")] + options
      + [
        OptionRecord("weight_decay", .number(.notNegative), default: .number(amount), help),
        OptionRecord(
          "centralize", .boolean, default: false,
          "Subtract from the gradient of each weight matrix its rows' means (Yong et al., 2020)."),
      ]
    kind = .formula(FormulaMakers(F.self), isDecoupled: isDecoupled)
  }

  init(
    _ name: String, _ summary: String, details: String, options: [OptionRecord], kind: Kind
  ) {
    (self.name, self.summary, self.details) = (name, summary, details)
    (self.options, self.kind) = (options, kind)
  }

  /// All of them.
  public static let all: [UpdateRule] = [adam, adamw, sgd, rmsprop, lion, lbfgs]
}

/// A formula whose constants come from options.
protocol OptionedFormula: UpdateFormula {
  init(_ options: OptionValues)
}

/// One whose only constant of an update is the learning rate.
protocol RatedFormula: OptionedFormula {
  var rate: Double { get set }
}

extension RatedFormula {
  mutating func begin(rate: Double, step: Int) { self.rate = rate }
}

/// A formula with its constants, for one number type.
struct BoundFormula<S: TensorScalar> {
  let slots: Int
  /// Computes the constants of an update.
  let begin: (_ rate: Double, _ step: Int) -> Void
  /// `Kernels.update`, of the same arguments.
  let update:
    (
      _ parameters: UnsafePointer<S>, _ gradients: UnsafePointer<S>, _ added: UnsafePointer<S>?,
      _ updated: UnsafeMutablePointer<S>, _ slots: Slots<UnsafeMutablePointer<S>>, _ count: Int,
      _ penalty: S, _ decay: S
    ) -> Bool

  // Closures, made where the types are known: through a protocol, generic code would run.
  @inline(__always)
  fileprivate init<F: OptionedFormula>(_ formula: F.Type, _ options: OptionValues) {
    var formula = F(options)
    slots = F.slots
    begin = { formula.begin(rate: $0, step: $1) }
    update = {
      apply(
        formula, $0, gradients: $1, added: $2, into: $3, slots: $4, count: $5, penalty: $6,
        decay: $7)
    }
  }
}

/// `Kernels.update`, outside of closures: into those the compiler does not inline the vector
/// instructions that C's headers give, which then cost a third more.
@inline(never)
private func apply<F: UpdateFormula, S: Scalar>(
  _ formula: F, _ parameters: UnsafePointer<S>, gradients: UnsafePointer<S>,
  added: UnsafePointer<S>?, into updated: UnsafeMutablePointer<S>,
  slots: Slots<UnsafeMutablePointer<S>>, count: Int, penalty: S, decay: S
) -> Bool {
  Kernels.update(
    formula, parameters, gradients: gradients, added: added, into: updated, slots: slots,
    count: count, penalty: penalty, decay: decay)
}

/// What binds a formula to options, for each number type.
struct FormulaMakers: Sendable {
  private let single: @Sendable (OptionValues) -> BoundFormula<Float>
  private let double: @Sendable (OptionValues) -> BoundFormula<Double>

  @inline(__always)
  fileprivate init<F: OptionedFormula>(_ formula: F.Type) {
    single = { BoundFormula(F.self, $0) }
    double = { BoundFormula(F.self, $0) }
  }

  func bound<S: TensorScalar>(to options: OptionValues, as type: S.Type) -> BoundFormula<S> {
    (S.self == Float.self ? single(options) as Any : double(options) as Any) as! BoundFormula<S>
  }
}
