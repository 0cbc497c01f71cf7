import Kernels
import Testing

@Suite("Elementwise kernels") struct ElementwiseTests {
  typealias Kernel =
    @Sendable (
      UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int
    ) -> Void
  typealias Function = @Sendable (Float, Float) -> Float

  static let cases: [(Kernel, Function)] = {
    let subtract: (Kernel, Function) = (Kernels.subtract, { $0 - $1 })
    let maximum: (Kernel, Function) = (Kernels.maximum, { max($0, $1) })
    let lessOrEqual: (Kernel, Function) = (Kernels.lessOrEqual, { $0 <= $1 ? 1 : 0 })
    let power: (Kernel, Function) = (
      Kernels.power, { $1 == 2 ? $0 * $0 : Float.power($0, $1) }
    )
    return [subtract, maximum, lessOrEqual, power]
  }()

  static let lengths = [0, 1, 7, 8, 15, 16, 17, 33, 100]

  @Test("steps of either operand", arguments: lengths, [(1, 1), (1, 0), (0, 1), (0, 0), (2, 3)])
  func steps(count: Int, steps: (Int, Int)) {
    let a = (0..<400).map { Float($0) * 0.5 - 20 }
    let b = (0..<400).map { 7 - Float($0) * 0.25 }
    var out = [Float](repeating: 99, count: count + 1)
    for (kernel, function) in Self.cases {
      out.withUnsafeMutableBufferPointer {
        kernel(a, steps.0, b, steps.1, $0.baseAddress!, count)
      }
      for i in 0..<count {
        let wanted = function(a[i * steps.0], b[i * steps.1])
        #expect(out[i] == wanted || out[i].isNaN && wanted.isNaN)
      }
      #expect(out[count] == 99)
    }
  }

  @Test("the output may be an input", arguments: lengths) func inPlace(count: Int) {
    let x = (0..<(count + 1)).map { Double($0) - 3.5 }
    var out = x
    out.withUnsafeMutableBufferPointer {
      let p = $0.baseAddress!
      Kernels.multiply(p, 1, p, 1, p, count)
      Kernels.squareRoot(p, p, count)
      Kernels.relu(p, p, count)
      Kernels.negate(p, p, count)
      Kernels.clamp(p, -2, 0, p, count)
    }
    #expect(Array(out.prefix(count)) == x.prefix(count).map { max(-abs($0), -2) })
    #expect(out[count] == x[count])
  }

  @Test("copies and conversions with a step") func copies() {
    let x = (0..<20).map { Float($0) + 0.25 }
    var doubles = [Double](repeating: 0, count: 5)
    doubles.withUnsafeMutableBufferPointer { Kernels.convert(x, 4, $0.baseAddress!, 5) }
    #expect(doubles == [0.25, 4.25, 8.25, 12.25, 16.25])
    var floats = [Float](repeating: 0, count: 5)
    floats.withUnsafeMutableBufferPointer { Kernels.copy(x, 3, $0.baseAddress!, 5) }
    #expect(floats == [0.25, 3.25, 6.25, 9.25, 12.25])
    floats.withUnsafeMutableBufferPointer { Kernels.fill(-1, $0.baseAddress!, 2, 3) }
    #expect(floats == [-1, 3.25, -1, 9.25, -1])
  }
}
