import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: bounds") struct SweepBoundTests {
  @Test(arguments: [
    ("+2.4%", 2.4), ("2.4%", 2.4), ("-30 %", -30.0), ("- 30%", -30), ("0%", 0), ("1e1%", 10),
    ("-99.9%", -99.9),
  ])
  func changesAreRead(text: String, percent: Double) throws {
    #expect(try Bound("rmse", relative: text).limit == .relative(percent: percent))
  }

  @Test(arguments: [
    "", "%", "2.4", "x%", "+-2%", "nan%", "inf%", "1e999%", "-100%", "-200%", "2%%", "2 % x", "−3%",
  ])
  func othersAreErrors(text: String) {
    let problem = #expect(throws: ArgumentError.self) { try Bound("rmse", relative: text) }
    #expect(
      problem?.description
        == "subject.rmse must be a number, or a change against the control such as '+2.4%' (got '\(text)')"
    )
  }

  @Test func violationsAreSharesOfTheControl() throws {
    let up = Bound("rmse", .relative(percent: 10))
    #expect(up.value(control: 2) == 2.2 && abs(up.violation(2.4, control: 2) - 0.1) < 1e-12)
    #expect(up.violation(2.1, control: 2) < 0 && up.violation(2.2, control: 2) <= 0)
    let down = Bound("noise.X4", .relative(percent: -50))
    #expect(down.value(control: 2) == 1 && down.violation(2, control: 2) == 0.5)
    // Above a negative control is nearer to 0.
    #expect(up.value(control: -2) == -1.8 && up.violation(-2, control: -2) < 0)
    #expect(up.value(control: 0) == 0 && up.violation(3, control: 0) == 3)
    let fixed = Bound("mae", .absolute(3))
    #expect(fixed.value(control: 8) == 3 && fixed.violation(4, control: 8) == 0.125)
  }

  @Test func theyAreShown() {
    #expect("\(Bound("rmse", .relative(percent: 2.4)))" == "rmse ≤ +2.4 %")
    #expect("\(Bound("var", .relative(percent: -30)))" == "var ≤ −30 %")
    #expect("\(Bound("mae", .absolute(0.5)))" == "mae ≤ 0.5")
  }
}
