import CLai
import Tensors

#if compiler(>=6.2)
  /// A type whose metatype may be sent across threads. Before Swift 6.2 all metatypes could be.
  package typealias SharedMetatype = SendableMetatype
#else
  package typealias SharedMetatype = Any
#endif

/// A Swift type whose values Lua scripts hold as userdata. Classes are retained as they are,
/// values are boxed.
package protocol LuaRepresentable: SharedMetatype {
  /// The name in help and errors, after "lai.": "Tensor".
  static var luaName: String { get }
  /// Methods, properties and metamethods, as records.
  static var luaClass: LuaClass { get }
  /// What `tostring` returns.
  var luaText: String { get }
  /// The object to which the userdata owns a reference.
  func luaObject() -> AnyObject
  static func fromLuaObject(_ object: AnyObject) -> Self
}

final class LuaBox<Value> {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension LuaRepresentable {
  package func luaObject() -> AnyObject { LuaBox(self) }
  package static func fromLuaObject(_ object: AnyObject) -> Self {
    unsafeDowncast(object, to: LuaBox<Self>.self).value
  }

  /// The tag by which a userdata identifies its type: the address of the type's metadata.
  static var luaType: UnsafeRawPointer {
    UnsafeRawPointer(bitPattern: UInt(bitPattern: ObjectIdentifier(Self.self)))!
  }
}

extension LuaRepresentable where Self: CustomStringConvertible {
  package var luaText: String { description }
}

extension LuaRepresentable where Self: Worded {
  package var luaText: String { words.text(in: .lua) }
}

extension LuaRepresentable where Self: AnyObject {
  package func luaObject() -> AnyObject { self }
  package static func fromLuaObject(_ object: AnyObject) -> Self {
    unsafeDowncast(object, to: Self.self)
  }
}

extension LuaState {
  /// Pushes a userdata that owns `value`.
  func push<Value: LuaRepresentable>(object value: Value) throws(LuaFailure) {
    let reference = Unmanaged.passRetained(value.luaObject())
    let status = lai_push_object(pointer, reference.toOpaque(), Value.luaType)
    guard status == LAI_OK.status else {
      reference.release()
      try check(status)
      return
    }
  }

  /// The object at an index; nil if it has another type or is closed.
  func object<Value: LuaRepresentable>(at index: Int32, as type: Value.Type = Value.self) -> Value?
  {
    guard let object = lai_to_object(pointer, index, Value.luaType) else { return nil }
    return Value.fromLuaObject(Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue())
  }

  /// "lai.Tensor" for our objects; Lua's type name for all other values.
  package func kind(of index: Int32) -> String {
    guard let type = lai_object_type(pointer, index),
      let record = LuaModule.shared.classes.first(where: { $0.typePointer == type })
    else { return typeName(at: index) }
    return record.name
  }

  /// A value in an error message: "nil", "-1", "\"tanh\"", "a table".
  func account(of index: Int32) -> String {
    switch type(at: index) {
    case .none, .nil: return "nil"
    case .boolean: return boolean(at: index) ? "true" : "false"
    case .number:
      if let integer = integer(at: index) { return String(integer) }
      let number = number(at: index)!
      return number.isNaN ? "nan" : "\(number)"
    case .string:
      let text = string(at: index)!
      return text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
    case .userdata, .lightUserdata:
      if lai_is_closed_object(pointer, index) { return "a closed object" }
      guard let type = lai_object_type(pointer, index),
        let record = LuaModule.shared.classes.first(where: { $0.typePointer == type })
      else { return "a userdata" }
      return "a \(record.name)"
    default: return "a \(typeName(at: index))"
    }
  }
}
