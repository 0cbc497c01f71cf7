import Foundation
import Learning
import Tensors

/// A choice of all options that a sweep trains with each of its seeds.
public struct SweepPoint: Sendable {
  public enum Kind: String, Sendable {
    /// What all others are compared with.
    case control
    case point
    /// The plainest other way to the same end.
    case baseline
  }

  public let kind: Kind
  /// "control", "without X8"; nil for one that its settings describe.
  public let name: String?
  /// What tells it from others, in the order in which it is shown.
  public let settings: [Setting]
  public internal(set) var recipe: Recipe
  /// Where the search found it; nil for a point that it did not propose.
  public let proposal: Proposal?

  public struct Setting: Sendable, Equatable {
    public let name: String
    public let value: JSON

    public init(_ name: String, _ value: JSON) { (self.name, self.value) = (name, value) }
  }

  public init(
    _ kind: Kind = .point, name: String? = nil, settings: [Setting] = [], recipe: Recipe,
    proposal: Proposal? = nil
  ) {
    (self.kind, self.name, self.settings) = (kind, name, settings)
    (self.recipe, self.proposal) = (recipe, proposal)
  }

  /// The settings by name, and the name.
  var json: JSON {
    var fields = Dictionary(settings.map { ($0.name, $0.value) }) { first, _ in first }
    if let name { fields["name"] = .string(name) }
    return .object(fields)
  }
}

/// How a sweep is run.
public struct SweepOptions: Sendable {
  /// Of the networks' beginnings, the splits, the batches and the noise: the same for all points.
  public var seeds: [UInt64] = [1, 2, 3, 4, 5]
  public var measures = Measures()
  /// Trials side by side.
  public var workers = TrainingPool.defaultWorkers
  /// Of the training of one trial.
  public var timeout: Duration?
  /// nil for none.
  public var pruning: Pruning?
  /// Whose networks the store keeps.
  public var keptModels = KeptModels.front
  /// Epochs between two writings of a trial's state, from which it goes on after its process has ended;
  /// nil for trials of some minutes alone. Trials that write states do not share their pre-training.
  public var checkpointEvery: Int?
  /// Whether the validation RMSE of each epoch becomes part of the history.
  public var keepsCurves = true
  /// A trial that its process lost more often fails.
  public var lossLimit = 25
  /// Whether trials that failed in an earlier run are tried again.
  public var retriesFailed = false
  /// The sweep stops when as many trials as this have ended and all of them have failed.
  public var failuresAtFirst = 5
  /// What the store keeps of the sweep beside its trials.
  public var record = SweepRecord(options: .object([:]), environment: .object([:]))
  /// What tells the caller's own functions, of losses and measures, from others.
  public var functions: [String: String] = [:]

  public init() {}
}

/// Whose networks a store keeps.
public enum KeptModels: String, Sendable, CaseIterable {
  /// The control's, and those of the points that no other beats.
  case front
  case all, none
}

/// Points, each trained and measured with the same seeds, and what is known of them.
///
/// Trials are in a store, under a key of everything that determines their result. One that the store
/// has is not run again, whichever sweep asked for it.
public final class Sweep {
  public let data: SweepData
  public let options: SweepOptions
  public let store: any TrialStore
  /// The control first.
  public private(set) var points: [SweepPoint] = []
  /// The trials of each point that were asked for, by seed.
  private var trials: [[UInt64: TrialSpec]] = []
  /// What is known of trials, by key.
  private var known: [String: StoredTrial] = [:]
  /// Claims that the store could not take back, for lack of room perhaps, with how their trials ended;
  /// nil for those that did not run. The next run writes them.
  var unwritten: [(claim: TrialClaim, end: (state: TrialState, result: TrialResult)?)] = []
  private let fingerprint: JSON
  /// What tells the data from others, for people: "120x10 8f3a…", and that of test rows.
  package var fingerprintTexts: [String]? {
    guard case .object(let fields) = fingerprint else { return nil }
    return ["data", "test", "inputs"].compactMap { name in
      guard case .string(let text)? = fields[name] else { return nil }
      return name == "data" ? text : "\(name) \(text)"
    }
  }
  private let measures: JSON
  /// Of the points, as far as their trials were asked for.
  private var recipes: [Int: JSON] = [:]
  /// The rows with which the last point was checked.
  private var checked: (scaling: Scaling, dropped: [String], rows: TrialData)?

  /// Changes with any change of the numbers that training gives, so that no store mixes both.
  private static let numericsVersion = 1

  /// - Throws: `ArgumentError` for options out of range.
  public init(
    _ data: SweepData, _ options: SweepOptions, store: any TrialStore
  ) throws {
    guard !options.seeds.isEmpty, Set(options.seeds).count == options.seeds.count else {
      throw ArgumentError(
        "seeds", mustBe: "one or more different numbers",
        got: options.seeds.map { "\(Int64(bitPattern: $0))" }.joined(separator: ", "))
    }
    try options.measures.check(data.data)
    if options.pruning != nil, !options.keepsCurves {
      throw ArgumentError("curves", mustBe: "kept for pruning", got: "none")
    }
    (self.data, self.options, self.store) = (data, options, store)
    fingerprint = try data.fingerprint()
    measures = try JSON(parsing: JSONEncoder().encode(options.measures))
  }

  /// Adds a point. Its trials with all seeds are part of the sweep from now on.
  ///
  /// - Throws: `ArgumentError` for options that do not fit the data.
  @discardableResult
  public func add(_ point: SweepPoint) throws -> Int {
    // Everything that can be wrong about it, before anything is trained.
    let (scaling, dropped) = (point.recipe.scaling, point.recipe.dropped)
    if checked == nil || checked!.scaling != scaling || checked!.dropped != dropped {
      checked = (scaling, dropped, try data.rows(point.recipe, seed: options.seeds[0]))
    }
    _ = try job(of: point, seed: options.seeds[0], checked!.rows)
    var point = point
    point.recipe = point.recipe.unbound
    points.append(point)
    trials.append([:])
    for seed in options.seeds { _ = try trial(points.count - 1, seed) }
    return points.count - 1
  }

  /// Runs `body` while the recipes of the points, in their order, are these: the same with functions
  /// that exist no longer than that.
  package func withRecipes<Result>(
    _ recipes: [Recipe], _ body: () throws -> Result
  ) rethrows -> Result {
    let before = points
    for (place, recipe) in recipes.enumerated() where recipe.isBound {
      points[place].recipe = recipe
    }
    defer { for place in before.indices { points[place].recipe = before[place].recipe } }
    return try body()
  }

  /// The trial of a point with a seed.
  func trial(_ point: Int, _ seed: UInt64) throws -> TrialSpec {
    if let spec = trials[point][seed] { return spec }
    var recipe: [String: JSON] = [
      "version": .integer(Self.numericsVersion), "data": fingerprint, "measures": measures,
      "functions": .object(options.functions.mapValues { .string($0) }),
      "recipe": try recipe(of: point), "seed": .integer(Int(bitPattern: UInt(seed))),
    ]
    // A trial that one sweep gave up, another may want to its end.
    if let pruning = options.pruning { recipe["pruning"] = .string(pruning.rawValue) }
    let spec = try TrialSpec(
      point: points[point].json, seed: seed, recipe: .object(recipe))
    trials[point][seed] = spec
    return spec
  }

  private func recipe(of point: Int) throws -> JSON {
    if let recipe = recipes[point] { return recipe }
    let recipe = try points[point].recipe.json()
    recipes[point] = recipe
    return recipe
  }

  /// A trial as it was last seen; nil if it was never asked for.
  public func result(of point: Int, seed: UInt64) -> StoredTrial? {
    trials[point][seed].flatMap { known[$0.key] }
  }

  /// The seeds with which a point was asked for, in order.
  public func seeds(of point: Int) -> [UInt64] { trials[point].keys.sorted() }

  /// Asks the store for what is not known of all points.
  ///
  /// - Throws: `StoreError`.
  func read(seeds: [UInt64]) throws {
    let unknown = try points.indices.flatMap { place in
      try seeds.map { try trial(place, $0) }.filter { known[$0.key]?.state.isOver != true }
    }
    if !unknown.isEmpty { try look(at: unknown) }
  }

  /// Asks the store what it has of these trials.
  ///
  /// - Throws: `StoreError`.
  func look(at specs: [TrialSpec]) throws {
    known.merge(try store.trials(specs.map(\.key))) { $1 }
  }

  func keep(_ trial: StoredTrial) { known[trial.spec.key] = trial }
  func state(of spec: TrialSpec) -> TrialState { known[spec.key]?.state ?? .waiting }

  /// The training of a trial, with the network that it begins with.
  ///
  /// - checkpoint: The file from which it goes on, and to which it writes its state; nil for none.
  /// - Throws: `ArgumentError`; `AllocationError`.
  func job(
    of point: SweepPoint, seed: UInt64, _ rows: TrialData, checkpoint: String? = nil
  ) throws -> (job: TrainingJob, model: MLP) {
    let recipe = point.recipe
    var training = recipe.training
    training.seed = seed
    training.onDivergence = .stop
    var generator = RandomGenerator(seed: seed, stream: .weights)
    let net = try MLP(
      inputs: rows.train.features.count, hidden: recipe.hidden, outputs: 1,
      activation: Activation.named(recipe.activation), dtype: recipe.dtype, using: &generator)
    let needsValidation = training.earlyStopping != nil || !training.metrics.isEmpty
    let validation = options.keepsCurves || needsValidation ? rows.validation : nil
    if let path = checkpoint {
      training.checkpoint = try Checkpoint(
        path: path, every: options.checkpointEvery ?? max(1, training.allEpochs / 20))
      // A file that does not fit, or is damaged, costs time alone.
      if let state = try? TrainingState.load(from: path),
        let job = try? TrainingJob(
          resuming: state, data: rows.train, validation: validation,
          changing: { $0 = training })
      {
        return (job, net)
      }
    }
    let job = try TrainingJob(training, model: net, data: rows.train, validation: validation)
    return (job, net)
  }
}

extension Sweep {
  /// The plainest other ways to make a network less sensitive to a feature, with the control's options:
  /// it does not see the feature, or it is trained with noise on it.
  ///
  /// - Throws: `UnknownFeature`.
  public func baselines(of feature: String) throws -> [SweepPoint] {
    let name = data.data.features[try data.data.place(of: feature)]
    let control = points[0].recipe
    var without = control
    without.dropped.append(name)
    return [SweepPoint(.baseline, name: "without \(feature)", recipe: without)]
      + Sweep.noiseShares.map { share in
        var noisy = control
        var inputs = noisy.training.noise.inputs ?? InputNoise()
        inputs.named[name] = .noisy(FeatureNoise(sigma: 1, share: share))
        noisy.training.noise.inputs = inputs
        return SweepPoint(
          .baseline, name: "noise on \(numberText(100 * share)) % of \(feature)", recipe: noisy)
      }
  }

  /// Of the rows of a batch
  private static let noiseShares = [0.1, 0.3]
}

extension TrainingOptions {
  /// Of both stages
  var allEpochs: Int { pretrain + epochs }
}
