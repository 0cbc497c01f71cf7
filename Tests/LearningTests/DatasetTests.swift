import Foundation
import Learning
import Tensors
import Testing

@Suite struct DatasetTests {
  func sample(_ n: Int, dtype: DType = .float64) throws -> Dataset {
    let x = try Tensor((0..<2 * n).map(Double.init), shape: [n, 2], dtype: dtype)
    let y = try Tensor((0..<n).map(Double.init), shape: [n], dtype: dtype)
    return try Dataset(x: x, y: y, features: ["a", "b"], target: "t")
  }

  @Test func splitsIntoDisjointParts() throws {
    let data = try sample(10)
    let (train, validation) = try data.split(validation: 0.3, seed: 1)
    #expect(train.count == 7)
    #expect(validation.count == 3)
    let all: [Double] = (train.y!.doubles + validation.y!.doubles).sorted()
    let numbers: [Double] = (0..<10).map { Double($0) }
    #expect(all == numbers)
    let features = train.y!.doubles.flatMap { (y: Double) -> [Double] in [2 * y, 2 * y + 1] }
    #expect(train.x.doubles == features)
    #expect(train.features == data.features)
    #expect(validation.target == "t")
    #expect(try data.split(validation: 0.3, seed: 1).train.x.doubles == train.x.doubles)
    #expect(try data.split(validation: 0.3, seed: 2).train.x.doubles != train.x.doubles)
  }

  @Test(
    "a split needs two parts",
    arguments: [
      (10, 0.0), (10, 1), (10, -1), (10, .nan), (10, 0.04),
      (10, 0.96), (1, 0.5),
    ])
  func splitErrors(n: Int, share: Double) throws {
    let data = try sample(n)
    #expect(throws: ArgumentError.self) { _ = try data.split(validation: share, seed: 1) }
  }

  @Test func rowsAreCopiedInOrder() throws {
    let data = try sample(4, dtype: .float32)
    let part = try data.rows([3, 0, 3])
    #expect(part.x.doubles == [6, 7, 0, 1, 6, 7])
    #expect(part.y!.doubles == [3, 0, 3])
    #expect(part.x.dtype == .float32)
    #expect(message { _ = try data.rows([0, 4]) } == "row must be between 0 and 3 (got 4)")
    #expect(throws: ShapeError.self) { _ = try data.rows([]) }
  }

  @Test func shapesMustAgree() throws {
    let x = try Tensor(zeros: [3, 2])
    #expect(throws: ShapeError.self) { _ = try Dataset(x: Tensor(zeros: [3])) }
    #expect(throws: ShapeError.self) { _ = try Dataset(x: Tensor(zeros: [0, 2])) }
    #expect(throws: ShapeError.self) { _ = try Dataset(x: Tensor(zeros: [3, 0])) }
    #expect(throws: ShapeError.self) { _ = try Dataset(x: x, y: Tensor(zeros: [2])) }
    #expect(throws: ShapeError.self) { _ = try Dataset(x: x, y: Tensor(zeros: [3, 0])) }
    #expect(throws: ArgumentError.self) { _ = try Dataset(x: x, features: ["a"]) }
    #expect(throws: ArgumentError.self) { _ = try Dataset(x: x, features: ["a", "a"]) }
    #expect(try Dataset(x: x).features == ["X1", "X2"])
    #expect(try Dataset(x: x, y: Tensor(zeros: [3, 4])).y?.shape == [3, 4])
    for wrong in [[1, 3], [2, 1], [3, 1, 1], []] {
      #expect(throws: ShapeError.self) { _ = try Dataset(x: x, y: Tensor(zeros: wrong)) }
    }
  }

  /// y has the shape of predictions, whatever it was made from: their difference is never n × n.
  @Test func targetsAreRowsByOutputs() throws {
    let x = try Tensor((0..<6).map(Double.init), shape: [3, 2])
    let flat = try Tensor([1, 2, 3], shape: [3])
    let data = try Dataset(x: x, y: flat)
    #expect(data.y?.shape == [3, 1] && data.y?.doubles == [1, 2, 3])
    // A column of a matrix, which is not contiguous.
    #expect(try Dataset(x: x, y: x.selected(axis: 1, index: 1)).y?.doubles == [1, 3, 5])
    #expect(try data.rows([2, 0]).y?.shape == [2, 1])
    #expect(try data.split(validation: 0.3, seed: 1).train.y?.shape == [2, 1])
    #expect(try Scaler(fitting: data).transform(data).y?.shape == [3, 1])
    #expect(try Synthetic.friedman1(count: 4).y?.shape == [4, 1])
    #expect(try Synthetic.line(slope: 1, intercept: 0, count: 4).y?.shape == [4, 1])
    let net = try MLP(inputs: 2, activation: .named("tanh"))
    #expect(try (net(x) - data.y!).shape == [3, 1])
  }

  /// A target given directly may be [n] or [n][1]; nothing else is stretched over the rows.
  @Test func lossesTakeBothShapes() throws {
    var generator = RandomGenerator(seed: 1, stream: .weights)
    let net = try MLP(
      inputs: 2, hidden: [3], activation: .named("tanh"), dtype: .float64, using: &generator)
    let x = try Tensor((0..<6).map(Double.init), shape: [3, 2], dtype: .float64)
    let y = try Tensor([1.0, 2, 4], shape: [3], dtype: .float64)
    let custom = Objective.custom(
      CustomLoss { prediction, target, _ in
        #expect(prediction.shape == [3, 1] && target.shape == [3, 1])
        return try (prediction - target).square().mean()
      })
    let expected = try zip(net(x).doubles, y.doubles).reduce(0) {
      $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 3
    }
    for loss in [Objective.residual(.mse), custom] {
      for shape in [[3], [3, 1]] {
        let target = try y.reshaped(shape)
        #expect(abs(try loss.value(net, x, target) - expected) < 1e-14)
        #expect(abs(try loss.gradients(net, x, target).value - expected) < 1e-14)
      }
      for wrong in [[1, 3], [3, 3], [2], [1], [3, 1, 1], []] {
        #expect(throws: ShapeError.self) {
          _ = try loss.value(net, x, Tensor(zeros: wrong, dtype: .float64))
        }
      }
    }
  }

  @Test func notFiniteNumbersAreNamed() throws {
    let x = try Tensor([0, 1, 2, 3, Double.nan, 5], shape: [3, 2], dtype: .float64)
    let y = try Tensor([0, 1, 2, -Double.infinity], shape: [2, 2], dtype: .float32)
    #expect(
      message { try Dataset(x: x, features: ["a", "b"]).checkFinite() }
        == "x in row 3, feature 'a', must be finite (got nan)")
    let plain = try Tensor(zeros: [2, 1])
    #expect(
      message { try Dataset(x: plain, y: y).checkFinite() }
        == "y in row 2 must be finite (got -inf)")
    try Dataset(x: plain).checkFinite()
  }

  @Test func friedmanIsItsFormula() throws {
    let data = try Synthetic.friedman1(count: 500, noise: 0, seed: 7, dtype: .float64)
    #expect(data.features == (1...10).map { "X\($0)" })
    let (x, y) = (data.x.doubles, data.y!.doubles)
    for row in 0..<data.count {
      let v = Array(x[row * 10..<row * 10 + 10])
      #expect(v.allSatisfy { (0..<1).contains($0) })
      let wave: Double = Foundation.sin(Double.pi * v[0] * v[1])
      let square: Double = (v[2] - 0.5) * (v[2] - 0.5)
      let expected: Double = 10 * wave + 20 * square + 10 * v[3] + 5 * v[4]
      #expect(abs(y[row] - expected) < 1e-12)
    }
    let mean: Double = x.reduce(0, +) / 5000
    #expect(abs(mean - 0.5) < 0.015)
    let noisy = try Synthetic.friedman1(count: 500, noise: 2, seed: 7, dtype: .float64)
    #expect(noisy.x.doubles == x)
    let noise = zip(noisy.y!.doubles, y).map { $0 - $1 }
    let size = (noise.reduce(0) { $0 + $1 * $1 } / 500).squareRoot()
    #expect(abs(size - 2) < 0.2)
    #expect(try Synthetic.friedman1(count: 500, seed: 8, dtype: .float64).x.doubles != x)
  }

  @Test func lineIsALine() throws {
    let data = try Synthetic.line(
      slope: 3, intercept: 4, noise: 0.5, count: 1000, seed: 1, width: 2, dtype: .float64)
    #expect(data.features == ["X1"])
    let (x, y) = (data.x.doubles, data.y!.doubles)
    let residuals = zip(x, y).map { $1 - 3 * $0 - 4 }
    #expect(x.allSatisfy { abs($0) <= 2 })
    #expect(x.min()! < -1.98 && x.max()! > 1.98)
    #expect(residuals.allSatisfy { abs($0) <= 0.5 + 1e-12 })
    #expect(residuals.min()! < -0.49 && residuals.max()! > 0.49)
    #expect(throws: ArgumentError.self) { _ = try Synthetic.friedman1(count: 0) }
    #expect(throws: ArgumentError.self) { _ = try Synthetic.friedman1(count: 1, noise: -1) }
    #expect(throws: ArgumentError.self) {
      _ = try Synthetic.line(slope: .nan, intercept: 0, count: 1)
    }
    #expect(throws: ArgumentError.self) {
      _ = try Synthetic.line(slope: 1, intercept: 0, count: 1, width: 0)
    }
  }
}

@Suite struct ScalerTests {
  func data() throws -> Dataset {
    let x = try Tensor([1, 0.1, 10, 2, 0.1, 20, 6, 0.1, 60], shape: [3, 3], dtype: .float64)
    return try Dataset(x: x, features: ["a", "b", "c"])
  }

  @Test func standardises() throws {
    let data = try data()
    let scaler = try Scaler(fitting: data)
    #expect(scaler.mean == [3, 0.1, 30])
    #expect(scaler.standardDeviation[1] == 1)
    let deviation = (14.0 / 3).squareRoot()
    #expect(abs(scaler.standardDeviation[0] - deviation) < 1e-15)
    let z = try scaler.transform(data)
    let expected = [-2, 0, -2, -1, 0, -1, 3, 0, 3].map { $0 / ($0 == 0 ? 1 : deviation) }
    #expect(relativeError(z.x, expected) < 1e-14)
    #expect(z.features == data.features)
    #expect(relativeError(try scaler.inverse(z.x), data.x.doubles) < 1e-14)
    let row = try Tensor([3, 1.1, 30], shape: [3], dtype: .float64)
    #expect(relativeError(try scaler.transform(row), [0, 1, 0]) < 1e-14)
  }

  @Test func refusesOtherFeatures() throws {
    let scaler = try Scaler(fitting: data())
    #expect(throws: ShapeError.self) { _ = try scaler.transform(Tensor(zeros: [2, 4])) }
    #expect(throws: ShapeError.self) { _ = try scaler.inverse(Tensor(zeros: [])) }
    let swapped = try Dataset(x: Tensor(zeros: [1, 3]), features: ["a", "c", "b"])
    #expect(
      message { _ = try scaler.transform(swapped) }
        == "data has the features of the scaler's data in another order: feature 2 is 'c', not 'b'; "
        + "put the columns into the same order")
    let bad = try Dataset(x: Tensor([1, Double.infinity], shape: [2, 1]))
    #expect(throws: ArgumentError.self) { _ = try Scaler(fitting: bad) }
  }

  @Test func survivesJSON() throws {
    let scaler = try Scaler(fitting: data())
    let text = try scaler.json.text()
    #expect(try Scaler(json: JSON(parsing: Array(text.utf8))) == scaler)
    #expect(try JSONDecoder().decode(Scaler.self, from: JSONEncoder().encode(scaler)) == scaler)
    let wrong = [
      "[]", #"{"features":["a"],"mean":[1],"std":[0]}"#, #"{"features":["a"],"mean":[1]}"#,
      #"{"features":["a"],"mean":[1,2],"std":[1]}"#, #"{"features":[1],"mean":[1],"std":[1]}"#,
    ]
    for text in wrong {
      #expect(throws: ArgumentError.self) { _ = try Scaler(json: JSON(parsing: Array(text.utf8))) }
    }
    #expect(scaler.description.contains("  a         3.000  2.160"))
  }
}
