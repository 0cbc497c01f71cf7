import Foundation
import Tensors
import Testing

@Suite("Unary ops") struct UnaryOpTests {
  /// Every record's function again, from the C library.
  static let reference: [String: @Sendable (Double) -> Double] = [
    "neg": { -$0 }, "exp": { exp($0) }, "log": { log($0) }, "sqrt": { $0.squareRoot() },
    "abs": { abs($0) }, "sign": { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, "sin": { sin($0) },
    "cos": { cos($0) }, "tanh": { tanh($0) }, "sigmoid": { 1 / (1 + exp(-$0)) },
    "relu": { $0.isNaN ? $0 : max($0, 0) },
    "softplus": { $0 > 40 ? $0 : log1p(exp($0)) },
    "gelu": { $0 == -.infinity ? 0 : $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    "silu": { $0 == -.infinity ? 0 : $0 / (1 + exp(-$0)) },
    "expm1": { expm1($0) }, "log1p": { log1p($0) }, "square": { $0 * $0 },
    "reciprocal": { 1 / $0 }, "floor": { Foundation.floor($0) }, "ceil": { Foundation.ceil($0) },
    "round": { rint($0) }, "normal_cdf": { 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    "isnan": { $0.isNaN ? 1 : 0 }, "isfinite": { $0.isFinite ? 1 : 0 },
  ]

  @Test("every layout gives the function's values", arguments: UnaryOp.all, DType.allCases)
  func values(op: UnaryOp, dtype: DType) throws {
    let function = try #require(Self.reference[op.name], "no reference for \(op.name)")
    for x in try layouts(of: op.domain, dtype: dtype) {
      let y = try op(x)
      #expect(y.shape == x.shape && y.dtype == dtype && y.isContiguous)
      #expect(
        isNear(y.values, try x.valuesByIndex.map(function), dtype.tolerance),
        "\(op.name) of strides \(x.strides)")
    }
  }

  @Test("zeros, infinities and NaN", arguments: UnaryOp.all, DType.allCases)
  func extremes(op: UnaryOp, dtype: DType) throws {
    let function = try #require(Self.reference[op.name])
    let x = try Tensor([0, -0.0, .infinity, -.infinity, .nan], shape: [5], dtype: dtype)
    #expect(isNear(try op(x).values, x.values.map(function), dtype.tolerance))
    #expect(try op(x).values[4].isNaN || op.name.hasPrefix("is"))
  }

  /// As NumPy, but for sign, which is 0 there; the C library's functions keep it.
  @Test("the sign of zeros, in whole vectors and at their ends", arguments: DType.allCases)
  func zeros(dtype: DType) throws {
    let odd: [UnaryOp] = [
      .neg, .sign, .sqrt, .floor, .ceil, .round, .sin, .tanh, .expm1, .log1p, .gelu, .silu,
    ]
    for count in [1, 7, 16, 37] {
      for zero in [0.0, -0.0] {
        let x = try Tensor.full([count], zero, dtype: dtype)
        for op in odd {
          let wanted: FloatingPointSign = op.name == "neg" ? (-zero).sign : zero.sign
          #expect(try op(x).values.allSatisfy { $0 == 0 && $0.sign == wanted }, "\(op.name)")
        }
        for op in [UnaryOp.abs, .square] {
          #expect(try op(x).values.allSatisfy { $0 == 0 && $0.sign == .plus }, "\(op.name)")
        }
        #expect(try (-x).reciprocal().values.allSatisfy { $0 == 1 / -zero })
        // From 0, it is not −x.
        #expect(try (0 - x).values.allSatisfy { $0.sign == (0 - zero).sign })
      }
      let x = try Tensor.full([count], -0.25, dtype: dtype)
      #expect(try x.rounded().values.allSatisfy { $0 == 0 && $0.sign == .minus })
      #expect(try x.ceil().values.allSatisfy { $0 == 0 && $0.sign == .minus })
    }
  }

  @Test("no elements, one element, no axes", arguments: UnaryOp.all, DType.allCases)
  func small(op: UnaryOp, dtype: DType) throws {
    for shape in [[0], [3, 0], [0, 4, 2]] {
      #expect(try op(Tensor.zeros(shape, dtype: dtype)).shape == shape)
    }
    let wanted = try op(Tensor.full([40], op.domain.upperBound, dtype: dtype)).values[0]
    for shape in [[], [1], [1, 1, 1]] {
      let y = try op(Tensor.full(shape, op.domain.upperBound, dtype: dtype))
      #expect(y.shape == shape)
      #expect(try y.item() == wanted)
    }
  }

  @Test("an operand is never written to", arguments: UnaryOp.all)
  func purity(op: UnaryOp) throws {
    for x in try layouts(of: op.domain, dtype: .float32) {
      let before = try x.valuesByIndex
      _ = try op(x)
      #expect(try x.valuesByIndex == before)
    }
  }

  @Test("records are complete and named once") func records() {
    #expect(Set(UnaryOp.all.map(\.name)).count == UnaryOp.all.count)
    #expect(UnaryOp.all.allSatisfy { $0.summary.hasSuffix(".") && $0.summary.count < 90 })
    #expect(Set(Self.reference.keys) == Set(UnaryOp.all.map(\.name)))
  }

  @Test("methods") func methods() throws {
    let x = try Tensor([0.5], shape: [1], dtype: .float64)
    #expect(try x.tanh().item() == tanh(0.5) && x.log().item() == log(0.5))
    #expect(try (-x).item() == -0.5)
  }
}
