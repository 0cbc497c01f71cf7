import CLai

/// The known facts about a function.
struct FunctionText {
  /// "@path", "=name", or the text of the chunk.
  let source: String
  /// The names of its parameters, including `...`.
  let parameters: [String]
  /// "file.lua:12", "[3]:1"; "C" for a function that is not written in Lua.
  let place: String
  let lines: ClosedRange<Int>?

  /// nil if the value is not a function.
  init?(at index: Int32, in state: LuaState) {
    var function = lai_function()
    guard lai_describe_function(state.pointer, index, &function) else { return nil }
    source = String(cString: function.source)
    let short = withUnsafeBytes(of: function.short_source) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if function.is_c {
      (parameters, place, lines) = (["..."], "C", nil)
      return
    }
    var names = (0..<function.parameter_count).map { position in
      lai_parameter_name(state.pointer, index, position + 1).map { String(cString: $0) } ?? "_"
    }
    if function.takes_more { names.append("...") }
    parameters = names
    let first = Int(function.first_line)
    place = first > 0 ? "\(short):\(first)" : short
    lines = first > 0 ? first...max(first, Int(function.last_line)) : nil
  }
}

/// The names of functions in loaded modules, such as "string.format" or "lai.loss.lai", by address.
struct FunctionNames {
  private(set) var names: [UnsafeRawPointer: String] = [:]

  /// The deepest nesting of modules.
  private static let deepest = 2

  init(in state: LuaState) throws(LuaFailure) {
    let top = state.top
    defer { state.top = top }
    try state.check(lai_push_package_table(state.pointer, false))
    // Functions in _G have no prefix; others are named after their module.
    collect(state.top, prefix: "", state, depth: -1)
  }

  private mutating func collect(_ table: Int32, prefix: String, _ state: LuaState, depth: Int) {
    guard depth <= Self.deepest, (try? state.reserve(6)) != nil else { return }
    var seen = 0
    try? state.forEachPair(of: table) { key, value in
      seen += 1
      guard seen < 500, state.type(at: key) == .string, let name = state.string(at: key) else {
        return
      }
      switch state.type(at: value) {
      case .function:
        guard let pointer = lai_to_pointer(state.pointer, value) else { return }
        // A user's global that refers to a module's function does not name it.
        let full = prefix + name
        let known = names[pointer]
        let isBetter = known.map { old in
          !prefix.isEmpty && (!old.contains(".") || (full.count, full) < (old.count, old))
        }
        if isBetter ?? true { names[pointer] = full }
      case .table where depth < Self.deepest && !(depth >= 0 && ["", "package."].contains(prefix)):
        let inner = depth < 0 && name == "_G" ? "" : "\(prefix)\(name)."
        collect(value, prefix: inner, state, depth: depth + 1)
      default: break
      }
    }
  }
}
