import CLai
import Tensors

/// A seeded stream of random numbers for scripts.
final class Generator: CustomStringConvertible {
  let seed: UInt64
  var stream: RandomGenerator

  init(seed: UInt64) {
    self.seed = seed
    stream = RandomGenerator(seed: seed)
  }

  var description: String { "lai.Generator(seed \(Int64(bitPattern: seed)))" }
}

extension Generator: LuaRepresentable {
  static let luaName = "Generator"
  static let luaClass = LuaClass(
    Generator.self, "A seeded stream of random numbers.",
    methods: [
      LuaFunction(
        "uniform", "The next number, uniform on [0, 1).",
        Parameter("self", Kind<Generator>.object, "")
      ) { $0.stream.uniform() },
      LuaFunction(
        "normal", "The next number, standard normal.",
        Parameter("self", Kind<Generator>.object, "")
      ) { $0.stream.normal() },
    ])

  static let functions = [
    LuaFunction(
      "generator", "A stream of random numbers; the same seed yields the same numbers.",
      Parameter("seed", .seed, "The stream's seed."),
      example: "local g = lai.generator(1)\nassert(g:uniform() < 1)"
    ) { LuaObject(Generator(seed: $0)) },
    LuaFunction(
      "manual_seed", "Restarts the default stream of random numbers.",
      reading: [Parameter("seed", Kind<UInt64>.seed, "The stream's seed.").record], returns: "nil",
      details:
        "lai.rand and lai.randn draw from it if no generator is given; it starts with seed 0.",
      example: """
        lai.manual_seed(7)
        local x = lai.randn(3)
        lai.manual_seed(7)
        assert((lai.randn(3) - x):abs():max():item() == 0)
        """
    ) { state in
      let seed = try Parameter("seed", Kind<UInt64>.seed, "").read(state, 1)
      try state.standardGenerator().stream = RandomGenerator(seed: seed)
      return 0
    },
  ]
}

extension LuaState {
  /// The stream of `lai.rand` and `lai.randn` if no generator is given; one per state.
  func standardGenerator() throws -> Generator {
    try reserve(4)
    let key = "lai.generator"
    lai_push_registry(pointer)
    defer { pop() }
    try getField(key, of: -1)
    let kept = object(at: -1, as: Generator.self)
    pop()
    if let kept { return kept }
    let generator = Generator(seed: 0)
    try push(object: generator)
    try setField(key, of: -2)
    return generator
  }
}
