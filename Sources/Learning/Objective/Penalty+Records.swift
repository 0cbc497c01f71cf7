import Tensors

extension Penalty {
  /// All of them. An entry, and what it makes in a file of its own, are all that a new one needs.
  public static let records = [
    PenaltyRecord(
      "jacobian", "The network's slopes, squared or absolute.",
      details: """
        weight · (1/n) Σᵢ Σⱼ |kᵢⱼ|^power, summed over the outputs. at = "interpolated" takes the slopes
        at random points between the rows of pairs instead. Source: Sokolić et al. 2017; Varga et al.
        2018 (projections); Thanh-Tung et al. 2019 (interpolated).
        """,
      options: [
        weight, OptionRecord("power", .integer(1...2), default: 2, "Of the slopes: 2 or 1."),
        features,
        OptionRecord(
          "at", .choice(["data", "interpolated"]), default: "data",
          "Where slopes are taken: at the rows, or between random pairs of them."),
        OptionRecord(
          // The most so that a step answers Ctrl-C soon.
          "projections", .integer(1...10_000),
          "Estimates the sum over several outputs by so many random directions."),
      ]
    ) { options in .slopes(try JacobianPenalty(options)) },
    PenaltyRecord(
      "double_backprop", "The squared slopes of each row's loss.",
      details: """
        weight · (1/n) Σᵢ ‖∂ℓᵢ/∂xᵢ‖², where ℓᵢ is the residual's loss of row i: for mse
        weight · (1/n) Σᵢ 4eᵢ²‖kᵢ‖². Source: Drucker & LeCun 1991.
        """,
      options: [weight, features]
    ) { .slopes(try InputGradientPenalty(doubleBackprop: $0)) },
    PenaltyRecord(
      "input_gradient", "A norm of the slopes of each row's loss, or its square.",
      details: """
        weight · (1/n) Σᵢ ‖∂ℓᵢ/∂xᵢ‖, where ℓᵢ is the residual's loss of row i. With steps = h it is
        (ℓᵢ(xᵢ + h·d) − ℓᵢ(xᵢ))/h along the gradient's direction d, which counts as constant; it is
        computed in float64, also for float32 networks. Source: Finlay & Oberman 2021; Yu et al. 2018.
        """,
      options: [
        weight,
        OptionRecord(
          "norm", .choice(["l2", "l1", "linf"]), default: "l2",
          "Euclidean, sum of absolute values, or largest."),
        OptionRecord("squared", .boolean, default: false, "Whether the norm is squared."), features,
        OptionRecord(
          "steps", .number(.positive),
          "h: a finite difference along the gradient's direction instead."),
      ]
    ) { .slopes(try InputGradientPenalty($0)) },
    PenaltyRecord(
      "sobolev", "The distance of the network's slopes from given ones.",
      details: """
        weight · (1/n) Σᵢ ‖kᵢ − Kᵢ‖², summed over the outputs. K is targets or, without, the slopes of
        the data set. Source: Czarnecki et al. 2017.
        """,
      options: [
        weight,
        OptionRecord(
          "targets", .tensor,
          "The slopes K, [n][features] for one output, else [n][outputs][features]."), features,
      ]
    ) { .slopes(try SobolevPenalty($0)) },
    PenaltyRecord(
      "l2", "Squares of the weights.",
      details: """
        weight/2 · Σ w² over the weight matrices. Unlike AdamW's decay it is part of the loss. Source:
        Hoerl & Kennard 1970.
        """,
      options: [weight, biases]
    ) {
      .weights(WeightPenalty(l1: 0, l2: $0.number("weight"), includesBiases: $0.boolean("biases")))
    },
    PenaltyRecord(
      "l1", "Absolute values of the weights.",
      details: """
        weight · Σ |w| over the weight matrices; the derivative at 0 is 0. Source: Tibshirani 1996.
        """,
      options: [weight, biases]
    ) {
      .weights(WeightPenalty(l1: $0.number("weight"), l2: 0, includesBiases: $0.boolean("biases")))
    },
    PenaltyRecord(
      "elastic", "Absolute values and squares of the weights: mix · l1 + (1 − mix) · l2.",
      details: """
        weight · (mix · Σ |w| + (1 − mix)/2 · Σ w²) over the weight matrices. Source: Zou & Hastie
        2005.
        """,
      options: [
        weight,
        OptionRecord("mix", .number(.fraction), default: 0.5, "The share of l1."), biases,
      ]
    ) {
      let (weight, mix) = ($0.number("weight"), $0.number("mix"))
      return .weights(
        WeightPenalty(
          l1: weight * mix, l2: weight * (1 - mix), includesBiases: $0.boolean("biases")))
    },
  ]

  private static let weight = OptionRecord(
    "weight", .number(.notNegative), default: 1, "What the penalty is multiplied with.")
  private static let features = OptionRecord(
    "features", .features,
    "The features that count, by name, or their weights > 0; all others take default, or are left out."
  )
  private static let biases = OptionRecord(
    "biases", .boolean, default: false, "Whether biases count too.")
}
