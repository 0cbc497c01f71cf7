/// Says that a tensor r is √R, elementwise, for an R made of one tensor x: r is a square root, an
/// absolute value, a norm or a standard deviation.
///
/// Where R is 0, r has no second derivative, and its first is a convention. But rᵖ with p ≥ 2 is
/// smooth, so its derivatives are taken through R, not through r.
struct Root {
  private let source: Tensor
  /// Distinguishes two roots of the same tensor.
  private let kind: String
  /// From the cotangent of R to that of x.
  private let vjp: Tape.VJP

  /// - Parameter kind: how R is made of `source`.
  init(of source: Tensor, by kind: String, vjp: @escaping Tape.VJP) {
    (self.source, self.kind, self.vjp) = (source, kind, vjp)
  }

  /// Whether both are the root of the same R.
  static func == (a: Root, b: Root) -> Bool { a.source === b.source && a.kind == b.kind }

  /// Records rᵖ for p ≥ 2: d(rᵖ) = ½ p rᵖ⁻² dR.
  func record(_ result: Tensor, asPowerOf r: Tensor, exponent p: Double, on tape: Tape) {
    tape.record(result, source) { [vjp] cotangent in
      try vjp(p == 2 ? cotangent : cotangent * (r.pow(p - 2) * (p / 2)))
    }
  }
}
