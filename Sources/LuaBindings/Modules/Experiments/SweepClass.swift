import CLai
import Experiments
import Learning
import Tensors

/// A sweep in Lua. It holds a copy of its options, in which the script's functions are.
final class LuaSweep: CustomStringConvertible {
  let sweep: Sweep
  init(_ sweep: Sweep) { self.sweep = sweep }

  var description: String { "Sweep(\(sweep.points.count) points)" }
}

extension LuaSweep: LuaRepresentable {
  package static let luaName = "Sweep"
  private static let receiver = Parameter("self", Kind<SweepReceiver>.receiver, "")

  package static let luaClass = LuaClass(
    LuaSweep.self, "Points, each trained with several seeds; made by lai.sweep.",
    methods: [
      LuaFunction(
        "run", "Trains and measures what is missing; a store's results are read.", receiver,
        details: "Ctrl-C stops it; what has finished stays. s:run() again goes on."
      ) {
        try $0.run()
        return LuaSelf()
      }
    ])
}

/// A sweep on the stack, with its options.
struct SweepReceiver: @unchecked Sendable {
  let sweep: Sweep
  let state: LuaState
  /// Of the userdata
  let index: Int32

  func run() throws {
    let top = state.top
    defer { state.top = top }
    try state.reserve(8)
    lai_push_held_value(state.pointer, index)
    let options = try Parameter<OptionTable>.options(SweepModule.records.map(\.asOptional))
      .read(state, state.top)
    var recipes: [Recipe] = []
    if sweep.points.contains(where: \.recipe.isBound) {
      recipes = try SweepModule.recipes(options, sweep)
    }
    var control = LuaSweepControl("sweep", measures: try options(SweepModule.measure).functions)
    do {
      try sweep.withRecipes(recipes) { try sweep.run(control: &control) }
      control.finish(nil)
    } catch {
      control.finish(error)
      throw error
    }
  }
}

extension Kind where Value == SweepReceiver {
  static let receiver = Kind("a lai.Sweep", annotation: "lai.Sweep") { state, index in
    state.object(at: index, as: LuaSweep.self).map {
      SweepReceiver(sweep: $0.sweep, state: state, index: state.absolute(index))
    }
  }
}
