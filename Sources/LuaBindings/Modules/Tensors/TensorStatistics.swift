import Tensors

extension Kind where Value == HistogramBins {
  fileprivate static let bins = Kind(
    "a whole number >= 1, a list of edges or 'auto'", annotation: "integer|number[]|\"auto\""
  ) { state, index in
    if state.type(at: index) == .string {
      return state.string(at: index) == "auto" ? .automatic : nil
    }
    if let count = state.integer(at: index) { return count > 0 ? .count(count) : nil }
    if let edges = state.object(at: index, as: Tensor.self) {
      return .edges(try edges.elements(as: Double.self))
    }
    return try Kind<Double>.number.list(atLeast: 2).read(state, index).map { .edges($0) }
  }
}

/// One probability, or several.
private struct Probabilities {
  let values: [Double]
  let isList: Bool
}

extension Kind where Value == Probabilities {
  fileprivate static let probabilities = Kind(
    "between 0 and 1, or a list of such numbers", annotation: "number|number[]"
  ) { state, index in
    if state.type(at: index) == .table {
      return try Kind<Double>.fraction.list(atLeast: 1).read(state, index)
        .map { Probabilities(values: $0, isList: true) }
    }
    return try Kind<Double>.fraction.read(state, index)
      .map { Probabilities(values: [$0], isList: false) }
  }
}

extension TensorMethods {
  private static let q = Parameter(
    "q", Kind.probabilities,
    "The share of the elements that lie below; a list gives a new first axis.")
  private static let bins = Option(
    "bins", Kind<HistogramBins>.bins.optional,
    "How many intervals, 10 without it; or their edges; or \"auto\" for NumPy's number of them.")
  private static let range = Option(
    "range", Kind<Double>.finite.list(atLeast: 2).optional,
    "The first and the last edge; without it the least and the largest element.")

  static let statistics = [
    LuaFunction(
      "quantile", "The quantiles of all elements or along an axis; NaN if there is a NaN.",
      reading: [receiver.record, q.record, axes, reductionOptions.record], returns: "lai.Tensor",
      details: """
        Interpolated linearly between the two nearest elements, as in NumPy. The derivative goes to
        these two.
        """,
      example: """
        local x = lai.arange(1, 6)
        assert(x:quantile(0.5):item() == 3 and x:quantile{0.25, 0.75}:get(2) == 4)
        """
    ) { state in
      let (x, q) = (try receiver.read(state, 1), try q.read(state, 2))
      let (axes, keep) = try reduction(state, x, at: 3)
      let results = try q.values.map { try x.quantile($0, axes: axes, keepDimensions: keep) }
      return try LuaObject(q.isList ? Tensor.stacked(results, axis: 0) : results[0])
        .push(to: state)
    },
    LuaFunction(
      "histogram", "How many elements lie in each of several intervals, and the intervals' edges.",
      receiver, Parameter<OptionTable>.options(bins.record, range.record),
      returns: "lai.Tensor, lai.Tensor",
      details: """
        As in NumPy: an interval contains its lower edge, the last one its upper edge too; elements
        outside are not counted. Counts have no derivative: x must not be part of one being taken.
        """,
      example: """
        local counts, edges = lai.tensor{0, 1, 1, 4}:histogram{bins = 2}
        assert(counts:get(1) == 3 and edges:get(2) == 2)
        """
    ) { x, options in
      let range = try options(range)
      if let range, range.count > 2 {
        throw ArgumentError("range", mustBe: "a list of two numbers", got: "\(range.count)")
      }
      let (counts, edges) = try x.histogram(
        bins: options(bins) ?? .count(10), range: range.map { ($0[0], $0[1]) })
      return LuaResults(LuaObject(counts), LuaObject(edges))
    },
    LuaFunction(
      "unique", "The distinct elements, sorted, and how often each occurs.", receiver,
      returns: "lai.Tensor, lai.Tensor",
      details: """
        All NaN are one, the last. x must not be part of a derivative being taken.
        """,
      example: """
        local values, counts = lai.tensor{2, 1, 2}:unique()
        assert(#values == 2 and counts:get(2) == 2)
        """
    ) { x in
      let (values, counts) = try x.unique()
      return LuaResults(LuaObject(values), LuaObject(counts))
    },
  ]
}
