import Learning

/// lai.stats: means over seeds.
enum StatisticsModule {
  static let functions = [
    LuaFunction(
      "stats.mean_ci", "The mean of numbers and the half-width of its 95 % confidence interval.",
      Parameter("values", Kind<Double>.number.list(atLeast: 1), "Numbers, one per seed."),
      returns: "number, number?",
      details: """
        Student's t with n − 1 degrees of freedom; one number has no interval (nil). The interval of \
        equal numbers has half-width 0; with NaN or infinity among them it is NaN.
        """,
      example: """
        local mean, half = lai.stats.mean_ci{1, 2, 3}
        assert(mean == 2 and math.abs(half - 2.484) < 1e-3)
        """
    ) { values in
      let interval = try Statistics.interval(values)
      return LuaResults(interval.mean, interval.halfWidth)
    }
  ]
}
