// The standard normal in double precision: Φ, its density and functions of them. The C library's
// erfc is wrong by 5 ulp in places, and rounding x/√2 and x²/2 costs x² ulp. Here both are split
// into a leading part and a rest, and results are within 2 ulp.
extension Double {
  public static func normalDistribution(_ x: Vector) -> Vector {
    eachLane(x) { x in
      if x > 1 { return 1 - scaledLowerTail(x, 1) }
      return x < -1 ? scaledLowerTail(-x, 1) : 0.5 * libraryErfc(-x * 0.5.squareRoot())
    }
  }

  public static func gelu(_ x: Vector) -> Vector {
    eachLane(x) { x in
      if x > 1 { return x == .infinity ? x : x - scaledLowerTail(x, x) }
      return x < -1 ? scaledLowerTail(-x, x) : x * (0.5 * libraryErfc(-x * 0.5.squareRoot()))
    }
  }

  public static func normalMoment(_ x: Vector, _ k: Int) -> Vector {
    eachLane(x) { x in
      let bounded = x > limit ? limit : x < -limit ? -limit : x
      var power = 1.0
      for _ in 0..<k { power *= bounded }
      let leading = power * density.leading
      let rest = (-leading).addingProduct(power, density.leading) + power * density.rest
      return scaledDecay(bounded, leading, rest)
    }
  }

  /// Beyond it all results are 0, even as subnormal numbers.
  private static let limit = 41.0

  /// 1/√(2π)
  private static let density = (leading: 0.3989422804014327, rest: -2.49232720227773e-17)

  /// factor · Φ(−t) for t ≥ 1, as e^{−t²/2} p(z) / (1 + 1.25 t) with z = (t − 4)/(t + 4), the p of
  /// Shepherd and Laframboise ("Chebyshev approximation of (1 + 2x) exp(x²) erfc x", 1981) for t.
  private static func scaledLowerTail(_ t: Double, _ factor: Double) -> Double {
    guard t < limit else { return factor < 0 ? -0.0 : 0 }
    let z = (t - 4) / (t + 4)
    var p = coefficients[0]
    for coefficient in coefficients.dropFirst() { p = coefficient.addingProduct(p, z) }
    p *= z
    let constant = (leading: 0.5664638478118136, rest: 3.898412722824327e-17)
    let numerator = constant.leading + p
    let numeratorRest = (p - (numerator - constant.leading)) + constant.rest
    let divisor = 1.0.addingProduct(1.25, t)
    let divisorRest = (1 - divisor).addingProduct(1.25, t)
    let ratio = numerator / divisor
    let ratioRest =
      (numerator.addingProduct(-ratio, divisor) + (numeratorRest - ratio * divisorRest)) / divisor
    let leading = factor * ratio
    let rest = (-leading).addingProduct(factor, ratio) + factor * ratioRest
    return scaledDecay(t, leading, rest)
  }

  /// The coefficients of p without the constant one, the highest first.
  private static let coefficients = [
    2.118072504207481e-08, -1.2502548243609036e-08, -1.443805258786386e-07, 1.4460947389926286e-09,
    7.18225674828631e-07, 4.6107036976029476e-07, -3.4343973756017644e-06, -4.085116713970443e-06,
    1.811049110358433e-05, 2.5405119857976125e-05, -0.00011697878351626698, -0.00010664914952067765,
    0.000915417476533578, -0.0005167323314231085, -0.006379863759714497, 0.02454314571998305,
    -0.04796349781160362, 0.053677306901374164, -0.013595270429285355, -0.0782799162710434,
  ]

  /// e^{−t²/2} (leading + rest), for |t| up to the limit, rounded once where it is subnormal.
  private static func scaledDecay(_ t: Double, _ leading: Double, _ rest: Double) -> Double {
    let square = t * t
    let squareRest = (-square).addingProduct(t, t)
    let rest = rest.addingProduct(leading, squareRest * -0.5)
    if square < 1400 {
      let decay = libraryExp(-0.5 * square)
      return (decay * rest).addingProduct(decay, leading)
    }
    // Into the subnormal numbers in the last step only.
    let decay = libraryExp(-0.25 * square)
    let product = decay * leading
    let productRest = (-product).addingProduct(decay, leading) + decay * rest
    return (productRest * decay).addingProduct(product, decay)
  }
}
