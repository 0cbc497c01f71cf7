import Learning
import Tensors

/// lai.dataset, lai.synthetic and their data sets.
enum DataModule {
  private static let dtype = Option(
    "dtype", Kind.dtype, default: DType.float32, "Number type of x and y.")

  private static let features = Option(
    "features", Kind<[String]>.names().optional,
    "Names of the columns of x. Without names they are shown as X1, X2, …, and only their number is compared with that of other data."
  )
  private static let targetName = Option("target", Kind.string.optional, "Name of y.")
  private static let slopes = Option(
    "slopes", Kind.tensorLike.optional,
    "The slopes dy/dx that lai.penalty.sobolev wants of a network: [n][d] for one output, else [n][outputs][d]."
  )

  private static let ids = Option(
    "ids", Kind<[String]>.ids.optional, "What names the rows, numbers or strings; no feature.")

  private static let count = Option("n", .integer(atLeast: 1), default: 1000, "Rows.")
  private static let noise = Option(
    "noise", .notNegative, default: 1, "Standard deviation of the noise on y.")
  private static let seed = Option("seed", .seed, default: 1, "Seed of features and noise.")
  private static let slope = Option("slope", .finite, default: 3, "Slope.")
  private static let intercept = Option("intercept", .finite, default: 4, "Intercept.")
  private static let width = Option(
    "width", .positive, default: 1, "Half-width of x, uniform in ±width.")
  private static let halfWidth = Option(
    "noise", .notNegative, default: 0, "Half-width of the noise on y, uniform.")

  static let functions = [
    LuaFunction(
      "dataset", "A data set of tensors, such as those of a NumPy file.",
      Parameter("x", Kind.tensorLike, "The features, [n][d]; shared, not copied."),
      Parameter(
        "y", Kind.tensorLike.optional,
        "The targets, [n][outputs], or [n] for one output; shared, not copied; nil for none."),
      Parameter<OptionTable>.options(
        features.record, targetName.record, slopes.record, ids.record),
      example: """
        local x = lai.randn(100, 2)
        local data = lai.dataset(x, x:select(2, 1) * 3, {features = {"a", "b"}})
        assert(#data == 100 and data.features[2] == "b")
        -- With the slopes of y = 3 a, for lai.loss.mse() + lai.penalty.sobolev().
        local slopes = lai.tensor{3, 0}:expand{100, 2}
        local smooth = lai.dataset(x, x:select(2, 1) * 3, {slopes = slopes})
        """
    ) { x, y, options in
      let data = try Dataset(
        x: x, y: y, features: options(features), target: options(targetName),
        slopes: options(slopes))
      guard let values = try options(ids) else { return LuaObject(data) }
      return LuaObject(try data.identified(by: TextColumn(name: "id", values: values)))
    },
    LuaFunction(
      "synthetic.friedman1",
      "Friedman's first problem: 10 uniform features, of which 5 matter.",
      Parameter<OptionTable>.options(count.record, noise.record, seed.record, dtype.record),
      details: """
        y = 10 sin(π x1 x2) + 20 (x3 − 0.5)² + 10 x4 + 5 x5 + noise·N(0, 1).
        Source: Friedman, Annals of Statistics 19 (1991).
        """,
      example: "local data = lai.synthetic.friedman1{n = 500, noise = 1, seed = 1}"
    ) { options in
      LuaObject(
        try Synthetic.friedman1(
          count: options(count), noise: options(noise), seed: options(seed),
          dtype: options(dtype)))
    },
    LuaFunction(
      "synthetic.line", "Points around a straight line: x uniform and centred, uniform noise on y.",
      Parameter<OptionTable>.options(
        slope.record, intercept.record, halfWidth.record, width.record, count.record, seed.record,
        dtype.record),
      example: "local data = lai.synthetic.line{slope = 3, intercept = 4, noise = 0.5, n = 200}"
    ) { options in
      LuaObject(
        try Synthetic.line(
          slope: options(slope), intercept: options(intercept), noise: options(halfWidth),
          count: options(count), seed: options(seed), width: options(width),
          dtype: options(dtype)))
    },
  ]

  static let validation = Option(
    "validation", .fraction, default: 0.2, "Share of the rows in the second part.")
  static let splitSeed = Option(
    "seed", .seed, default: 1, "Seed of the choice of rows.")
}
