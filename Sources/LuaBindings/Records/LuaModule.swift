import CLai
import Kernels
import Tensors

/// The module returned by `require "lai"`: the records of all functions and classes.
package struct LuaModule: Sendable {
  package static let shared = LuaModule(
    functions: allFunctions, classes: allClasses, tables: allTables, closures: allClosures)

  /// Functions of the module; "loss.lai" is the field `lai` of the table `lai.loss`.
  package let functions: [LuaFunction]
  package let classes: [LuaClass]
  package let tables: [LuaTableRecord]
  /// Functions that are returned by others and keep a value.
  let closures: [LuaFunction]
  /// All functions by their number in a state: the module's, those of each class, and the closures.
  let numbered: [LuaFunction]
  /// The numbers of each class's functions.
  private let classNumbers: [Range<Int>]
  /// The bodies alone, so that a call copies no texts.
  private let bodies: [@Sendable (LuaState) throws -> Int32]
  /// The most arguments of each function.
  private let mostArguments: [Int32]

  init(
    functions: [LuaFunction], classes: [LuaClass], tables: [LuaTableRecord],
    closures: [LuaFunction]
  ) {
    self.functions = functions
    self.classes = classes
    self.tables = tables
    self.closures = closures
    var numbered = functions
    classNumbers = classes.map { record in
      numbered += record.functions
      return numbered.count - record.functions.count..<numbered.count
    }
    self.numbered = numbered + closures
    bodies = self.numbered.map(\.body)
    mostArguments = self.numbered.map { $0.mostArguments ?? .max }
  }

  /// Pushes a new table of the module. Classes are registered once per state.
  func open(in state: LuaState, allowing libraries: Interpreter.Libraries = .all) throws {
    try state.reserve(8)
    lai_set_dispatcher(
      { pointer, number in LuaModule.dispatch(LuaState(pointer!), number) },
      { object in Unmanaged<AnyObject>.fromOpaque(object!).release() },
      { Int64(LiveMemory.bytes) },
      { isAskedFor, luaBytes in
        if isAskedFor {
          LiveMemory.returnFreed(atLeast: (32 << 20) - Int(luaBytes), patience: 10)
        } else {
          LiveMemory.returnLargeRelease()
        }
      })
    if !libraries.contains(.files) { try state.refuseFiles() }
    for (record, numbers) in zip(classes, classNumbers) {
      try state.open(record, numberedFrom: numbers.lowerBound, allowing: libraries)
    }
    try state.newTable(record: functions.count)
    try state.guardTable(as: "lai")
    let module = state.top
    for (number, function) in functions.enumerated() {
      var path = function.name.split(separator: ".").map(String.init)
      let key = path.removeLast()
      for name in path {
        if try state.getField(name, of: -1) == .nil {
          state.pop()
          try state.newTable()
          try state.guardTable(as: function.tablePath(through: name))
          state.pushValue(-1)
          try state.setField(name, of: -3)
        }
      }
      try state.push(function, number: number, allowing: libraries)
      try state.setField(key, of: -2)
      state.top = module
    }
    try state.push(laiVersion)
    try state.setField("version", of: module)
  }

  /// Runs a function by number. The trampoline in C raises the error that this returns.
  private static func dispatch(_ state: LuaState, _ number: Int64) -> Int32 {
    guard shared.bodies.indices.contains(Int(number)) else {
      return raise(ArgumentError("function", mustBe: "one of lai's", got: "another"), "lai", state)
    }
    do {
      if state.top > shared.mostArguments[Int(number)] {
        try checkArguments(state, of: shared.numbered[Int(number)])
      }
      return try shared.bodies[Int(number)](state)
    } catch let failure as LuaFailure {
      return state.raise(failure)
    } catch {
      return raise(error, shared.numbered[Int(number)].name, state)
    }
  }

  /// - Throws: `SurplusArguments`, unless all surplus arguments are nil.
  @inline(never)
  private static func checkArguments(_ state: LuaState, of function: LuaFunction) throws {
    let most = function.mostArguments!
    guard let last = ((most + 1)...state.top).last(where: { !state.isNil(at: $0) }) else { return }
    let own = function.parameters.first?.name == "self" ? 1 : 0
    throw SurplusArguments(most: Int(most) - own, given: Int(last) - own)
  }

  /// Pushes "name: what happened", without repeating the name.
  private static func raise(_ error: any Error, _ name: String, _ state: LuaState) -> Int32 {
    var text = luaText(of: error)
    if error is ReadOnlyError { lai_refuse() }  // only copies have such tensors
    let isInterruption = error is CancellationError
    if isInterruption {
      text = "interrupted!"
      lai_answer_interrupt()
    }
    // Other modules call linalg.solve "solve", and set_ "set".
    let last = name.split(separator: ".").last.map(String.init) ?? name
    for own in [name, last, last.hasSuffix("_") ? String(last.dropLast()) : last]
    where text.hasPrefix("\(own): ") {
      text.removeFirst(own.count + 2)
      break
    }
    do throws(LuaFailure) {
      state.top = min(state.top, 1)
      try state.push("\(name): \(text)")
      return Int32(isInterruption ? LAI_RAISE_INTERRUPTION : LAI_RAISE_HERE)
    } catch {
      return state.raise(error)
    }
  }
}

extension LuaModule {
  /// The numbers of a class's functions, in their order.
  func numbers(of record: LuaClass) -> Range<Int> {
    classNumbers[classes.firstIndex { $0.name == record.name }!]
  }

  /// "Front.plot" for the number of a class's method; nil for other functions.
  func methodName(of number: Int64) -> String? {
    guard let index = classNumbers.firstIndex(where: { $0.contains(Int(number)) }) else {
      return nil
    }
    let (record, place) = (classes[index], Int(number) - classNumbers[index].lowerBound)
    guard record.methods.indices.contains(place) else { return nil }
    return "\(record.name.dropFirst("lai.".count)).\(record.methods[place].name)"
  }
}

extension LuaFunction {
  /// "lai.loss" for the table `loss` that contains `lai.loss.mse`.
  fileprivate func tablePath(through table: String) -> String {
    let path = name.split(separator: ".").map(String.init)
    return (["lai"] + path.prefix { $0 != table } + [table]).joined(separator: ".")
  }
}

extension LuaState {
  /// Pops a value and pushes the named closure, which keeps it.
  func pushClosure(_ name: String) throws(LuaFailure) {
    let module = LuaModule.shared
    let place = module.closures.firstIndex { $0.name == name }!
    let number = module.numbered.count - module.closures.count + place
    try check(lai_push_closure(pointer, Int64(number)))
  }

  /// Pushes a function by number, or one that says why it is not allowed.
  func push(
    _ function: LuaFunction, number: Int, allowing libraries: Interpreter.Libraries
  ) throws(LuaFailure) {
    guard function.needs.isSubset(of: libraries) else {
      return try pushRefusal(of: function)
    }
    try check(lai_push_function(pointer, Int64(number)))
  }

  fileprivate func raise(_ failure: LuaFailure) -> Int32 {
    top = min(top, 1)
    push(failure)
    return Int32(LAI_RAISE)
  }
}

/// This program's version.
package let laiVersion = "0.1.0"

/// "Lua 5.4", and the BLAS kernels in use.
package var luaVersion: String {
  Interpreter.luaCopyright.split(separator: " ").prefix(2).joined(separator: " ")
}
package var kernelName: String { blasKernelName() }
/// The processor that the program was built for.
package var builtFor: String { processorLevel() }
