import Learning
import Tensors

/// A value passed between Swift and Lua.
public enum LuaValue {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  /// Invalid UTF-8 from Lua is replaced by U+FFFD.
  case string(String)
  /// A table with the keys 1 to n, or an empty table.
  case list([LuaValue])
  /// A table whose keys are all strings.
  case table([String: LuaValue])
  /// An object of Lai: a `Tensor`, an `MLP`, a `Dataset` … Both sides share the same object.
  case object(Any)
}

/// A Swift type whose values can be passed to Lua and back. A host can conform its own types, for
/// example a structure converted to a `LuaValue.table`.
public protocol LuaConvertible {
  /// Converts a value; nil for a value of another type.
  static func from(_ value: LuaValue) -> Self?
  var luaValue: LuaValue { get }
}

extension LuaValue: LuaConvertible {
  public static func from(_ value: LuaValue) -> LuaValue? { value }
  public var luaValue: LuaValue { self }
}

extension Bool: LuaConvertible {
  public static func from(_ value: LuaValue) -> Bool? {
    if case .boolean(let value) = value { return value }
    return nil
  }
  public var luaValue: LuaValue { .boolean(self) }
}

extension Int: LuaConvertible {
  /// Also accepts a number with an integral value.
  public static func from(_ value: LuaValue) -> Int? {
    switch value {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }
  public var luaValue: LuaValue { .integer(self) }
}

extension Double: LuaConvertible {
  /// Also accepts an integer, rounded.
  public static func from(_ value: LuaValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  public var luaValue: LuaValue { .number(self) }
}

extension String: LuaConvertible {
  public static func from(_ value: LuaValue) -> String? {
    if case .string(let value) = value { return value }
    return nil
  }
  public var luaValue: LuaValue { .string(self) }
}

extension Optional: LuaConvertible where Wrapped: LuaConvertible {
  public static func from(_ value: LuaValue) -> Wrapped?? {
    if case .nil = value { return .some(nil) }
    return Wrapped.from(value).map { .some($0) }
  }
  public var luaValue: LuaValue { self?.luaValue ?? .nil }
}

extension Array: LuaConvertible where Element: LuaConvertible {
  public static func from(_ value: LuaValue) -> [Element]? {
    guard case .list(let values) = value else { return nil }
    var elements: [Element] = []
    elements.reserveCapacity(values.count)
    for value in values {
      guard let element = Element.from(value) else { return nil }
      elements.append(element)
    }
    return elements
  }
  public var luaValue: LuaValue { .list(map(\.luaValue)) }
}

extension Dictionary: LuaConvertible where Key == String, Value: LuaConvertible {
  public static func from(_ value: LuaValue) -> [String: Value]? {
    switch value {
    case .list(let values) where values.isEmpty: return [:]
    case .table(let fields):
      let values = fields.compactMapValues { Value.from($0) }
      return values.count == fields.count ? values : nil
    default: return nil
    }
  }
  public var luaValue: LuaValue { .table(mapValues(\.luaValue)) }
}

/// A type of Lai whose values are objects in Lua.
public protocol LuaObjectConvertible: LuaConvertible {}

extension LuaObjectConvertible {
  public static func from(_ value: LuaValue) -> Self? {
    if case .object(let object) = value { return object as? Self }
    return nil
  }
  public var luaValue: LuaValue { .object(self) }
}

extension Tensor: LuaObjectConvertible {}
extension MLP: LuaObjectConvertible {}
extension Dataset: LuaObjectConvertible {}
extension Scaler: LuaObjectConvertible {}
extension Objective: LuaObjectConvertible {}
extension Run: LuaObjectConvertible {}
