import Foundation
import Learning
import Tensors
import Testing

/// A run that goes on from its state ends with the same bits as one that never stopped.
@Suite struct TrainingStateTests {
  private func path() -> String {
    FileManager.default.temporaryDirectory.appending(path: "\(UUID()).state").path
  }

  /// The state after a trip through a file.
  private func stored(_ state: TrainingState) throws -> TrainingState {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try state.save(to: path)
    return try TrainingState.load(from: path)
  }

  private func problem(_ dtype: DType = .float32) throws -> Problem {
    // 5 batches an epoch, the last one smaller.
    try Problem(dtype: dtype).changed {
      ($0.pretrain, $0.epochs, $0.alpha) = (2, 3, 0.37)
      $0.schedule = .cosine(floor: 0.1)
    }
  }

  @Test("stopped before any batch", arguments: DType.allCases, [LaiSample.batches, .points])
  func anyBatch(dtype: DType, sample: LaiSample) throws {
    let problem = try problem(dtype).changed { $0.sample = sample }
    let whole = try problem.run()
    for batch in 0...25 {
      let part = try problem.run(Stop(before: batch))
      #expect(part.outcome == (batch < 25 ? .stopped : .finished))
      let run = try Training.resume(
        stored(#require(part.state)), data: problem.data, validation: problem.held)
      #expect(run.weights == whole.weights, "batch \(batch)")
      #expect(run.history == whole.history && run.outcome == .finished)
      #expect(zip(run.history, run.history.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
    }
  }

  @Test("other options, stopped twice", arguments: ["clip", "patience", "sgd", "adamw", "split"])
  func options(name: String) throws {
    var problem = try problem()
    if name == "split" { problem = try Problem(rows: 300).changed { $0.batch = 140 } }
    problem = try problem.changed {
      switch name {
      case "clip": $0.clip = 0.5
      case "patience":
        ($0.epochs, $0.schedule) = (40, .constant)
        $0.optimizer = try Optimizer("sgd", ["lr": 0.02, "momentum": 0.95])
        $0.earlyStopping = try EarlyStopping(patience: 2)
      case "sgd": $0.optimizer = try Optimizer("sgd", ["lr": 0.01, "momentum": 0.9])
      case "adamw": $0.optimizer = try Optimizer("adamw")
      default: break
      }
    }
    let whole = try problem.run()
    if name == "patience" { #expect(whole.outcome == .earlyStopped) }
    for (first, second) in [(1, 1), (3, 9), (7, 2), (11, 6)] {
      let part = try problem.run(Stop(before: first))
      let middle = try Training.resume(
        stored(#require(part.state)), data: problem.data, validation: problem.held,
        control: Stop(before: second))
      let run = try Training.resume(
        stored(#require(middle.state)), data: problem.data, validation: problem.held)
      #expect(run.weights == whole.weights && run.history == whole.history)
      #expect((run.outcome, run.bestEpoch) == (whole.outcome, whole.bestEpoch))
    }
  }

  @Test("a finished run goes on with more epochs") func prolonged() throws {
    let problem = try problem().changed { $0.schedule = .constant }
    let long = try problem.changed { $0.epochs = 7 }.run()
    let state = try #require(problem.run().state)
    let run = try Training.resume(state, data: problem.data, validation: problem.held) {
      $0.epochs = 7
    }
    #expect(run.weights == long.weights && run.history == long.history)
    #expect(
      message {
        _ = try Training.resume(state, data: problem.data, validation: problem.held) {
          $0.epochs = 2
        }
      } == "epochs must be >= 3, as many as are done (got 2)")
    // Without more it is what it was.
    let same = try Training.resume(state, data: problem.data, validation: problem.held)
    #expect(try same.weights == problem.run().weights && same.outcome == .finished)
  }

  @Test("names, scaler, activation and number type return") func form() throws {
    let problem = try Problem(dtype: .float64)
    let names = (1...10).map { "f\($0)" }
    func named(_ data: Dataset) throws -> Dataset {
      try Dataset(x: data.x, y: data.y, features: names, target: "t")
    }
    let scaler = try Scaler(fitting: named(problem.data), scalesTarget: true)
    let data = try scaler.transform(named(problem.data))
    let held = try scaler.transform(named(problem.held))
    try problem.model.setScaler(scaler)
    let job = try TrainingJob(problem.options, model: problem.model, data: data, validation: held)
    let state = try #require(
      Training.run(job, model: problem.model, control: Stop(before: 3)).state)
    let net = try Training.resume(stored(state), data: data, validation: held).model
    #expect(net.names.features == names && net.names.target == "t")
    #expect(net.scaler == problem.model.scaler && net.dtype == .float64)
    #expect(net.activation.name == "tanh" && net.sizes == problem.model.sizes)
  }

  @Test("other data are refused by name") func otherData() throws {
    let problem = try problem()
    let state = try #require(problem.run(Stop(before: 7)).state)
    func failure(_ data: Dataset, _ held: Dataset?) -> String {
      message { _ = try Training.resume(state, data: data, validation: held) }
    }
    let (data, held) = (problem.data, problem.held)
    var numbers = data.x.doubles
    numbers[77] = numbers[77].nextUp + 1e-6
    let other = try Dataset(x: Tensor(numbers, shape: data.x.shape, dtype: .float32), y: data.y)
    let same = "150 rows of 10 features in both, but other numbers or names of columns"
    #expect(
      failure(other, held)
        == "data: this is not the data that the run was trained on (\(same))")
    var targets = data.y!.doubles
    targets.swapAt(3, 4)
    #expect(
      failure(try Dataset(x: data.x, y: Tensor(targets, shape: [150], dtype: .float32)), held)
        .contains("trained on (\(same))"))
    #expect(
      failure(try Dataset(x: data.x, y: data.y, features: (1...10).map { "n\($0)" }), held)
        .hasPrefix("data lacks 'X1', feature 1 of the network's data"))
    #expect(
      failure(data, data).contains(
        "validation: this is not the data that the run was validated on (150 rows of 10 features, "
          + "there 40 rows of 10 features)"))
    #expect(failure(data, nil) == "validation must be given, as in the run so far (got none)")
    // The same numbers in other memory are the same data.
    let copy = try Dataset(x: data.x.copy(), y: data.y!.copy(), names: data.names)
    #expect(try Training.resume(state, data: copy, validation: held).outcome == .finished)
  }

  // MARK: Files

  private func bytes(of state: TrainingState) throws -> Data {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try state.save(to: path)
    return try Data(contentsOf: URL(filePath: path))
  }

  private func failure(_ bytes: Data) throws -> String {
    try withFile(bytes) { path in
      message(path: "'\(path)'") { _ = try TrainingState.load(from: path) }
    }
  }

  @Test("files that are cut off or changed") func damage() throws {
    let whole = try bytes(of: #require(problem().run(Stop(before: 13)).state))
    for count in Array(0..<40) + stride(from: 40, to: whole.count, by: 100) {
      let text = try failure(whole.prefix(count))
      #expect(text.hasPrefix("FILE: is cut off"), "\(count): \(text)")
    }
    for place in Array(0..<40) + stride(from: 41, to: whole.count, by: 97) {
      var changed = whole
      changed[place] ^= 1 << UInt8(place % 8)
      let text = try failure(changed)
      let wanted =
        place < 8 ? "is not the state of a training run" : place < 16 ? "of version" : "is "
      #expect(text.hasPrefix("FILE: is ") && text.contains(wanted), "\(place): \(text)")
    }
    #expect(
      try failure(whole + [0])
        == "FILE: is damaged: it has \(whole.count - 31) bytes instead of \(whole.count - 32)")
    var newer = whole
    newer[8] = 2
    #expect(
      try failure(newer) == "FILE: is the state of a training run of version 2; this program reads "
        + "version 1")
    #expect(try failure(Data("lua source".utf8)) == "FILE: is not the state of a training run")
  }

  /// A payload behind a header that fits it: whoever makes files can do that too.
  private func sealed(_ payload: Data) throws -> Data {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = SealedFile(kind: "LaiState", content: "", version: 1)
    try payload.withUnsafeBytes { try file.write($0, to: path) }
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test("files made by others, with a checksum that fits") func forgery() throws {
    let whole = try bytes(of: #require(problem().run(Stop(before: 13)).state))
    let json = String(decoding: whole.dropFirst(32), as: UTF8.self)
    #expect(try failure(sealed(Data(json.utf8))) == "nothing thrown")
    func forged(_ pattern: String, _ replacement: String) throws -> String {
      let changed = json.replacing(try Regex(pattern), with: replacement, maxReplacements: 1)
      #expect(changed != json, "\(pattern)")
      let text = try failure(sealed(Data(changed.utf8)))
      #expect(text.hasPrefix("FILE: holds no "), "\(pattern): \(text)")
      return text
    }
    #expect(try forged(#""shuffles":\d+"#, #""shuffles":9000000000000000000"#).contains("progress"))
    #expect(try forged(#""batch":\d+,"#, #""batch":-1,"#).contains("must be"))
    #expect(
      try forged(#""sizes":\[[^\]]*\]"#, #""sizes":[10,1048576,1048576,1]"#).contains("param"))
    _ = try forged(#""sizes":\[[^\]]*\]"#, #""sizes":[]"#)
    _ = try forged(#""sizes":\[[^\]]*\]"#, #""sizes":[-4,4611686018427387904]"#)
    _ = try forged(#""activation":"tanh""#, #""activation":"swish""#)
    _ = try forged(#""met":\d+"#, #""met":9000000000000000000"#)
    _ = try forged(#""isChosen":\[[^\]]*\]"#, #""isChosen":[true]"#)
    _ = try forged(#""places":\[[^\]]*\]"#, #""places":[0,1,2,3,9]"#)
    _ = try forged(#""shape":\[\d+\]"#, #""shape":[4611686018427387904,8]"#)
    _ = try forged(#""bytes":"[^"]{8}"#, #""bytes":""#)
    _ = try forged(#""history":\["#, #""history":[7,"#)
    for count in stride(from: 0, to: json.utf8.count, by: 1009) {
      let text = try failure(sealed(Data(json.utf8.prefix(count))))
      #expect(text.hasPrefix("FILE: holds no state"), "\(count): \(text)")
    }
    let deep = String(repeating: "[", count: 100_000)
    #expect(try failure(sealed(Data(deep.utf8))).hasPrefix("FILE: holds no state"))
  }

  /// The JSON of a state with other values, in a file with a checksum that fits.
  private func forged(
    _ state: TrainingState, _ change: (inout [String: Any]) -> Void
  ) throws -> Data {
    let json = try JSONSerialization.jsonObject(with: bytes(of: state).dropFirst(32))
    var object = try #require(json as? [String: Any])
    change(&object)
    return try sealed(JSONSerialization.data(withJSONObject: object))
  }

  @Test("progress that no run comes to is refused") func impossibleProgress() throws {
    var problem = try problem()
    problem.options.earlyStopping = try EarlyStopping(patience: 3)
    // In the third epoch, the first with the Lai loss: 2 · 5 batches are done before it.
    let state = try #require(problem.run(Stop(before: 18)).state)
    func failure(_ change: (inout [String: Any]) -> Void) throws -> String {
      try self.failure(
        forged(state) { state in
          var progress = state["progress"] as! [String: Any]
          change(&progress)
          state["progress"] = progress
        })
    }
    #expect(try failure { _ in } == "nothing thrown")
    func within(_ name: String, _ key: String, _ value: Any) -> (inout [String: Any]) -> Void {
      {
        var inner = $0[name] as! [String: Any]
        inner[key] = value
        $0[name] = inner
      }
    }
    let changes: [(String, (inout [String: Any]) -> Void)] = [
      ("shuffles", { $0["shuffles"] = Int.min }), ("shuffles", { $0["shuffles"] = -1 }),
      ("shuffles", { $0["shuffles"] = 5 }), ("shuffles", { $0["shuffles"] = Int.max }),
      ("batch", { $0["batch"] = -1 }), ("batch", { $0["batch"] = 6 }),
      ("batches", { $0["batches"] = 17 }), ("batches", { $0["batches"] = UInt64.max }),
      ("improvement", within("improvement", "epoch", -1)),
      ("improvement", within("improvement", "epoch", 3)),
      ("improvement", within("improvement", "epoch", Int.min)),
      ("laiCount", within("sums", "laiCount", -1)),
      ("laiCount", within("sums", "laiCount", Int.max)),
      ("aboveKink", within("sums", "aboveKink", [1, 2])),
      ("aboveKink", within("sums", "aboveKink", Array(repeating: Int.max, count: 10))),
      ("seconds", { $0["seconds"] = -1 }),
      ("best", within("best", "parameters", [Any]())),
      ("chosen", within("choice", "isChosen", [true])),
      ("places", within("choice", "places", [0, 1, 2, 3, 9])),
      ("places", within("choice", "places", [0, 1, 2, 2, 3])),
      (
        "history",
        {
          var history = $0["history"] as! [[String: Any]]
          history[1]["epoch"] = 7
          $0["history"] = history
        }
      ),
      (
        "draw",
        {
          var choice = $0["choice"] as! [String: Any]
          var draw = choice["draw"] as! [String: Any]
          (draw["chosen"], draw["met"]) = (3, 2)
          choice["draw"] = draw
          $0["choice"] = choice
        }
      ),
    ]
    for (name, change) in changes {
      #expect(
        try failure(change)
          == "FILE: holds no valid state of a training run: progress must be what a run can have "
          + "come to (got else)", "\(name)")
    }
  }

  /// Before the Lai loss begins there is no choice; in an epoch with it there is one.
  @Test("a choice that is missing is refused, but where there can be none")
  func missingChoice() throws {
    let problem = try problem()
    for (batch, isRefused) in [(0, false), (3, false), (7, false), (10, true), (13, true)] {
      let state = try #require(problem.run(Stop(before: batch)).state)
      let bytes = try forged(state) {
        var progress = $0["progress"] as! [String: Any]
        var choice = progress["choice"] as! [String: Any]
        (choice["isChosen"], choice["places"]) = ([Any](), [Any]())
        progress["choice"] = choice
        $0["progress"] = progress
      }
      let wanted =
        isRefused
        ? "FILE: holds no valid state of a training run: progress must be what a run can have "
          + "come to (got else)" : "nothing thrown"
      #expect(try failure(bytes) == wanted, "batch \(batch)")
    }
  }

  @Test("files from before there were shares of slopes above the kink") func olderFiles() throws {
    let problem = try problem().changed { $0.alpha = 1 }
    let state = try #require(problem.run(Stop(before: 18)).state)
    let bytes = try forged(state) {
      var progress = $0["progress"] as! [String: Any]
      var sums = progress["sums"] as! [String: Any]
      sums["aboveKink"] = nil
      progress["sums"] = sums
      progress["history"] = (progress["history"] as! [[String: Any]]).map { report in
        report.filter { $0.key != "aboveKink" }
      }
      $0["progress"] = progress
    }
    try withFile(bytes) { path in
      let run = try Training.resume(
        TrainingState.load(from: path), data: problem.data, validation: problem.held)
      let whole = try problem.run()
      #expect(run.weights == whole.weights)
      // Of the fourth epoch, the older program has not counted the first three batches.
      #expect(run.history[3].aboveKink == nil && run.history[4] == whole.history[4])
      #expect(whole.history[4].aboveKink?.shares.count == 10)
    }
  }

  @Test("a run that begins to choose in the middle of an epoch can be stored")
  func laterChoice() throws {
    let problem = try problem().changed { ($0.sample, $0.alpha) = (.points, 1) }
    let state = try #require(problem.run(Stop(before: 13)).state)
    let run = try Training.resume(
      state, data: problem.data, validation: problem.held, control: Stop(before: 0)
    ) { $0.sample = .batches }
    let later = try stored(#require(run.state))
    let whole = try Training.resume(later, data: problem.data, validation: problem.held)
    // α is 1: of 5 batches, 3 had their points chosen, one by one, and 2 are chosen whole.
    #expect(whole.outcome == .finished && whole.history[3].laiCount == 5)
  }

  @Test("what an optimizer cannot have kept is refused", arguments: ["lbfgs", "adam"])
  func impossibleOptimizers(name: String) throws {
    let problem = try problem().changed { $0.optimizer = try Optimizer(name) }
    let state = try #require(problem.run(Stop(before: name == "lbfgs" ? 40 : 4)).state)
    for change: (inout [String: Any]) -> Void in [
      { $0["steps"] = -1 }, { $0["steps"] = Int.min }, { $0["steps"] = Int.max },
      { $0["slots"] = [Any]() },
      {
        let slot: [String: Any] = ["dtype": "float32", "shape": [0], "bytes": ""]
        $0["slots"] = ($0["slots"] as! [Any]).map { _ in slot }
      },
    ] {
      let bytes = try forged(state) {
        var optimizers = $0["optimizer"] as! [[String: Any]]
        change(&optimizers[0])
        $0["optimizer"] = optimizers
      }
      try withFile(bytes) { path in
        let text = message(path: path) {
          _ = try Training.resume(
            TrainingState.load(from: path), data: problem.data, validation: problem.held)
        }
        #expect(text.hasPrefix("the optimizer's state must be what \(name) keeps of 97"), "\(text)")
      }
    }
  }

  /// They have the same options, data and parameters to begin with, but are on their way already.
  @Test("runs that go on share no pre-training", arguments: [1, 2]) func resumedSideBySide(
    workers: Int
  ) throws {
    struct Silent: PoolControl {
      func shouldStop() -> Bool { false }
      func progress(done: Int, of total: Int) {}
    }
    let problem = try problem()
    let whole = try problem.run()
    let part = try problem.run(Stop(before: 3))
    let state = try #require(part.state)
    func resumed() throws -> (job: TrainingJob, model: MLP) {
      let job = try TrainingJob(resuming: state, data: problem.data, validation: problem.held)
      return (job, part.model)
    }
    // One that begins where they are.
    let fresh = try TrainingJob(
      problem.options, model: part.model, data: problem.data, validation: problem.held)
    let alone = try Training.run(fresh, model: part.model)
    var control = Silent()
    let runs = try Training.runAll(
      [resumed(), resumed(), (fresh, part.model)], workers: workers, control: &control)
    for run in runs[..<2] { #expect(run.weights == whole.weights && run.history == whole.history) }
    #expect(runs[2].weights == alone.weights && runs[2].history == alone.history)
  }

  @Test("a checkpoint is written at the beginning, every so often and at the end")
  func checkpoint() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    /// The epochs that are in the file, before each batch.
    final class Reader: TrainingControl {
      let path: String
      var seen: [Int] = []
      init(_ path: String) { self.path = path }
      func shouldStop() -> Bool { false }
      func epochEnded(_ report: EpochReport) throws -> Bool {
        seen.append(try TrainingState.load(from: path).history.count)
        if report.epoch == 5 { throw CancellationError() }
        return true
      }
    }
    let problem = try problem().changed { $0.checkpoint = try Checkpoint(path: path, every: 2) }
    let reader = Reader(path)
    #expect(throws: CancellationError.self) { _ = try problem.run(reader) }
    #expect(reader.seen == [0, 0, 2, 2, 4])
    // The error has lost nothing.
    let state = try TrainingState.load(from: path)
    #expect(state.history.count == 5)
    let folder = URL(filePath: path).deletingLastPathComponent()
    let rests = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix(URL(filePath: path).lastPathComponent) }
    #expect(rests.count == 1)
    let gone = try problem.changed { $0.checkpoint = try Checkpoint(path: "/nowhere/x", every: 1) }
    #expect(throws: FileError.self) { _ = try gone.run() }
    #expect(throws: ArgumentError.self) { _ = try Checkpoint(path: path, every: 0) }
  }

  @Test("a run that diverged has no state, and its checkpoint is of an earlier epoch")
  func divergence() throws {
    let path = path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let problem = try problem().changed {
      $0.optimizer = try Optimizer("sgd", ["lr": 3e38])
      ($0.onDivergence, $0.checkpoint) = (.stop, try Checkpoint(path: path))
    }
    let run = try problem.run()
    #expect(run.outcome == .diverged && run.state == nil)
    #expect(message { _ = try run.stateToGoOn() }.contains("a diverged one"))
    #expect(try TrainingState.load(from: path).history.isEmpty)
  }

  @Test("a tensor among options is stored by its bytes") func optionTensor() throws {
    let numbers = [0.1, -0.0, .leastNonzeroMagnitude, 1.0 / 3, -1.7976931348623157e308, .pi]
    let tensor = OptionTensor(shape: [100, 2, 3], elements: (0..<600).map { numbers[$0 % 6] / 3 })
    let bytes = try JSONEncoder().encode(tensor)
    // base64 and a few words, where digits would take more than twice that.
    #expect(bytes.count < 600 * 8 * 3 / 2)
    let back = try JSONDecoder().decode(OptionTensor.self, from: bytes)
    #expect(back.shape == tensor.shape)
    #expect(back.elements.map(\.bitPattern) == tensor.elements.map(\.bitPattern))
    let data = try Dataset(
      x: Tensor((0..<600).map { sin(Double($0)) }, shape: [100, 6]),
      y: Tensor((0..<100).map { cos(Double($0)) }, shape: [100]))
    let model = try MLP(inputs: 6, hidden: [3], activation: .named("tanh"))
    var options = TrainingOptions()
    options.epochs = 1
    let targets = OptionTensor(shape: [100, 6], elements: (0..<600).map { 1 / Double($0 + 1) })
    options.loss = .mse + .penalty(try Penalty("sobolev", ["targets": .tensor(targets)]))
    let run = try Training.run(TrainingJob(options, model: model, data: data), model: model)
    let file = path()
    defer { try? FileManager.default.removeItem(atPath: file) }
    try run.stateToGoOn().save(to: file)
    #expect(try TrainingState.load(from: file).options.loss == options.loss)
  }

  @Test("a run that has ended holds no function of its thread", arguments: [false, true])
  func boundFunctions(isConcurrent: Bool) throws {
    func loss() -> Objective {
      .custom(
        CustomLoss(base: .mae, isConcurrent: isConcurrent) {
          try ($0 - $1).square().mean() + $2.square().mean()
        })
    }
    let data = try Dataset(
      x: Tensor((0..<60).map { sin(Double($0)) }, shape: [20, 3]),
      y: Tensor((0..<20).map { cos(Double($0)) }, shape: [20]))
    let model = try MLP(inputs: 3, hidden: [3], activation: .named("tanh"))
    var options = TrainingOptions()
    (options.loss, options.pretrainLoss) = (loss(), loss())
    (options.pretrain, options.epochs) = (1, 1)
    let run = try Training.run(TrainingJob(options, model: model, data: data), model: model)
    let state = try run.stateToGoOn()
    for kept in [run.options, state.options] {
      #expect((kept.loss == options.loss) == isConcurrent)
      #expect((kept.pretrainLoss == options.pretrainLoss) == isConcurrent)
      #expect("\(kept.loss)" == "\(options.loss)")
    }
    let resume = { (again: Bool) in
      try Training.resume(state, data: data) {
        $0.epochs = 3
        if again { ($0.loss, $0.pretrainLoss) = (options.loss, options.pretrainLoss) }
      }
    }
    if !isConcurrent {
      #expect(
        message { _ = try resume(false) }
          == "loss must be given again: a state holds no functions (got none)")
    } else {
      #expect(try resume(false).history.count == 4)
    }
    #expect(try resume(true).history.count == 4)
  }

  @Test("random streams return as they were") func generator() throws {
    var generator = RandomGenerator(seed: 7)
    _ = generator.normal()
    let data = try JSONEncoder().encode(generator)
    var other = try JSONDecoder().decode(RandomGenerator.self, from: data)
    #expect(other == generator)
    for _ in 0..<5 { #expect(other.normal().bitPattern == generator.normal().bitPattern) }
    #expect(other == generator)
  }

  /// python: h = 0x9E3779B97F4A7C15; for w in (11, *struct.unpack("<2Q", b"hello world" + bytes(5))):
  /// h = (h ^ w) * 0xD6E8FEB86659FD93 % 2**64; h ^= h >> 32
  @Test func fingerprint() {
    var fingerprint = Fingerprint()
    fingerprint.add("hello world")
    #expect(fingerprint.value == 0x27F9_78EB_86F4_22F1)
  }
}
