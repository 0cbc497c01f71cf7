import Tensors

extension Kind where Value == Places {
  /// Positions of Lua along an axis, in a list or a tensor.
  static let places = Kind(
    "a list of whole numbers or a lai.Tensor of them", annotation: "integer[]|lai.Tensor"
  ) { state, index in
    if let tensor = state.object(at: index, as: Tensor.self) {
      // Memory: the numbers, and the places made from them.
      try AllocationError.check(tensor.count, bytesEach: 24)
      return Places(shape: tensor.shape, numbers: try tensor.detached().elements(as: Double.self))
    }
    guard try state.isTable(at: index) else { return nil }
    let (shape, numbers) = try state.nestedNumbers(at: index)
    return Places(shape: shape, numbers: numbers)
  }
}

/// Positions as the script gave them.
struct Places {
  let shape: [Int]
  let numbers: [Double]

  /// Positions from 0 along an axis.
  ///
  /// - Throws: `ArgumentError`.
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
    "places", Kind.places, "From 1, or from the end if negative.")
  private static let direction = Option(
    "descending", .boolean, default: false, "Sort in descending order.")
  private static let directions = Parameter<OptionTable>.options(direction.record)
  private static let vectorAxis = Parameter(
    "axis", Kind<Int>.integer.optional,
    "From 1, or from the end if negative; a vector needs none.")

  /// The axis, 0-based; that of a vector need not be given.
  private static func only(_ axis: Int?, of x: Tensor) throws -> Int {
    guard let axis = axis ?? (x.rank == 1 ? 1 : nil) else {
      throw ArgumentError("axis", mustBe: "given for a tensor of \(x.rank) axes", got: "nil")
    }
    return try LuaIndex.axis(axis, rank: x.rank)
  }

  private static let largest = Option(
    "largest", .boolean, default: true, "The largest elements; else the smallest.")
  private static let offset = Parameter(
    "offset", Kind<Int>.integer.optional,
    "The number of diagonals above the main one; 0 if left out.")

  static let indexing = [
    LuaFunction(
      "index", "Selects places of an axis, in any order and with repetitions.", receiver, axis,
      places,
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
      "gather",
      "Selects one place along an axis per element: y[i][j] = x[places[i][j]][j] for axis 1.",
      receiver, axis, places
    ) { x, axis, places in
      let axis = try LuaIndex.axis(axis, rank: x.rank)
      return LuaObject(
        try x.gathered(
          axis: axis, at: places.positions(extent: x.shape[axis]), shape: places.shape))
    },
    LuaFunction(
      "masked", "The elements where a mask of the same shape is not 0, as a vector.", receiver,
      Parameter("mask", Kind<Tensor>.object, "A mask, such as x:gt(0).")
    ) { LuaObject(try $0.masked($1)) },
    LuaFunction("cumsum", "Running sums along an axis.", receiver, vectorAxis) { x, axis in
      LuaObject(try x.cumulativeSum(axis: only(axis, of: x)))
    },
    LuaFunction(
      "sort", "The elements sorted along an axis, and their old places.",
      reading: [receiver.record, vectorAxis.record, directions.record],
      returns: "lai.Tensor, lai.Tensor",
      details:
        "NaN last; equal elements keep their order. x:sort{descending = true} is for a vector.",
      example: "assert(lai.tensor{3, 1, 2}:sort():get(1) == 1)"
    ) { state in
      let x = try receiver.read(state, 1)
      let hasAxis = state.type(at: 2) != .table
      let axis = hasAxis ? try vectorAxis.read(state, 2) : nil
      let options = try directions.read(state, hasAxis ? 3 : 2)
      let (values, places) = try x.sorted(
        axis: only(axis, of: x), descending: options(direction))
      return try LuaResults(LuaObject(values), LuaObject(places + 1)).push(to: state)
    },
    LuaFunction(
      "topk", "The k largest elements along an axis, the best first, and their places.",
      receiver, Parameter("k", Kind<Int>.integer(atLeast: 0), "How many."), vectorAxis,
      Parameter<OptionTable>.options(largest.record), returns: "lai.Tensor, lai.Tensor"
    ) { x, k, axis, options in
      let (values, places) = try x.top(k, axis: only(axis, of: x), largest: options(largest))
      return LuaResults(LuaObject(values), LuaObject(try places + 1))
    },
    LuaFunction("flip", "Reverses one axis.", receiver, vectorAxis) { x, axis in
      LuaObject(try x.flipped(axis: only(axis, of: x)))
    },
    LuaFunction("tril", "The lower triangle of a matrix, zeros above.", receiver, offset) {
      LuaObject(try $0.lowerTriangle(offset: Int(Int32(clamping: $1 ?? 0))))
    },
    LuaFunction("triu", "The upper triangle of a matrix, zeros below.", receiver, offset) {
      LuaObject(try $0.upperTriangle(offset: Int(Int32(clamping: $1 ?? 0))))
    },
  ]
}
