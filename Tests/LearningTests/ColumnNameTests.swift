import Foundation
import Learning
import Tensors
import Testing

/// Names of columns are compared wherever two data sets, or data and a network, meet.
@Suite struct ColumnNameTests {
  private typealias Names = ColumnNames

  static let differences: [(got: ColumnNames, wanted: ColumnNames, NameMismatch.Difference?)] = [
    (.init(features: ["a", "b"]), .init(features: ["a", "b"]), nil),
    (
      .init(features: ["b", "a"]), .init(features: ["a", "b"]),
      .order(column: 1, got: "b", wanted: "a")
    ),
    (
      .init(features: ["a", "c", "b"]), .init(features: ["a", "b", "c"]),
      .order(column: 2, got: "c", wanted: "b")
    ),
    (
      .init(features: ["a", "Price"]), .init(features: ["a", "price"]),
      .missing(column: 2, "price", nearest: "Price")
    ),
    (.init(features: ["a"]), .init(features: ["a", "b"]), .missing(column: 2, "b", nearest: nil)),
    (
      .init(features: ["c", "b"]), .init(features: ["a", "b"]),
      .missing(column: 1, "a", nearest: nil)
    ),
    (.init(features: ["a", "b", "c"]), .init(features: ["a", "b"]), .extra(column: 3, "c")),
    (.init(features: ["c", "a", "b"]), .init(features: ["a", "b"]), .extra(column: 1, "c")),
    (.init(target: "t"), .init(target: "u"), .target(got: "t", wanted: "u")),
    // Not of data, but a file may say so.
    (
      .init(features: ["a"]), .init(features: ["a", "a"]),
      .missing(column: 2, "a", nearest: nil)
    ),
    (.init(features: ["a", "a"]), .init(features: ["a"]), .extra(column: 2, "a")),
    // The features come first.
    (
      .init(features: ["b", "a"], target: "t"), .init(features: ["a", "b"], target: "u"),
      .order(column: 1, got: "b", wanted: "a")
    ),
    // What has no names cannot be compared.
    (.init(), .init(features: ["a", "b"], target: "t"), nil),
    (.init(features: ["a", "b"], target: "t"), .init(), nil),
    (.init(features: ["a"]), .init(features: ["a"], target: "t"), nil),
  ]

  @Test(arguments: differences)
  func theFirstDifferenceIsNamed(
    got: ColumnNames, wanted: ColumnNames, difference: NameMismatch.Difference?
  ) {
    var found: NameMismatch?
    do throws(NameMismatch) {
      try got.check(agreesWith: wanted, as: "validation", and: "data")
    } catch {
      found = error
    }
    #expect(found?.difference == difference)
    #expect(found.map { $0.subject == "validation" && $0.other == "data" } ?? true)
    #expect(found?.description.hasPrefix("validation ") ?? true)
  }

  private func data(
    _ features: [String]?, target: String? = nil, columns: Int = 2
  ) throws -> Dataset {
    let x = try Tensor((0..<3 * columns).map { Double($0 % 5) }, shape: [3, columns])
    return try Dataset(
      x: x, y: Tensor([1, 2, 3], shape: [3]), features: features, target: target)
  }

  private func network() throws -> MLP { try MLP(inputs: 2, activation: .named("tanh")) }

  private func train(_ net: MLP, _ data: Dataset, _ validation: Dataset? = nil) throws -> MLP {
    var options = TrainingOptions()
    options.epochs = 1
    let job = try TrainingJob(options, model: net, data: data, validation: validation)
    return try Training.run(job, model: net).model
  }

  @Test func trainingComparesDataWithValidation() throws {
    let net = try network()
    let named = try data(["a", "b"], target: "t")
    for other in [
      try data(["b", "a"], target: "t"), try data(["a", "c"]), try data(["a"], columns: 1),
      try data(["a", "b", "c"], columns: 3), try data(["a", "b"], target: "u"),
      try data(nil, target: "u"),
    ] {
      #expect(throws: NameMismatch.self) { _ = try train(net, named, other) }
      #expect(throws: NameMismatch.self) { _ = try train(net, other, named) }
    }
    for other in [named, try data(["a", "b"]), try data(nil)] {
      _ = try train(net, named, other)
      _ = try train(net, other, named)
    }
    // Names that were made up are none, but their number counts.
    #expect(throws: ArgumentError.self) { _ = try train(net, named, data(nil, columns: 3)) }
    let parts = try named.split(validation: 0.4, seed: 1)
    #expect(parts.train.names == named.names && parts.validation.names == named.names)
    #expect(try Scaler(fitting: named).transform(named).names == named.names)
    #expect(try data(nil).rows([1, 0]).names == ColumnNames())
  }

  @Test func networksRememberWhatTheyWereTrainedOn() throws {
    let named = try data(["a", "b"], target: "t")
    let net = try train(network(), named)
    #expect(net.names == named.names)
    let path = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try net.save(to: path)
    let loaded = try MLP.load(from: path)
    let clone = try net.clone()
    try clone.setWeights(network().weights)
    for copy in [net, loaded, clone, try train(net, data(nil))] {
      #expect(copy.names == named.names)
      for other in [
        try data(["b", "a"]), try data(["a", "c"]), try data(nil, target: "u"),
        try data(["a", "b"], target: "u"),
      ] {
        let error = #expect(throws: NameMismatch.self) { _ = try train(copy, other) }
        #expect(error?.subject == "data" && error?.other == "the network's data")
        #expect(throws: NameMismatch.self) { _ = try train(copy, data(nil), other) }
        #expect(throws: NameMismatch.self) { try copy.check(other.names) }
        #expect(throws: NameMismatch.self) { try copy.setScaler(Scaler(fitting: other)) }
      }
      try copy.setScaler(Scaler(fitting: data(nil)))
      try copy.setScaler(Scaler(fitting: named))
    }
    // Names come bit by bit.
    let second = try train(train(network(), data(nil, target: "t")), data(["a", "b"]))
    #expect(second.names == named.names)
    #expect(try train(network(), data(nil)).names == ColumnNames())
    #expect(try train(network(), data(nil), named).names == named.names)
  }

  @Test func aScalerKnowsItsColumns() throws {
    let scaler = try Scaler(fitting: data(["a", "b"], target: "t"))
    for other in [
      try data(["b", "a"]), try data(["a", "c"]), try data(["a", "b"], target: "u"),
      try data(["a"], columns: 1),
    ] {
      #expect(throws: NameMismatch.self) { _ = try scaler.transform(other) }
    }
    _ = try scaler.transform(data(nil))
    _ = try Scaler(fitting: data(nil)).transform(data(["a", "b"]))
    // A network's data must be those of its scaler before it is trained.
    let net = try network()
    try net.setScaler(scaler)
    #expect(throws: NameMismatch.self) { _ = try train(net, data(["b", "a"])) }
    for copy in [scaler, try Scaler(fitting: data(nil))] {
      #expect(try Scaler(json: JSON(parsing: Array(copy.json.text().utf8))) == copy)
    }
    func old(_ text: String) throws -> Scaler { try Scaler(json: JSON(parsing: Array(text.utf8))) }
    #expect(
      try old(#"{"features":["a","b"],"mean":[0,0],"std":[1,1]}"#).names.features == ["a", "b"])
    #expect(
      try old(#"{"features":["X1","X2"],"mean":[0,0],"std":[1,1]}"#).names == ColumnNames())
  }

  @Test("files without names load, with bad names they do not") func files() throws {
    let net = try network()
    let path = FileManager.default.temporaryDirectory.appending(path: "names-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try net.save(to: path)
    var (tensors, metadata) = try Safetensors.read(path)
    #expect(metadata["columns"] == nil)
    #expect(try MLP.load(from: path).names == ColumnNames())
    for wrong in [
      "[]", "{", #"{"features":["a"]}"#, #"{"features":["a","a"]}"#, #"{"features":["a",1]}"#,
      #"{"features":"ab"}"#, #"{"target":1}"#,
    ] {
      metadata["columns"] = wrong
      try Safetensors.write(path, tensors: tensors, metadata: metadata)
      #expect(throws: FileError.self) { _ = try MLP.load(from: path) }
    }
    metadata["columns"] = #"{"features":["a","b"]}"#
    metadata["scaler"] = #"{"features":["b","a"],"mean":[0,0],"std":[1,1]}"#
    try Safetensors.write(path, tensors: tensors, metadata: metadata)
    #expect(throws: FileError.self) { _ = try MLP.load(from: path) }
    tensors = [:]
  }
}
