import Tensors
import Testing

/// The Swift methods are written by hand beside the lists of records; each must call its record.
@Suite("Methods of ops") struct OpMethodTests {
  typealias Unary = @Sendable (Tensor) throws -> Tensor
  typealias Binary = @Sendable (Tensor, Tensor) throws -> Tensor
  typealias Number = @Sendable (Tensor, Double) throws -> Tensor

  static let unary: [String: Unary] = [
    "neg": { try $0.neg() }, "exp": { try $0.exp() }, "log": { try $0.log() },
    "sqrt": { try $0.sqrt() }, "abs": { try $0.abs() }, "sign": { try $0.sign() },
    "sin": { try $0.sin() }, "cos": { try $0.cos() }, "tanh": { try $0.tanh() },
    "sigmoid": { try $0.sigmoid() }, "relu": { try $0.relu() },
    "softplus": { try $0.softplus() }, "gelu": { try $0.gelu() }, "silu": { try $0.silu() },
    "expm1": { try $0.expm1() }, "log1p": { try $0.log1p() }, "square": { try $0.square() },
    "reciprocal": { try $0.reciprocal() }, "floor": { try $0.floor() }, "ceil": { try $0.ceil() },
    "round": { try $0.rounded() }, "normal_cdf": { try $0.normalCDF() },
    "isnan": { try $0.isNaN() }, "isfinite": { try $0.isFinite() },
  ]

  static let binary: [String: (Binary, Number)] = [
    "add": ({ try $0 + $1 }, { try $0 + $1 }), "sub": ({ try $0 - $1 }, { try $0 - $1 }),
    "mul": ({ try $0 * $1 }, { try $0 * $1 }), "div": ({ try $0 / $1 }, { try $0 / $1 }),
    "pow": ({ try $0.pow($1) }, { try $0.pow($1) }),
    "maximum": ({ try $0.maximum($1) }, { try $0.maximum($1) }),
    "minimum": ({ try $0.minimum($1) }, { try $0.minimum($1) }),
    "gt": ({ try $0.gt($1) }, { try $0.gt($1) }), "ge": ({ try $0.ge($1) }, { try $0.ge($1) }),
    "lt": ({ try $0.lt($1) }, { try $0.lt($1) }), "le": ({ try $0.le($1) }, { try $0.le($1) }),
    "eq": ({ try $0.eq($1) }, { try $0.eq($1) }), "ne": ({ try $0.ne($1) }, { try $0.ne($1) }),
  ]

  /// A number before a tensor; only the arithmetic operators take one.
  static let reversed: [String: @Sendable (Double, Tensor) throws -> Tensor] = [
    "add": { try $0 + $1 }, "sub": { try $0 - $1 }, "mul": { try $0 * $1 }, "div": { try $0 / $1 },
  ]

  typealias Reduction = @Sendable (Tensor, Int?, Bool) throws -> Tensor
  static let reductions: [String: Reduction] = [
    "sum": { try $0.sum(axis: $1, keepDimensions: $2) },
    "median": { try $0.median(axis: $1, keepDimensions: $2) },
    "mean": { try $0.mean(axis: $1, keepDimensions: $2) },
    "var": { try $0.variance(axis: $1, keepDimensions: $2) },
    "std": { try $0.standardDeviation(axis: $1, keepDimensions: $2) },
    "min": { try $0.min(axis: $1, keepDimensions: $2) },
    "max": { try $0.max(axis: $1, keepDimensions: $2) },
    "argmin": { try $0.argmin(axis: $1, keepDimensions: $2) },
    "argmax": { try $0.argmax(axis: $1, keepDimensions: $2) },
    "norm": { try $0.norm(axis: $1, keepDimensions: $2) },
  ]

  /// Numbers for which no two ops give the same results.
  private func numbers() throws -> Tensor {
    try Tensor([-1.7, -0.4, 0.3, 1.6, 2.5, .nan, .infinity], shape: [7], dtype: .float64)
  }

  /// Equal bit for bit, NaN too.
  private func isSame(_ a: Tensor, _ b: Tensor) throws -> Bool {
    let (a, b) = (try a.elements(as: Double.self), try b.elements(as: Double.self))
    return a.map(\.bitPattern) == b.map(\.bitPattern)
  }

  @Test("unary", arguments: UnaryOp.all) func unary(op: UnaryOp) throws {
    let method = try #require(Self.unary[op.name], "no method for \(op.name)")
    let x = try numbers()
    #expect(try isSame(method(x), op(x)))
    if op.name == "neg" { #expect(try isSame(-x, op(x))) }
    for other in UnaryOp.all where other.name != op.name {
      #expect(try !isSame(method(x), other(x)), "\(op.name) and \(other.name) look alike here")
    }
  }

  @Test("binary", arguments: BinaryOp.all) func binary(op: BinaryOp) throws {
    let (method, byNumber) = try #require(Self.binary[op.name], "no method for \(op.name)")
    let x = try numbers()
    let y = try Tensor([2, -0.4, 0.9, 3.1, 2.5, 1, 4], shape: [7], dtype: .float64)
    #expect(try isSame(method(x, y), op(x, y)))
    #expect(try isSame(byNumber(x, 1.6), op(x, 1.6)))
    if let reversed = Self.reversed[op.name] {
      #expect(try isSame(reversed(1.6, x), op(1.6, x)))
    }
    for other in BinaryOp.all where other.name != op.name {
      #expect(try !isSame(method(x, y), other(x, y)), "\(op.name) and \(other.name) look alike")
    }
  }

  @Test("reductions", arguments: ReductionOp.all) func reduction(op: ReductionOp) throws {
    let method = try #require(Self.reductions[op.name], "no method for \(op.name)")
    let x = try Tensor([3, -1, 4, 1.5, -9, 2.6], shape: [2, 3], dtype: .float64)
    for axis in [nil, 0, 1] {
      for keeps in [false, true] {
        let result = try method(x, axis, keeps)
        let wanted = try op(x, axis: axis, keepDimensions: keeps)
        #expect(try result.shape == wanted.shape && isSame(result, wanted))
      }
    }
    for other in ReductionOp.all where other.name != op.name {
      #expect(try !isSame(method(x, 1, false), other(x, axis: 1)))
    }
  }
}
