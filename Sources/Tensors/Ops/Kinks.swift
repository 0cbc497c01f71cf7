// Functions whose gradient at one point is a convention. Second derivatives that would depend on
// the convention are NaN; others keep their values.

/// r = √(scale · Σ d²) over all elements or along an axis, with the gradient scale · d / r by d,
/// and 0 at r = 0: a norm with scale 1, or a standard deviation with scale 1/n and d the distances
/// from the mean.
struct Radius {
  private let d: Tensor
  private let axis: Int?
  private let r: Tensor
  private let scale: Double

  /// `r` broadcasts to the shape of `d`.
  init(of d: Tensor, axis: Int?, _ r: Tensor, scale: Double) {
    (self.d, self.axis, self.r, self.scale) = (d, axis, r, scale)
  }

  /// The cotangent of d, given that of r.
  func gradient(_ cotangent: Tensor) throws -> Tensor {
    let unit = try direction()
    let result = try (cotangent.detached() * scale) * unit.detached()
    // Whether it is constant must be asked now, while everything is still being recorded.
    let isConstant = !cotangent.isVariable
    return result.recorded(
      from: cotangent, { try total($0 * unit) * scale },
      d, { try curvature($0, along: unit, times: cotangent, isConstant: isConstant) * scale })
  }

  /// d / r, 0 at r = 0.
  private func direction() throws -> Tensor {
    let (d, r) = (d.detached(), r.detached())
    var unit = try d / r
    if try r.eq(0).hasOnes() {
      unit = try .choose(r.eq(0), .scalar(0, dtype: d.dtype), unit)
    }
    if try r.eq(.infinity).hasOnes() {
      unit = try .choose(r.eq(.infinity), limit(d), unit)
    }
    return unit.recorded(from: self.d) { try curvature($0, along: unit) }
  }

  /// d / r where r is out of range. A single infinite element gives 1; for several there is no
  /// limit.
  private func limit(_ d: Tensor) throws -> Tensor {
    let size = try d.abs()
    let largest = try size.max(axis: axis, keepDimensions: true)
    let isInfinite = try size.eq(.infinity)
    let scaled = try Tensor.choose(isInfinite, d.sign(), d / largest)
    let length = try scaled.norm(axis: axis, keepDimensions: true)
    let hasSeveral = try isInfinite.sum(axis: axis, keepDimensions: true).gt(1)
    return try .choose(
      hasSeveral, .scalar(.nan, dtype: d.dtype), scaled / (length * scale.squareRoot()))
  }

  /// The derivative of d / r, times a factor, along w: (w − scale · u Σ u w) factor / r with u = d
  /// / r. At r = 0 it is NaN unless w is 0, or the factor is a constant 0.
  private func curvature(
    _ w: Tensor, along unit: Tensor, times factor: Tensor? = nil, isConstant: Bool = false
  ) throws -> Tensor {
    let across = try w - unit * (total(w * unit) * scale)
    guard try r.eq(0).hasOnes() else {
      return try across * (factor.map { try $0 / r } ?? r.reciprocal())
    }
    let isHole = try r.eq(0)
    let radius = try Tensor.choose(isHole, .scalar(.nan, dtype: r.dtype), r)
    var isKnown = try w.isVariable ? isHole * 0 : isHole - isHole * total(w.ne(0)).gt(0)
    if let factor, isConstant { isKnown = try isKnown.maximum(isHole * factor.eq(0)) }
    let result = try across * (factor.map { try $0 / radius } ?? radius.reciprocal())
    return try .choose(isKnown, .scalar(0, dtype: d.dtype), result)
  }

  private func total(_ x: Tensor) throws -> Tensor { try x.sum(axis: axis, keepDimensions: true) }
}

/// The gradient of |x|, which at 0 is 0.
enum Kink {
  /// The cotangent of x, given that of |x|. The second derivative at 0 of an f(|x|) with f′(0) = 0
  /// cannot be known here.
  static func gradient(_ cotangent: Tensor, at x: Tensor) throws -> Tensor {
    let sign = try x.sign()
    guard cotangent.isVariable else { return try cotangent * sign }
    let result = try cotangent.detached() * sign
    return result.recorded(from: cotangent) { w in
      let isHole = try x.eq(0) * cotangent.eq(0)
      guard try isHole.hasOnes() else { return try w * sign }
      let isUnknown = w.isVariable ? isHole : try isHole * w.ne(0)
      return try .choose(isUnknown, .scalar(.nan, dtype: x.dtype), w * sign)
    }
  }
}

extension Tensor {
  /// Whether any of these, which are 0 or 1, is 1.
  fileprivate func hasOnes() throws -> Bool { try count > 0 && max().item() > 0 }
}
