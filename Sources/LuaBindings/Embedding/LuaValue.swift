import Learning
import Tensors

/// A value on its way between Swift and Lua.
public enum LuaValue {
  case `nil`
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  /// Bytes that are no UTF-8 become U+FFFD.
  case string(String)
  /// A table with the keys 1 to n; an empty table too.
  case list([LuaValue])
  /// A table whose keys are all strings.
  case table([String: LuaValue])
  /// An object of Lai's: a `Tensor`, an `MLP`, a `Dataset` …; the same object on both sides.
  case object(Any)
}

/// A Swift type whose values go to Lua and come back. Types of a host's own may be made of others:
/// a structure, say, of `LuaValue.table`.
public protocol LuaConvertible {
  /// The value of this type; nil for a value of another.
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
  /// Also a number with a whole value.
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
  /// Also an integer, rounded.
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

/// A type of Lai's whose values Lua holds as objects.
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
