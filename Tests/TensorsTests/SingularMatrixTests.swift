import Foundation
import Tensors
import Testing

/// Derivatives at matrices that are singular or nearly singular, or that have equal eigenvalues.
/// Expected values are minors of integer matrices and closed forms.
@Suite("Derivatives at singular matrices") struct SingularMatrixTests {
  /// The determinant by expansion along the first row.
  static func determinant(_ a: [[Double]]) -> Double {
    guard let first = a.first else { return 1 }
    return first.indices.reduce(0) { sum, column in
      let minor = a.dropFirst().map { row in row.indices.filter { $0 != column }.map { row[$0] } }
      return sum + (column.isMultiple(of: 2) ? 1 : -1) * first[column] * determinant(minor)
    }
  }

  /// The derivative of det with respect to the elements at the given places, in order.
  static func derivative(_ a: [[Double]], _ places: [(row: Int, column: Int)]) -> Double {
    var (a, sign) = (a, 1.0)
    var (rows, columns) = (Array(a.indices), Array(a.indices))
    for (row, column) in places {
      guard let i = rows.firstIndex(of: row), let j = columns.firstIndex(of: column) else {
        return 0
      }
      sign *= (i + j).isMultiple(of: 2) ? 1 : -1
      rows.remove(at: i)
      columns.remove(at: j)
      a.remove(at: i)
      for k in a.indices { a[k].remove(at: j) }
    }
    return sign * determinant(a)
  }

  static func tensor(_ a: [[Double]], _ dtype: DType = .float64) throws -> Tensor {
    try Tensor(a.flatMap { $0 }, shape: [a.count, a.count], dtype: dtype)
  }

  /// An integer matrix whose last rows repeat the first.
  static func matrix(_ n: Int, deficiency: Int) -> [[Double]] {
    var a = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for i in 0..<n {
      for j in 0..<n {
        let number: Int = (7 * i * j + i * i + 3 * j) % 11
        a[i][j] = Double(i == j ? number + 1 : number - 4)
      }
    }
    for k in 0..<deficiency { a[n - 1 - k] = a[k] }
    return a
  }

  static let matrices: [[[Double]]] = {
    var all: [[[Double]]] = [
      [[0]], [[3]], [[1, 2], [2, 4]], [[0, 0], [0, 0]], [[0, 1], [0, 0]],
      [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 2, 3], [2, 4, 6], [3, 6, 9]],
      [[0, 0, 0], [0, 0, 0], [0, 0, 0]], [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
      [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    ]
    for n in 4...5 { for deficiency in 0...2 { all.append(matrix(n, deficiency: deficiency)) } }
    return all
  }()

  @Test("three derivatives of det are minors", arguments: matrices) func det(a: [[Double]]) throws {
    let x = try Self.tensor(a)
    let n = a.count
    let places = a.indices.flatMap { i in a.indices.map { (row: i, column: $0) } }
    let scale = try Swift.max(1, x.abs().max().item())
    let (gradient, hessian) = try (
      Derivative.valueAndGradients(at: [x]) { try LinearAlgebra.det($0[0]) }.gradients[0].values,
      Derivative.hessian(at: [x]) { try LinearAlgebra.det($0[0]) }[0][0].values
    )
    for (p, first) in places.enumerated() {
      let tolerance = 1e-12 * pow(scale, Double(n))
      #expect(abs(gradient[p] - Self.derivative(a, [first])) <= tolerance)
      for (q, second) in places.enumerated() {
        #expect(abs(hessian[p * n * n + q] - Self.derivative(a, [first, second])) <= tolerance)
      }
    }
    // One slice of the third.
    guard n >= 3 else { return }
    let third = try Derivative.hessian(at: [x]) {
      try Derivative.valueAndGradients(at: $0) { try LinearAlgebra.det($0[0]) }.gradients[0]
        .selected(axis: 0, index: 0).selected(axis: 0, index: 1)
    }[0][0].values
    for (p, first) in places.enumerated() {
      for (q, second) in places.enumerated() {
        let wanted = Self.derivative(a, [(0, 1), first, second])
        #expect(abs(third[p * n * n + q] - wanted) <= 1e-10 * scale * scale)
      }
    }
  }

  @Test("nearly singular, and out of range") func scales() throws {
    // σ = (2, 2ε): cofactors ((1 + ε, -1 + ε), ..) to the last digit.
    let near = try Self.tensor([[1, 1], [1, 1 + 1e-13]])
    let gradient = try Derivative.valueAndGradients(at: [near]) { try LinearAlgebra.det($0[0]) }
      .gradients[0].values
    #expect(isNear(gradient, [1 + 1e-13, -1, -1, 1], 1e-15))
    for unit in [1e-200, 1e200, 1e-160] {
      for a in [[[1.0, 2], [3, 4]], [[1, 2], [2, 4]]] {
        let x = try Self.tensor(a) * unit
        let found = try Derivative.valueAndGradients(at: [x]) { try LinearAlgebra.det($0[0]) }
          .gradients[0].values
        #expect(isNear(found.map { $0 / unit }, [a[1][1], -a[1][0], -a[0][1], a[0][0]], 1e-14))
      }
    }
    let diagonal = try Tensor([1, 1e-200, 1e-200], shape: [3], dtype: .float64).diagonal()
    let found = try Derivative.valueAndGradients(at: [diagonal]) { try LinearAlgebra.det($0[0]) }
      .gradients[0].diagonal().values
    #expect(isNear(found, [0, 1e-200, 1e-200], 1e-14))
    // In float32.
    let single = try Self.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]], .float32)
    let cofactors = try Derivative.valueAndGradients(at: [single]) {
      try LinearAlgebra.det($0[0])
    }.gradients[0]
    #expect(cofactors.dtype == .float32)
    #expect(isNear(cofactors.values, [-3, 6, -3, 6, -12, 6, -3, 6, -3], 1e-4))
  }

  @Test("a singular or broken matrix in a batch leaves the others alone") func batches() throws {
    let nan = Double.nan
    let x = try Tensor(
      [1, 2, 2, 4, 1, 2, 3, 4, nan, 1, 1, 1, 2, 0, 0, 2], shape: [2, 2, 2, 2], dtype: .float64)
    let det = try Derivative.valueAndGradients(at: [x]) { try LinearAlgebra.det($0[0]).sum() }
    #expect(
      isNear(
        det.gradients[0].values,
        [4, -2, -2, 1, 4, -3, -2, 1, nan, nan, nan, nan, 2, 0, 0, 2], 1e-14))
    let log = try Derivative.valueAndGradients(at: [x]) {
      try LinearAlgebra.slogdet($0[0]).logabsdet.sum()
    }
    #expect(
      isNear(
        log.gradients[0].values,
        [nan, nan, nan, nan, -2, 1.5, 1, -0.5, nan, nan, nan, nan, 0.5, 0, 0, 0.5], 1e-14))
    // Columns that depend on each other have no QR derivative.
    let y = try Tensor([1, 1, 1, 1, 3, 0, 0, 4], shape: [2, 2, 2], dtype: .float64)
    let zero = try Tensor([0.0, 0, 0, 0, 3, 0, 0, 4], shape: [2, 2, 2], dtype: .float64)
    for matrices in [y, zero] {
      let qr = try Derivative.valueAndGradients(at: [matrices]) {
        try LinearAlgebra.qr($0[0]).r.square().sum()
      }.gradients[0].values
      #expect(isNear(Array(qr.suffix(4)), [6, 0, 0, 8], 1e-14))
    }
  }

  @Test("sums over equal eigenvalues and singular values are smooth") func spectra() throws {
    let unit = try Tensor.eye(3, dtype: .float64) * 2
    func hessian(_ function: @escaping (Tensor) throws -> Tensor) throws -> Tensor {
      try Derivative.hessian(at: [unit]) { try function($0[0]) }[0][0]
    }
    // The trace is linear.
    #expect(try hessian { try LinearAlgebra.eigvalsh($0).sum() }.abs().max().item() == 0)
    // Σ s at 2 I along W: the antisymmetric part of W, over 2.
    let nuclear = try hessian { try LinearAlgebra.svdvals($0).sum() }
    for i in 0..<3 {
      for j in 0..<3 {
        let row = try nuclear.selected(axis: 0, index: i).selected(axis: 0, index: j)
        var wanted = [Double](repeating: 0, count: 9)
        if i != j { (wanted[3 * i + j], wanted[3 * j + i]) = (0.25, -0.25) }
        #expect(zip(row.values, wanted).allSatisfy { abs($0 - $1) < 1e-14 })
      }
    }
    // Their squares are smooth too, but this is not found. A number that is returned must be right:
    // 2 for each.
    let squares = try hessian { try LinearAlgebra.svdvals($0).square().sum() }.values
    for (place, value) in squares.enumerated() {
      #expect(value.isNaN || abs(value - (place % 10 == 0 ? 2 : 0)) < 1e-13)
    }
  }
}
