import Kernels

/// The peak of one core in billions of floating-point operations per second: independent chains of
/// fused multiply-adds in registers.
func measuredPeak() -> Double {
  // Twelve chains suffice where a vector is one register and the core has two units; six where a
  // vector is two of sixteen registers. The wrong number is slower, so the faster one counts.
  max(
    measuredPeak(chains: 6, sixMultiplyAdds), measuredPeak(chains: 12, twelveMultiplyAdds))
}

private func measuredPeak(chains: Int, _ multiplyAdds: (Int) -> Float) -> Double {
  let rounds = 12_000_000 / chains
  var keep: Float = 0
  let time = microseconds(a: 1) { keep = multiplyAdds(rounds) }
  precondition(!keep.isNaN)
  return Double(2 * Float.Vector.scalarCount * chains * rounds) / (time * 1e3)
}

private let x = Float.Vector(repeating: 0.999_999)
private let y = Float.Vector(repeating: 1e-7)

@inline(never)
private func sixMultiplyAdds(_ rounds: Int) -> Float {
  let (x, y) = (x, y)
  var (a, b, c, d, e, f) = (x, x, x, x, x, x)
  for _ in 0..<rounds {
    a = Float.multiplyAdd(a, x, y)
    b = Float.multiplyAdd(b, x, y)
    c = Float.multiplyAdd(c, x, y)
    d = Float.multiplyAdd(d, x, y)
    e = Float.multiplyAdd(e, x, y)
    f = Float.multiplyAdd(f, x, y)
  }
  return ((a + b) + (c + d) + (e + f)).sum()
}

@inline(never)
private func twelveMultiplyAdds(_ rounds: Int) -> Float {
  let (x, y) = (x, y)
  var (a, b, c, d, e, f) = (x, x, x, x, x, x)
  var (g, h, i, j, k, l) = (x, x, x, x, x, x)
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
