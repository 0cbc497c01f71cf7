import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: tables") struct SweepTableTests {
  /// A control, a point that differs by chance, one of which a trial failed, one that is twice the
  /// control for each seed, and one that has not run.
  private func table(_ measures: [String] = ["rmse"]) throws -> SweepTable {
    let sweep = try tinySweep([0.25], seeds: [1, 2, 3], in: SQLiteStore())
    let odd = #"a|b_c&d<e>, "f" λ~^\$%#{}"#
    try sweep.add(
      SweepPoint(
        settings: [.init("alpha", .number(0.75)), .init("note", .string(odd))],
        recipe: tinyRecipe(alpha: 0.75)))
    try sweep.add(
      SweepPoint(.baseline, name: "without X4", recipe: tinyRecipe(alpha: 0.375)))
    try sweep.add(
      SweepPoint(
        settings: [
          .init("note", .array([.integer(4), .object(["X4": .number(0.1), "b": .bool(false)])]))
        ], recipe: tinyRecipe(alpha: 1)))
    let values: [[Double?]] = [[1, 2, 4], [1.1, 2.4, 4.2], [0.9, nil, 4.4], [2, 4, 8]]
    try sweep.store(
      values.enumerated().flatMap { place, values in
        values.enumerated().map { index, value in
          (place, UInt64(index + 1), value.map { ["rmse": $0, "own": 0] } ?? [:])
        }
      })
    return SweepTable(try sweep.rows(), measures: measures)
  }

  @Test func text() throws {
    #expect(
      try table().text(as: .text) == #"""
          alpha                             note             n       rmse             change, %
          control                                            3  2.3 ± 3.8
          0.25                                               3  2.6 ± 3.9          +11.5 ± 18.9
          0.75         a|b_c&d<e>, "f" λ~^\$%#{}  2 (1 failed)     3 ± 22  -0.5 [-72.2, +256.0]
          without X4                                         3  4.7 ± 7.6         +100.0 ± 0.0*
                      {4, {X4 = 0.1, b = false}}             0          –
          * differs from the control at 5 % (paired t test, Holm over the table)
        """#)
    #expect(try "\(table())" == table().text(as: .text))
  }

  @Test func markdown() throws {
    #expect(
      try table().text(as: .md) == #"""
        | alpha | note | n | rmse | change, % |
        |---|---|---|---|---|
        | control |  | 3 | 2.3 ± 3.8 |  |
        | 0.25 |  | 3 | 2.6 ± 3.9 | +11.5 ± 18.9 |
        | 0.75 | a\|b_c&d<e>, "f" λ~^\$%#{} | 2 (1 failed) | 3 ± 22 | -0.5 [-72.2, +256.0] |
        | without X4 |  | 3 | 4.7 ± 7.6 | +100.0 ± 0.0* |
        |  | {4, {X4 = 0.1, b = false}} | 0 | – |  |

        """#)
  }

  @Test func latex() throws {
    let lines = try table().text(as: .tex).split(separator: "\n")
    #expect(lines[0] == #"\begin{tabular}{lrrrr}"# && lines.last == #"\end{tabular}"#)
    #expect(lines[2] == #"alpha & note & n & rmse & change, \% \\"#)
    #expect(
      lines[6].hasPrefix(
        #"0.75 & a|b\_c\&d<e>, "f" $\lambda$\textasciitilde{}\textasciicircum{}"#
          + ##"\textbackslash{}\$\%\#\{\} & 2 (1 failed) & 3 $\pm$ 22 & "##))
    #expect(lines[8] == #" & \{4, \{X4 = 0.1, b = false\}\} & 0 & -- &  \\"#)
    #expect(lines.count == 11 && lines.count { $0 == #"\hline"# } == 3)
  }

  /// 48 rows in batches of 16, twice: 6 batches, of which 1 % or a tenth is none.
  @Test func marksPointsThatNeverTookTheLaiLoss() throws {
    let sweep = try tinySweep([0.01, 0.25], seeds: [1], in: SQLiteStore())
    try sweep.add(
      SweepPoint(
        settings: [.init("alpha", .number(0.1)), .init("lambda", .bool(false))],
        recipe: tinyRecipe(alpha: 0.1)))
    let waiting = SweepTable(try sweep.rows(), measures: ["rmse"])
    #expect(!"\(waiting)".contains("†"))
    try sweep.store([0, 1, 2, 3].map { ($0, 1, ["rmse": 1, "own": 0]) })
    let table = SweepTable(try sweep.rows(), measures: ["rmse"])
    let (first, second) = (
      "no batch has taken the Lai loss: alpha 0.01 of so few",
      "no batch has taken the Lai loss: alpha 0.1 of so few"
    )
    #expect(try sweep.rows().map(\.warning) == [nil, first, nil, second])
    let lines = "\(table)".split(separator: "\n")
    #expect(lines.map { $0.contains("1 †") } == [false, false, true, false, true, false, false])
    #expect(lines[5...] == ["  † \(first)", "  † \(second)"])
    #expect(table.text(as: .html).hasSuffix("<p>† \(first)</p>\n<p>† \(second)</p>\n"))
    #expect(table.text(as: .md).hasSuffix(" |\n\n† \(first)\n\n† \(second)\n"))
    #expect(
      table.text(as: .tex).hasSuffix("{tabular}\n\n$\\dagger$ \(first)\n\n$\\dagger$ \(second)\n"))
    #expect(!table.text(as: .csv).contains("†"))
    guard case .array(let rows) = table.json, case .object(let row) = rows[1] else { return }
    #expect(row["warning"] == .string(first))
  }

  @Test func csv() throws {
    let lines = try table().text(as: .csv).split(separator: "\n")
    #expect(
      lines[0] == "point,alpha,note,n,rmse_mean,rmse_low,rmse_high,rmse_change,"
        + "rmse_change_low,rmse_change_high,rmse_change_p")
    #expect(lines[1].hasPrefix("control,,,3,2.33333333333333") && lines[1].hasSuffix(",,,,"))
    let start = #"point,0.75,"a|b_c&d<e>, ""f"" λ~^\$%#{}",2,"#
    #expect(lines[3].hasPrefix(start))
    let numbers = lines[3].dropFirst(start.count).split(separator: ",").compactMap { Double($0) }
    // As in SweepRowsTests
    let expected = [
      2.65, -19.585858288305715, 24.88585828830572, -0.501256289337997, -72.1936740348118,
      256.0340913932388, 0.9681423298723812,
    ]
    #expect(numbers.count == 7)
    for (a, b) in zip(numbers, expected) { #expect(abs(a - b) < 1e-9 * max(1, abs(b))) }
    #expect(lines[5] == #"point,,"{4, {X4 = 0.1, b = false}}",0,,,,,,,"#)
  }

  @Test func html() throws {
    #expect(
      try table().text(as: .html) == #"""
        <table>
        <thead>
        <tr><th>alpha</th><th>note</th><th>n</th><th>rmse</th><th>change, %</th></tr>
        </thead>
        <tbody>
        <tr><td>control</td><td></td><td>3</td><td>2.3 ± 3.8</td><td></td></tr>
        <tr><td>0.25</td><td></td><td>3</td><td>2.6 ± 3.9</td><td>+11.5 ± 18.9</td></tr>
        <tr><td>0.75</td><td>a|b_c&amp;d&lt;e&gt;, "f" λ~^\$%#{}</td><td>2 (1 failed)</td><td>3 ± 22</td><td>-0.5 [-72.2, +256.0]</td></tr>
        <tr><td>without X4</td><td></td><td>3</td><td>4.7 ± 7.6</td><td>+100.0 ± 0.0*</td></tr>
        <tr><td></td><td>{4, {X4 = 0.1, b = false}}</td><td>0</td><td>–</td><td></td></tr>
        </tbody>
        </table>
        <p>* differs from the control at 5 % (paired t test, Holm over the table)</p>

        """#)
  }

  @Test func json() throws {
    let table = try table(["rmse", "own"])
    let text = table.text(as: .json)
    let parsed = try JSON(parsing: text.utf8)
    #expect(parsed == table.json)
    guard case .array(let rows) = parsed, rows.count == 5, case .object(let row) = rows[2],
      case .object(let options)? = row["options"], case .object(let rmse)? = row["rmse"]
    else {
      Issue.record("no list of objects: \(text)")
      return
    }
    #expect(row["kind"] == .string("point") && row["n"] == .integer(2) && row["name"] == nil)
    #expect(options["note"] == .string(#"a|b_c&d<e>, "f" λ~^\$%#{}"#))
    #expect(
      Set(rmse.keys) == ["mean", "low", "high", "change", "change_low", "change_high", "change_p"])
    guard case .number(let mean)? = rmse["mean"], case .number(let change)? = rmse["change"] else {
      Issue.record("no numbers: \(rmse)")
      return
    }
    #expect(abs(mean - 2.65) < 1e-12 && abs(change + 0.501256289337997) < 1e-12)
    guard case .object(let last) = rows[4] else { return }
    #expect(
      last["rmse"] == .object(Dictionary(uniqueKeysWithValues: rmse.keys.map { ($0, .null) })))
  }

  @Test(
    arguments: [
      (1.0, nil, "1.000"), (0.60123, 0.0034, "0.6012 ± 0.0034"), (12.345, 0.96, "12.35 ± 0.96"),
      (1234.5, 123, "1234 ± 123"), (2, 0, "2.000 ± 0"), (1e12, 5, "1.000e+12 ± 5.000"),
      (1e-9, 1e-12, "1.000e-09 ± 1.000e-12"), (-3, .infinity, "-3.000"), (.nan, 1, "nan"),
    ] as [(Double, Double?, String)])
  func numbersHaveTheDigitsOfTheirInterval(mean: Double, half: Double?, text: String) {
    let estimate = Estimate(
      mean: mean, low: half.map { mean - $0 }, high: half.map { mean + $0 }, n: 3)
    #expect(SweepTable.text(estimate) == text)
  }

  /// SciPy's p (ttest_1samp): 0.0091, 0.0742 and 0.8075; times 3 the least is below 0.05.
  @Test func starsAreHolmAdjusted() throws {
    let sweep = try tinySweep([0.375, 0.25, 0.5], seeds: [1, 2, 3], in: SQLiteStore())
    let ratios: [[Double]] = [[0, 0, 0], [0.1, 0.12, 0.14], [0.3, 0.1, 0.2], [-0.1, 0.1, 0.05]]
    try sweep.store(
      ratios.enumerated().flatMap { place, logs in
        logs.enumerated().map { index, log in
          let rmse = 2 * exp(log)
          return (place, UInt64(index + 1), ["rmse": rmse, "own": 1])
        }
      })
    let text = SweepTable(try sweep.rows(), measures: ["rmse"]).text(as: .csv)
    #expect(text.split(separator: "\n").count == 5)
    let shown = "\(SweepTable(try sweep.rows(), measures: ["rmse"]))"
    #expect(shown.filter { $0 == "*" }.count == 2, "\(shown)")
    #expect(shown.contains("+12.7 ± 5.6*"), "\(shown)")
    #expect(
      shown.hasSuffix("* differs from the control at 5 % (paired t test, Holm over the table)"))
  }
}
