import Charts
import Experiments
import Foundation
import Learning
import Pictures
import Tensors
import Testing

/// Who watches a sweep here: nobody.
private struct Nobody: SweepControl {
  func shouldStop() -> Bool { false }
  mutating func progress(_ progress: SweepProgress) {}
  mutating func failed(_ point: SweepPoint, seed: UInt64, problem: String) {}
  mutating func measure(_ run: Run, on validation: Dataset) throws -> [String: Double] { [:] }
  func endsAll(_ error: any Error) -> Bool { false }
  func text(of error: any Error) -> String { "\(error)" }
}

/// Pages of sweeps, tuners and runs: their form, their numbers, and what they say of what is missing.
@Suite struct ReportTests {
  private func recipe(_ change: (inout Recipe) throws -> Void = { _ in }) throws -> Recipe {
    var recipe = Recipe()
    recipe.hidden = [4]
    (recipe.training.pretrain, recipe.training.epochs) = (2, 2)
    (recipe.training.batch, recipe.training.alpha) = (16, 0.5)
    try change(&recipe)
    return recipe
  }

  /// A control, two values of λ and the baselines of X4.
  private func sweep(
    seeds: [UInt64] = [1, 2, 3], baselines: Bool = true, rate: Double = 1e-2,
    names: [String] = (1...10).map { "X\($0)" }
  ) throws -> Sweep {
    let made = try Synthetic.friedman1(count: 60, noise: 0.5, seed: 3)
    let data = try Dataset(x: made.x, y: made.y, features: names, target: "y")
    var options = SweepOptions()
    options.seeds = seeds
    options.measures.noise = Measures.Noise(features: [names[3]])
    options.failuresAtFirst = .max
    options.record = SweepRecord(
      options: .object([
        "data": .string("rows"), "seeds": .integer(seeds.count),
        "base": .object(["batch": .integer(16)]),
      ]), script: "if a < b then print [[&]] end", environment: .object(["lai": .string("1.0")]))
    let sweep = try Sweep(try SweepData(data), options, store: SQLiteStore())
    try sweep.add(SweepPoint(.control, name: "control", recipe: recipe()))
    for lambda in [0.1, 1] {
      try sweep.add(
        SweepPoint(
          settings: [.init("lambda", .number(lambda)), .init("alpha", .number(0.5))],
          recipe: recipe {
            $0.training.loss = .lai(try LaiLoss(lambda: .uniform(lambda)))
            $0.training.optimizer = try .sgd(learningRate: rate)
          }))
    }
    if baselines {
      for point in try sweep.baselines(of: names[3]) { try sweep.add(point) }
    }
    return sweep
  }

  private func run(_ sweep: Sweep) throws -> Sweep {
    var nobody = Nobody()
    try sweep.run(control: &nobody)
    return sweep
  }

  private func training(
    validated: Bool = true, _ change: (inout TrainingOptions) throws -> Void = { _ in }
  ) throws -> Run {
    var options = TrainingOptions()
    (options.pretrain, options.epochs, options.batch, options.alpha) = (3, 4, 16, 0.5)
    options.loss = .lai(try LaiLoss(lambda: .uniform(0.1)))
    try change(&options)
    let (train, held) = try Synthetic.friedman1(count: 60, noise: 1, seed: 1)
      .split(validation: 0.25, seed: 1)
    let scaler = try Scaler(fitting: train, scalesTarget: true)
    var generator = RandomGenerator(seed: 1)
    let net = try MLP(inputs: 10, hidden: [4], activation: .named("tanh"), using: &generator)
    let job = try TrainingJob(
      options, model: net, data: scaler.transform(train),
      validation: validated ? scaler.transform(held) : nil)
    return try Training.run(job, model: net)
  }

  /// What every page must have.
  @discardableResult private func check(
    _ report: Report, _ location: SourceLocation = #_sourceLocation
  ) -> Page {
    let html = report.html
    let page = Page(html)
    #expect(page.problems == [], sourceLocation: location)
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(ids.count == Set(ids).count, sourceLocation: location)
    for svg in page.all("svg") {
      #expect(svg.attributes["role"] == "img", sourceLocation: location)
      #expect(!(svg.attributes["aria-label"] ?? "").isEmpty, sourceLocation: location)
    }
    #expect(
      page.all("figcaption").count == page.all("figure").count
        && page.all("svg").count == page.all("figure").count, sourceLocation: location)
    // What may be wider than a phone can be reached with the keyboard, and has a name.
    for name in ["table", "pre"] {
      #expect(page.all(name).allSatisfy { $0.path.last == "div" }, sourceLocation: location)
    }
    for region in page.all("div") where region.attributes["class"] == "wide" {
      #expect(region.attributes["tabindex"] == "0", sourceLocation: location)
      #expect(!(region.attributes["aria-label"] ?? "").isEmpty, sourceLocation: location)
    }
    // Names of XML's spaces are no addresses that a browser asks.
    let addresses = html.replacing("http://www.w3.org/2000/svg", with: "")
    for wanted in ["http", "//", "url(", "src=", "href=", "@import", "<script", "<link"] {
      #expect(!addresses.contains(wanted), sourceLocation: location)
    }
    #expect(page.all("h1").count == 1 && page.all("title").count > 0, sourceLocation: location)
    #expect(page.all("html")[0].attributes["lang"] == "en", sourceLocation: location)
    return page
  }

  private func sections(_ page: Page) -> [String] { page.all("h2").map(\.text) }

  @Test("the numbers of a sweep's page are those of its trials") func numbers() throws {
    let sweep = try run(sweep())
    let page = check(try sweep.report(title: "λ", date: Date(timeIntervalSince1970: 0)))
    #expect(
      sections(page) == [
        "Question", "Results", "By feature", "Baselines", "Figures", "Data", "Options",
        "Environment",
        "Script",
      ])
    let heads = page.tableRows[0]
    #expect(
      heads == [
        "lambda", "alpha", "n", "rmse", "change, %", "var", "change, %", "noise.X4", "change, %",
      ])
    for place in sweep.points.indices {
      let cells = page.tableRows[place + 1]
      for (column, name) in [(3, "rmse"), (5, "var"), (7, "noise.X4")] {
        let values = sweep.options.seeds.map {
          sweep.result(of: place, seed: $0)?.result?.measures[name] ?? .nan
        }
        let mean = values.reduce(0, +) / 3
        let parts = cells[column].split(separator: " ")
        let shown = try #require(Double(parts[0]))
        // Two digits of the half width, so that the mean is rounded to a hundredth of it or more.
        let half = try #require(Double(parts[2]))
        #expect(abs(shown - mean) <= max(half / 20, 1e-12), "\(name) of point \(place)")
        // Student's quantile for 2 degrees of freedom.
        let deviation = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 2).squareRoot()
        #expect(abs(half - 4.302652729911275 * deviation / 3.0.squareRoot()) <= half / 20)
      }
    }
    let text = page.elements.map(\.text).joined(separator: "\n")
    for part in [
      "2 points, 3 baselines, the control, each with 3 seeds", "√ of the mean of (ŷ − y)²",
      "48 of them with each seed, 12 for validation", "base.batch", "1970-01-01 00:00 UTC",
      "if a &lt; b then print [[&amp;]] end", "60x10 ",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("not run") && !text.contains("failed") && !text.contains("\nrows\nrows"))
    let verdict = try sweep.baselineVerdict(try sweep.rows())
    let beaten = Set(verdict.beaten.map(\.point.place)).count
    #expect(
      text.contains(beaten == 0 ? "No baseline beats" : "baselines beat \(beaten) of 2 points"))
    // Of slope and slope_p95.
    let count = sweep.points.count + 1
    let tables = (1...2).map { Array(page.tableRows[($0 * count)..<(($0 + 1) * count)]) }
    for (table, kind) in zip(tables, ["slope", "slope_p95"]) {
      #expect(table[0] == ["point"] + sweep.data.data.features)
      for (place, row) in table.dropFirst().enumerated() {
        for (name, cell) in zip(table[0], row).dropFirst() {
          let mean =
            sweep.options.seeds.map {
              sweep.result(of: place, seed: $0)?.result?.measures["\(kind).\(name)"] ?? .nan
            }.reduce(0, +) / 3
          #expect(abs(try #require(Double(cell)) - mean) <= 5e-4 * mean + 1e-12)
        }
      }
    }
    let last = page.tableRows.dropFirst(3 * count)
    #expect(last.count == (verdict.beaten.isEmpty ? 0 : verdict.beaten.count + 1))
    // Three measures over λ, and two against the first: alpha is the same for all points.
    #expect(page.all("figure").count == 5)
    #expect(page.all("figcaption").allSatisfy { !$0.text.contains("over alpha") })
    let chosen = check(try sweep.report(measures: ["slope.X2"]))
    #expect(chosen.tableRows[0] == ["lambda", "alpha", "n", "slope.X2", "change, %"])
    #expect(!sections(chosen).contains("By feature"))
    #expect(throws: ArgumentError.self) { try sweep.report(measures: ["slope.X22"]) }
  }

  @Test("names are escaped everywhere") func escaping() throws {
    let names = ["<b>", "a&b", "\"q\"", "x<script>", "名前", "it's", "{}", "=", "[y]", "z z"]
    let page = check(
      try run(sweep(seeds: [1, 2], names: names)).report(title: "a </title> & \"b\""))
    #expect(page.all("title")[0].text == "a &lt;/title&gt; &amp; \"b\"")
    #expect(page.tableRows[0].contains("noise.x&lt;script&gt;"))
  }

  @Test("a page says what is missing") func missing() throws {
    func text(_ sweep: Sweep) throws -> String {
      check(try sweep.report()).elements.map(\.text).joined(separator: "\n")
    }
    let waiting = try text(sweep(seeds: [1, 2], baselines: false))
    #expect(waiting.contains("Not run yet: 6 trials.") && waiting.contains("None were run."))
    let single = try text(run(sweep(seeds: [1])))
    #expect(single.contains("Results of one seed") && !single.contains("95 %"))
    let failed = try text(run(sweep(seeds: [1, 2], rate: 1e9)))
    #expect(
      failed.contains("4 trials failed")
        && failed.contains("lambda = 0.1, alpha = 0.5, seed 1 failed: "))
    #expect(failed.contains("No point and baseline have results that can be compared."))
  }

  @Test("the page of a run has its curves as numbers") func runs() throws {
    let run = try training()
    let page = check(
      run.report(environment: [("lai", "1.0")], date: Date(timeIntervalSince1970: 0)))
    #expect(sections(page).starts(with: ["Outcome", "Warnings"]) || sections(page)[1] == "Figures")
    let rows = page.tableRows
    let column = try #require(rows[0].firstIndex(of: "validation RMSE"))
    #expect(
      rows.count == 8
        && rows.dropFirst().map { $0[1] }.prefix(4) == [
          "pretrain", "pretrain", "pretrain", "train",
        ])
    for (row, epoch) in zip(rows.dropFirst(), run.history) {
      let shown = try #require(Double(row[column]))
      #expect(abs(shown - epoch.validationRMSE!) <= 5e-4 * shown)
    }
    let values = page.all("dd").map(\.text)
    for part in [
      "7: 3 of pre-training, 4 after it", "10 → 4 → 1", "loss.mse()", "1.0", "1970-01-01 00:00 UTC",
      "the features and the target",
    ] {
      #expect(values.contains(part), "\(part)")
    }
    #expect(page.all("dt").filter { $0.text == "X10" }.count == 1)
  }

  @Test("runs without validation, and those that diverge") func lesserRuns() throws {
    let plain = check(
      try training(validated: false) { ($0.loss, $0.pretrain) = (.mse, 0) }.report())
    #expect(plain.all("dt").contains { $0.text == "validation" })
    #expect(!plain.tableRows[0].contains("validation RMSE") && !sections(plain).contains("Slopes"))
    let diverged = check(
      try training {
        ($0.optimizer, $0.onDivergence) = (try .sgd(learningRate: 1e4), .stop)
      }.report())
    #expect(diverged.all("dd").contains { $0.text == "diverged" })
    #expect(diverged.all("dt").contains { $0.text == "problem" })
  }

  @Test("text has a contrast of 4.5, focus one of 3, light and dark") func contrast() throws {
    let html = try training().report().html
    let themes = html.components(separatedBy: ":root {").dropFirst().map { text in
      Dictionary(
        uniqueKeysWithValues: text.prefix { $0 != "}" }.components(separatedBy: "--").dropFirst()
          .map { entry in
            let parts = entry.components(separatedBy: ": #")
            return (parts[0], UInt32(parts[1].prefix(6), radix: 16)!)
          })
    }
    #expect(themes.count == 2)
    for theme in themes {
      func ratio(_ first: String, _ second: String) -> Double {
        let pair = [first, second].map { luminance(theme[$0]!) }.sorted()
        return (pair[1] + 0.05) / (pair[0] + 0.05)
      }
      #expect(ratio("text", "back") >= 4.5 && ratio("text", "soft") >= 4.5)
      #expect(ratio("focus", "back") >= 3 && ratio("focus", "soft") >= 3)
    }
    // The pictures have the page's background.
    for theme in themes {
      let back = String(theme["back"]!, radix: 16)
      let digits = String(repeating: "0", count: 6 - back.count) + back
      #expect(html.contains(".f-ground{fill:#\(digits)}"))
    }
  }

  /// The relative luminance of WCAG 2.
  private func luminance(_ color: UInt32) -> Double {
    zip([16, 8, 0], [0.2126, 0.7152, 0.0722]).map { shift, weight in
      let value = Double(color >> UInt32(shift) & 255) / 255
      return weight * (value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4))
    }.reduce(0, +)
  }
}
