import Foundation
import Tensors
import Testing

@testable import Learning

/// Any value of the fixture, such as an option's.
enum GoldenValue: Decodable, Sendable {
  case number(Double)
  case boolean(Bool)
  case text(String)
  case list([GoldenValue])
  case table([String: GoldenValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let boolean = try? value.decode(Bool.self) {
      self = .boolean(boolean)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([GoldenValue].self) {
      self = .list(list)
    } else {
      self = .table(try value.decode([String: GoldenValue].self))
    }
  }

  var number: Double { if case .number(let value) = self { value } else { .nan } }
  var text: String { if case .text(let value) = self { value } else { "" } }

  /// Nested lists as their numbers and shape.
  var tensor: (elements: [Double], shape: [Int]) {
    guard case .list(let entries) = self else { return ([number], []) }
    let parts = entries.map(\.tensor)
    return (parts.flatMap(\.elements), [entries.count] + (parts.first?.shape ?? []))
  }

  private var entry: PerFeature.Entry {
    if case .number(let value) = self { .included(value) } else { .excluded }
  }

  /// What a λ, or the weights of a penalty, are: a number, a list, a list of names, or a table.
  var perFeature: PerFeature {
    switch self {
    case .list(let entries):
      if case .text? = entries.first { return .only(entries.map(\.text)) }
      return .perFeature(entries.map(\.entry))
    case .table(let entries):
      return .named(
        entries.filter { $0.key != "default" }.mapValues(\.entry),
        default: entries["default"]?.entry ?? .excluded)
    default: return .uniform(number)
    }
  }

  /// As an option of that form.
  func optionValue(_ form: OptionRecord.Form) -> OptionValue {
    switch (form, self) {
    case (.features, _): .features(perFeature)
    case (.integer, .number(let value)): .integer(Int(value))
    case (_, .number(let value)): .number(value)
    case (_, .boolean(let value)): .boolean(value)
    case (_, .text(let value)): .text(value)
    default: .tensor(OptionTensor(shape: tensor.shape, elements: tensor.elements))
    }
  }
}

extension [String: GoldenValue] {
  /// Options by name, without the name of what has them.
  func given(of records: [OptionRecord]) throws -> [String: OptionValue] {
    var given: [String: OptionValue] = [:]
    for (name, value) in self where name != "name" {
      let record = try #require(records.first { $0.name == name }, "no option '\(name)'")
      given[name] = value.optionValue(record.form)
    }
    return given
  }
}

/// A network with data.
struct GoldenProblem: GoldenNetwork {
  let sizes: [Int]
  let activation: String
  let x: [[Double]]
  let y: [[Double]]
  let weights: [[[Double]]]
  let biases: [[Double]]
}

/// A part of an objective.
struct GoldenTerm: Decodable, Sendable, CustomStringConvertible {
  let kind: String
  let name: String
  let weight: Double
  let options: [String: GoldenValue]

  var description: String { "\(weight)*\(name)\(options)" }
}

extension [GoldenTerm] {
  func objective() throws -> Objective {
    try map { term in try term.weight * term.objective() }.reduce(nil) { sum, term in
      sum.map { $0 + term } ?? term
    }!
  }
}

extension GoldenTerm {
  fileprivate func objective() throws -> Objective {
    switch kind {
    case "residual": return .residual(try configured(name, options))
    case "lai":
      let mix = options["mix"].map { ["mix": $0] } ?? [:]
      return .lai(
        try LaiLoss(
          base: base(), lambda: options["lambda"]!.perFeature,
          norm: configured(options["norm"]?.text ?? "l2", mix),
          reduction: Reduction(rawValue: options["reduction"]?.text ?? "batch")!))
    default:
      return .penalty(try configured(name, options))
    }
  }

  private func base() throws -> Residual {
    guard case .table(let options)? = options["base"] else { return .mse }
    return try configured(options["name"]!.text, options)
  }
}

/// A residual, penalty or optimizer from a fixture.
private func configured<Made: Configured>(
  _ name: String, _ options: [String: GoldenValue]
) throws -> Made {
  let record = try #require(Made.records.first { $0.name == name })
  return try Made(record, options.given(of: record.options))
}

/// A case of Fixtures/methods.json: what PyTorch gives in float64.
struct MethodsCase: Decodable, Sendable, CustomTestStringConvertible {
  struct Adversarial: Decodable, Sendable {
    let rows: [Int]
    let epsilon: Double
    let x: [[Double]]
  }

  let problem: String
  let terms: [GoldenTerm]
  let masks: [[[Double]]]?
  let slopes: GoldenValue?
  let interpolates: [[Double]]?
  let adversarial: Adversarial?
  let value: Double
  let weightGradients: [[[Double]]]
  let biasGradients: [[Double]]

  enum CodingKeys: String, CodingKey {
    case problem, terms, masks, slopes, interpolates, adversarial, value
    case weightGradients = "weight_gradients"
    case biasGradients = "bias_gradients"
  }

  var testDescription: String { "\(problem): \(terms)" }
}

struct MethodsFile: Decodable, Sendable {
  struct Updates: Decodable, Sendable, CustomTestStringConvertible {
    var testDescription: String { "\(problem), \(optimizer)" }
    let problem: String
    let optimizer: [String: GoldenValue]
    let updates: Int
    let weights: [[[Double]]]
    let biases: [[Double]]
  }
  struct Run: Decodable, Sendable, CustomTestStringConvertible {
    let problem: String
    let terms: [GoldenTerm]
    let optimizer: [String: GoldenValue]
    let epochs: Int
    let losses: [Double]
    let weights: [[[Double]]]
    let biases: [[Double]]
    var testDescription: String { "\(problem), \(optimizer["name"]!): \(terms)" }
  }

  let problems: [String: GoldenProblem]
  let cases: [MethodsCase]
  let optimizers: [Updates]
  let runs: [Run]

  static let shared: MethodsFile = {
    let url = Bundle.module.url(forResource: "Fixtures/methods", withExtension: "json")!
    return try! JSONDecoder().decode(MethodsFile.self, from: Data(contentsOf: url))
  }()
}

@Suite struct MethodsGoldenTests {
  static let file = MethodsFile.shared

  @Test func allCasesAreThere() {
    #expect(Self.file.cases.count == 250)
    let penalties = Set(
      Self.file.cases.flatMap(\.terms).filter { $0.kind == "penalty" }.map(\.name))
    #expect(penalties == Set(Penalty.records.map(\.name)))
    let residuals = Set(
      Self.file.cases.flatMap(\.terms).filter { $0.kind == "residual" }.map(\.name))
    #expect(residuals == Set(Residual.records.map(\.name)))
  }

  @Test(
    "value and gradients are PyTorch's", arguments: file.cases.filter { $0.interpolates == nil })
  func matches(golden: MethodsCase) throws {
    let problem = Self.file.problems[golden.problem]!
    let objective = try golden.terms.objective()
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 1e-5)] {
      // A difference of two numbers over a small step has fewer digits.
      let steps = golden.terms.compactMap { $0.options["steps"]?.number }.min()
      let tolerance = tolerance / (steps ?? 1)
      let net = try problem.net(dtype)
      let x = try matrix(golden.adversarial?.x ?? problem.x, dtype)
      let y = try matrix(problem.y, dtype)
      let slopes = try golden.slopes.map {
        try Tensor($0.tensor.elements, shape: $0.tensor.shape, dtype: dtype)
      }
      let masks = try golden.masks?.map { try matrix($0, dtype) }
      let result = try objective.gradients(net, x, y, slopes: slopes, masks: masks)
      #expect(abs(result.value - golden.value) <= tolerance * abs(golden.value))
      for (got, expected) in zip(result.weights, golden.weightGradients) {
        #expect(relativeError(got, expected.flatMap { $0 }) < tolerance)
      }
      for (got, expected) in zip(result.biases, golden.biasGradients) {
        #expect(relativeError(got, expected) < tolerance)
      }
    }
  }
}

/// The Jacobian penalty at rows that are not the batch's own.
extension MethodsGoldenTests {
  @Test("at given interpolates", arguments: file.cases.filter { $0.interpolates != nil })
  func interpolates(golden: MethodsCase) throws {
    func check<S: TensorScalar>(_ type: S.Type, _ tolerance: Double) throws {
      let net = try Self.file.problems[golden.problem]!.net(S.dtype)
      let x = golden.interpolates!.flatMap { $0.map { S($0) } }
      let rows = golden.interpolates!.count
      let step = try net.step(rows: rows, as: S.self)
      let weight = golden.terms[0].options["weight"]!.number
      step.prepareWeights(hasSlopes: true)
      let value = x.withUnsafeBufferPointer { x in
        step.jacobian(
          at: x.baseAddress!,
          BatchRows(
            x: x.baseAddress!, y: x.baseAddress!, count: rows, total: rows, start: 0, places: nil),
          isSquared: true, features: Array(repeating: 1, count: net.inputs), projections: nil,
          weight: S(weight), accumulate: false)
      }
      #expect(abs(weight * value - golden.value) <= tolerance * abs(golden.value))
      let gradients = try net.clone()
      try gradients.setParameters((0..<step.parameterCount).map { Double(step.gradients[$0]) })
      try self.check(gradients, golden.weightGradients, golden.biasGradients, tolerance)
    }
    try check(Double.self, 1e-9)
    try check(Float.self, 1e-5)
  }
}

/// Whole runs, each batch all rows, so that their order does not count.
extension MethodsGoldenTests {
  private func train(
    _ problem: GoldenProblem, _ loss: Objective, _ optimizer: [String: GoldenValue], epochs: Int,
    _ dtype: DType
  ) throws -> Run {
    let net = try problem.net(dtype)
    let data = try Dataset(x: matrix(problem.x, dtype), y: matrix(problem.y, dtype))
    var options = TrainingOptions()
    (options.loss, options.alpha, options.epochs) = (loss, 1, epochs)
    options.batch = problem.x.count
    options.optimizer = try configured(optimizer["name"]!.text, optimizer)
    return try Training.run(TrainingJob(options, model: net, data: data), model: net)
  }

  private func check(
    _ net: MLP, _ weights: [[[Double]]], _ biases: [[Double]], _ tolerance: Double
  ) throws {
    for (got, expected) in zip(try net.weights, weights) {
      #expect(relativeError(got, expected.flatMap { $0 }) < tolerance)
    }
    for (got, expected) in zip(try net.biases, biases) {
      #expect(relativeError(got, expected) < tolerance)
    }
  }

  @Test("parameters after whole runs are PyTorch's", arguments: file.runs)
  func run(golden: MethodsFile.Run) throws {
    for (dtype, tolerance) in [(DType.float64, 1e-9), (.float32, 2e-5)] {
      let run = try train(
        Self.file.problems[golden.problem]!, golden.terms.objective(), golden.optimizer,
        epochs: golden.epochs, dtype)
      try check(run.model, golden.weights, golden.biases, tolerance)
      for (report, expected) in zip(run.history, golden.losses) {
        let loss = try #require(report.laiLoss)
        #expect(abs(loss - expected) < tolerance * abs(expected))
      }
    }
  }

  @Test(
    "updates with centralized gradients, and without, are PyTorch's", arguments: file.optimizers)
  func updates(golden: MethodsFile.Updates) throws {
    for (dtype, tolerance) in [(DType.float64, 1e-12), (.float32, 1e-5)] {
      let run = try train(
        Self.file.problems[golden.problem]!, .mse, golden.optimizer, epochs: golden.updates, dtype)
      try check(run.model, golden.weights, golden.biases, tolerance)
    }
  }
}
