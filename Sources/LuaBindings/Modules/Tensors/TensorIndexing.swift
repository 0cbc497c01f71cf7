import Tensors

extension Kind where Value == Places {
  /// Positions of Lua along an axis, in a list or a tensor.
  static let places = Kind(
    "a list of whole numbers or a lai.Tensor of them", annotation: "integer[]|lai.Tensor"
  ) { state, index in
    if let tensor = state.object(at: index, as: Tensor.self) {
      // As numbers, and as the places that these become.
      try AllocationError.check(tensor.count, bytesEach: 24)
      return Places(shape: tensor.shape, numbers: try tensor.detached().elements(as: Double.self))
    }
    guard try state.isTable(at: index) else { return nil }
    let (shape, numbers) = try state.nestedNumbers(at: index)
    return Places(shape: shape, numbers: numbers)
  }
}

/// Positions as a script gave them.
struct Places {
  let shape: [Int]
  let numbers: [Double]

  /// Positions from 0 along an axis. Throws: `ArgumentError`.
  func positions(extent: Int) throws -> [Int] {
    try numbers.enumerated().map { place, number in
      guard let index = Int(exactly: number) else {
        throw ArgumentError("places[\(place + 1)]", mustBe: "a whole number", got: number)
      }
      return try LuaIndex.position(index, extent: extent, named: "places[\(place + 1)]")
    }
  }
}

extension TensorMethods {
  private static let places = Parameter(
    "places", Kind.places, "From 1, or from the end with a minus.")
  private static let direction = Option(
    "descending", .boolean, default: false, "The largest first.")
  private static let largest = Option(
    "largest", .boolean, default: true, "The largest; else the smallest.")
  private static let offset = Parameter(
    "offset", Kind<Int>.integer.optional, "Diagonals above the main one; 0 if left out.")

  static let indexing = [
    LuaFunction(
      "index", "Some places of an axis, in any order, any number of times.", receiver, axis, places,
      details: "x:index(1, {3, 1}) has rows 3 and 1 of x."
    ) { x, axis, places in
      let axis = try LuaIndex.axis(axis, rank: x.rank)
      guard places.shape.count == 1 else {
        throw ArgumentError("places", mustBe: "a list", got: "shape \(places.shape.shapeText)")
      }
      return LuaObject(
        try x.taken(axis: axis, at: places.positions(extent: x.shape[axis])))
    },
    LuaFunction(
      "gather", "A place along an axis for each element: y[i][j] = x[places[i][j]][j] for axis 1.",
      receiver, axis, places
    ) { x, axis, places in
      let axis = try LuaIndex.axis(axis, rank: x.rank)
      return LuaObject(
        try x.gathered(
          axis: axis, at: places.positions(extent: x.shape[axis]), shape: places.shape))
    },
    LuaFunction(
      "masked", "The elements where a mask of the same shape is not 0, as a vector.", receiver,
      Parameter("mask", Kind<Tensor>.object, "As x:gt(0) makes it.")
    ) { LuaObject(try $0.masked($1)) },
    LuaFunction("cumsum", "Running sums along an axis.", receiver, axis) { x, axis in
      LuaObject(try x.cumulativeSum(axis: LuaIndex.axis(axis, rank: x.rank)))
    },
    LuaFunction(
      "sort", "The elements in order along an axis, and the places where they were.", receiver,
      axis, Parameter<OptionTable>.options(direction.record),
      returns: "lai.Tensor, lai.Tensor", details: "NaN last; equal elements stay as they stood."
    ) { x, axis, options in
      let (values, places) = try x.sorted(
        axis: LuaIndex.axis(axis, rank: x.rank), descending: options(direction))
      return LuaResults(LuaObject(values), LuaObject(try places + 1))
    },
    LuaFunction(
      "topk", "The k largest along an axis, the best first, and the places where they were.",
      receiver, Parameter("k", Kind<Int>.integer(atLeast: 0), "How many."), axis,
      Parameter<OptionTable>.options(largest.record), returns: "lai.Tensor, lai.Tensor"
    ) { x, k, axis, options in
      let (values, places) = try x.top(
        k, axis: LuaIndex.axis(axis, rank: x.rank), largest: options(largest))
      return LuaResults(LuaObject(values), LuaObject(try places + 1))
    },
    LuaFunction("flip", "One axis the other way about.", receiver, axis) { x, axis in
      LuaObject(try x.flipped(axis: LuaIndex.axis(axis, rank: x.rank)))
    },
    LuaFunction("tril", "The lower triangle of a matrix, zeros above.", receiver, offset) {
      LuaObject(try $0.lowerTriangle(offset: Int(Int32(clamping: $1 ?? 0))))
    },
    LuaFunction("triu", "The upper triangle of a matrix, zeros below.", receiver, offset) {
      LuaObject(try $0.upperTriangle(offset: Int(Int32(clamping: $1 ?? 0))))
    },
  ]
}
