/// The elementwise parts of the double backward; names as in `TrainingStep`.
extension Kernels {
  /// Finishes a product whose sums are in `main`.
  static func finish<S: Scalar>(_ finish: ProductFinish<S>, rows: Int, columns: Int) {
    func finishAll<D: Derivatives>(_ derivatives: D.Type) {
      if let output = finish.output {
        Kernels.finish(finish, below: output, derivatives, rows: rows, columns: columns)
      } else {
        Kernels.finish(finish, derivatives, rows * columns)
      }
    }
    switch finish.form {
    case .stored: finishAll(StoredDerivatives.self)
    case .ofTanh: finishAll(TanhDerivatives.self)
    case .ofReLU: finishAll(ReLUDerivatives.self)
    }
    guard let sums = finish.sums, finish.output == nil else { return }
    columnSums(
      finish.main, weights: nil, rows: rows, columns: columns, stride: columns, into: sums,
      accumulate: true)
  }

  private static func finish<S: Scalar, D: Derivatives>(
    _ finish: ProductFinish<S>, _ derivatives: D.Type, _ count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      let first = load(finish.first, i, lanes)
      let s = load(finish.main, i, lanes)
      var value = D.first(first, as: S.self) * s
      if let other = finish.other, let second = finish.second {
        let product = D.second(first, load(second, i, lanes) * s, as: S.self)
        store(finish.accumulates ? load(other, i, lanes) + product : product, other, i, lanes)
      }
      if let added = finish.added { value += load(added, i, lanes) }
      store(value, finish.main, i, lanes)
    }
  }

  /// The same below an output.
  private static func finish<S: Scalar, D: Derivatives>(
    _ finish: ProductFinish<S>, below output: OutputAbove<S>, _ derivatives: D.Type, rows: Int,
    columns: Int
  ) {
    guard let adjoints = finish.other, let sums = finish.sums else { return }
    for row in 0..<rows {
      let u = S.Vector(repeating: output.u[row])
      forEachVector(of: S.self, columns) { column, lanes in
        let i = row * columns + column
        let first = load(finish.first, i, lanes)
        let s = load(finish.main, i, lanes)
        let factor = D.first(first, as: S.self)
        let tangent = factor * s
        let second = D.second(
          first, finish.second.map { load($0, i, lanes) * s } ?? tangent, as: S.self)
        let adjoint = (factor * u + second) * load(output.w, column, lanes)
        store(tangent, finish.main, i, lanes)
        store(adjoint, adjoints, i, lanes)
        store(load(sums, column, lanes) + adjoint, sums, column, lanes)
        let share = u * load(output.values, i, lanes) + tangent
        store(load(output.sums, column, lanes) + share, output.sums, column, lanes)
      }
    }
  }

  // The bodies of the two loops below are functions of their own, since closures of that size are
  // called, not inlined.

  /// p ← σ′·s and, unless q is nil, q ← σ″·s with one row s for all rows.
  ///
  /// - second: σ″, whose memory q may be; nil where q is nil.
  @inlinable public static func slopes<S: Scalar, D: Derivatives>(
    row s: UnsafePointer<S>, _ derivatives: D.Type, first: UnsafePointer<S>,
    second: UnsafePointer<S>?, p: UnsafeMutablePointer<S>, q: UnsafeMutablePointer<S>?, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      let start = row &* columns
      forEachVector(of: S.self, columns) { column, lanes in
        let s = load(s, column, lanes)
        store(
          D.first(load(first, start &+ column, lanes), as: S.self) * s, p, start &+ column, lanes)
        if let q, let second {
          store(load(second, start &+ column, lanes) * s, q, start &+ column, lanes)
        }
      }
    }
  }

  /// z̄ ← σ′·(u ⊗ w), the adjoints below a single output. Adds the sums of their columns to `sums`,
  /// and those of u·a to `weightSums`.
  @inlinable public static func adjoints<S: Scalar, D: Derivatives>(
    outer u: UnsafePointer<S>, _ w: UnsafePointer<S>, _ derivatives: D.Type,
    first: UnsafePointer<S>, activations a: UnsafePointer<S>, adjoint: UnsafeMutablePointer<S>,
    sums: UnsafeMutablePointer<S>, weightSums: UnsafeMutablePointer<S>, rows: Int, columns: Int
  ) {
    let width = S.Vector.scalarCount
    @inline(__always) func write(_ column: Int, _ lanes: Int) {
      let w = load(w, column, lanes)
      var (sum, weightSum) = (load(sums, column, lanes), load(weightSums, column, lanes))
      var i = column
      for row in 0..<rows {
        let u = S.Vector(repeating: u[row])
        let value = D.first(load(first, i, lanes), as: S.self) * (u * w)
        store(value, adjoint, i, lanes)
        sum += value
        weightSum = S.multiplyAdd(u, load(a, i, lanes), weightSum)
        i &+= columns
      }
      store(sum, sums, column, lanes)
      store(weightSum, weightSums, column, lanes)
    }
    var column = 0
    while column &+ width <= columns {
      write(column, width)
      column &+= width
    }
    if column < columns { write(column, columns &- column) }
  }

  /// sums ← (sums +) Σ over rows of x, or of weight·x, column by column.
  @inlinable public static func columnSums<S: Scalar>(
    _ x: UnsafePointer<S>, weights: UnsafePointer<S>?, rows: Int, columns: Int, stride: Int,
    into sums: UnsafeMutablePointer<S>, accumulate: Bool
  ) {
    let width = S.Vector.scalarCount
    var column = 0
    // Four at once, since each addition waits for the one before it.
    while column &+ 4 &* width <= columns {
      var (a, b, c, d) = (S.Vector(), S.Vector(), S.Vector(), S.Vector())
      var start = column
      for row in 0..<rows {
        let weight = S.Vector(repeating: weights?[row] ?? 1)
        a = S.multiplyAdd(load(x, start, width), weight, a)
        b = S.multiplyAdd(load(x, start &+ width, width), weight, b)
        c = S.multiplyAdd(load(x, start &+ 2 &* width, width), weight, c)
        d = S.multiplyAdd(load(x, start &+ 3 &* width, width), weight, d)
        start &+= stride
      }
      addOrStore(a, sums, column, width, accumulate)
      addOrStore(b, sums, column &+ width, width, accumulate)
      addOrStore(c, sums, column &+ 2 &* width, width, accumulate)
      addOrStore(d, sums, column &+ 3 &* width, width, accumulate)
      column &+= 4 &* width
    }
    forEachVector(of: S.self, columns &- column) { offset, lanes in
      var sum = S.Vector()
      // A whole vector where it ends within the row's stride, behind whose width there is padding.
      let read = column &+ offset &+ width <= stride ? width : lanes
      for row in 0..<rows {
        let weight = S.Vector(repeating: weights?[row] ?? 1)
        sum = S.multiplyAdd(load(x, row &* stride &+ column &+ offset, read), weight, sum)
      }
      addOrStore(sum, sums, column &+ offset, lanes, accumulate)
    }
  }

  @inlinable @inline(__always) static func addOrStore<S: Scalar>(
    _ sum: S.Vector, _ sums: UnsafeMutablePointer<S>, _ position: Int, _ lanes: Int,
    _ accumulate: Bool
  ) {
    store(accumulate ? load(sums, position, lanes) + sum : sum, sums, position, lanes)
  }

  /// sum ← sum + x.
  @inlinable public static func add<S: Scalar>(
    _ x: UnsafePointer<S>, to sum: UnsafeMutablePointer<S>, count: Int
  ) {
    forEachVector(of: S.self, count) { i, lanes in
      store(load(sum, i, lanes) + load(x, i, lanes), sum, i, lanes)
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
