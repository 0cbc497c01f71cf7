import Kernels

/// Billions of floating-point operations a second of one core: independent chains of fused
/// multiply-adds that stay in registers.
func measuredPeak() -> Double {
  let rounds = 2_000_000
  let chains = 12
  var keep: Float = 0
  let time = microseconds(a: 1) { keep = multiplyAdds(rounds) }
  precondition(!keep.isNaN)
  return Double(2 * Float.Vector.scalarCount * chains * rounds) / (time * 1e3)
}

@inline(never)
private func multiplyAdds(_ rounds: Int) -> Float {
  let x = Float.Vector(repeating: 0.999_999)
  let y = Float.Vector(repeating: 1e-7)
  var (a, b, c, d) = (x, x, x, x)
  var (e, f, g, h) = (x, x, x, x)
  var (i, j, k, l) = (x, x, x, x)
  for _ in 0..<rounds {
    a = Float.multiplyAdd(a, x, y)
    b = Float.multiplyAdd(b, x, y)
    c = Float.multiplyAdd(c, x, y)
    d = Float.multiplyAdd(d, x, y)
    e = Float.multiplyAdd(e, x, y)
    f = Float.multiplyAdd(f, x, y)
    g = Float.multiplyAdd(g, x, y)
    h = Float.multiplyAdd(h, x, y)
    i = Float.multiplyAdd(i, x, y)
    j = Float.multiplyAdd(j, x, y)
    k = Float.multiplyAdd(k, x, y)
    l = Float.multiplyAdd(l, x, y)
  }
  return ((a + b) + (c + d) + (e + f) + (g + h) + (i + j) + (k + l)).sum()
}
