import Kernels
import Testing

/// Compares the products of a training step with three nested loops, at every edge of their tiles.
@Suite struct LayerProductTests {
  /// Small whole numbers: sums are exact in any order, and a wrong element is wrong by at least 1.
  static func numbers<S: Scalar>(_ count: Int, seed: Int, as type: S.Type = S.self) -> [S] {
    (0..<count).map { S(($0 &* 7919 &+ seed &* 104_729) % 17 - 8) }
  }

  static let sizes = Array(1...40) + [47, 48, 63, 64, 65, 100, 130]

  /// A layer of random weights, packed.
  private func withLayer<S: Scalar>(
    _ outputs: Int, _ inputs: Int, _ body: (LayerWeights<S>, [S], [S]) -> Void
  ) {
    let (weights, biases) = (
      Self.numbers(outputs * inputs, seed: 1, as: S.self),
      Self.numbers(outputs, seed: 2, as: S.self)
    )
    var packed = [S](repeating: 0, count: S.packedCount(outputs: outputs, inputs: inputs))
    weights.withUnsafeBufferPointer { weightsBuffer in
      biases.withUnsafeBufferPointer { biasBuffer in
        packed.withUnsafeMutableBufferPointer { packed in
          let spare = UnsafeMutablePointer<S>.allocate(capacity: 1)
          defer { spare.deallocate() }
          let layer = LayerWeights(
            outputs: outputs, inputs: inputs, weights: weightsBuffer.baseAddress!,
            biases: biasBuffer.baseAddress!, packed: packed.baseAddress ?? spare)
          S.packForward(layer)
          S.packBackward(layer)
          body(layer, weights, biases)
        }
      }
    }
  }

  private func checkForward<S: Scalar>(_ rows: Int, _ outputs: Int, _ inputs: Int, _ type: S.Type) {
    let stride = S.inputStride(inputs) + 3
    let a = Self.numbers(rows * stride, seed: 3, as: S.self)
    withLayer(outputs, inputs) { (layer: LayerWeights<S>, weights, biases) in
      func sum(_ row: Int, _ output: Int) -> S {
        (0..<inputs).reduce(S(0)) { $0 + a[row * stride + $1] * weights[output * inputs + $1] }
      }
      // Compact rows: nothing may be written after them.
      var c = [S](repeating: .nan, count: rows * outputs + 1)
      S.forwardProduct(a, stride: stride, rows: rows, layer, into: &c, stride: outputs)
      var wrong = 0
      for row in 0..<rows {
        for output in 0..<outputs
        where c[row * outputs + output] != sum(row, output) + biases[output] { wrong += 1 }
      }
      #expect(wrong == 0 && c[rows * outputs].isNaN, "forward \(rows) \(outputs) \(inputs)")

      let wide = S.rowStride(outputs)
      let first = Self.numbers(rows * wide, seed: 4, as: S.self)
      let second = Self.numbers(rows * wide, seed: 5, as: S.self)
      var main = [S](repeating: .nan, count: rows * wide)
      var other = Self.numbers(rows * wide, seed: 6, as: S.self)
      let before = other
      main.withUnsafeMutableBufferPointer { main in
        other.withUnsafeMutableBufferPointer { other in
          first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
              S.forwardProduct(
                a, stride: stride, rows: rows, layer,
                finish: ProductFinish(
                  .stored, first: first.baseAddress!, main: main.baseAddress!,
                  second: second.baseAddress!, other: other.baseAddress!,
                  accumulates: rows % 2 == 0))
            }
          }
        }
      }
      for row in 0..<rows {
        for output in 0..<outputs {
          let (place, sum) = (row * wide + output, sum(row, output))
          let old = rows % 2 == 0 ? before[place] : 0
          if main[place] != first[place] * sum || other[place] != second[place] * sum + old {
            wrong += 1
          }
        }
      }
      #expect(wrong == 0, "finished forward \(rows) \(outputs) \(inputs)")
    }
  }

  private func checkBackward<S: Scalar>(_ rows: Int, _ outputs: Int, _ inputs: Int, _ type: S.Type)
  {
    let stride = outputs + 5
    let p = Self.numbers(rows * stride, seed: 7, as: S.self)
    withLayer(outputs, inputs) { (layer: LayerWeights<S>, weights, _) in
      func sum(_ row: Int, _ input: Int) -> S {
        (0..<outputs).reduce(S(0)) { $0 + p[row * stride + $1] * weights[$1 * inputs + input] }
      }
      var c = [S](repeating: .nan, count: rows * inputs + 1)
      S.backwardProduct(p, stride: stride, rows: rows, layer, into: &c, stride: inputs)
      var wrong = 0
      for row in 0..<rows {
        for input in 0..<inputs where c[row * inputs + input] != sum(row, input) { wrong += 1 }
      }
      #expect(wrong == 0 && c[rows * inputs].isNaN, "backward \(rows) \(outputs) \(inputs)")

      let wide = S.rowStride(inputs)
      let first = Self.numbers(rows * wide, seed: 8, as: S.self)
      let added = Self.numbers(rows * wide, seed: 9, as: S.self)
      var main = [S](repeating: .nan, count: rows * wide)
      main.withUnsafeMutableBufferPointer { main in
        first.withUnsafeBufferPointer { first in
          added.withUnsafeBufferPointer { added in
            S.backwardProduct(
              p, stride: stride, rows: rows, layer,
              finish: ProductFinish(
                .stored, first: first.baseAddress!, added: added.baseAddress!,
                main: main.baseAddress!))
          }
        }
      }
      for row in 0..<rows {
        for input in 0..<inputs {
          let place = row * wide + input
          if main[place] != first[place] * sum(row, input) + added[place] { wrong += 1 }
        }
      }
      #expect(wrong == 0, "finished backward \(rows) \(outputs) \(inputs)")
    }
  }

  /// - stride: the stride of the adjoints' rows.
  private func checkGradient<S: Scalar>(
    _ rows: Int, _ outputs: Int, _ inputs: Int, stride: Int, _ type: S.Type
  ) {
    let aStride = S.rowStride(inputs)
    let p = Self.numbers(rows * stride, seed: 10, as: S.self)
    let a = Self.numbers(rows * aStride, seed: 11, as: S.self)
    for accumulate in [false, true] {
      let before = Self.numbers(outputs * inputs, seed: 12, as: S.self)
      var w = (accumulate ? before : before.map { _ in .nan }) + [.nan]
      S.gradientProduct(
        p, stride: stride, a, stride: aStride, rows: rows, outputs: outputs, inputs: inputs,
        into: &w, accumulate: accumulate)
      var wrong = 0
      for output in 0..<outputs {
        for input in 0..<inputs {
          let place = output * inputs + input
          let sum = (0..<rows).reduce(accumulate ? before[place] : 0) {
            $0 + p[$1 * stride + output] * a[$1 * aStride + input]
          }
          if w[place] != sum { wrong += 1 }
        }
      }
      #expect(wrong == 0 && w[outputs * inputs].isNaN, "gradient \(rows) \(outputs) \(inputs)")
    }
  }

  /// σ′ and σ″ as functions of the number that a form stores for σ′.
  private func derivatives<S: Scalar>(_ form: DerivativeForm, _ first: S, stored second: S)
    -> (first: S, second: S)
  {
    switch form {
    case .stored: (first, second)
    case .ofTanh: (1 - first * first, -2 * first * (1 - first * first))
    case .ofReLU: (first > 0 ? 1 : 0, 0)
    }
  }

  /// What finishes products: the derivatives computed from an activation's values, those of the
  /// tangents below an output, and activations.
  private func checkForms<S: Scalar>(_ rows: Int, _ outputs: Int, _ inputs: Int, _ type: S.Type) {
    let wide = S.rowStride(outputs)
    let a = Self.numbers(rows * inputs, seed: 3, as: S.self)
    // Smaller, because several are multiplied.
    func few(_ count: Int, seed: Int) -> [S] {
      Self.numbers(count, seed: seed, as: S.self).map { ($0 / 4).rounded() }
    }
    let (values, second) = (few(rows * wide, seed: 4), few(rows * wide, seed: 5))
    let (u, w) = (few(rows, seed: 6), few(wide, seed: 7))
    withLayer(outputs, inputs) { (layer: LayerWeights<S>, weights, biases) in
      func sum(_ row: Int, _ output: Int) -> S {
        (0..<inputs).reduce(S(0)) { $0 + a[row * inputs + $1] * weights[output * inputs + $1] }
      }
      func count(
        _ name: String, _ isRight: (_ row: Int, _ output: Int, _ place: Int) -> Bool
      ) {
        var wrong = 0
        for row in 0..<rows {
          for output in 0..<outputs where !isRight(row, output, row * wide + output) { wrong += 1 }
        }
        #expect(wrong == 0, "\(name) \(rows) \(outputs) \(inputs)")
      }
      for form in [DerivativeForm.ofTanh, .ofReLU] {
        let (main, other) = Self.filled(rows * wide) { main, other in
          S.forwardProduct(
            a, stride: inputs, rows: rows, layer,
            finish: ProductFinish(
              form, first: values, main: main, second: second, other: form.isFlat ? nil : other))
        }
        count("finish \(form)") { row, output, place in
          let d = derivatives(form, values[place], stored: 0)
          let product = -2 * values[place] * second[place] * sum(row, output)
          return main[place] == d.first * sum(row, output)
            && (form.isFlat || other[place] == product)
        }
      }
      for form in [DerivativeForm.stored, .ofTanh, .ofReLU] {
        let first = form == .stored ? second : values
        let before = Self.numbers(wide, seed: 8, as: S.self)
        var (sums, weightSums) = (before, before)
        let (main, other) = Self.filled(rows * wide) { main, other in
          sums.withUnsafeMutableBufferPointer { sums in
            weightSums.withUnsafeMutableBufferPointer { weightSums in
              S.forwardProduct(
                a, stride: inputs, rows: rows, layer,
                finish: ProductFinish(
                  form, first: first, main: main, second: form == .stored ? values : nil,
                  other: other, sums: sums.baseAddress!,
                  output: OutputAbove(
                    u: u, w: w, values: values, sums: weightSums.baseAddress!)))
            }
          }
        }
        count("below an output \(form)") { row, output, place in
          let d = derivatives(form, first[place], stored: values[place])
          return main[place] == d.first * sum(row, output)
            && other[place] == (d.first * u[row] + d.second * sum(row, output)) * w[output]
        }
        for output in 0..<outputs {
          let places = (0..<rows).map { $0 * wide + output }
          #expect(sums[output] == places.reduce(before[output]) { $0 + other[$1] })
          let total = (0..<rows).reduce(before[output]) {
            $0 + u[$1] * values[places[$1]] + main[places[$1]]
          }
          #expect(weightSums[output] == total)
        }
      }
      for form in [DerivativeForm.ofTanh, .ofReLU] {
        for hasSlopes in [false, true] {
          let (main, other) = Self.filled(rows * wide) { main, other in
            w.withUnsafeBufferPointer { w in
              S.forwardProduct(
                a, stride: inputs, rows: rows, layer, activation: form, into: main,
                slopes: hasSlopes ? (w.baseAddress!, other) : nil)
            }
          }
          count("activation \(form)") { row, output, place in
            let z = sum(row, output) + biases[output]
            let value = form == .ofTanh ? S.tanh(S.Vector(repeating: z))[0] : max(z, 0)
            let d = derivatives(form, value, stored: 0)
            return main[place] == value
              && (hasSlopes ? abs(other[place] - d.first * w[output]) < 1e-6 : other[place].isNaN)
          }
        }
      }
    }
  }

  /// Two buffers of NaN, after what `body` does to them.
  private static func filled<S: Scalar>(
    _ count: Int, _ body: (UnsafeMutablePointer<S>, UnsafeMutablePointer<S>) -> Void
  ) -> ([S], [S]) {
    var main = [S](repeating: .nan, count: count)
    var other = main
    main.withUnsafeMutableBufferPointer { main in
      other.withUnsafeMutableBufferPointer { body(main.baseAddress!, $0.baseAddress!) }
    }
    return (main, other)
  }

  private func checkRowProducts<S: Scalar>(_ rows: Int, _ columns: Int, _ type: S.Type) {
    let stride = S.rowStride(columns)
    let x = Self.numbers(rows * stride, seed: 13, as: S.self)
    let w = Self.numbers(columns, seed: 14, as: S.self) + [S](repeating: 0, count: stride - columns)
    var y = [S](repeating: .nan, count: rows + 1)
    S.rowProducts(x, w, plus: 3, rows: rows, columns: stride, into: &y)
    for row in 0..<rows {
      #expect(y[row] == (0..<columns).reduce(S(3)) { $0 + x[row * stride + $1] * w[$1] })
    }
    #expect(y[rows].isNaN)
  }

  @Test(arguments: sizes)
  func rowProductsAreThoseOfALoop(rows: Int) {
    for columns in [1, 16, 40] {
      checkRowProducts(rows, columns, Float.self)
      checkRowProducts(rows, columns, Double.self)
    }
  }

  /// Each row's products have the same bits, however many rows there are.
  @Test func rowProductsDoNotDependOnTheirNumber() {
    let x: [Float] = (0..<(40 * 48)).map { (i: Int) -> Float in Float(i % 101) * 0.37 - 17.3 }
    let w: [Float] = (0..<48).map { (i: Int) -> Float in Float(i % 7) * 0.13 - 0.4 }
    var all = [Float](repeating: 0, count: 40)
    Float.rowProducts(x, w, plus: 0.3, rows: 40, columns: 48, into: &all)
    for rows in 1..<40 {
      var some = [Float](repeating: 0, count: rows)
      Float.rowProducts(x, w, plus: 0.3, rows: rows, columns: 48, into: &some)
      #expect(some[...] == all[..<rows])
    }
  }

  private func check<S: Scalar>(_ rows: Int, _ outputs: Int, _ inputs: Int, _ type: S.Type) {
    checkForward(rows, outputs, inputs, type)
    checkBackward(rows, outputs, inputs, type)
    checkGradient(rows, outputs, inputs, stride: outputs + 3, type)
    checkGradient(rows, outputs, inputs, stride: S.rowStride(outputs), type)
    checkForms(rows, outputs, inputs, type)
  }

  /// Each dimension takes all of its sizes, while the others take some of theirs.
  @Test(arguments: sizes)
  func productsAreThoseOfThreeLoops(size: Int) {
    for other in [1, 5, 8, 17, 24, 35] {
      check(size, other, 11, Float.self)
      check(other, size, 13, Float.self)
      check(other, 9, size, Float.self)
      check(other, size, size, Float.self)
    }
    check(size, 7, 5, Double.self)
    check(6, size, 9, Double.self)
  }

  /// Longer than the blocks into which products are divided.
  @Test func largeProductsAreThoseOfThreeLoops() {
    check(1100, 18, 20, Float.self)
    check(3, 530, 7, Float.self)
    check(3, 7, 1040, Float.self)
  }

  /// A row's result does not depend on the number of rows: blocks and threads change no bit.
  @Test func rowsDoNotDependOnTheirNumber() {
    let inputs = 29
    let a = (0..<(40 * inputs)).map { Float($0 % 101) * 0.37 - 17.3 }
    let weights = (0..<(33 * inputs)).map { Float($0 % 89) * 0.11 - 4.9 }
    let biases = (0..<33).map { Float($0) * 0.3 }
    var packed = [Float](
      repeating: 0, count: Float.packedCount(outputs: 33, inputs: inputs))
    packed.withUnsafeMutableBufferPointer { packed in
      weights.withUnsafeBufferPointer { weights in
        biases.withUnsafeBufferPointer { biases in
          let layer = LayerWeights(
            outputs: 33, inputs: inputs, weights: weights.baseAddress!,
            biases: biases.baseAddress!, packed: packed.baseAddress!)
          Float.packForward(layer)
          var all = [Float](repeating: 0, count: 40 * 33)
          Float.forwardProduct(a, stride: inputs, rows: 40, layer, into: &all, stride: 33)
          for rows in 1..<40 {
            var some = [Float](repeating: 0, count: rows * 33)
            Float.forwardProduct(a, stride: inputs, rows: rows, layer, into: &some, stride: 33)
            #expect(some[...] == all[..<(rows * 33)])
          }
        }
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 16, 23, 40])
  func transposesEveryElement(rows: Int) {
    for columns in 1...40 {
      let (stride, targetStride) = (columns + 3, rows + 2)
      let source = (0..<(rows * stride)).map { Float($0) }
      var target = [Float](repeating: -1, count: columns * targetStride)
      Float.transpose(
        source, rows: rows, columns: columns, stride: stride, into: &target, stride: targetStride)
      var wrong = 0
      for row in 0..<targetStride {
        for column in 0..<columns {
          let wanted = row < rows ? source[row * stride + column] : -1
          if target[column * targetStride + row] != wanted { wrong += 1 }
        }
      }
      #expect(wrong == 0, "\(rows) \(columns)")
    }
  }
}
