import Tensors

/// lai.linalg: solutions and factors of matrices.
enum LinearAlgebraModule {
  private static let a = Parameter(
    "a", Kind.tensorLike, "A matrix [m][n]; axes before these two are those of a batch.")
  private static let square = Parameter(
    "a", Kind.tensorLike, "A square matrix [n][n]; axes before these two are those of a batch.")
  private static let symmetric = Parameter(
    "a", Kind.tensorLike, "A symmetric matrix [n][n]; axes before these two are those of a batch.")
  private static let b = Parameter(
    "b", Kind.tensorLike, "The right side: a vector [n], or columns [n][k], also in a batch.")

  private static let upper = Option(
    "upper", .boolean, default: false, "Use the upper triangle, not the lower one.")
  private static let unitDiagonal = Option(
    "unitriangular", .boolean, default: false, "The diagonal counts as ones and is not read.")
  private static let relativeTolerance = Option(
    "rtol", Kind<Double>.notNegative.optional,
    "Singular values up to this times the largest count as 0; max(m, n) epsilon if left out.")
  private static let rcond = Option(
    "rcond", Kind<Double>.notNegative.optional,
    "Singular values up to this times the largest count as 0; max(m, n) epsilon if left out.")

  static let functions = equations + factors + spectra

  private static let equations = [
    LuaFunction(
      "linalg.solve", "X with A X = B.", square, b,
      details: "By LU factors with row exchanges. A pivot that is exactly 0 is an error.",
      example: """
        local x = lai.linalg.solve({{2, 1}, {1, 3}}, {3, 5})
        assert((x - lai.tensor{0.8, 1.4}):norm():item() < 1e-6)
        """
    ) { LuaObject(try LinearAlgebra.solve($0, $1)) },
    LuaFunction(
      "linalg.solve_triangular", "X with T X = B for a triangle T of A.", square, b,
      Parameter<OptionTable>.options(upper.record, unitDiagonal.record),
      details: "The other triangle is not read. A 0 on the diagonal is an error.",
      example: """
        local x = lai.linalg.solve_triangular({{2, 0}, {1, 4}}, {2, 5})
        assert(x:get(1) == 1 and x:get(2) == 1)
        """
    ) { a, b, options in
      LuaObject(
        try LinearAlgebra.solveTriangular(
          a, b, upper: options(upper), unitDiagonal: options(unitDiagonal)))
    },
    LuaFunction(
      "linalg.lstsq",
      "X with the least |A X − B|; the shortest one if there are several.",
      Parameter("a", Kind.tensorLike, "A matrix [m][n]."),
      Parameter("b", Kind.tensorLike, "The right side: a vector [m], or columns [m][k]."),
      Parameter<OptionTable>.options(rcond.record),
      returns: "lai.Tensor, lai.Tensor, integer, lai.Tensor",
      details: """
        Returns X, the sums of the squared residuals of the columns (without elements unless m > n \
        and the rank is n), the rank and the singular values of A, as NumPy does.
        """,
      example: """
        -- the line through (0, 1), (1, 3), (2, 5)
        local x, residuals, rank = lai.linalg.lstsq({{0, 1}, {1, 1}, {2, 1}}, {1, 3, 5})
        assert(math.abs(x:get(1) - 2) < 1e-9 and math.abs(x:get(2) - 1) < 1e-9 and rank == 2)
        """
    ) { a, b, options in
      let found = try LinearAlgebra.lstsq(a, b, tolerance: options(rcond))
      return LuaResults(
        LuaObject(found.solution), LuaObject(found.residuals), found.rank,
        LuaObject(found.singularValues))
    },
    LuaFunction(
      "linalg.inv", "The inverse of a matrix.", square,
      details: "linalg.solve solves equations faster and more precisely.",
      example: "assert(lai.linalg.inv{{2, 0}, {0, 4}}:get(2, 2) == 0.25)"
    ) { LuaObject(try LinearAlgebra.inv($0)) },
    LuaFunction(
      "linalg.pinv", "The pseudo-inverse of a matrix, [n][m].", a,
      Parameter<OptionTable>.options(relativeTolerance.record),
      details: "V diag(1/s) Uᵀ from the singular values s.",
      example: "assert(math.abs(lai.linalg.pinv{{3}, {4}}:get(1, 1) - 0.12) < 1e-12)"
    ) { LuaObject(try LinearAlgebra.pinv($0, tolerance: $1(relativeTolerance))) },
  ]

  private static let factors = [
    LuaFunction(
      "linalg.cholesky", "The triangle L with A = L Lᵀ of a positive definite matrix.", symmetric,
      Parameter<OptionTable>.options(upper.record),
      details:
        "Only the lower triangle is read; with upper, only the upper one, and the result is U with A = Uᵀ U.",
      example: """
        local l = lai.linalg.cholesky{{4, 2}, {2, 5}}
        assert(l:get(1, 1) == 2 and l:get(2, 1) == 1 and l:get(2, 2) == 2 and l:get(1, 2) == 0)
        """
    ) { LuaObject(try LinearAlgebra.cholesky($0, upper: $1(upper))) },
    LuaFunction(
      "linalg.qr", "Q with orthonormal columns and a triangle R with A = Q R.", a,
      returns: "lai.Tensor, lai.Tensor",
      details: "Q is [m][k] and R [k][n] with k = min(m, n). R's diagonal may be negative.",
      example: """
        local a = lai.tensor({{3, 1}, {4, 2}, {0, 1}}, {dtype = "float64"})
        local q, r = lai.linalg.qr(a)
        assert((q:matmul(r) - a):norm():item() < 1e-12 and r:get(2, 1) == 0)
        """
    ) { a in
      let (q, r) = try LinearAlgebra.qr(a)
      return LuaResults(LuaObject(q), LuaObject(r))
    },
    LuaFunction(
      "linalg.det", "The determinant of a matrix.", square,
      example: "assert(math.abs(lai.linalg.det{{1, 2}, {3, 4}}:item() + 2) < 1e-12)"
    ) { LuaObject(try LinearAlgebra.det($0)) },
    LuaFunction(
      "linalg.slogdet", "The sign of the determinant and the logarithm of its absolute value.",
      square,
      returns: "lai.Tensor, lai.Tensor",
      details: "0 and -inf for a singular matrix. Does not overflow where det does.",
      example: """
        local sign, logabsdet = lai.linalg.slogdet{{0, 2}, {2, 0}}
        assert(sign:item() == -1 and math.abs(logabsdet:item() - math.log(4)) < 1e-12)
        """
    ) { a in
      let (sign, logarithm) = try LinearAlgebra.slogdet(a)
      return LuaResults(LuaObject(sign), LuaObject(logarithm))
    },
  ]

  private static let spectra = [
    LuaFunction(
      "linalg.svd", "Singular values and vectors: A = U diag(s) Vᵀ.", a,
      returns: "lai.Tensor, lai.Tensor, lai.Tensor",
      details: """
        Returns U [m][k], s [k] (descending) and Vᵀ [k][n], not V, with k = min(m, n): what NumPy \
        returns for full_matrices=False. The signs of a pair of vectors may be turned together.
        """,
      example: """
        local a = lai.tensor({{3, 0}, {4, 5}}, {dtype = "float64"})
        local u, s, vt = lai.linalg.svd(a)
        assert(((u * s):matmul(vt) - a):norm():item() < 1e-12)
        assert(math.abs(s:get(1) - math.sqrt(45)) < 1e-12)
        """
    ) { a in
      let (u, s, vt) = try LinearAlgebra.svd(a)
      return LuaResults(LuaObject(u), LuaObject(s), LuaObject(vt))
    },
    LuaFunction(
      "linalg.svdvals", "The singular values of a matrix, descending.", a,
      example: "assert(math.abs(lai.linalg.svdvals{{3, 0}, {0, -7}}:get(1) - 7) < 1e-12)"
    ) { LuaObject(try LinearAlgebra.svdvals($0)) },
    LuaFunction(
      "linalg.eigh", "Eigenvalues and eigenvectors of a symmetric matrix.", symmetric,
      returns: "lai.Tensor, lai.Tensor",
      details: """
        Returns the values w, ascending, and the matrix V whose columns are the vectors, of \
        length 1: A V = V diag(w). Only the lower triangle is read. The sign of a vector is free.
        """,
      example: """
        local w, v = lai.linalg.eigh{{2, 1}, {1, 2}}
        assert(math.abs(w:get(1) - 1) < 1e-12 and math.abs(w:get(2) - 3) < 1e-12)
        assert(math.abs(v:get(1, 2) - v:get(2, 2)) < 1e-12)
        """
    ) { a in
      let (values, vectors) = try LinearAlgebra.eigh(a)
      return LuaResults(LuaObject(values), LuaObject(vectors))
    },
    LuaFunction(
      "linalg.eigvalsh", "The eigenvalues of a symmetric matrix, ascending.", symmetric,
      details: "Only the lower triangle is read.",
      example: "assert(math.abs(lai.linalg.eigvalsh{{2, 1}, {1, 2}}:get(2) - 3) < 1e-12)"
    ) { LuaObject(try LinearAlgebra.eigvalsh($0)) },
    LuaFunction(
      "linalg.matrix_rank", "The rank of a matrix.", a,
      Parameter<OptionTable>.options(relativeTolerance.record),
      details: "The number of singular values that do not count as 0.",
      example: "assert(lai.linalg.matrix_rank{{1, 2}, {2, 4}}:item() == 1)"
    ) { LuaObject(try LinearAlgebra.matrixRank($0, tolerance: $1(relativeTolerance))) },
  ]
}
