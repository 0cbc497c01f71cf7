import Charts
import Experiments
import Foundation
import Learning
import Pictures
import Tensors
import Testing

/// Charts of results: which panels and names they have, and what numbers they show.
@Suite struct ResultChartTests {
  private func data(_ count: Int = 60) throws -> Dataset {
    try Synthetic.friedman1(count: count, noise: 1, seed: 1)
  }

  private func run(_ change: (inout TrainingOptions) -> Void = { _ in }) throws -> Run {
    var options = TrainingOptions()
    (options.pretrain, options.epochs, options.batch) = (3, 4, 16)
    options.loss = .lai(try LaiLoss(lambda: .uniform(0.1)))
    options.alpha = 0.5
    change(&options)
    let (train, held) = try data().split(validation: 0.25, seed: 1)
    let scaler = try Scaler(fitting: train, scalesTarget: true)
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(
      inputs: 10, hidden: [4], activation: .named("tanh"), using: &generator)
    let job = try TrainingJob(
      options, model: net, data: scaler.transform(train), validation: scaler.transform(held))
    return try Training.run(job, model: net)
  }

  private func texts(_ chart: Chart) -> String { SVGRenderer().render(chart) }

  @Test func runs() throws {
    let run = try run()
    let chart = try run.chart(title: "A run")
    #expect(chart.panels.map(\.yAxis.label).prefix(2) == ["validation RMSE", "training loss"])
    let text = texts(chart)
    #expect(text.contains("best, epoch \(run.bestEpoch!)") && text.contains("Lai batches"))
    #expect(text.contains("Lai batches or points") && text.contains("A run"))
    let plain = try self.run { ($0.loss, $0.pretrain) = (.mse, 0) }.chart()
    #expect(!texts(plain).contains("Lai batches") && plain.panels.count == 2)
  }

  @Test("a page needs nothing else and escapes what is not its own") func reports() throws {
    var report = Report(title: "a < b & \"c\"")
    report.heading("x <y>")
    report.list([("name", "1 & 2"), ("loss", "<script>")])
    report.code("if a < b then print [[&]] end", label: "say \"hi\"")
    report.figures([(try run().chart(), "curves")])
    let page = report.html
    #expect(page.contains("<title>a &lt; b &amp; \"c\"</title>") && !page.contains("<script"))
    #expect(
      page.contains("<dd>1 &amp; 2</dd>") && page.contains("aria-label=\"say &quot;hi&quot;\""))
    #expect(page.contains("if a &lt; b then") && page.contains("<svg"))
    // Names of XML's spaces are no addresses that a browser asks.
    let addresses = page.replacing("http://www.w3.org/2000/svg", with: "")
    #expect(
      !addresses.contains("http") && !addresses.contains("src=") && !addresses.contains("@import"))
    let html = try run().report(title: "One run").html
    #expect(html.contains("<h1>One run</h1>") && html.contains("best epoch"))
  }

  @Test func losses() throws {
    let chart = try LaiLoss(lambda: .named(["X4": .included(0.01)], default: .included(1)))
      .chart()
    let text = texts(chart)
    #expect(text.contains("λ = 0.01: X4") && text.contains("λ = 1: others"))
    #expect(chart.panels[0].yAxis.scale == .log)
    #expect(try LaiLoss(base: .mae, lambda: .uniform(2)).chart().panels[0].yAxis.scale == .linear)
    #expect(throws: ArgumentError.self) {
      try LaiLoss(lambda: .perFeature([.excluded])).chart()
    }
  }

  @Test func dataSets() throws {
    let data = try data()
    let chart = try data.chart()
    #expect(chart.panels.count == 11 && chart.panels[0].xAxis.label == "y")
    let single = try data.chart(of: "X4")
    #expect(
      single.panels.map(\.xAxis.label) == ["X4", "X4"] && single.panels[1].yAxis.label == "y")
    #expect(try data.chart(of: "y").panels.count == 1)
    #expect(throws: UnknownFeature.self) { try data.chart(of: "X44") }
  }
}
