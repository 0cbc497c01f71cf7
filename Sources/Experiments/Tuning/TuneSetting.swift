import Learning
import Tensors

/// A choice of what a tuner may change.
struct TuneSetting: Sendable, Equatable {
  /// λ by feature, the others left out; of all features where there are none.
  var lambda: [String: Double] = [:]
  /// λ of all features; nil where some have their own.
  var uniform: Double?
  var levers: TuneLevers

  /// The point of a sweep whose control has this recipe.
  func point(_ control: Recipe) throws -> SweepPoint {
    var recipe = levers.applied(to: control)
    let terms = control.training.loss.terms
    guard terms.count == 1, case .residual(let base) = terms[0].term else {
      throw ArgumentError(
        "control", mustBe: "a residual such as loss.mse", got: "\(control.training.loss)")
    }
    let perFeature: PerFeature =
      uniform.map { .uniform($0) }
      ?? .named(lambda.mapValues { .included($0) }, default: .excluded)
    recipe.training.loss = .lai(try LaiLoss(base: base, lambda: perFeature))
    recipe.training.alpha = levers.alpha
    var fields = lambda.mapValues { JSON.number($0) }
    fields["default"] = .bool(false)
    let value: JSON = uniform.map { .number($0) } ?? .object(fields)
    return SweepPoint(
      settings: [.init("lambda", value), .init("alpha", .number(levers.alpha))]
        + levers.settings(control), recipe: recipe)
  }
}

/// The options beside λ that a tuner tries.
struct TuneLevers: Sendable, Equatable {
  var alpha: Double
  var schedule: Schedule
  var activation: String

  init(_ control: Recipe, alpha: Double) {
    self.alpha = alpha
    (schedule, activation) = (control.training.schedule, control.activation)
  }

  /// Without α, which is of the Lai loss.
  func applied(to control: Recipe) -> Recipe {
    var recipe = control
    recipe.training.schedule = schedule
    recipe.activation = activation
    return recipe
  }

  func settings(_ control: Recipe) -> [SweepPoint.Setting] {
    var settings: [SweepPoint.Setting] = []
    if schedule != control.training.schedule {
      settings.append(.init("schedule", .string("\(schedule)")))
    }
    if activation != control.activation {
      settings.append(.init("activation", .string(activation)))
    }
    return settings
  }

  /// What is tried one after the other, each with what was best before: alternatives in the order of
  /// what they gave on the paper's data.
  static func stages(_ control: Recipe) -> [[@Sendable (inout TuneLevers) -> Void]] {
    var stages: [[@Sendable (inout TuneLevers) -> Void]] = [
      [0.3, 1].map { alpha in { $0.alpha = alpha } }
    ]
    if control.training.schedule == .constant {
      stages.append([{ $0.schedule = .cosine(floor: 0, phase: .train) }])
    }
    let activation = control.activation == "tanh" ? "silu" : "tanh"
    stages.append([{ $0.activation = activation }])
    return stages
  }
}
