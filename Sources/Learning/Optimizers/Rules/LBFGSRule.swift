extension UpdateRule {
  static let lbfgs = UpdateRule(
    "lbfgs", "L-BFGS, for smooth functions without noise.",
    details: """
      Each batch takes one step: at most max_iter iterations, each with a line search for the strong
      Wolfe conditions, with the curvature that earlier steps showed. Best with batches of all rows:
      smaller batches are other functions. An error leaves the parameters as they were before the
      step. A schedule scales the length at which a search begins.
      Source: Nocedal and Wright, 2006, algorithms 3.5, 3.6 and 7.4.
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
