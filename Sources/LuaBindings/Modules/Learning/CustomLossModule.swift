import CLai
import Learning
import Tensors

/// lai.loss.custom, and how a loss that holds a Lua function is read.
enum CustomLossModule {
  private static let f = Parameter(
    "f", Kind<LuaCallable>.function, "f(prediction, target, slopes), a scalar tensor.")
  private static let base = Option(
    "base", Kind.choice(Residual.records.map(\.name)), default: "mse",
    "For pre-training, and for batches that do not take the custom loss.")

  static let functions = [
    LuaFunction(
      "loss.custom", "A loss written in Lua, for lai.train with any network.", f,
      Parameter<OptionTable>.options(base.record),
      returns: "lai.Loss",
      details: """
        prediction and target are [n][outputs]; slopes, dy/dx, are [n][inputs] for one output, else
        [n][outputs][inputs]. The tape takes the derivatives of f, the network's part is the fast
        step's. A function of two parameters is spared the slopes. In lai.train, alpha is 1 unless
        given: every batch takes the loss. lai.train_all trains such runs one after the other.
        """,
      example: """
        local huber = lai.loss.custom(function(prediction, target)
          local e = (prediction - target):abs()
          return e:lt(1):where(e * e / 2, e - 0.5):mean()
        end)
        local net = lai.mlp{inputs = 2, hidden = {8}}
        print(huber:value(net, {{1, 2}, {3, 4}}, {0.5, 1}))
        """
    ) { f, options in
      HoldingLoss(
        .custom(
          CustomLoss(base: try Residual(options(base)), isConcurrent: false) { _, _, _ in
            throw ArgumentError("loss", mustBe: "called from Lua", got: "elsewhere")
          }))
    }
  ]

  /// A loss that holds the first argument.
  private struct HoldingLoss: LuaPushable {
    static var luaAnnotation: String { "lai.Loss" }
    let loss: Objective
    init(_ loss: Objective) { self.loss = loss }

    func push(to state: LuaState) throws -> Int32 {
      state.pushValue(1)
      try state.push(object: loss, holding: ())
      return 1
    }
  }
}

extension LuaState {
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
}

extension Kind where Value == Objective {
  /// A loss. One written in Lua leaves its function on the stack, where it must stay as long as the
  /// loss is used.
  static let loss = Kind("a lai.Loss", annotation: "lai.Loss") { state, index in
    guard let loss = state.object(at: index, as: Objective.self) else { return nil }
    guard !loss.customLosses.isEmpty else { return loss }
    try state.reserve(4)
    lai_push_held_value(state.pointer, index)
    guard state.type(at: -1) == .function else { return nil }
    let function = LuaCallable(state: state, index: state.top)
    return loss.replacingCustomLosses { custom in
      CustomLoss(
        base: custom.base, usesSlopes: lai_parameter_count(state.pointer, -1) >= 3,
        isConcurrent: false
      ) { prediction, target, slopes in
        let state = function.state
        let top = state.top
        defer { state.top = top }
        try function.call(
          results: 1, LuaObject(prediction), LuaObject(target), LuaObject(slopes))
        if let value = state.object(at: -1, as: Tensor.self) { return value }
        throw ArgumentError(
          "the value of loss.custom's function", mustBe: "a scalar lai.Tensor",
          got: state.account(of: -1))
      }
    }
  }
}
