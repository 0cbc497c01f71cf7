import Tensors
import Testing

/// Derivatives where formulas are singular: the right value if there is one, else NaN. Expected
/// values are closed forms.
@Suite("Derivatives at zeros and ties") struct KinkTests {
  private func hessian(_ x: [Double], _ function: @escaping (Tensor) throws -> Tensor) throws
    -> [Double]
  {
    let x = try Tensor(x, shape: [x.count], dtype: .float64)
    return try Derivative.hessian(at: [x]) { try function($0[0]) }[0][0].values
  }

  private func gradient(
    _ x: [Double], _ shape: [Int]? = nil, dtype: DType = .float64,
    _ function: @escaping (Tensor) throws -> Tensor
  ) throws -> [Double] {
    let x = try Tensor(x, shape: shape ?? [x.count], dtype: dtype)
    return try Derivative.valueAndGradients(at: [x]) { try function($0[0]).sum() }.gradients[0]
      .values
  }

  private static let nan4 = [Double](repeating: .nan, count: 4)

  @Test("a norm has no second derivative at 0, its powers from 2 on have") func norms() throws {
    #expect(isNear(try hessian([0, 0]) { try $0.norm() }, Self.nan4, 0))
    let two: [Double] = [2, 0, 0, 2]
    #expect(try hessian([0, 0]) { try $0.norm().square() } == two)
    #expect(try hessian([0, 0]) { try $0.norm().pow(2) } == two)
    #expect(try hessian([0, 0]) { try $0.norm() * $0.norm() } == two)
    #expect(
      try hessian([0, 0]) {
        let norm = try $0.norm()
        return try norm * norm
      } == two)
    #expect(try hessian([0, 0]) { try $0.norm().pow(3) } == [0, 0, 0, 0])
    #expect(try hessian([0, 0]) { try $0.norm().pow(4) } == [0, 0, 0, 0])
    #expect(try hessian([0, 0]) { try (-$0.norm().square()).exp() } == [-2, 0, 0, -2])
    #expect(try hessian([0, 0]) { try ($0.norm().square() + 1).sqrt() } == [1, 0, 0, 1])
    #expect(
      try hessian([0, 0]) { try $0.square().sum().sqrt().square() } == two)
    // No invented number: the value is -1 on the diagonal, but it is not found.
    #expect(try hessian([0, 0]) { try $0.norm().cos() }.allSatisfy { $0.isNaN || $0 == -1 })
    // Elsewhere they agree with r² and r³ written out: 2 I and 3 (r I + x xᵀ / r).
    #expect(isNear(try hessian([3, 4]) { try $0.norm().square() }, two, 1e-15))
    #expect(
      isNear(try hessian([3, 4]) { try $0.norm().pow(3) }, [20.4, 7.2, 7.2, 24.6], 1e-14))
    #expect(
      isNear(try hessian([3, 4]) { try $0.norm() }, [0.128, -0.096, -0.096, 0.072], 1e-14))
  }

  @Test("a standard deviation of equal elements") func deviations() throws {
    #expect(isNear(try hessian([1, 1]) { try $0.standardDeviation() }, Self.nan4, 0))
    #expect(try hessian([1, 1]) { try $0.standardDeviation().square() } == [0.5, -0.5, -0.5, 0.5])
    for dtype in DType.allCases {
      #expect(
        try gradient([0.1, 0.1, 0.1], dtype: dtype) { try $0.standardDeviation() } == [0, 0, 0])
      let equal = try Tensor([0.1, 0.1, 0.1], shape: [3], dtype: dtype)
      #expect(try equal.standardDeviation().item() == 0 && equal.variance().item() == 0)
    }
  }

  @Test("a row of zeros leaves the other rows alone", arguments: [false, true])
  func rows(keepDimensions: Bool) throws {
    let x = try Tensor([3.0, 4, 0, 0], shape: [2, 2], dtype: .float64)
    func hessian(_ function: (Tensor) throws -> Tensor) throws -> [Double] {
      try Derivative.hessian(at: [x]) {
        try function($0[0].norm(axis: 1, keepDimensions: keepDimensions))
      }[0][0].values
    }
    let block = [0.128, -0.096, 0, 0, -0.096, 0.072, 0, 0]
    let nan = Double.nan
    #expect(isNear(try hessian { try $0.sum() }, block + [0, 0, nan, nan, 0, 0, nan, nan], 1e-14))
    // The row of zeros is not checked.
    let first = try hessian { try $0.narrowed(axis: 0, from: 0, length: 1).sum() }
    #expect(isNear(first, block + [Double](repeating: 0, count: 8), 1e-14))
    let squares = try hessian { try $0.square().sum() }
    #expect(isNear(squares, (0..<16).map { $0 % 5 == 0 ? 2 : 0 }, 1e-15))
    // Tangents at the singular point: NaN along them, also in forward mode.
    let tangent = try Tensor([0.0, 0, 1, 0], shape: [2, 2], dtype: .float64)
    let along = try Derivative.jvp(at: [x], along: [tangent]) {
      [try Derivative.valueAndGradients(at: $0) { try $0[0].norm(axis: 1).sum() }.gradients[0]]
    }.tangents[0].values
    #expect(along[2].isNaN && along[3].isNaN)
  }

  @Test("norms and deviations out of range of their squares") func range() throws {
    for unit in [1e200, 1e-200, 1e-300 * 1e-10, 1.2e308] {
      let x = [0.75 * unit, unit]
      let tensor = try Tensor(x, shape: [2], dtype: .float64)
      let tolerance = unit < 1e-300 ? 1e-12 : 1e-15
      #expect(isNear(try tensor.norm().item() / unit, 1.25, tolerance), "\(unit)")
      #expect(isNear(try gradient(x) { try $0.norm() }, [0.6, 0.8], tolerance), "\(unit)")
      #expect(isNear(try tensor.standardDeviation().item() / unit, 0.125, tolerance), "\(unit)")
      #expect(
        isNear(try gradient(x) { try $0.standardDeviation() }, [-0.5, 0.5], tolerance), "\(unit)")
      // The same down columns.
      let columns = try Tensor(
        [0, 1].flatMap { i in (0..<9).map { _ in x[i] } }, shape: [2, 9], dtype: .float64)
      #expect(
        isNear(
          try columns.norm(axis: 0).values.map { $0 / unit }, [Double](repeating: 1.25, count: 9),
          tolerance))
    }
    let large = try Tensor([1.7e308, 1.7e308], shape: [2], dtype: .float64)
    #expect(try large.norm().item() == .infinity && large.mean().item() == 1.7e308)
    #expect(try large.variance().item() == 0 && large.standardDeviation().item() == 0)
    let slopes = try gradient([1.7e308, 1.7e308]) { try $0.norm() }
    #expect(isNear(slopes, [0.7071067811865476, 0.7071067811865476], 1e-15))
    for unit: Double in [1e30, 1e-30, 1e-44] {
      let x = [3 * unit, 4 * unit].map { Double(Float($0)) }
      let norm = (x[0] / unit * (x[0] / unit) + x[1] / unit * (x[1] / unit)).squareRoot() * unit
      #expect(isNear(try Tensor(x, shape: [2]).norm().item(), Double(Float(norm)), 1e-6))
    }
    #expect(
      isNear(try gradient([3e30, 4e30], dtype: .float32) { try $0.norm() }, [0.6, 0.8], 1e-6))
    let infinity = Double.infinity
    #expect(try Tensor([1, -infinity], shape: [2], dtype: .float64).norm().item() == infinity)
    #expect(try Tensor([.nan, infinity], shape: [2], dtype: .float64).norm().item().isNaN)
    #expect(try gradient([1, -infinity]) { try $0.norm() } == [0, -1])
    #expect(isNear(try gradient([infinity, infinity]) { try $0.norm() }, [.nan, .nan], 0))
    #expect(try Tensor.zeros([0], dtype: .float64).norm().item() == 0)
    #expect(try gradient([], [0, 3]) { try $0.norm(axis: 1) } == [])
    #expect(try gradient([], [0, 3]) { try $0.norm(axis: 0) } == [])
  }

  @Test("roots and absolute values, squared") func roots() throws {
    #expect(try hessian([0, 3]) { try $0.abs().square().sum() } == [2, 0, 0, 2])
    #expect(try hessian([0, 3]) { try $0.abs().pow(2).sum() } == [2, 0, 0, 2])
    #expect(try hessian([0, -3]) { try ($0.abs() * $0.abs()).sum() } == [2, 0, 0, 2])
    #expect(try hessian([0, -3]) { try $0.abs().pow(3).sum() } == [0, 0, 0, 18])
    #expect(try hessian([0, 3]) { try $0.abs().sum() } == [0, 0, 0, 0])
    // The second derivative of cos |x| at 0 is -1. It is not found, but nothing wrong is returned.
    let cosine = try hessian([0, 3]) { try $0.abs().cos().sum() }
    #expect(cosine[0].isNaN || cosine[0] == -1)
    #expect(isNear(cosine[3], 0.9899924966004454, 1e-14))
    #expect(try gradient([0, 4, -1]) { try $0.sqrt().square() }.prefix(2) == [1, 1])
    #expect(try gradient([0, 4, -1]) { try $0.sqrt().square() }[2].isNaN)
    #expect(try gradient([0, 4]) { try $0.sqrt().pow(4) } == [0, 8])
    #expect(try gradient([0, 4]) { try $0.sqrt() } == [.infinity, 0.25])
  }

  @Test("ties share, NaN stays NaN") func ties() throws {
    let other = try Tensor([1.0, 1, 1, 1], shape: [4], dtype: .float64)
    #expect(
      isNear(try gradient([0, 1, 2, .nan]) { try $0.maximum(other) }, [0, 0.5, 1, .nan], 0))
    #expect(
      isNear(try gradient([0, 1, 2, .nan]) { try $0.minimum(other) }, [1, 0.5, 0, .nan], 0))
    #expect(try gradient([2, 1, 2]) { try $0.max() } == [0.5, 0, 0.5])
    #expect(try gradient([.infinity, 1, .infinity]) { try $0.max() } == [0.5, 0, 0.5])
    #expect(isNear(try gradient([-1, 0, 1, .nan]) { try $0.relu() }, [0, 0, 1, .nan], 0))
    #expect(isNear(try gradient([-1, 0, 1, .nan]) { try $0.abs() }, [-1, 0, 1, .nan], 0))
  }

  /// ∂ʲ⁺ᵏ xʸ / ∂xʲ ∂yᵏ for j + k up to 3 by derivatives of derivatives.
  private func power(_ x: Double, _ y: Double, byBase j: Int, byExponent k: Int) throws -> Double {
    var function: (Tensor, Tensor) throws -> Tensor = { try $0.pow($1) }
    for variable in [Int](repeating: 0, count: j) + [Int](repeating: 1, count: k) {
      let previous = function
      function = { x, y in
        try Derivative.valueAndGradients(at: [x, y]) { try previous($0[0], $0[1]) }
          .gradients[variable]
      }
    }
    return try function(.scalar(x, dtype: .float64), .scalar(y, dtype: .float64)).item()
  }

  @Test("powers of 0 have the limits from inside") func powersOfZero() throws {
    let infinity = Double.infinity
    let cases: [(y: Double, j: Int, k: Int, wanted: Double)] = [
      (2, 1, 0, 0), (2, 2, 0, 2), (2, 3, 0, 0), (2, 0, 1, 0), (2, 0, 2, 0), (2, 1, 1, 0),
      (3, 2, 0, 0), (3, 3, 0, 6), (3, 2, 1, 0), (1, 1, 0, 1), (1, 2, 0, 0), (1, 0, 1, 0),
      (1, 1, 1, -infinity), (2, 2, 1, -infinity), (0, 1, 0, 0), (0, 2, 0, 0), (0, 0, 1, -infinity),
      (0.5, 1, 0, infinity), (0.5, 0, 1, 0), (0.5, 2, 0, -infinity), (1.5, 1, 0, 0),
      (1.5, 2, 0, infinity), (2.5, 2, 0, 0), (-1, 1, 0, -infinity), (4, 1, 2, 0),
    ]
    for (y, j, k, wanted) in cases {
      #expect(try power(0, y, byBase: j, byExponent: k) == wanted, "0^\(y), \(j), \(k)")
      guard k == 0 else { continue }
      // A number as the exponent, in both number types.
      for dtype in DType.allCases {
        let x = try Tensor([0.0], shape: [1], dtype: dtype)
        #expect(try elementwiseDerivatives({ try $0.pow(y) }, at: x)[j] == [wanted])
      }
    }
  }

  /// mpmath: diff(lambda x, y: x**y, (x, y), (j, k))
  @Test("powers of others") func powers() throws {
    let cases: [(x: Double, y: Double, j: Int, k: Int, wanted: Double)] = [
      (2.0, 0.0, 0, 1, 0.6931471805599453),
      (2.0, 0.0, 0, 2, 0.48045301391820144),
      (2.0, 0.0, 0, 3, 0.3330246519889295),
      (2.0, 0.0, 1, 0, 0.0),
      (2.0, 0.0, 1, 1, 0.5),
      (2.0, 0.0, 1, 2, 0.6931471805599453),
      (2.0, 0.0, 2, 0, 0.0),
      (2.0, 0.0, 2, 1, -0.25),
      (2.0, 0.0, 3, 0, 0.0),
      (2.0, 3.0, 0, 1, 5.545177444479562),
      (2.0, 3.0, 0, 2, 3.8436241113456115),
      (2.0, 3.0, 0, 3, 2.664197215911436),
      (2.0, 3.0, 1, 0, 12.0),
      (2.0, 3.0, 1, 1, 12.317766166719343),
      (2.0, 3.0, 1, 2, 11.31061361149798),
      (2.0, 3.0, 2, 0, 12.0),
      (2.0, 3.0, 2, 1, 18.317766166719345),
      (2.0, 3.0, 3, 0, 6.0),
      (0.5, 1.5, 0, 1, -0.2450645358671368),
      (0.5, 1.5, 0, 2, 0.16986579209153746),
      (0.5, 1.5, 0, 3, -0.11774199486183105),
      (0.5, 1.5, 1, 0, 1.0606601717798212),
      (0.5, 1.5, 1, 1, -0.02808682641486287),
      (0.5, 1.5, 1, 2, -0.4706607671939348),
      (0.5, 1.5, 2, 0, 1.0606601717798212),
      (0.5, 1.5, 2, 1, 2.0932335171447796),
      (0.5, 1.5, 3, 0, -1.0606601717798212),
      (3.0, -2.0, 0, 1, 0.1220680320742344),
      (3.0, -2.0, 0, 2, 0.13410544009028688),
      (3.0, -2.0, 0, 3, 0.14732988446043416),
      (3.0, -2.0, 1, 0, -0.07407407407407407),
      (3.0, -2.0, 1, 1, -0.04434165101245257),
      (3.0, -2.0, 1, 2, -0.008024938677368318),
      (3.0, -2.0, 2, 0, 0.07407407407407407),
      (3.0, -2.0, 2, 1, 0.019650292987761213),
      (3.0, -2.0, 3, 0, -0.09876543209876543),
      (7.0, 1.0, 0, 1, 13.621371043387192),
      (7.0, 1.0, 0, 2, 26.505964157375303),
      (7.0, 1.0, 0, 3, 51.578224664332964),
      (7.0, 1.0, 1, 0, 1.0),
      (7.0, 1.0, 1, 1, 2.9459101490553135),
      (7.0, 1.0, 1, 2, 7.6783866063070985),
      (7.0, 1.0, 2, 0, 0.0),
      (7.0, 1.0, 2, 1, 0.14285714285714285),
      (7.0, 1.0, 3, 0, 0.0),
    ]
    for (x, y, j, k, wanted) in cases {
      #expect(
        isNear(try power(x, y, byBase: j, byExponent: k), wanted, 1e-14), "\(x)^\(y), \(j), \(k)")
    }
    // A negative base has powers only for whole exponents, so it has no slope along the exponent.
    #expect(try power(-2, 3, byBase: 1, byExponent: 0) == 12)
    #expect(try power(-2, 3, byBase: 2, byExponent: 0) == -12)
    #expect(try power(-2, 3, byBase: 3, byExponent: 0) == 6)
    #expect(try power(-2, 3, byBase: 0, byExponent: 1).isNaN)
    #expect(try power(-2, 0.5, byBase: 1, byExponent: 0).isNaN)
    #expect(try gradient([0, 1, 2, 3]) { try BinaryOp.pow(0, $0) }.dropFirst() == [0, 0, 0])
    #expect(
      isNear(
        try gradient([0, 1, 3]) { try BinaryOp.pow(2, $0) },
        [0.6931471805599453, 1.3862943611198906, 5.545177444479562], 1e-15))
  }
}
