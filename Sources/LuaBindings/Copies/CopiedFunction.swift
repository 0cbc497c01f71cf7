import CLai
import Learning
import Tensors

/// A Lua function and all that it can reach, as values that any thread may take, to be made again in
/// another state.
///
/// What can be copied: nil, booleans, numbers, strings, tensors, losses, plain tables of these, other
/// Lua functions, and the libraries' functions of `PureLibrary`. Globals are copied if their name
/// occurs in the code.
struct CopiedFunction: Sendable {
  indirect enum Value: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text([UInt8])
    /// One of `parts`, which keeps its identity.
    case part(Int)
    /// "_G", "math" or "math.sqrt" of the state in which the copy lives.
    case library(String)
  }

  enum Part: Sendable {
    /// Code as `string.dump` gives it, and the places in `cells` of its upvalues.
    case function(code: [UInt8], cells: [Int])
    case table([(key: Value, value: Value)])
    case tensor(@Sendable () throws -> Tensor)
    case loss(Objective)
    /// One of ours by its number, and what it holds.
    case native(Int64, held: Value)
  }

  /// A function of Lua's libraries, or a number among them.
  struct LibraryEntry: Sendable {
    /// "math"; empty for globals.
    let table: String
    let name: String
    /// The address of its code; copies are offered it only if theirs is the same.
    let code: UInt
    let number: Value?
  }

  var parts: [Part] = []
  /// Upvalues, of which functions may share some.
  var cells: [Value] = []
  var globals: [(name: [UInt8], value: Value)] = []
  var library: [LibraryEntry] = []
  /// Those of `PureLibrary.ours` that the script has not replaced.
  var ours: [PureLibrary.Native] = []
  /// The place of the function itself in `parts`.
  var root = 0
}

/// What copies of functions may call: what depends on its arguments alone.
enum PureLibrary {
  struct Native: Sendable {
    /// "lai" or "lai.linalg"
    let table: String
    let name: String
    let number: Int64
  }

  /// Globals under ""; all without `random`, files, and what changes tables' metatables.
  static let names: KeyValuePairs<String, [String]> = [
    "": [
      "assert", "error", "ipairs", "pairs", "pcall", "rawequal", "rawlen", "require", "select",
      "tonumber", "tostring", "type",
    ],
    "math": [
      "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log",
      "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "sin", "sqrt", "tan",
      "tointeger", "type", "ult",
    ],
    "string": [
      "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse",
      "sub", "upper",
    ],
    "table": ["concat", "insert", "move", "pack", "remove", "sort", "unpack"],
  ]

  /// The functions of the module that copies see, by the module's tables.
  static let ours: [Native] = {
    let pure =
      TensorCreation.functions.filter { !$0.name.hasPrefix("rand") } + TensorJoining.functions
      + DerivativeModule.functions + LinearAlgebraModule.functions
    let names = Set(pure.map(\.name))
    return LuaModule.shared.functions.enumerated().compactMap { number, function in
      guard names.contains(function.name) else { return nil }
      var path = ["lai"] + function.name.split(separator: ".").map(String.init)
      let name = path.removeLast()
      return Native(table: path.joined(separator: "."), name: name, number: Int64(number))
    }
  }()

  /// The numbers of all functions of ours that a copy may hold: those, the methods of tensors, and the
  /// derivatives of functions.
  static let numbers: Set<Int64> = {
    let module = LuaModule.shared
    var numbers = Set(ours.map(\.number))
    numbers.formUnion(module.numbers(of: Tensor.luaClass).map { Int64($0) })
    let first = module.numbered.count - module.closures.count
    let derivatives = Set(DerivativeModule.closures.map(\.name))
    for (place, closure) in module.closures.enumerated() where derivatives.contains(closure.name) {
      numbers.insert(Int64(first + place))
    }
    return numbers
  }()
}
