import Tensors
import Testing

@Suite("Printing") struct DescriptionTests {
  private func text(_ values: [Double], _ shape: [Int], _ dtype: DType = .float32) throws -> String
  {
    try Tensor(values, shape: shape, dtype: dtype).description
  }

  @Test("whole numbers") func whole() throws {
    #expect(
      try text([1, -2, 30, 4], [2, 2]) == """
          1  -2
         30   4
        [Tensor 2x2 float32]
        """)
  }

  @Test("as many decimals as needed") func decimals() throws {
    #expect(try text([0.5, 0.25, 1], [3]) == " 0.50  0.25  1.00\n[Tensor 3 float32]")
    #expect(try text([1.0 / 3, 12.5], [2]) == "  0.3333  12.5000\n[Tensor 2 float32]")
    #expect(try text([0.01234567], [1]) == " 0.01235\n[Tensor 1 float32]")
    #expect(try text([12345.678], []) == " 12345.68\n[Tensor () float32]")
  }

  @Test("exponents for all elements if the range is wide") func exponents() throws {
    #expect(
      try text([1e-8, 1, 2.5e6, 0], [2, 2], .float64) == """
         1.0e-08  1.0e+00
         2.5e+06  0.0e+00
        [Tensor 2x2 float64]
        """)
    #expect(
      try text([1e-300, 1.7976e308], [2], .float64)
        == " 1.000e-300  1.798e+308\n[Tensor 2 float64]")
  }

  @Test("large numbers are written out up to 10⁸") func large() throws {
    #expect(try text([150208.3, 93567], [2]) == " 150208.3   93567.0\n[Tensor 2 float32]")
    #expect(try text([1_000_000.5], [], .float64) == " 1000000.5\n[Tensor () float64]")
    #expect(try text([12_345_678, -1], [2]) == " 12345678        -1\n[Tensor 2 float32]")
    #expect(try text([1e8, -1], [2]) == "  1e+08  -1e+00\n[Tensor 2 float32]")
    #expect(try text([0.001, 2000.5], [2]) == "    0.001  2000.500\n[Tensor 2 float32]")
    // What would be shown as 0.
    #expect(try text([0.001, 20000.5], [2]) == " 1e-03  2e+04\n[Tensor 2 float32]")
    #expect(try text([0.00001, 0.5], [2]) == " 1e-05  5e-01\n[Tensor 2 float32]")
  }

  @Test("NaN and infinities are aligned") func notFinite() throws {
    #expect(
      try text([1.5, .nan, .infinity, -.infinity], [2, 2]) == """
          1.5   nan
          inf  -inf
        [Tensor 2x2 float32]
        """)
    #expect(try text([.nan], []) == " nan\n[Tensor () float32]")
  }

  @Test("no elements") func empty() throws {
    #expect(try text([], [0, 3]) == "[Tensor 0x3 float32]")
    #expect(try text([], [0]) == "[Tensor 0 float32]")
  }

  @Test("matrices of a higher rank are labelled") func rankThree() throws {
    #expect(
      try text([1, 2, 3, 4], [2, 1, 2]) == """
        (0,.,.)
         1  2

        (1,.,.)
         3  4
        [Tensor 2x1x2 float32]
        """)
  }

  @Test("long axes are elided") func long() throws {
    #expect(
      try Tensor.arange(stop: 2000).description
        == "    0     1     2  ...  1997  1998  1999\n[Tensor 2000 float32]")
    let matrix = try Tensor.arange(stop: 10_000).reshaped([100, 100]).description
    #expect(
      matrix == """
            0     1     2     3     4     5  ...    95    96    97    98    99
          100   101   102   103   104   105  ...   195   196   197   198   199
          200   201   202   203   204   205  ...   295   296   297   298   299
         ...
         9700  9701  9702  9703  9704  9705  ...  9795  9796  9797  9798  9799
         9800  9801  9802  9803  9804  9805  ...  9895  9896  9897  9898  9899
         9900  9901  9902  9903  9904  9905  ...  9995  9996  9997  9998  9999
        [Tensor 100x100 float32]
        """)
    // From 21 lines on, and a vector of more elements than fill them.
    #expect(
      try Tensor.arange(stop: 21).reshaped([21, 1]).description
        == "  0\n  1\n  2\n ...\n 18\n 19\n 20\n[Tensor 21x1 float32]")
    #expect(try !Tensor.arange(stop: 20).reshaped([20, 1]).description.contains("..."))
    #expect(
      try Tensor.arange(stop: 400).description
        == "   0    1    2  ...  397  398  399\n[Tensor 400 float32]")
    #expect(try !Tensor.arange(stop: 300).description.contains("..."))
    let cube = try Tensor.arange(stop: 24).reshaped([3, 8, 1]).description
    #expect(cube.split(separator: "\n").filter { $0 == " ..." }.count == 3)
  }

  @Test("the given width is used") func width() throws {
    let x = try Tensor.arange(stop: 40).reshaped([1, 40])
    #expect(
      x.description(title: "Tensor", firstIndex: 0, width: 30)
        == "  0   1   2  ...  38  39\n[Tensor 1x40 float32]")
    #expect(!x.description(title: "Tensor", firstIndex: 0, width: 170).contains("..."))
    #expect(
      try Tensor.arange(stop: 12).description(title: "Tensor", firstIndex: 0, width: 30)
        == "  0   1   2   3   4   5\n  6   7   8   9  10  11\n[Tensor 12 float32]")
  }

  @Test("no line is longer than 80, and the text is limited") func bounds() throws {
    var generator = RandomGenerator(seed: 1)
    for shape in [
      [30], [4, 50], [3, 3, 30], [1, 999], [7, 1, 1, 100], [2, 2, 2, 2, 2, 2, 2, 2],
    ] {
      let text = try Tensor.randomNormal(shape, using: &generator).description
      let lines = text.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(shape)")
      #expect(lines.count < 260)
    }
    let vast = try Tensor.scalar(1).expanded(to: [Int](repeating: 2, count: 60)).description
    #expect(vast.count < 2000)
  }

  @Test("views print their own elements") func views() throws {
    let x = try Tensor.arange(stop: 6).reshaped([2, 3]).transposed()
    #expect(x.description == " 0  3\n 1  4\n 2  5\n[Tensor 3x2 float32]")
  }
}
