import Charts
import Foundation
import Learning
import Pictures
import Tensors
import Testing

/// Losses of straight lines over slope and intercept.
@Suite struct LandscapeTests {
  private let axis = (0...48).map { -8 + Double($0) / 3 }
  private let intercepts = (0...24).map { -8 + Double($0) }

  private func data(noise: Double, count: Int = 60) throws -> Dataset {
    try Synthetic.line(
      slope: 3, intercept: 4, noise: noise, count: count, seed: 1, width: 2, dtype: .float64)
  }

  @Test("values are the mean error times the factor of the slope") func closedForm() throws {
    let data = try data(noise: 2)
    let (x, y) = (
      try data.x.elements(as: Double.self), try data.y!.elements(as: Double.self)
    )
    for (base, lambda) in [(Residual.mae, 0.5), (.mae, 2), (.mse, 0.25), (.mse, 36)] {
      let loss = Objective(.lai(try LaiLoss(base: base, lambda: .uniform(lambda))))
      let landscape = try Landscape(
        loss, data, slopes: [-6, -0.5, 0, 1, 6], intercepts: [-2, 4.5])
      for (row, intercept) in landscape.intercepts.enumerated() {
        for (column, slope) in landscape.slopes.enumerated() {
          let errors = zip(x, y).map { abs(slope * $0 + intercept - $1) }
          let (k, isMSE) = (abs(slope), base == .mse)
          let plain =
            errors.reduce(0) { $0 + (isMSE ? $1 * $1 : $1) } / Double(errors.count)
          // lai-loss.md: g is max(|k|, λ)/(min(1, λ)√(1 + k²)), and its square for MSE with λ².
          let factor =
            isMSE
            ? max(k * k, lambda) / (min(1, lambda) * (1 + k * k))
            : max(k, lambda) / (min(1, lambda) * (1 + k * k).squareRoot())
          let found = landscape.values[row * landscape.slopes.count + column]
          #expect(abs(found - plain * factor) <= 1e-9 * plain * factor)
        }
      }
    }
  }

  @Test("with much noise the minimum is at λ for MAE and √λ for MSE (the paper, Appendix A)")
  func minima() throws {
    let noisy = try data(noise: 8, count: 400)
    for lambda in [1.0, 2] {
      let loss = Objective(.lai(try LaiLoss(base: .mae, lambda: .uniform(lambda))))
      let best = try Landscape(loss, noisy, slopes: axis, intercepts: intercepts).minimum
      #expect(abs(best.slope - lambda) < 1e-9 && abs(best.intercept - 4) <= 1)
    }
    let loss = Objective(.lai(try LaiLoss(base: .mse, lambda: .uniform(36))))
    let best = try Landscape(loss, noisy, slopes: axis, intercepts: intercepts).minimum
    #expect(abs(best.slope - 6) < 1e-9 && abs(best.intercept - 4) <= 1)
    // With little noise, at the line itself.
    let clean = try data(noise: 0.1)
    #expect(
      abs(try Landscape(loss, clean, slopes: axis, intercepts: intercepts).minimum.slope - 3) < 0.4)
  }

  @Test func pictures() throws {
    let loss = Objective(.lai(try LaiLoss(base: .mae, lambda: .uniform(1))))
    let landscape = try Landscape(
      loss, data(noise: 8), slopes: axis, intercepts: intercepts, label: "Lai MAE, λ = 1")
    let text = Chart(panels: [try landscape.panel()]).description
    #expect(text.contains("Lai MAE, λ = 1") && text.contains("minimum: slope 1"))
    #expect(throws: ArgumentError.self) {
      try Landscape(
        loss, Synthetic.friedman1(count: 9, noise: 0, seed: 1), slopes: [0, 1], intercepts: [0])
    }
  }
}
