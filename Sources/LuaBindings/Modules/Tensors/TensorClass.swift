import CLai
import Tensors

/// The other operand of a tensor in arithmetic; a number has the tensor's type.
enum Operand {
  case tensor(Tensor)
  case number(Double)
}

extension Kind where Value == Operand {
  static let operand = Kind("a lai.Tensor or a number", annotation: "lai.Tensor|number") {
    state, index in
    if let tensor = state.object(at: index, as: Tensor.self) { return .tensor(tensor) }
    return state.number(at: index).map { .number($0) }
  }
}

extension BinaryOp {
  /// For two operands, one of which is a tensor: Lua does not call this with two numbers, but a
  /// script can.
  func callAsFunction(_ a: Operand, _ b: Operand) throws -> LuaObject<Tensor> {
    switch (a, b) {
    case (.tensor(let a), .tensor(let b)): LuaObject(try self(a, b))
    case (.tensor(let a), .number(let b)): LuaObject(try self(a, b))
    case (.number(let a), .tensor(let b)): LuaObject(try self(a, b))
    case (.number(let a), .number(let b)): LuaObject(try self(Tensor.scalar(a), b))
    }
  }

  /// The function of two operands, as a method and as a metamethod.
  var function: LuaFunction {
    LuaFunction(
      name, summary, Parameter("self", Kind.operand, ""),
      Parameter("y", Kind.operand, "A tensor or a number."), returns: "lai.Tensor"
    ) { try self($0, $1) }
  }
}

extension Kind where Value == Double {
  /// The values that an element can be set to.
  static let element = Kind("a number; copy_ takes tensors", annotation: "number") {
    $0.number(at: $1)
  }
}

enum TensorMethods {
  static let receiver = Parameter("self", Kind<Tensor>.object, "")
  static let axis = Parameter(
    "axis", Kind<Int>.integer, "From 1, or from the end if negative.")
  private static let keepdims = Option(
    "keepdims", .boolean, default: false, "Keep the axis with extent 1.")

  static let elementwise = UnaryOp.all.map { op in
    LuaFunction(op.name, op.summary, receiver) { LuaObject(try op($0)) }
  }

  static let axes = ParameterRecord(
    name: "axis", annotation: "integer|integer[]", isOptional: true, defaultText: nil,
    summary: "One axis or a list of them; all elements if left out.", options: [])
  static let reductionOptions = Parameter<OptionTable>.options(keepdims.record)

  /// The axes to reduce and the options; a table without a list part in the axis's place is the
  /// options.
  static func reduction(_ state: LuaState, _ x: Tensor, at place: Int32 = 2) throws -> (
    axes: [Int]?, keep: Bool
  ) {
    let isTable = try state.isTable(at: place, named: "axis")
    if isTable && state.rawLength(at: place) == 0 {
      return (nil, try reductionOptions.read(state, place)(keepdims))
    }
    let list = Kind<Int>.integer.list(atLeast: 1)
    let kind = Kind(
      "a whole number or a list of them", annotation: "", isOptional: true
    ) { state, index in
      try state.integer(at: index).map { [$0] } ?? list.read(state, index)
    }
    let axes =
      state.isNil(at: place) ? nil : try kind.value(in: state, at: place, named: "axis")
    let keep = try reductionOptions.read(state, place + 1)(keepdims)
    return (try axes?.map { try LuaIndex.axis($0, rank: x.rank) }, keep)
  }

  static let reductions = ReductionOp.all.map { op in
    LuaFunction(
      op.name, op.summary, reading: [receiver.record, axes, reductionOptions.record],
      returns: "lai.Tensor", details: op.givesPlaces ? "Places count from 1." : ""
    ) { state in
      let x = try receiver.read(state, 1)
      let (axes, keep) = try reduction(state, x)
      let result =
        try axes.map { try op(x, axes: $0, keepDimensions: keep) }
        ?? op(x, axis: nil, keepDimensions: keep)
      return try LuaObject(op.givesPlaces ? result + 1 : result).push(to: state)
    }
  }

  private static let other = Parameter("y", Kind<Tensor>.object, "The other tensor.")

  static let products = [
    LuaFunction("matmul", "The matrix product, as in NumPy.", receiver, other) {
      LuaObject(try $0.matmul($1))
    },
    LuaFunction("dot", "The product of two vectors, a scalar.", receiver, other) {
      LuaObject(try $0.dot($1))
    },
    LuaFunction("outer", "The matrix of all products of two vectors.", receiver, other) {
      LuaObject(try $0.outer($1))
    },
    LuaFunction(
      "clamp", "Sets elements below min to min, and those above max to max.", receiver,
      Parameter("min", Kind<Double>.number.optional, "nil for no bound."),
      Parameter("max", Kind<Double>.number.optional, "nil for no bound.")
    ) { LuaObject(try $0.clamped(min: $1, max: $2)) },
    LuaFunction(
      "where", "x where the mask (self) is not 0, else y.", receiver,
      Parameter("x", Kind.operand, "The value where the mask is not 0."),
      Parameter("y", Kind.operand, "Elsewhere."), details: masksAreJoined,
      example: """
        local x = lai.tensor{-1, 2, 30}
        assert((x:gt(0) & x:lt(10)):where(x, 0):sum():item() == 2)
        """
    ) { mask, x, y in LuaObject(try choose(mask, x, y)) },
  ]

  private static func choose(_ mask: Tensor, _ x: Operand, _ y: Operand) throws -> Tensor {
    switch (x, y) {
    case (.tensor(let x), .tensor(let y)): try Tensor.choose(mask, x, y)
    case (.tensor(let x), .number(let y)):
      try Tensor.choose(mask, x, Tensor.scalar(y, dtype: x.dtype))
    case (.number(let x), .tensor(let y)):
      try Tensor.choose(mask, Tensor.scalar(x, dtype: y.dtype), y)
    case (.number(let x), .number(let y)):
      try Tensor.choose(
        mask, Tensor.scalar(x, dtype: mask.dtype), Tensor.scalar(y, dtype: mask.dtype))
    }
  }

  static let views = [
    LuaFunction("t", "The transpose of a matrix; a view.", receiver) {
      LuaObject(try $0.transposed())
    },
    LuaFunction(
      "transpose", "Exchanges two axes; a view.", receiver, axis,
      Parameter("other", Kind<Int>.integer, "The other axis.")
    ) {
      LuaObject(
        try $0.transposed(LuaIndex.axis($1, rank: $0.rank), LuaIndex.axis($2, rank: $0.rank)))
    },
    LuaFunction(
      "permute", "Puts the axes in another order; a view.", receiver,
      Parameter("axes", Kind<Int>.integer.list(), "Each axis once, as in {3, 1, 2}.")
    ) { x, axes in
      LuaObject(try x.permuted(axes.map { try LuaIndex.axis($0, rank: x.rank) }))
    },
    LuaFunction(
      "diag", "The diagonal of a matrix, a view; or the matrix with a vector on its diagonal.",
      receiver
    ) { LuaObject(try $0.diagonal()) },
    LuaFunction(
      "reshape", "The same elements in another shape; one extent may be -1.", receiver,
      Parameter("shape", Kind.integer.list(), "Extents.")
    ) { LuaObject(try $0.reshaped($1)) },
    LuaFunction(
      "expand", "Stretches extents of 1 to a shape; a view.", receiver,
      Parameter("shape", Kind.integer.list(), "Extents.")
    ) { LuaObject(try $0.expanded(to: $1).thatFitsMemory()) },
    LuaFunction(
      "squeeze", "Drops the axes of extent 1, or only the given one; a view.", receiver,
      Parameter("axis", Kind<Int>.integer.optional, "Only this axis.")
    ) { x, axis in
      LuaObject(try x.squeezed(axis: axis.map { try LuaIndex.axis($0, rank: x.rank) }))
    },
    LuaFunction("unsqueeze", "Inserts an axis of extent 1; a view.", receiver, axis) {
      LuaObject(try $0.unsqueezed(axis: LuaIndex.axis($1, rank: $0.rank + 1)))
    },
    LuaFunction(
      "select", "One position of an axis, which is dropped; a view.", receiver, axis,
      Parameter("index", Kind<Int>.integer, "From 1, or from the end if negative.")
    ) { x, axis, index in
      let axis = try LuaIndex.axis(axis, rank: x.rank)
      let index = try LuaIndex.position(index, extent: x.shape[axis])
      return LuaObject(try x.selected(axis: axis, index: index))
    },
    LuaFunction(
      "narrow", "A range of positions of an axis; a view.", receiver, axis,
      Parameter("first", Kind<Int>.integer, "The first position."),
      Parameter("length", Kind<Int>.integer(atLeast: 0), "The number of positions.")
    ) { x, axis, first, length in
      let axis = try LuaIndex.axis(axis, rank: x.rank)
      let start = try LuaIndex.start(first, length: length, extent: x.shape[axis])
      let rest = x.shape[axis] - start
      guard length <= rest else {
        throw ArgumentError("length", mustBe: "0 to \(rest), what is left of the axis", got: length)
      }
      return LuaObject(try x.narrowed(axis: axis, from: start, length: length))
    },
  ]

  static let elements = [
    LuaFunction(
      "detach", "The same elements as a constant for derivatives; a view.", receiver
    ) { LuaObject($0.detached()) },
    LuaFunction(
      "item", "The number in a tensor of one element; a constant for derivatives.", receiver
    ) { try $0.item() },
    LuaFunction(
      "totable", "The elements in nested tables, a scalar as a number; constants for derivatives.",
      receiver
    ) {
      NestedTable(tensor: $0)
    },
    LuaFunction("clone", "A contiguous copy.", receiver) { LuaObject(try $0.copy()) },
    LuaFunction(
      "to", "A copy in another number type; the tensor itself if it already has that type.",
      receiver,
      Parameter("dtype", Kind.dtype, "The number type.")
    ) { LuaObject(try $0.converted(to: $1)) },
    LuaFunction(
      "fill_", "Writes one number everywhere.", receiver,
      Parameter("value", Kind<Double>.element, "The number.")
    ) { x, value in
      try x.fill(with: value)
      return LuaSelf()
    },
    LuaFunction(
      "copy_", "Overwrites the elements by those of another tensor.",
      reading: [receiver.record, source.record], returns: "self",
      details: """
        Derivatives go through, if no view shares this tensor's memory; else they are an error, and \
        lai.cat, lai.stack or a mask:where(x, y) make the tensor anew.
        """
    ) { state in
      let (x, other) = (try receiver.read(state, 1), try source.read(state, 2))
      do { try x.assign(other) } catch is LostDerivativeError {
        // Only views that scripts can still use count.
        lai_collect(state.pointer)
        try x.assign(other)
      }
      return LuaSelf().push(to: state)
    },
    LuaFunction(
      "get", "One element; a constant for derivatives.", reading: [receiver.record, indices],
      returns: "number"
    ) { state in
      let x = try receiver.read(state, 1)
      return try x.value(at: positions(state, x, last: state.top)).push(to: state)
    },
    LuaFunction(
      "set_", "Writes one element: set_(i, j, value).", reading: [receiver.record, indices],
      returns: "self"
    ) { state in
      let x = try receiver.read(state, 1)
      let value = try Kind<Double>.element.value(in: state, at: state.top, named: "value")
      try x.set(value, at: positions(state, x, last: state.top - 1))
      return LuaSelf().push(to: state)
    },
  ]

  private static let source = Parameter("other", Kind.tensorLike, "A tensor of the same shape.")
  private static let indices = ParameterRecord(
    name: "...", annotation: "number", isOptional: false, defaultText: nil,
    summary: "One index per axis, from 1, or from the end if negative.", options: [])

  /// Stack positions 2 to `last` as 0-based indices.
  private static func positions(_ state: LuaState, _ x: Tensor, last: Int32) throws -> [Int] {
    guard Int(last) - 1 == x.rank else {
      throw ArgumentError(
        "indices", mustBe: "\(x.rank), one an axis", got: max(0, Int(last) - 1))
    }
    return try x.shape.enumerated().map { axis, extent in
      let index = try Kind<Int>.integer.value(
        in: state, at: Int32(axis + 2), named: "index \(axis + 1)")
      return try LuaIndex.position(index, extent: extent, named: "index \(axis + 1)")
    }
  }

  /// x[i], x[{{1, 3}, {}}]; any other key is a misspelt name.
  static func index(known: [String]) -> LuaFunction {
    LuaFunction("Tensor", "", reading: [], returns: "lai.Tensor") { state in
      let x = try receiver.read(state, 1)
      if let position = state.integer(at: 2) {
        let extent = x.shape.first ?? 0
        return try LuaObject(
          x.selected(axis: 0, index: LuaIndex.position(position, extent: extent))
        ).push(to: state)
      }
      if try state.isTable(at: 2, named: "index") {
        return try LuaObject(x.sliced(state.slices(at: 2, of: x), op: "index")).push(to: state)
      }
      throw UnknownField(
        name: state.string(at: 2) ?? state.account(of: 2), known: known, owner: "Tensor")
    }
  }
}

extension TensorMethods {
  /// x[i] = v, x[{{1, 3}, {}}] = v, x.name = v: what to write instead.
  static let assignment = LuaFunction("Tensor", "", reading: [], returns: "nil") { state in
    switch state.type(at: 2) {
    case .number:
      let (place, value) = (state.account(of: 2), state.number(at: 3))
      throw RefusedAssignment(
        key: "[\(place)]",
        advice:
          "; use t:set_(\(place), \(value.map(numberText) ?? "…")) for an element of a vector, "
          + "t:set_(i, j, …) for one of a matrix, t[\(place)]:copy_(…) for a row")
    case .table:
      throw RefusedAssignment(
        key: "[{…}]", advice: "; use t:set_(i, …, value) for an element, t[{…}]:copy_(…) for a part"
      )
    default:
      throw RefusedAssignment(
        key: state.account(of: 2), advice: "; elements are: use t:set_(i, …, value)")
    }
  }
}

extension Tensor: LuaRepresentable {
  package static let luaName = "Tensor"
  package var luaText: String {
    description(title: "lai.Tensor", firstIndex: 1, width: outputColumns)
  }

  package static let luaClass: LuaClass = {
    let receiver = TensorMethods.receiver
    let properties = [
      LuaFunction("shape", "Extents; empty for a scalar.", receiver) { $0.shape },
      LuaFunction("dtype", "Number type: float32 or float64.", receiver) { $0.dtype.rawValue },
    ]
    let methods =
      TensorMethods.elementwise + BinaryOp.all.map(\.function) + TensorMethods.reductions
      + TensorMethods.statistics
      + TensorMethods.products + TensorMethods.views + TensorMethods.indexing
      + TensorMethods.elements
    return LuaClass(
      Tensor.self, "An n-dimensional array of numbers; views share memory.",
      properties: properties, methods: methods,
      metamethods: [
        "__add": BinaryOp.add.function, "__sub": BinaryOp.sub.function,
        "__mul": BinaryOp.mul.function, "__div": BinaryOp.div.function,
        "__pow": BinaryOp.pow.function,
        "__unm": LuaFunction("neg", "Minus x.", receiver) { LuaObject(try UnaryOp.neg($0)) },
        "__len": LuaFunction("len", "Extent of the first axis.", receiver) { x in
          guard let extent = x.shape.first else {
            throw ShapeError(op: "len", lhs: x.shape, reason: "has no axis to measure")
          }
          return extent
        },
        "__band": TensorMethods.conjunction, "__bor": TensorMethods.disjunction,
        "__bxor": TensorMethods.difference, "__bnot": TensorMethods.complement,
      ],
      index: TensorMethods.index(known: (properties + methods).map(\.name)),
      assignment: TensorMethods.assignment)
  }()
}
