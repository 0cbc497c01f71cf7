import Foundation
import Learning
import Tensors
import Testing

@testable import Experiments

@Suite("Sweep: trials") struct SweepTests {
  private func key(
    _ data: Dataset? = nil, test: Dataset? = nil, validation: Double = 0.2, seed: UInt64 = 1,
    store: any TrialStore, options change: (inout SweepOptions) -> Void = { _ in },
    recipe: (inout Recipe) throws -> Void = { _ in }
  ) throws -> String {
    var options = SweepOptions()
    options.seeds = [seed]
    change(&options)
    let sweep = try Sweep(
      SweepData(data ?? tinyData(), test: test, validation: validation), options, store: store)
    try sweep.add(tinyPoint(0.5, recipe))
    return try sweep.trial(0, seed).key
  }

  @Test func theKeyChangesWithEverythingThatDeterminesTheResult() throws {
    let store = try SQLiteStore()
    var keys: Set<String> = [try key(store: store)]
    func isNew(_ key: String, _ what: String) {
      #expect(keys.insert(key).inserted, "\(what) does not change the key")
    }
    for seed: UInt64 in [2, .max, UInt64(Int.max), UInt64(Int.max) + 1] {
      isNew(try key(seed: seed, store: store), "seed \(seed)")
    }
    let data = try tinyData()
    let elements = try data.x.elements(as: Double.self)
    for place in [0, elements.count - 1] {
      var other = elements
      other[place] += 1e-3
      let x = try Tensor(other, shape: data.x.shape, dtype: .float32)
      isNew(try key(Dataset(x: x, y: data.y, names: data.names), store: store), "a datum")
    }
    let y = try data.y! + Tensor([1e-3], shape: [1], dtype: .float32)
    isNew(try key(Dataset(x: data.x, y: y, names: data.names), store: store), "a target")
    let names = ColumnNames(features: ["a"] + data.features.dropFirst(), target: "y")
    isNew(try key(Dataset(x: data.x, y: data.y, names: names), store: store), "a name")
    isNew(try key(tinyData(count: 61), store: store), "a row")
    isNew(try key(test: data, store: store), "test data")
    isNew(
      try key(test: Dataset(x: data.x, y: nil, names: data.names), store: store), "test inputs")
    isNew(try key(validation: 0.25, store: store), "the share of validation rows")
    let measures: [(String, (inout Measures) -> Void)] = [
      ("a metric", { $0.metrics = ["rmse", "mae"] }), ("smoothness", { $0.smoothness = false }),
      ("noise", { $0.noise = .init() }), ("noise on X1", { $0.noise = .init(features: ["X1"]) }),
      (
        "sigma",
        {
          $0.noise = .init()
          $0.noise!.sigma = 0.5
        }
      ),
      (
        "repeats",
        {
          $0.noise = .init()
          $0.noise!.repeats = 5
        }
      ), ("a measure", { $0.custom = ["own"] }),
    ]
    for (what, change) in measures {
      isNew(try key(store: store, options: { change(&$0.measures) }), what)
    }
    isNew(try key(store: store, options: { $0.functions = ["own": "1"] }), "a function")
    isNew(try key(store: store, options: { $0.functions = ["own": "2"] }), "its code")
    let recipes: [(String, (inout Recipe) throws -> Void)] = [
      ("hidden", { $0.hidden = [4, 4] }), ("activation", { $0.activation = "relu" }),
      ("dtype", { $0.dtype = .float64 }), ("scale", { $0.scaling.features = .minmax }),
      ("no scale", { $0.scaling.features = .none }), ("scale_target", { $0.scaling.target = true }),
      ("dropped", { $0.dropped = ["X1"] }), ("the function of a loss", { $0.functions = ["1"] }),
      ("alpha", { $0.training.alpha = 0.25 }), ("epochs", { $0.training.epochs = 3 }),
      ("pretrain", { $0.training.pretrain = 1 }), ("batch", { $0.training.batch = 15 }),
      ("clip", { $0.training.clip = 1 }), ("sample", { $0.training.sample = .points }),
      ("optimizer", { $0.training.optimizer = try .sgd(learningRate: 0.01) }),
      ("schedule", { $0.training.schedule = .cosine(floor: 0) }),
      ("patience", { $0.training.earlyStopping = try EarlyStopping(patience: 1) }),
      ("metrics", { $0.training.metrics = ["mae"] }),
      ("dropout", { $0.training.noise = ForwardNoise(dropout: 0.5) }),
      ("divergence", { $0.training.divergenceThreshold = 10 }),
      ("lambda", { $0.training.loss = .lai(try LaiLoss(lambda: .uniform(0.2))) }),
      ("pretrain_loss", { $0.training.pretrainLoss = .residual(.mae) }),
    ]
    for (what, change) in recipes { isNew(try key(store: store, recipe: change), what) }
  }

  @Test func theKeyDoesNotChangeWithHowItIsRun() throws {
    let store = try SQLiteStore()
    let first = try key(store: store)
    let others: [(inout SweepOptions) -> Void] = [
      { $0.workers = 7 }, { $0.timeout = .seconds(1) }, { $0.retriesFailed = true },
      { $0.lossLimit = 1 }, { $0.failuresAtFirst = 1 }, { $0.keepsCurves = false },
      { $0.seeds.append(9) },
      { $0.record = SweepRecord(options: .null, script: "other", environment: .null) },
    ]
    for change in others { #expect(try key(store: store, options: change) == first) }
    #expect(try key(store: SQLiteStore()) == first)
    // What a run decides itself.
    #expect(
      try key(
        store: store,
        recipe: {
          $0.training.seed = 77
          $0.training.checkpoint = try Checkpoint(path: "a.state")
        }) == first)
  }

  @Test func whatCannotRunIsAnErrorAtOnce() throws {
    func problem(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    let store = try SQLiteStore()
    for seeds: [UInt64] in [[], [1, 1]] {
      #expect(
        problem { _ = try tinySweep([], seeds: seeds, in: store) }
          .hasPrefix("seeds must be one or more different numbers"))
    }
    let data = try tinyData()
    #expect(
      problem { _ = try SweepData(Dataset(x: data.x, y: nil, names: data.names)) }
        == "data must be data with targets (got data without)")
    let test = try Synthetic.line(slope: 1, intercept: 0, count: 5)
    #expect(problem { _ = try SweepData(data, test: test) } != "no error")
    #expect(
      problem { _ = try SweepData(data, validation: 1e-9) }.hasPrefix("validation must be a share"))
    let sweep = try tinySweep([], in: store)
    #expect(
      problem { try sweep.add(tinyPoint(1) { $0.dropped = sweep.data.data.features }) }
        == "features must be more than those that are dropped (got none)")
    #expect(
      problem { try sweep.add(tinyPoint(1) { $0.dropped = ["X11"] }) }
        .hasPrefix("unknown feature 'X11'"))
    #expect(problem { try sweep.add(tinyPoint(2)) }.hasPrefix("alpha must be"))
    #expect(sweep.points.count == 1)
    for name in ["", ".", "rmse", "rmse.X1", "slope.X1", "noise", "var", "own"] {
      #expect(
        problem {
          _ = try tinySweep([], in: store) { $0.measures.custom = ["own", name] }
        } == "measure must be of names of their own (got '\(name)')")
    }
  }

  @Test func baselinesAreTheControlWithoutAFeatureOrWithNoiseOnIt() throws {
    let sweep = try tinySweep([], in: SQLiteStore()) {
      $0.measures.smoothness = true
      $0.measures.noise = Measures.Noise()
    }
    let baselines = try sweep.baselines(of: "X4")
    #expect(
      baselines.map(\.name) == ["without X4", "noise on 10 % of X4", "noise on 30 % of X4"])
    #expect(baselines.allSatisfy { $0.kind == .baseline && $0.settings.isEmpty })
    #expect(baselines[0].recipe.dropped == ["X4"])
    for (baseline, share) in zip(baselines[1...], [0.1, 0.3]) {
      #expect(
        baseline.recipe.training.noise.inputs?.named
          == ["X4": .noisy(FeatureNoise(sigma: 1, share: share))])
      #expect(baseline.recipe.training.loss == .mse)
    }
    #expect(throws: UnknownFeature.self) { try sweep.baselines(of: "X11") }
    for baseline in baselines { try sweep.add(baseline) }
    try sweep.run()
    let outcome = try sweep.outcome()
    // The network does not see it.
    for seed in [1, 2] {
      let without = try #require(outcome["without X4, \(seed)"]?.measures)
      for name in ["slope", "slope_p95", "noise"] {
        #expect(without["\(name).X4"] == 0)
        for other in [1, 2, 3, 5, 6, 7, 8, 9, 10] { #expect(without["\(name).X\(other)"]! > 0) }
      }
    }
    // By hand: data without the column.
    let data = try tinyData()
    let others = [0, 1, 2, 4, 5, 6, 7, 8, 9]
    let (train, held) = try Dataset(
      x: data.x.taken(axis: 1, at: others), y: data.y,
      names: ColumnNames(features: others.map { data.features[$0] }, target: "y")
    ).split(validation: 0.2, seed: 1)
    let scaler = try Scaler(fitting: train)
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(inputs: 9, hidden: [4], activation: .named("tanh"), using: &generator)
    var options = sweep.points[0].recipe.training
    options.seed = 1
    let run = try Training.run(
      TrainingJob(
        options, model: net, data: scaler.transform(train), validation: scaler.transform(held)),
      model: net, control: Unattended())
    #expect(outcome["without X4, 1"]?.history == run.history)
    let smoothness = try Probe.smoothness(run.model, scaler.transform(held).x)
    #expect(outcome["without X4, 1"]?.measures?["slope.X5"] == smoothness.column("mean_slope")![3])
  }
}
