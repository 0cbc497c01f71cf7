import CLai
import Tensors

/// lai.grad and the other derivatives of Lua functions of tensors.
enum DerivativeModule {
  private static let f = Parameter(
    "f", Kind<LuaCallable>.function, "A function of x and of any further arguments.")
  private static let variables = ParameterRecord(
    name: "x", annotation: "lai.Tensor|table|number", isOptional: false, defaultText: nil,
    summary: "A tensor, a nested table of tensors, or a number.", options: [])
  private static let rest = ParameterRecord(
    name: "...", annotation: "any", isOptional: true, defaultText: nil,
    summary: "Further arguments of f; constants.", options: [])

  private static let nesting = """
    f must be made of lai's tensor operations; it may take derivatives itself, to any order. Numbers
    of a tensor, as x:item(), x:get(i) and x:totable() return them, count as constants, and so does
    x:detach(); every other function carries the derivative on, or raises an error. No result shares
    its memory with another, or with what was given.
    """

  static let functions: [LuaFunction] = [
    operation(
      "grad",
      "The gradient of a scalar function by its first argument, as a function of the same arguments.",
      returns: "fun(x: lai.Tensor|table|number, ...): any",
      details: "The gradient has the form of x: a tensor, or a nested table of tensors.\n"
        + nesting,
      example: """
        local slope = lai.grad(function(x) return (x ^ 3):sum() end)
        assert(slope(lai.tensor({1, 2})):get(2) == 12)
        assert(lai.grad(lai.grad(function(x) return x ^ 3 end))(2):item() == 12)
        """),
    operation(
      "value_and_grad", "As lai.grad, with the value before the gradient.",
      returns: "fun(x: lai.Tensor|table|number, ...): lai.Tensor, any", details: nesting,
      example: """
        local f = lai.value_and_grad(function(w, x) return (x:matmul(w.a) + w.b):sum() end)
        local value, g = f({a = lai.ones(3), b = lai.zeros(1)}, lai.ones(4, 3))
        assert(value:item() == 12 and g.a:get(1) == 4 and g.b:item() == 4)
        """),
    operation(
      "vjp", "The value of a function, and the product of a cotangent with its Jacobian.",
      returns: "fun(x: lai.Tensor|table|number, c: any, ...): any, any",
      details: "lai.vjp(f)(x, c, ...): c has the form of f's value, the result that of x.\n"
        + nesting,
      example: """
        local y, g = lai.vjp(function(x) return x:square() end)(lai.tensor({1, 2}), lai.tensor({3, 4}))
        assert(y:get(2) == 4 and g:get(2) == 16)
        """),
    operation(
      "jvp", "The value of a function, and its derivative along a tangent.",
      returns: "fun(x: lai.Tensor|table|number, t: any, ...): any, any",
      details: "lai.jvp(f)(x, t, ...): t has the form of x, the result that of f's value.\n"
        + nesting,
      example: """
        local y, t = lai.jvp(function(x) return x:square() end)(lai.tensor({1, 2}), lai.tensor({3, 4}))
        assert(y:get(2) == 4 and t:get(2) == 16)
        """),
    operation(
      "jacobian", "All derivatives of a function, of shape (value's) + (x's).",
      returns: "fun(x: lai.Tensor|table|number, ...): any",
      details: """
        Where f's value or x are tables, the result has the form of the value, and at each of its
        tensors that of x. One pass backwards an element of the value.
        """ + "\n" + nesting,
      example: """
        local J = lai.jacobian(function(x) return x:square() end)(lai.tensor({1, 2}))
        assert(J:get(2, 2) == 4 and J:get(1, 2) == 0)
        """),
    operation(
      "hessian", "All second derivatives of a scalar function, of shape (x's) + (x's).",
      returns: "fun(x: lai.Tensor|table|number, ...): any",
      details:
        "If x is a table, the result has its form, and at each of its tensors again the form of x.\n"
        + nesting,
      example: """
        local H = lai.hessian(function(x) return (x ^ 3):sum() end)(lai.tensor({1, 2}))
        assert(H:get(2, 2) == 12 and H:get(1, 2) == 0)
        """),
    LuaFunction(
      "gradcheck", "Compares a function's gradients with finite differences in float64.",
      reading: [f.record, variables] + [checkOptions.record], returns: "boolean",
      details: """
        Of every order up to `order`; an error names the first element that is wrong. Values that
        are not scalars are added up with random weights. x is converted to float64; f's own
        constants should be float64 too.
        """,
      example: """
        assert(lai.gradcheck(function(x) return x:tanh() end, lai.randn(3), {order = 2}))
        """
    ) { state in
      let function = try f.read(state, 1)
      let options = try checkOptions.read(state, 3)
      let settings = try (
        options(order), options(step), options(tolerance)
      )
      let (tree, tensors) = try readVariables(state, 2)
      try Derivative.check(
        at: tensors, order: settings.0, step: settings.1, tolerance: settings.2,
        check: checkInterrupts
      ) { try call(function, tree, $0, constants: 0..<0).tensors }
      return true.push(to: state)
    },
  ]

  private static let order = Option(
    "order", .integer(atLeast: 1), default: 1, "The highest order of derivatives to compare.")
  private static let step = Option(
    "step", .positive, default: 1e-5,
    "The shift of an element, in units of max(1, |element|).")
  private static let tolerance = Option(
    "tolerance", .positive, default: 1e-6,
    "The largest error, in units of 1 + the largest difference quotient.")
  private static let checkOptions = Parameter<OptionTable>.options(
    order.record, step.record, tolerance.record)

  /// `lai.grad(f)` and the like: a closure of that name over f.
  private static func operation(
    _ name: String, _ summary: String, returns: String, details: String, example: String
  ) -> LuaFunction {
    LuaFunction(
      name, summary, reading: [f.record], returns: returns, details: details, example: example
    ) { state in
      _ = try f.read(state, 1)
      state.top = 1
      try state.pushClosure(name)
      return 1
    }
  }

  /// The functions that they return.
  static let closures: [LuaFunction] = [
    closure("grad") { call in
      let gradients = try call.valueAndGradients().gradients
      try call.tree.push(gradients, to: call.state)
      return 1
    },
    closure("value_and_grad") { call in
      let (value, gradients) = try call.valueAndGradients()
      try call.state.push(object: value)
      try call.tree.push(gradients, to: call.state)
      return 2
    },
    closure("vjp", hasDirection: true) { call in
      let cotangents = try TensorTree.read(call.state, 2, named: "c").tensors
      var form = TensorTree.tensor
      let (values, gradients) = try Derivative.vjp(
        at: call.tensors,
        cotangents: { values in
          guard cotangents.count == values.count else {
            throw FormError(what: "the cotangent", tensors: cotangents.count, wanted: values.count)
          }
          return cotangents
        }, check: checkInterrupts
      ) {
        let result = try call.values(at: $0)
        form = result.tree
        return result.tensors
      }
      try form.push(values, to: call.state)
      try call.tree.push(gradients, to: call.state)
      return 2
    },
    closure("jvp", hasDirection: true) { call in
      let tangents = try TensorTree.read(call.state, 2, named: "t").tensors
      guard tangents.count == call.tensors.count else {
        throw FormError(what: "the tangent", tensors: tangents.count, wanted: call.tensors.count)
      }
      var form = TensorTree.tensor
      let (values, results) = try Derivative.jvp(
        at: call.tensors, along: tangents, check: checkInterrupts
      ) {
        let result = try call.values(at: $0)
        form = result.tree
        return result.tensors
      }
      try form.push(values, to: call.state)
      try form.push(results, to: call.state)
      return 2
    },
    closure("jacobian") { call in
      var form = TensorTree.tensor
      let rows = try Derivative.jacobian(at: call.tensors, check: checkInterrupts) {
        let result = try call.values(at: $0)
        form = result.tree
        return result.tensors
      }
      try form.push(to: call.state) { try call.tree.push(rows[$0], to: call.state) }
      return 1
    },
    closure("hessian") { call in
      let rows = try Derivative.hessian(at: call.tensors, check: checkInterrupts) {
        try call.scalar(at: $0)
      }
      try call.tree.push(to: call.state) { try call.tree.push(rows[$0], to: call.state) }
      return 1
    },
  ]

  private static func closure(
    _ name: String, hasDirection: Bool = false,
    _ body: @escaping @Sendable (DerivativeCall) throws -> Int32
  ) -> LuaFunction {
    LuaFunction(name, "", reading: [variables, rest], returns: "any") { state in
      if state.top < 1 { state.pushNil() }
      if hasDirection, state.top < 2 { state.pushNil() }
      return try body(DerivativeCall(state, firstConstant: hasDirection ? 3 : 2))
    }
  }

  /// The variables at an index; a number is a scalar of float64.
  static func readVariables(_ state: LuaState, _ index: Int32) throws -> (
    tree: TensorTree, tensors: [Tensor]
  ) {
    if let number = state.number(at: index) {
      return (.tensor, [try Tensor.scalar(number, dtype: .float64)])
    }
    return try TensorTree.read(state, index, named: "x")
  }

  /// Calls f with variables and the constants at stack positions, and reads its value.
  static func call(
    _ f: LuaCallable, _ tree: TensorTree, _ variables: [Tensor], constants: Range<Int32>
  ) throws -> (tree: TensorTree, tensors: [Tensor]) {
    try call(f, tree, variables, constants: constants) { state in
      try TensorTree.read(state, state.top, named: "the value of f")
    }
  }

  /// The same; `read` reads the value from the top of the stack.
  static func call<R>(
    _ f: LuaCallable, _ tree: TensorTree, _ variables: [Tensor], constants: Range<Int32>,
    _ read: (LuaState) throws -> R
  ) throws -> R {
    let state = f.state
    let top = state.top
    defer { state.top = top }
    try state.reserve(Int32(constants.count) + 4)
    state.pushValue(f.index)
    try tree.push(variables, to: state)
    for constant in constants { state.pushValue(constant) }
    try state.call(arguments: Int32(constants.count) + 1, results: 1)
    return try read(state)
  }

  static func checkInterrupts() throws {
    if lai_pending_interrupts() > 0 { throw CancellationError() }
  }
}

/// One call of a derivative: the closure holds f, and x is the first argument.
private struct DerivativeCall {
  let state: LuaState
  let tree: TensorTree
  let tensors: [Tensor]
  private let f: LuaCallable
  private let constants: Range<Int32>

  init(_ state: LuaState, firstConstant: Int32) throws {
    self.state = state
    (tree, tensors) = try DerivativeModule.readVariables(state, 1)
    constants = firstConstant..<max(firstConstant, state.top + 1)
    try state.reserve(8)
    lai_push_closed_value(state.pointer)
    f = LuaCallable(state: state, index: state.top)
  }

  func values(at variables: [Tensor]) throws -> (tree: TensorTree, tensors: [Tensor]) {
    try DerivativeModule.call(f, tree, variables, constants: constants)
  }

  /// The value of f, which must be one tensor.
  func scalar(at variables: [Tensor]) throws -> Tensor {
    try DerivativeModule.call(f, tree, variables, constants: constants) { state in
      if let value = state.object(at: -1, as: Tensor.self) { return value }
      throw ArgumentError(
        "the value of f", mustBe: "a scalar lai.Tensor", got: state.account(of: -1))
    }
  }

  func valueAndGradients() throws -> (value: Tensor, gradients: [Tensor]) {
    try Derivative.valueAndGradients(
      at: tensors, check: DerivativeModule.checkInterrupts, of: scalar(at:))
  }
}

/// A cotangent or tangent whose form differs from that of its value.
private struct FormError: Error, CustomStringConvertible {
  let what: String
  let tensors: Int
  let wanted: Int
  var description: String {
    "\(what) must have the form of its counterpart: \(wanted) tensors (got \(tensors))"
  }
}
