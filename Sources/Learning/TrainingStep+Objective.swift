import Kernels
import Tensors

/// What a part of a step adds to the objective's value and to the base's.
struct PartResult: Sendable {
  /// Of these rows.
  var own = 0.0
  /// Of all rows of the batch, the same for each of its parts.
  var shared = 0.0
  /// The residuals of these rows.
  var base = 0.0
}

/// An objective's value and gradients. It is a mean over the rows that are given, or over those of the
/// larger batch that these are a part of.
extension TrainingStep {
  /// Room for the numbers that the objective's terms keep.
  ///
  /// - Throws: `AllocationError`.
  func reserve(for objective: PreparedObjective<S>) throws {
    if objective.passes.contains(where: \.pass.isInDouble), S.self != Double.self, wide == nil {
      wide = try WideStep(self)
    }
    try reserve(rows: objective.memoryRows, sums: objective.sumCount)
  }

  /// Room for so many rows as long as a batch, and sums.
  ///
  /// - Throws: `AllocationError`.
  func reserve(rows: Int, sums count: Int = 0) throws {
    let rows = rows * maximumRows
    guard rows > termCount || count > sumCount else { return }
    (termCount, sumCount) = (max(rows, termCount), max(count, sumCount))
    let memory = try Workspace<S>(counts: [termCount, sumCount])
    (termMemory, sums) = (memory.take(termCount), memory.take(sumCount))
    termWorkspace = memory
  }

  func clearAboveKink() { for index in aboveKink.indices { aboveKink[index] = 0 } }

  /// The weighted objective's gradients with respect to all parameters, into `gradients`.
  ///
  /// - x: [rows][inputs], y: [rows][outputs], rows ≤ maximumRows.
  /// - places: where the rows are among those of the data that the objective knows.
  /// - weight: multiplies the objective in the gradients; the result is not weighted.
  /// - accumulate: adds to the gradients that are there.
  ///
  /// - Throws: what a custom loss's function does; `AllocationError`.
  public func gradients(
    x: UnsafePointer<S>, y: UnsafePointer<S>, rows: Int, places: UnsafePointer<Int>? = nil,
    objective: PreparedObjective<S>, weight: S = 1, accumulate: Bool = false
  ) throws -> StepResult {
    try reserve(for: objective)
    let batch = BatchRows(x: x, y: y, count: rows, total: rows, start: 0, places: places)
    return objective.isWhole
      ? try wholeGradients(batch, objective, weight, accumulate)
      : gradients(batch, objective, weight, accumulate)
  }

  /// Those of a whole batch; the memory must be reserved.
  func gradients(
    _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    prepareWeights(hasSlopes: objective.needsSlopes)
    var result = PartResult()
    for part in 0..<objective.parts(outputs: outputs) {
      add(
        part, batch, objective, weight, accumulate, sums: UnsafePointer(sums), isStarted: false,
        to: &result)
    }
    return StepResult(value: result.own + result.shared, base: result.base)
  }

  /// The same with terms that take a batch as a whole.
  ///
  /// - Throws: what they do.
  func wholeGradients(
    _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S, _ accumulate: Bool
  ) throws -> StepResult {
    prepareWeights(hasSlopes: objective.needsSlopes)
    var result = PartResult()
    start(batch, objective, weight, accumulate, &result)
    try survey(batch, objective)
    for part in 0..<objective.parts(outputs: outputs) {
      add(
        part, batch, objective, weight, accumulate, sums: UnsafePointer(sums), isStarted: true,
        to: &result)
    }
    return StepResult(value: result.own + result.shared, base: result.base)
  }

  /// One of the parts of a step, between which the rows of a batch meet: each but the last leaves an
  /// output's sums in `sums`, each but the first takes those of all rows. The weights must be
  /// prepared and the memory reserved.
  func part(
    _ part: Int, _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S,
    _ accumulate: Bool, sums: UnsafePointer<S>
  ) -> PartResult {
    var result = PartResult()
    add(
      part, batch, objective, weight, accumulate, sums: sums, isStarted: false, to: &result)
    return result
  }

  private func add(
    _ part: Int, _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S,
    _ accumulate: Bool, sums: UnsafePointer<S>, isStarted: Bool, to result: inout PartResult
  ) {
    let last = objective.parts(outputs: outputs) - 1
    // The passes at other inputs come first.
    let accumulates = accumulate || !objective.passes.isEmpty
    if part > 0 {
      finish(part - 1, batch, objective, weight, sums, &result)
      if objective.givesSlopes { tangents(part - 1, batch.count, accumulates) }
    } else if !isStarted {
      start(batch, objective, weight, accumulate, &result)
    }
    if part < last {
      // Those of a single output are there after a survey.
      if objective.usesSlopes, !isStarted || outputs > 1 { backwardForSlopes(part, batch.count) }
      begin(part, batch, objective, &result)
      return
    }
    backward(batch.x, batch.count, hasTangents: objective.givesSlopes, accumulates)
    // Once a batch.
    guard batch.start == 0 else { return }
    for part in objective.weightTerms {
      result.own +=
        Double(part.weight)
        * part.term.addAll(layout, parameters, gradients, weight: weight * part.weight)
    }
  }

  /// Passes at other inputs, the forward pass and the residuals.
  private func start(
    _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S, _ accumulate: Bool,
    _ result: inout PartResult
  ) {
    for (index, part) in objective.passes.enumerated() {
      result.own +=
        Double(part.weight)
        * part.pass.run(self, batch, weight * part.weight, accumulate || index > 0)
    }
    forward(batch.x, batch.count, derivatives: objective.usesSlopes ? 2 : 1)
    let count = batch.count * outputs
    let all = batch.total * outputs
    if objective.residuals.isEmpty { allU.update(repeating: 0, count: count) }
    for (index, part) in objective.residuals.enumerated() {
      let scale = part.weight * weight / S(all)
      let sum: S
      if index == 0 {
        sum = part.kernel(prediction, batch.y, losses, allU, nil, count)
        Kernels.scale(allU, by: scale, count: count)
      } else {
        sum = part.kernel(prediction, batch.y, losses, otherU, nil, count)
        Kernels.addScaled(otherU, scale, to: allU, count: count)
      }
      let mean = Double(part.weight) * (Double(sum) / Double(all))
      result.own += mean
      result.base += mean
    }
    for part in objective.otherResiduals {
      let sum = part.kernel(prediction, batch.y, losses, otherU, nil, count)
      result.base += Double(part.weight) * (Double(sum) / Double(all))
    }
  }

  /// Slopes of all outputs for the terms that take a batch as a whole.
  private func survey(_ batch: BatchRows<S>, _ objective: PreparedObjective<S>) throws {
    if objective.usesSlopes {
      for output in 0..<outputs {
        backwardForSlopes(output, batch.count)
        let slopes = OutputSlopes(
          output: output, rows: batch.count, slopes: UnsafePointer(slopes), stride: maximumRows)
        for part in objective.slopeTerms where part.term.usesSlopes {
          try part.term.whole?.survey(slopes)
        }
      }
    }
    for part in objective.slopeTerms {
      try part.term.whole?.evaluate(prediction, batch.y, batch.count)
    }
  }

  private func begin(
    _ output: Int, _ batch: BatchRows<S>, _ objective: PreparedObjective<S>,
    _ result: inout PartResult
  ) {
    if outputs > 1 {
      for row in 0..<batch.count {
        column[row] = prediction[row * outputs + output]
        targets[row] = batch.y[row * outputs + output]
      }
    }
    let view = rows(output, batch)
    if objective.usesResidual {
      residualFirst.update(repeating: 0, count: batch.count)
      residualSecond.update(repeating: 0, count: batch.count)
      for part in objective.baseResiduals {
        _ = part.kernel(
          view.predictions, view.targets, losses, otherFirst, otherSecond, batch.count)
        Kernels.addScaled(otherFirst, part.weight, to: residualFirst, count: batch.count)
        Kernels.addScaled(otherSecond, part.weight, to: residualSecond, count: batch.count)
      }
    }
    let count = Double(batch.total * outputs)
    for part in objective.slopeTerms {
      let base = part.term.begin(
        view, termMemory + part.memory * maximumRows, sums + part.sums)
      result.base += Double(part.weight) * (Double(base) / count)
    }
    if let count = objective.countAboveKink {
      aboveKink.withUnsafeMutableBufferPointer { count(view, $0) }
    }
  }

  private func finish(
    _ output: Int, _ batch: BatchRows<S>, _ objective: PreparedObjective<S>, _ weight: S,
    _ sums: UnsafePointer<S>, _ result: inout PartResult
  ) {
    let view = rows(output, batch)
    if outputs > 1 { u.update(repeating: 0, count: batch.count) }
    var adds = false
    for part in objective.slopeTerms {
      let value = part.term.finish(
        view, termMemory + part.memory * maximumRows, sums + part.sums, weight * part.weight, adds)
      result.own += Double(part.weight) * value.own
      result.shared += Double(part.weight) * value.shared
      if part.term.givesSlopes { adds = true }
    }
    if outputs > 1 {
      for row in 0..<batch.count { allU[row * outputs + output] += u[row] }
    }
  }

  private func rows(_ output: Int, _ batch: BatchRows<S>) -> OutputRows<S> {
    let isOnly = outputs == 1
    return OutputRows(
      output: output, outputs: outputs, inputs: inputs, rows: batch.count, total: batch.total,
      places: batch.places, predictions: isOnly ? prediction : column,
      targets: isOnly ? batch.y : UnsafePointer(targets), slopes: UnsafePointer(slopes),
      stride: maximumRows, first: UnsafePointer(residualFirst),
      second: UnsafePointer(residualSecond), u: isOnly ? allU : u, v: slopeAdjoints)
  }
}
