import Foundation
import Tensors
import Testing

@testable import Learning

/// What a pool of many short runs needs: limits of time, runs that it does not keep, and groups that
/// share their pre-training.
@Suite struct PoolLimitTests {
  private struct Listener: PoolControl {
    var keepsRuns = true
    var ended: [Int: Run] = [:]
    /// Runs that nothing else ends are stopped.
    private let end = ContinuousClock.now + .seconds(30)
    init(keepsRuns: Bool = true) { self.keepsRuns = keepsRuns }
    func shouldStop() -> Bool { ContinuousClock.now > end }
    func progress(done: Int, of total: Int) {}
    mutating func ended(_ run: Run, at place: Int) -> Bool {
      ended[place] = run
      return true
    }
  }

  private func jobs(_ problems: [Problem]) throws -> [(job: TrainingJob, model: MLP)] {
    try problems.map { (job: try $0.job(), model: $0.model) }
  }

  @Test(arguments: [1, 2]) func aRunThatTakesTooLongFails(workers: Int) throws {
    let problem = try Problem()
    let long = problem.changed { ($0.epochs, $0.seed) = (10_000_000, 5) }
    let bound = long.changed {
      $0.loss = .custom(
        CustomLoss(isConcurrent: false) { try ($0 - $1).square().mean() + $2.sum() * 0 })
    }
    let alone = try problem.run()
    let pool = try TrainingPool(workers: workers, ahead: 3, timeout: .milliseconds(300))
    var control = Listener()
    let start = ContinuousClock.now
    let runs = try pool.run(try jobs([long, problem, bound]), control: &control)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(runs.map(\.outcome) == [.failed, .finished, .failed])
    for place in [0, 2] {
      #expect(runs[place].error is TimeoutError)
      #expect("\(runs[place].error!)" == "timeout: more than 0.3 s")
      #expect(control.ended[place]?.history.count == runs[place].history.count)
    }
    // Its time begins with its training, not with the pool.
    #expect(runs[1].weights == alone.weights && runs[1].history == alone.history)
  }

  /// All that share a pre-training that takes too long have failed; others have not.
  @Test func aPreTrainingThatTakesTooLongFailsAllThatShareIt() throws {
    let problem = try Problem()
    let long = problem.changed { ($0.pretrain, $0.seed) = (10_000_000, 5) }
    let pool = try TrainingPool(workers: 2, ahead: 3, timeout: .milliseconds(300))
    var control = Listener()
    let runs = try pool.run(
      try jobs([long, long.changed { $0.alpha = 1 }, problem]), control: &control)
    #expect(runs.map(\.outcome) == [.failed, .failed, .finished])
    #expect(runs[..<2].allSatisfy { $0.error is TimeoutError })
    let problems = try jobs([long])
    #expect(throws: TimeoutError.self) { try pool.run(problems, control: &control) }
    for limit: Duration in [.zero, .seconds(-1)] {
      #expect(throws: ArgumentError.self) { try TrainingPool(timeout: limit) }
    }
  }

  @Test func runsThatAreNotKeptAreHeardOfAlone() throws {
    let problem = try Problem()
    let problems = (0..<5).map { seed in problem.changed { $0.seed = UInt64(seed) } }
    var control = Listener(keepsRuns: false)
    let runs = try TrainingPool(workers: 2).run(try jobs(problems), control: &control)
    #expect(runs.isEmpty && control.ended.count == 5)
    for (place, problem) in problems.enumerated() {
      #expect(try control.ended[place]?.weights == problem.run().weights)
    }
  }

  /// Jobs made one by one, of which some belong to the group of the one before.
  private struct Groups: Sequence, IteratorProtocol, GroupedJobs {
    var jobs: [(job: TrainingJob, model: MLP)]
    var sizes: [Int]
    private var left = 0

    init(_ jobs: [(job: TrainingJob, model: MLP)], sizes: [Int]) {
      (self.jobs, self.sizes) = (jobs, sizes)
    }

    var isWithinGroup: Bool { left > 0 }
    mutating func next() -> (job: TrainingJob, model: MLP)? {
      guard !jobs.isEmpty else { return nil }
      if left == 0 { left = sizes.removeFirst() }
      left -= 1
      return jobs.removeFirst()
    }
  }

  /// The seconds of an epoch tell who took it.
  @Test(arguments: [1, 2, 3]) func jobsOfAGroupShareTheirPreTraining(workers: Int) throws {
    let problem = try Problem()
    let problems = (0..<6).map { place in
      problem.changed { ($0.alpha, $0.seed) = (0.1 + 0.1 * Double(place), UInt64(place / 3)) }
    }
    let alone = try problems.map { try $0.run() }
    func begins(_ sizes: [Int]) throws -> Int {
      var control = Listener()
      let runs = try TrainingPool(workers: workers).run(
        Groups(try jobs(problems), sizes: sizes), control: &control)
      #expect(runs.map(\.weights) == alone.map(\.weights))
      #expect(runs.map(\.history) == alone.map(\.history))
      return Set(runs.map { $0.history[1].seconds }).count
    }
    #expect(try begins([3, 3]) == 2)
    // Known one by one, all that begin before the next is known train alone.
    if workers == 1 { #expect(try begins([1, 1, 1, 1, 1, 1]) == 6) }
  }
}
