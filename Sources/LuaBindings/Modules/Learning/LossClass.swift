import CLai
import Learning
import Pictures
import Tensors

/// What scripts know as lai.Loss: sums of residuals, Lai losses, penalties and losses of their own.
extension Objective: LuaRepresentable {
  package static let luaName = "Loss"

  private static let receiver = Parameter("self", Kind.loss, "")
  private static let net = Parameter("net", Kind<MLP>.object, "The network.")
  private static let x = Parameter(
    "x", Kind.rows,
    "Rows of features, [n][inputs], or a data set of the columns that net was trained on.")
  private static let y = Parameter(
    "y", Kind.tensorLike.optional,
    "Targets, [n][outputs], or [n] for one output; left out for those of a data set.")
  private static let slopes = Option(
    "slopes", Kind.tensorLike.optional,
    "The slopes that penalty.sobolev wants, [n][inputs] for one output, else [n][outputs][inputs].")
  private static let masks = Option(
    "masks", Kind.tensorLike.list().optional,
    "What each hidden layer's activations are multiplied with, [n][width], as by dropout.")
  private static let options = Parameter<OptionTable>.options(slopes.record, masks.record)

  private static let parameters = [
    receiver.record, net.record, x.record, y.record, options.record,
  ]

  /// The loss and its gradients; λ by name takes the names of the data or, without any, those that the
  /// network was trained on.
  private static func gradients(_ state: LuaState) throws
    -> (value: Double, weights: [Tensor], biases: [Tensor])
  {
    state.top = 5  // losses in Lua leave their functions above: not in the place of the options
    let loss = try receiver.read(state, 1)
    let net = try net.read(state, 2)
    let rows = try x.read(state, 3)
    let target = try y.read(state, 4)
    let options = try options.read(state, 5)
    let x = try net.features(of: rows)
    guard let y = target ?? rows.y else {
      throw ArgumentError("y", mustBe: "given, or x a data set with targets", got: "nil")
    }
    return try loss.gradients(
      net, x, y, features: rows.names.features ?? net.names.features,
      slopes: options(slopes) ?? rows.slopes, masks: options(masks))
  }

  package static let luaClass = LuaClass(
    Objective.self, "What training minimises: losses and penalties add, and numbers scale them.",
    methods: [
      LuaFunction(
        "value", "The loss of a network on data.", reading: parameters, returns: "number"
      ) { try gradients($0).value.push(to: $0) },
      LuaFunction(
        "gradients",
        "The loss and its gradients: a value, and {weights = {…}, biases = {…}} layer by layer.",
        reading: parameters,
        returns: "number, {weights: lai.Tensor[], biases: lai.Tensor[]}"
      ) { state in
        let result = try gradients(state)
        return try LuaResults(
          result.value,
          LuaRecord([
            "weights": result.weights.map { LuaObject($0) },
            "biases": result.biases.map { LuaObject($0) },
          ])
        ).push(to: state)
      },
      LuaFunction(
        "factor", "g(k; λ), elementwise: what a Lai loss multiplies residuals with.", receiver,
        Parameter("k", Kind.tensorLike.or(.scalar), "Slopes; features along the last axis.")
      ) { loss, k in
        guard let lai = loss.laiLosses.first, loss.laiLosses.count == 1 else {
          throw ArgumentError(
            worded: "self", mustBe: "a loss with one Lai loss in it", got: loss.words)
        }
        return LuaObject(try lai.factor(k))
      },
      LuaFunction(
        "plot", "The factor g(k; λ) of a Lai loss over slopes, with its kinks.", receiver,
        example: "print(lai.loss.lai{lambda = 0.1}:plot())"
      ) { loss in
        guard let lai = loss.laiLosses.first, loss.laiLosses.count == 1 else {
          throw ArgumentError(
            worded: "self", mustBe: "a loss with one Lai loss in it", got: loss.words)
        }
        return LuaObject(try lai.chart())
      },
    ],
    metamethods: [
      "__add": sum, "__mul": multiple, "__div": quotient, "__unm": refused("neg", operands: 1),
      "__sub": refused("sub", operands: 2),
    ])

  /// a + b
  private static let sum = LuaFunction(
    "add", "The sum of two losses or penalties.",
    reading: [receiver.record, Parameter("other", Kind.loss, "Another.").record],
    returns: "lai.Loss"
  ) { state in
    state.top = 2
    guard let a = state.object(at: 1, as: Objective.self),
      let b = state.object(at: 2, as: Objective.self)
    else {
      throw LossArithmetic(sign: "+", left: state.account(of: 1), right: state.account(of: 2))
    }
    let count = a.terms.count + b.terms.count
    guard count <= Objective.mostTerms else {
      throw ArgumentError(
        "a sum of losses", mustBe: "of \(Objective.mostTerms) terms or fewer", got: count)
    }
    try state.push(loss: a + b, holdingFunctionsOf: [1, 2])
    return 1
  }

  /// 0.1 * a, a * 0.1
  private static let multiple = LuaFunction(
    "mul", "A loss or penalty times a number >= 0.",
    reading: [receiver.record, Parameter("factor", Kind<Double>.notNegative, "A number.").record],
    returns: "lai.Loss"
  ) { state in
    state.top = 2
    let place: Int32 = state.number(at: 1) == nil ? 1 : 2
    guard let loss = state.object(at: place, as: Objective.self),
      let factor = state.number(at: 3 - place)
    else {
      throw LossArithmetic(sign: "*", left: state.account(of: 1), right: state.account(of: 2))
    }
    try state.push(loss: factor * loss, holdingFunctionsOf: [place])
    return 1
  }

  /// a / 2
  private static let quotient = LuaFunction(
    "div", "A loss or penalty divided by a number > 0.",
    reading: [receiver.record, Parameter("divisor", Kind<Double>.positive, "A number.").record],
    returns: "lai.Loss"
  ) { state in
    state.top = 2
    guard let loss = state.object(at: 1, as: Objective.self), let divisor = state.number(at: 2)
    else {
      throw LossArithmetic(sign: "/", left: state.account(of: 1), right: state.account(of: 2))
    }
    guard divisor > 0, divisor.isFinite, (1 / divisor).isFinite else {
      throw ArgumentError("the divisor of a loss", mustBe: "> 0 and finite", got: divisor)
    }
    try state.push(loss: (1 / divisor) * loss, holdingFunctionsOf: [1])
    return 1
  }

  /// a − b and −a, which losses do not have.
  private static func refused(_ name: String, operands: Int32) -> LuaFunction {
    LuaFunction(name, "", reading: [], returns: LuaFunction.nothing) { state in
      throw LossArithmetic(
        sign: "-", left: operands == 1 ? nil : state.account(of: 1),
        right: state.account(of: operands))
    }
  }
}

extension Objective {
  /// The residual that it is, without anything else.
  var residual: Residual? {
    guard terms.count == 1, terms[0].weight == 1, case .residual(let residual) = terms[0].term
    else { return nil }
    return residual
  }

  fileprivate var laiLosses: [LaiLoss] {
    terms.compactMap { if case .lai(let loss) = $0.term { loss } else { nil } }
  }
}

/// What losses are not added to or multiplied with.
private struct LossArithmetic: Error, CustomStringConvertible {
  let sign: String
  /// nil for a sign before a loss.
  let left: String?
  let right: String
  var description: String {
    let advice =
      switch sign {
      case "+": "losses and penalties add to each other, as in lai.loss.mse() + lai.penalty.l2{}"
      case "-": "losses add with weights >= 0, as in lai.loss.mse() + 0.1 * lai.penalty.l2{}"
      case "/": "a number divides a loss, as in lai.loss.mse() / 2"
      default: "a number scales a loss, as in 0.1 * lai.penalty.l2{}, and two losses add"
      }
    return "\(advice) (got \([left, sign, right].compactMap { $0 }.joined(separator: " ")))"
  }
}
