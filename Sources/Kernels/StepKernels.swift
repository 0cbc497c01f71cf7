/// The elementwise parts of the double backward; names as in `TrainingStep`.
extension Kernels {
  /// p ← σ′·s and q ← σ″·s, elementwise; q may take the place of σ″.
  @inlinable public static func slopes<S: Scalar>(
    _ s: UnsafePointer<S>, first: UnsafePointer<S>, second: UnsafePointer<S>,
    p: UnsafeMutablePointer<S>, q: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      let s = load(s, i, lanes)
      store(load(first, i, lanes) * s, p, i, lanes)
      store(load(second, i, lanes) * s, q, i, lanes)
    }
  }

  /// The same with one row s for all rows.
  @inlinable public static func slopes<S: Scalar>(
    row s: UnsafePointer<S>, first: UnsafePointer<S>, second: UnsafePointer<S>,
    p: UnsafeMutablePointer<S>, q: UnsafeMutablePointer<S>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      let start = row &* columns
      forEachVector(of: S.self, columns) { column, lanes in
        let s = load(s, column, lanes)
        store(load(first, start &+ column, lanes) * s, p, start &+ column, lanes)
        store(load(second, start &+ column, lanes) * s, q, start &+ column, lanes)
      }
    }
  }

  /// a ← σ′·z and cross ← (cross +) q·z, elementwise.
  @inlinable public static func tangents<S: Scalar>(
    _ z: UnsafePointer<S>, first: UnsafePointer<S>, q: UnsafePointer<S>,
    a: UnsafeMutablePointer<S>, cross: UnsafeMutablePointer<S>, accumulate: Bool, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      let z = load(z, i, lanes)
      store(load(first, i, lanes) * z, a, i, lanes)
      let product = load(q, i, lanes) * z
      store(accumulate ? load(cross, i, lanes) + product : product, cross, i, lanes)
    }
  }

  /// λ ← σ′·α (+ cross), elementwise; `adjoint` may be where α is.
  @inlinable public static func adjoints<S: Scalar>(
    _ alpha: UnsafePointer<S>, first: UnsafePointer<S>, cross: UnsafePointer<S>?,
    adjoint: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      var value = load(first, i, lanes) * load(alpha, i, lanes)
      if let cross { value += load(cross, i, lanes) }
      store(value, adjoint, i, lanes)
    }
  }

  /// λ ← σ′·(u ⊗ w) (+ cross): the adjoints below a single output.
  @inlinable public static func adjoints<S: Scalar>(
    outer u: UnsafePointer<S>, _ w: UnsafePointer<S>, first: UnsafePointer<S>,
    cross: UnsafePointer<S>?, adjoint: UnsafeMutablePointer<S>, rows: Int, columns: Int
  ) {
    for row in 0..<rows {
      let start = row &* columns
      let u = S.Vector(repeating: u[row])
      forEachVector(of: S.self, columns) { column, lanes in
        var value = load(first, start &+ column, lanes) * (u * load(w, column, lanes))
        if let cross { value += load(cross, start &+ column, lanes) }
        store(value, adjoint, start &+ column, lanes)
      }
    }
  }

  /// sums ← (sums +) Σ over rows of x, column by column.
  @inlinable public static func columnSums<S: Scalar>(
    _ x: UnsafePointer<S>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<S>,
    accumulate: Bool
  ) {
    forEachVector(of: S.self, columns) { column, lanes in
      var sum = accumulate ? load(sums, column, lanes) : S.Vector()
      for row in 0..<rows { sum += load(x, row &* columns &+ column, lanes) }
      store(sum, sums, column, lanes)
    }
  }

  /// sums ← (sums +) Σ over rows of u·x, column by column.
  @inlinable public static func columnSums<S: Scalar>(
    _ x: UnsafePointer<S>, weights u: UnsafePointer<S>, rows: Int, columns: Int,
    into sums: UnsafeMutablePointer<S>, accumulate: Bool
  ) {
    forEachVector(of: S.self, columns) { column, lanes in
      var sum = accumulate ? load(sums, column, lanes) : S.Vector()
      for row in 0..<rows {
        sum = S.multiplyAdd(
          load(x, row &* columns &+ column, lanes), S.Vector(repeating: u[row]), sum)
      }
      store(sum, sums, column, lanes)
    }
  }

  /// y[row] ← w·x[row] + b.
  @inlinable public static func rowProducts<S: Scalar>(
    _ x: UnsafePointer<S>, _ w: UnsafePointer<S>, plus b: S, rows: Int, columns: Int,
    into y: UnsafeMutablePointer<S>
  ) {
    for row in 0..<rows {
      var sum = S.Vector()
      forEachVector(of: S.self, columns) { column, lanes in
        sum = S.multiplyAdd(
          load(x, row &* columns &+ column, lanes), load(w, column, lanes), sum)
      }
      y[row] = S.sum(sum) + b
    }
  }

  /// Σ a·b.
  @inlinable public static func dot<S: Scalar>(
    _ a: UnsafePointer<S>, _ b: UnsafePointer<S>, _ count: Int
  ) -> S {
    var sum = S.Vector()
    forEachVector(of: S.self, count) { i, lanes in
      sum = S.multiplyAdd(load(a, i, lanes), load(b, i, lanes), sum)
    }
    return S.sum(sum)
  }

  /// Σ x.
  @inlinable public static func total<S: Scalar>(_ x: UnsafePointer<S>, _ count: Int) -> S {
    var sum = S.Vector()
    forEachVector(of: S.self, count) { i, lanes in sum += load(x, i, lanes) }
    return S.sum(sum)
  }
}
