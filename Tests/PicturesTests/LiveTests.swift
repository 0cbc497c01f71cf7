import Charts
import Experiments
import Learning
import Pictures
import Tensors
import Testing

/// What stands below the progress bar.
@Suite struct LiveTests {
  private let slopes = [
    SlopeAtKink(feature: "X1", slope: 0.5, kink: 1, above: 0.25),
    SlopeAtKink(feature: "X4", slope: 0.15, kink: 0.1, above: 0.625),
    SlopeAtKink(feature: "a very long name", slope: 9, kink: 1, above: 1),
  ]

  private func picture() -> TrainingPicture {
    var picture = TrainingPicture(label: "validation RMSE")
    for epoch in 1...8 {
      picture.append(
        epoch: epoch, stage: epoch <= 4 ? .pretrain : .train, 1 + 4 / Double(epoch * epoch))
    }
    picture.slopes = slopes
    return picture
  }

  /// Narrow, with the numbers of the slopes left out; a dotted line after the pre-training.
  private let narrow = """
    validation RMSE
     │⠀⠑⢄⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⡁
    4┤⠀⠀⠀⠱⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠄
    2┤⠀⠀⠀⠀⠈⠢⣀⡀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠂
     │⠀⠀⠀⠀⠀⠀⠀⠈⠉⠉⠒⠒⠒⠢⠤⠤⠤⠤⠤⣁⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
     └──────┬─────────┬─────────┬─────────┬─
            2         4         6         8
    mean |slope|; the kink is the middle
    X1            ━━━╌╌╌┃╌╌╌╌╌╌   25 % above
    X4            ━━━━━━┃━━━╌╌╌   63 % above
    a very long…  ━━━━━━┃━━━━━━  100 % above
    """

  private let inASCII = """
    validation RMSE
     |  ***                                  |
    4+     ******                            |
    2+           *******                     |
     |                  *********************|************************************
     +--+----------+---------+---------+----------+---------+---------+----------+--
        1          2         3         4          5         6         7          8
    mean |slope|; the kink is the middle
    X1            ======------|------------   25 % above  0.5, kink 1
    X4            ============|======------   63 % above  0.15, kink 0.1
    a very long~  ============|============  100 % above  9, kink 1
    """

  @Test func trainingAtItsWidths() {
    let rows = picture().rows(most: 12, TerminalRenderer(width: 40)).joined(separator: "\n")
    #expect(rows == narrow, "\n\(rows)")
    let ascii = picture().rows(most: 12, TerminalRenderer(width: 80, charset: .ascii))
      .joined(separator: "\n")
    #expect(ascii == inASCII, "\n\(ascii)")
  }

  @Test func coloursAreAddedToTheSameText() {
    let plain = picture().rows(most: 12, TerminalRenderer(width: 119))
    let coloured = picture().rows(most: 12, TerminalRenderer(width: 119, colors: .ansi16))
    #expect(coloured.map { $0.replacing(/\u{1b}\[[0-9;]*m/, with: "") } == plain)
    // Up to the kink in blue, beyond it in yellow.
    let bar = String(repeating: "━", count: 16)
    #expect(
      coloured.contains {
        $0.contains("\u{1b}[34m\(bar)\u{1b}[0m┃\u{1b}[33m\(bar.prefix(8))\u{1b}[0m╌╌╌╌╌╌╌╌")
      })
  }

  @Test("no row is too wide and there are never too many", arguments: 40...130)
  func room(width: Int) {
    for most in 1...20 {
      let rows = picture().rows(most: most, TerminalRenderer(width: width))
      #expect(rows.count <= most && rows.allSatisfy { $0.count <= width }, "\(most)")
    }
    #expect(picture().rows(most: 3, TerminalRenderer(width: width)).isEmpty)
  }

  @Test func theSteepestFeaturesAreShown() {
    var picture = picture()
    picture.slopes = (1...9).map {
      SlopeAtKink(feature: "X\($0)", slope: Double($0), kink: 1, above: 0.5)
    }
    let names = picture.notes(TerminalRenderer(width: 79)).dropFirst().map { $0.prefix(2) }
    #expect(names == ["X4", "X5", "X6", "X7", "X8", "X9"])
  }

  @Test("a curve keeps few points of many epochs") func manyEpochs() {
    var curve = LiveCurve()
    for epoch in 1...100_000 { curve.append(epoch: epoch, Double(-epoch)) }
    #expect((512...1024).contains(curve.epochs.count))
    #expect(curve.values == curve.epochs.map { -$0 } && curve.epochs.first == 1)
    #expect(zip(curve.epochs, curve.epochs.dropFirst()).allSatisfy { $0 < $1 })
    #expect(curve.epochs.last! > 99_700)
  }

  @Test("slopes of a linear network are its weights, kinks λ or √λ") func linear() throws {
    let data = try Synthetic.friedman1(count: 50, noise: 1, seed: 1, dtype: .float64)
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: 10, hidden: [], activation: .named("tanh"), dtype: .float64, using: &generator)
    let weights = (0..<10).map { Double($0) / 10 - 0.4 }
    try net.setWeights([try Tensor(weights, shape: [1, 10], dtype: .float64)])
    for (base, kink) in [(Residual.mse, 0.3), (.mae, 0.09)] {
      let loss = try LaiLoss(
        base: base,
        lambda: .named(["X4": .included(4), "X5": .excluded], default: .included(0.09)))
      let found = try SlopeMeter(loss, on: data)!.measure(net)
      #expect(found.map(\.feature) == (1...10).filter { $0 != 5 }.map { "X\($0)" })
      for slope in found {
        let weight = weights[Int(slope.feature.dropFirst())! - 1].magnitude
        let wanted = slope.feature == "X4" ? (base == .mse ? 2 : 4) : kink
        #expect(abs(slope.slope - weight) < 1e-12 && abs(slope.kink - wanted) < 1e-12)
        #expect(slope.above == (weight > wanted ? 1 : 0))
      }
    }
    #expect(try SlopeMeter(nil, on: data) == nil)
  }

  @Test func pointsOfASweep() throws {
    var picture = SweepPicture(measures: ["rmse", "var", "noise.X4"])
    #expect(picture.rows(most: 12, TerminalRenderer(width: 79)).isEmpty && picture.chart == nil)
    func point(_ name: String, _ kind: SweepPoint.Kind = .point) -> SweepPoint {
      SweepPoint(kind, name: name, recipe: Recipe())
    }
    picture.add(point("control", .control), seed: 1, ["rmse": 2, "noise.X4": 1, "var": 7])
    for place in 1...6 {
      for seed in [1, 2, 2] as [UInt64] {
        let rmse = 2 + Double(place) / 10 + Double(seed)
        picture.add(point("p\(place)"), seed: seed, ["rmse": rmse, "noise.X4": 0.5, "var": 7])
      }
    }
    let rows = picture.rows(most: 9, TerminalRenderer(width: 79))
    #expect(
      rows == [
        "best points  n   rmse  noise.X4    var",
        "control      1  2.000     1.000  7.000",
        "p1           2  3.600    0.5000  7.000",
        "p2           2  3.700    0.5000  7.000",
        "p3           2  3.800    0.5000  7.000",
        "p4           2  3.900    0.5000  7.000",
        "p5           2  4.000    0.5000  7.000",
      ], "\(rows)")
    #expect(picture.rows(most: 18, TerminalRenderer(width: 79))[0] == "noise.X4")
    #expect(picture.chart?.panels[0].xAxis.label == "rmse")
    for width in 40...120 {
      for most in 1...20 {
        let rows = picture.rows(most: most, TerminalRenderer(width: width))
        #expect(rows.count <= max(2, most) && rows.allSatisfy { $0.count <= width })
      }
    }
  }

  @Test("points that keep the bounds come first") func pointsOfATuner() throws {
    var picture = SweepPicture(
      TuneQuestion(minimise: "noise.X4", bounds: [try Bound("rmse", relative: "+10 %")]))
    for (name, rmse, noise) in [
      ("control", 2, 1), ("over", 2.3, 0.1), ("good", 2.1, 0.6), ("best", 2.2, 0.5),
    ] {
      picture.add(
        SweepPoint(name == "control" ? .control : .point, name: name, recipe: Recipe()), seed: 1,
        ["rmse": rmse, "noise.X4": noise])
    }
    let rows = picture.notes(TerminalRenderer(width: 79))
    #expect(
      rows.dropFirst().map { $0.prefix { $0 != " " } } == ["control", "best", "good", "over"])
    #expect(picture.chart?.panels[0].xAxis.label == "rmse")
  }
}
