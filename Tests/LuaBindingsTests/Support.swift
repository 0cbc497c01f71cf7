import CLai
import Testing

@testable import LuaBindings

extension Interpreter {
  /// Runs a chunk and returns its single result as Lua's `tostring` shows it.
  func value(of source: String) throws -> String {
    try load(source, name: "=test")
    try call(arguments: 0)
    defer { state.top = 0 }
    return state.top == 0 ? "" : try state.describe(1)
  }

  /// The message of a chunk's error without the traceback; nil if it succeeds.
  func error(of source: String) throws -> String? {
    try value(
      of: "local ok, e = pcall(function() \(source) end) return not ok and tostring(e) or nil"
    ).nilIfNil
  }
}

extension String {
  fileprivate var nilIfNil: String? { self == "nil" ? nil : self }
}
