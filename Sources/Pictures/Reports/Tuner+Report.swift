import Charts
import Experiments
import Foundation
import Learning
import Tensors

extension Tuner {
  /// The page of a tuner: question, answer, results on fresh seeds, baselines, the search, data, options,
  /// machine and script.
  ///
  /// - date: Of the page; nil for now.
  /// - Throws: `StoreError`; `ArgumentError`.
  public func page(title: String = "Tuning", date: Date? = nil) throws -> Report {
    let (rows, measures) = (result.rows, result.measures)
    var page = Report(title: title)
    page.heading("Question")
    page.paragraph("\(question), compared with the control on fresh seeds.")
    page.heading("Answer")
    page.items(result.answer)
    page.paragraph(result.effort)
    if !rows.isEmpty {
      page.heading("Results on fresh seeds")
      page.paragraph(
        "Rows that the search never saw: means over \(report.options.seeds.count) seeds with 95 % "
          + "intervals; changes against the control in %, paired by seed. A star marks a change whose "
          + "p-value, adjusted by Holm's method, is at most 0.05.")
      page.table(
        SweepTable(rows, measures: measures).text(as: .html), label: "Results on fresh seeds")
      page.list(report.meanings(of: measures))
    }
    page.heading("Baselines")
    try page.add(report.baselineVerdict(rows), of: rows)
    page.figures(figures)
    if !result.front.isEmpty {
      page.heading("Search")
      page.paragraph(
        "Points of the search that no other beats in the measures of the question, on the search's own "
          + "seeds: what was chosen for its results looks better there than it is.")
      page.table(
        SweepTable(result.front, measures: measures).text(as: .html),
        label: "Best points of the search")
    }
    page.addData(of: report)
    page.addOrigin(of: report, date: date)
    return page
  }

  /// The measure of the question against each other one: on fresh seeds, then of the search.
  private var figures: [(chart: Chart, caption: String)] {
    result.measures.filter { $0 != question.minimise }.prefix(3).flatMap { other in
      let pair = [other, question.minimise]
      let caption = "\(question.minimise) against \(other), 95 % intervals"
      return [
        (result.rows, "\(caption), on fresh seeds; the control is a square."),
        (result.front, "\(caption): the best points of the search, on its own seeds."),
      ].compactMap { rows, caption in (try? rows.chart(pair)).map { ($0, caption) } }
    }
  }
}
