import Learning
import Testing

@testable import Experiments

@Suite("Sweep: front") struct SweepFrontTests {
  private func row(
    _ kind: SweepPoint.Kind, _ place: Int, _ means: [String: Double]
  ) -> SweepRow {
    let point = SweepPoint(kind, name: "\(kind) \(place)", recipe: Recipe())
    return SweepRow(
      place: place, point: point, n: 1, failed: 0, pruned: 0, asked: 1,
      estimates: means.mapValues { Estimate(mean: $0, low: nil, high: nil, n: 1) }, changes: [:],
      warning: nil, values: [:], searched: nil)
  }

  @Test func aRowBeatsAnotherThatIsNowhereBetterAndSomewhereWorse() {
    let row = { self.row(.point, 0, ["a": $0, "b": $1]) }
    #expect(row(1, 2).beats(row(1, 3), in: ["a", "b"]))
    #expect(!row(1, 2).beats(row(1, 2), in: ["a", "b"]), "equal rows do not beat each other")
    #expect(!row(1, 4).beats(row(1, 3), in: ["a", "b"]) && row(1, 4).beats(row(2, 3), in: ["a"]))
    #expect(!row(1, .nan).beats(row(2, 3), in: ["a", "b"]))
    #expect(!row(1, 2).beats(row(2, 3), in: ["a", "c"]), "none has the measure c")
  }

  @Test func baselinesAreComparedOnTheSameSeeds() {
    let all = [
      row(.control, 0, ["a": 4, "b": 4]), row(.point, 1, ["a": 1, "b": 3]),
      row(.point, 2, ["a": 2.1, "b": 3]), row(.baseline, 3, ["a": 2, "b": 2]),
      row(.baseline, 4, ["a": 5, "b": 5]),
    ]
    // On fresh seeds the baseline beats the point that the search preferred in a.
    let fresh = [
      row(.control, 0, ["a": 4, "b": 4]), row(.point, 1, ["a": 2.5, "b": 3]),
      row(.baseline, 3, ["a": 2.25, "b": 2]),
    ]
    let front = SweepFront(
      ["a", "b"], rows: fresh, all: all, freshSeeds: 1, isOnTestRows: false)
    #expect(front.references.map(\.place) == [0, 3, 4])
    #expect(front.references.map { $0.estimates["a"]!.mean } == [4, 2.25, 5])
    #expect(front.references.map(front.isFresh) == [true, true, false])
    #expect(front.isBeaten(fresh[1], in: ["a", "b"], isFresh: true))
    #expect(!front.isBeaten(all[1], in: ["a", "b"], isFresh: false))
    #expect(front.isBeaten(all[2], in: ["a", "b"], isFresh: false))
    let old = SweepFront(["a", "b"], rows: fresh, all: all, freshSeeds: 0, isOnTestRows: false)
    #expect(!old.isFresh(fresh[0]))
  }
}
