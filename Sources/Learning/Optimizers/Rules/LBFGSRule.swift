extension UpdateRule {
  static let lbfgs = UpdateRule(
    "lbfgs", "L-BFGS, for smooth functions without noise.",
    details: """
      With a line search for the strong Wolfe conditions. Source: Nocedal and Wright, 2006, §7.2.
      """,
    options: [
      OptionRecord("max_iter", .integer(atLeast: 1), default: 20, "Most iterations in a step."),
      OptionRecord(
        "history", .integer(atLeast: 1), default: 10, "Iterations whose curvature is kept."),
      OptionRecord(
        "tolerance", .number(.notNegative), default: 1e-7,
        "Largest |gradient| at which the search ends."),
    ], kind: .search)
}
