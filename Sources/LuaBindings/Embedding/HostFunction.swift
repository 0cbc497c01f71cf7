import CLai
import Tensors

/// A function of the host that scripts can call.
final class HostFunction {
  let name: String
  /// Returns the result, or nil if there is none.
  private let body: ([LuaValue]) throws -> LuaValue?

  init(_ name: String, _ body: @escaping ([LuaValue]) throws -> LuaValue?) {
    (self.name, self.body) = (name, body)
  }

  /// The arguments of a call, read one after the other; nil after the last one.
  struct Arguments {
    private let values: [LuaValue]
    private var taken = 0

    init(_ values: [LuaValue]) { self.values = values }

    mutating func next<Value: LuaConvertible>(_ type: Value.Type) throws -> Value {
      let value = taken < values.count ? values[taken] : .nil
      taken += 1
      if let value = Value.from(value) { return value }
      throw WrongArgument(position: taken, wanted: "\(type)")
    }
  }

  private struct WrongArgument: Error, CustomStringConvertible {
    let position: Int
    let wanted: String
    var description: String { "argument \(position) must be of type \(wanted)" }
  }

  static var luaType: UnsafeRawPointer {
    UnsafeRawPointer(bitPattern: UInt(bitPattern: ObjectIdentifier(HostFunction.self)))!
  }

  /// Prepares a state for such functions.
  static func prepare(_ state: LuaState) throws(LuaFailure) {
    try state.newTable()
    try state.check(lai_set_metatable(state.pointer, luaType))
  }

  /// The closure that calls the function it keeps.
  static let record = LuaFunction("host_function", "", reading: [], returns: "any") { state in
    try state.reserve(4)
    let count = state.top
    lai_push_closed_value(state.pointer)
    guard let object = lai_to_object(state.pointer, -1, luaType) else {
      throw ArgumentError("function", mustBe: "one of the host's", got: "another")
    }
    state.pop()
    let function = Unmanaged<HostFunction>.fromOpaque(object).takeUnretainedValue()
    let result: LuaValue?
    do {
      result = try function.body((0..<count).map { try state.value(at: $0 + 1) })
    } catch {
      // Failures are errors of Swift here, because a failure may belong to another interpreter.
      state.top = min(state.top, 1)
      try state.push("\(function.name): \(luaText(of: error))")
      return Int32(LAI_RAISE_HERE)
    }
    guard let result else { return 0 }
    try state.push(result)
    return 1
  }
}

/// The replacement for a function that the host does not allow.
enum RefusedFunction {
  /// The closure that raises the text it keeps.
  static let record = LuaFunction("refused_function", "", reading: [], returns: "nil") { state in
    try state.reserve(1)
    lai_push_closed_value(state.pointer)
    return Int32(LAI_RAISE_HERE)
  }
}

extension LuaState {
  /// Pushes a function of the host; the state then owns it.
  func push(_ function: HostFunction) throws(LuaFailure) {
    let reference = Unmanaged.passRetained(function)
    let status = lai_push_object(pointer, reference.toOpaque(), HostFunction.luaType)
    if status != LAI_OK.status { reference.release() }
    try check(status)
    try pushClosure(HostFunction.record.name)
  }

  /// Pushes the replacement for a function.
  func pushRefusal(of function: LuaFunction) throws(LuaFailure) {
    let what = function.needs.contains(.files) ? "files are" : "the command line is"
    try push("\(function.name): \(what) not allowed here")
    try pushClosure(RefusedFunction.record.name)
  }
}
