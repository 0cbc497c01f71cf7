import CLai
import Learning
import Tensors

/// lai.loss.custom, and how losses hold Lua functions and are read.
enum CustomLossModule {
  private static let f = Parameter(
    "f", Kind<LuaCallable>.function, "f(prediction, target, slopes), a scalar tensor.")
  private static let base = Option(
    "base", Kind.residual, default: Residual.mse,
    "For pre-training, for batches that do not take the custom loss, and for penalties of the slopes of each row's loss."
  )

  static let functions = [
    LuaFunction(
      "loss.custom", "A loss written in Lua, for lai.train with any network.", f,
      Parameter<OptionTable>.options(base.record.with(default: "\"mse\"", isOptional: true)),
      returns: "lai.Loss",
      details: """
        prediction and target are [n][outputs]; slopes, dy/dx, are [n][inputs] for one output, else
        [n][outputs][inputs]. The tape takes the derivatives of f, the network's part is the fast
        step's. A function of two parameters is spared the slopes. In lai.train, alpha is 1 unless
        given: every batch takes the loss.
        lai.train_all trains such runs side by side, each with a copy of f that has the values which
        f's variables have when the run begins. Where f does more than compute (prints, writes or
        reads files, draws random numbers, assigns to a variable that outlives the call, holds what
        cannot be copied), the run falls back: it begins again on the script's own thread, such runs
        one after the other, with the same results. Of a host's script with limits all do.
        It adds to other losses and penalties.
        """,
      example: """
        local huber = lai.loss.custom(function(prediction, target)
          local e = (prediction - target):abs()
          return e:lt(1):where(e * e / 2, e - 0.5):mean()
        end)
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print((huber + lai.penalty.l2{weight = 1e-3}):value(net, {{1, 2}, {3, 4}}, {0.5, 1}))
        """
    ) { f, options in
      LossOfFunction(
        loss: .custom(
          CustomLoss(base: try options(base), isConcurrent: false) { _, _, _ in
            throw ArgumentError("loss", mustBe: "called from Lua", got: "elsewhere")
          }))
    }
  ]

  /// A loss that holds the function that is the first argument.
  private struct LossOfFunction: LuaPushable {
    static var luaAnnotation: String { "lai.Loss" }
    let loss: Objective

    func push(to state: LuaState) throws -> Int32 {
      try state.reserve(4)
      try state.newTable(list: 1)
      state.pushValue(1)
      try state.setIndex(1, of: -2)
      try state.push(object: loss, holding: ())
      return 1
    }
  }
}

extension LuaState {
  /// Pushes a loss whose custom losses are those of the losses at some places, in their order: it
  /// holds their functions.
  func push(loss: Objective, holdingFunctionsOf places: [Int32]) throws {
    guard !loss.customLosses.isEmpty else { return try push(object: loss) }
    try reserve(6)
    try newTable(list: loss.customLosses.count)
    let functions = top
    var count = 0
    for place in places {
      guard let part = object(at: place, as: Objective.self) else { continue }
      lai_push_held_value(pointer, place)
      let held = top
      defer { top = functions }
      guard type(at: held) == .table else { continue }
      for position in part.customLosses.indices {
        getIndex(position + 1, of: held)
        count += 1
        try setIndex(count, of: functions)
      }
    }
    try push(object: loss, holding: ())
  }

  /// Pops a value and pushes a userdata that owns `object` and holds on to that value.
  func push<Value: LuaRepresentable>(object: Value, holding: Void) throws(LuaFailure) {
    let reference = Unmanaged.passRetained(object.luaObject())
    let status = lai_push_holding_object(pointer, reference.toOpaque(), Value.luaType)
    guard status == LAI_OK.status else {
      reference.release()
      try check(status)
      return
    }
  }

  /// Pushes the functions of the custom losses of the loss at an index; nil if it does not hold them
  /// all.
  fileprivate func pushFunctions(of loss: Objective, at index: Int32) throws -> [LuaCallable]? {
    let count = loss.customLosses.count
    try reserve(Int32(count) + 4)
    lai_push_held_value(pointer, index)
    let list = top
    guard type(at: list) == .table else { return nil }
    var functions: [LuaCallable] = []
    for position in 1...count {
      getIndex(position, of: list)
      guard type(at: -1) == .function else { return nil }
      functions.append(LuaCallable(state: self, index: top))
    }
    return functions
  }
}

extension Kind where Value == Objective {
  /// What is no loss without its options.
  private static let forms = [
    "lai": "lai.loss.lai{lambda = 0.1}",
    "custom": "lai.loss.custom(function(prediction, target) … end)",
  ]

  /// A loss. Those written in Lua leave their functions on the stack, where they must stay as long as
  /// the loss is used.
  ///
  /// The name of a residual is that with its defaults.
  static let loss = Kind(
    "a lai.Loss, or the name of one without options to give, such as 'mse'",
    annotation: "lai.Loss|\(Kind<Residual>.names.map { "\"\($0)\"" }.joined(separator: "|"))"
  ) { state, index in
    if state.type(at: index) == .string, let name = state.string(at: index) {
      if Kind<Residual>.names.contains(name) { return .residual(try Residual(name)) }
      guard let form = forms[name] else {
        throw ArgumentError(
          "",
          mustBe: "a lai.Loss, or one of "
            + Kind<Residual>.names.map { "'\($0)'" }.joined(separator: ", ")
            + Kind<Residual>.names.hint(for: name), got: "'\(name)'")
      }
      throw ArgumentError("", mustBe: "written out: \(form)", got: "'\(name)'")
    }
    guard let loss = state.object(at: index, as: Objective.self) else { return nil }
    guard !loss.customLosses.isEmpty else { return loss }
    guard var functions = try state.pushFunctions(of: loss, at: index) else { return nil }
    return loss.replacingCustomLosses { custom in
      let function = functions.removeFirst()
      return CustomLoss(
        base: custom.base,
        usesSlopes: lai_parameter_count(state.pointer, function.index) >= 3, isConcurrent: false,
        makeCopy: { CustomLossModule.copy(of: function) },
        function: { try CustomLossModule.value(of: function, $0, $1, $2) })
    }
  }
}

extension CustomLossModule {
  /// The value of a loss's function, called in the script's state.
  fileprivate static func value(
    of function: LuaCallable, _ prediction: Tensor, _ target: Tensor, _ slopes: Tensor
  ) throws -> Tensor {
    let state = function.state
    let top = state.top
    defer { state.top = top }
    try function.call(results: 1, LuaObject(prediction), LuaObject(target), LuaObject(slopes))
    return try value(of: state)
  }

  /// What makes copies of a loss's function; nil if there can be none.
  fileprivate static func copy(of function: LuaCallable) -> CustomLoss.Copy? {
    guard let copied = FunctionReader.copy(of: function.state, at: function.index) else {
      return nil
    }
    return { shouldStop in
      let instance = try FunctionInstance(copied, shouldStop: shouldStop)
      return { prediction, target, slopes in try instance(prediction, target, slopes) }
    }
  }

  /// The value of a loss's function, on the top of the stack.
  static func value(of state: LuaState) throws -> Tensor {
    if let value = state.object(at: -1, as: Tensor.self) { return value }
    throw ArgumentError(
      "the value of loss.custom's function", mustBe: "a scalar lai.Tensor",
      got: state.account(of: -1))
  }
}
