import Kernels

/// The two kinds of losses. Losses are means: of the rows that are given, or of the larger batch that
/// these are a part of, whose number of rows is then `total`.
extension TrainingStep {
  /// MSE or MAE: three products a hidden layer.
  func baseGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, of total: Int? = nil,
    _ loss: PreparedObjective<S>, _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    forward(x, rows, derivatives: 1)
    let count = rows * outputs
    let all = (total ?? rows) * outputs
    let sum = Kernels.residualLosses(
      prediction, target: y, isSquared: loss.isSquared, loss: losses, derivative: allU,
      count: count)
    Kernels.scale(allU, by: weight / S(all), count: count)
    backward(x, rows, hasTangents: false, accumulate)
    let mean = Double(sum) / Double(all)
    return StepResult(value: mean, base: mean)
  }

  /// A Lai loss: six products a hidden layer, of which two are one of twice the size.
  func laiGradients(
    _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, _ loss: PreparedObjective<S>,
    _ weight: S, _ accumulate: Bool
  ) -> StepResult {
    var result = StepResult(value: 0, base: 0)
    for part in 0...outputs {
      let share = laiPart(
        part, x, y, rows, loss, weight, accumulate, sums: UnsafePointer(directionSums))
      result.value += share.value
      result.base += share.base
    }
    return result
  }

  /// One of `outputs` + 1 parts of a Lai loss, between which the rows of a batch meet: each but the
  /// last leaves an output's sums in `directionSums`, each but the first takes those of all rows.
  ///
  /// Returns what the part adds to the loss of these rows; a loss that couples rows is that of all.
  func laiPart(
    _ part: Int, _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, _ rows: Int, of total: Int? = nil,
    _ loss: PreparedObjective<S>, _ weight: S, _ accumulate: Bool, sums: UnsafePointer<S>
  ) -> StepResult {
    var result = StepResult(value: 0, base: 0)
    let count = Double((total ?? rows) * outputs)
    let hasTangents = loss.detach != .slope
    if part == 0 {
      forward(x, rows, derivatives: 2)
    } else {
      let weight = weight / S(outputs) / S(total ?? rows)
      let value = finish(loss, part - 1, rows, weight, sums)
      result.value = Double(value) / count
      if hasTangents { tangents(part - 1, rows, accumulate) }
    }
    if part < outputs {
      backwardForSlopes(part, rows)
      result.base = Double(begin(loss, y, part, rows)) / count
    } else {
      backward(x, rows, hasTangents: hasTangents, accumulate)
    }
    return result
  }

  private func begin(
    _ loss: PreparedObjective<S>, _ y: UnsafePointer<S>, _ output: Int, _ rows: Int
  ) -> S {
    var (predictions, targets, u) = (prediction, y, allU)
    if outputs > 1 {
      for row in 0..<rows {
        column[row] = prediction[row * outputs + output]
        self.targets[row] = y[row * outputs + output]
      }
      (predictions, targets, u) = (column, UnsafePointer(self.targets), self.u)
    }
    return loss.begin(
      predictions: predictions, targets: targets, rows: rows, slopes: slopes, factor: factor,
      stride: maximumRows, loss: losses, u: u, sums: directionSums)
  }

  /// Its ∂L/∂ŷ goes into a column of `allU`, its ∂L/∂k into `slopes`.
  private func finish(
    _ loss: PreparedObjective<S>, _ output: Int, _ rows: Int, _ weight: S, _ sums: UnsafePointer<S>
  ) -> S {
    let u = outputs > 1 ? self.u : allU
    let value = loss.finish(
      rows: rows, slopes: slopes, factor: factor, stride: maximumRows, loss: losses, u: u,
      sums: sums, scratch: lossScratch, weight: weight)
    if outputs > 1 { for row in 0..<rows { allU[row * outputs + output] = u[row] } }
    return value
  }
}
