import CLai
import LuaSyntax
import Tensors

extension Interpreter {
  /// The text for `? text`: help on a function or class of the module, on a function or keyword of
  /// Lua, or on a global variable or a path from one. The only Lua code that runs is a value's
  /// `__tostring`.
  ///
  /// `source` returns the text of a chunk by Lua's name of its source.
  ///
  /// - Throws: `LuaFailure` when there is no memory, or on Ctrl-C.
  package func help(
    for text: String, width: Int = 100, source: (String) -> String? = { _ in nil }
  ) throws(LuaFailure) -> String {
    if let known = try knownHelp(for: text, width: width, source: source) { return known }
    let known =
      LuaModule.shared.names + LibraryEntry.all.map(\.name) + LuaWord.all.map(\.word)
      + members(of: ["_G"]).map(\.name)
    let isName = path(of: text).allSatisfy(LuaLiteral.isName)
    return isName
      ? "no help on '\(text)'\(known.hint(for: text)); ?? searches"
      : "? needs a name, such as lai.train, string.format or a variable; ?? searches"
  }

  /// The same; nil if there is no help.
  package func knownHelp(
    for text: String, width: Int = 100, source: (String) -> String? = { _ in nil }
  ) throws(LuaFailure) -> String? {
    let top = state.top
    defer { state.top = top }
    if let word = LuaWord.all.first(where: { $0.word == text }) {
      return "\(word.syntax)\n  \(word.summary)"
    }
    let path = path(of: text)
    if text.isEmpty || path == ["lai"] { return LuaModule.shared.page(on: "lai", width: width)! }
    if path.first != "lai", let entry = LibraryEntry.all.first(where: { $0.name == text }),
      !isReplaced(path)
    {
      return "\(entry.signature)\n  \(entry.summary)"
    }
    if path.allSatisfy(LuaLiteral.isName), let live = try liveHelp(path, text, width, source) {
      return live
    }
    return LuaModule.shared.page(on: text, width: width)
  }

  private func path(of text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }.map(String.init)
  }

  /// Whether a name of Lua's library has been set to another value.
  private func isReplaced(_ path: [String]) -> Bool {
    guard path.first != "file", (try? state.reserve(8)) != nil,
      case .value? = try? resolve(path), state.type(at: -1) == .function
    else { return false }
    var function = lai_function()
    return !lai_describe_function(state.pointer, -1, &function) || !function.is_c
  }

  private func liveHelp(
    _ path: [String], _ text: String, _ width: Int, _ source: (String) -> String?
  ) throws(LuaFailure) -> String? {
    guard (try? state.reserve(Int32(clamping: path.count + 20))) != nil else { return nil }
    let base = state.top
    if path.first == "lai", path.count > 1, let page = LuaModule.shared.page(on: text, width: width)
    {
      return page
    }
    if path.count > 1, case .object(let owner)? = try? resolve(path.dropLast()),
      let page = LuaModule.shared.page(
        on: "\(owner.name.dropFirst(4)).\(path.last!)", width: width)
    {
      state.top = base
      guard case .object(let record)? = try? resolve(path) else { return page }
      return page + "\n" + record.help(width: width)
    }
    state.top = base
    switch try? resolve(path) {
    case .object(let record):
      // A property's getter is not called: only the type of its value is known.
      let isHere = lai_object_type(state.pointer, -1) == record.typePointer && path.count == 1
      let value = isHere ? try display(-1, width: width) + "\n" : ""
      return value + record.help(width: width)
    case .value where state.top > base && !state.isNil(at: -1):
      return try valueHelp(named: text, path, width, source)
    default: return nil
    }
  }

  /// Help on the value on the top.
  private func valueHelp(
    named name: String, _ path: [String], _ width: Int, _ source: (String) -> String?
  ) throws(LuaFailure) -> String {
    switch state.type(at: -1) {
    case .function: return functionHelp(named: name, width, source)
    case .table: return try tableHelp(named: name, path, width)
    default:
      let value = try display(-1, width: width)
      return "\(name): a \(kindOnTop)\n  \(value.replacing("\n", with: "\n  "))"
    }
  }

  private var kindOnTop: String {
    if state.type(at: -1) == .number {
      return lai_is_integer(state.pointer, -1) ? "number (integer)" : "number (float)"
    }
    if let bytes = state.bytes(at: -1), state.type(at: -1) == .string {
      return "string of \(bytes.count) byte\(bytes.count == 1 ? "" : "s")"
    }
    return state.kind(of: -1)
  }

  private func functionHelp(
    named name: String, _ width: Int, _ source: (String) -> String?
  ) -> String {
    // A function of the module or of Lua under another name.
    if let pointer = lai_to_pointer(state.pointer, -1),
      let known = (try? FunctionNames(in: state))?.names[pointer], known != name
    {
      if known.hasPrefix("lai."), let page = LuaModule.shared.page(on: known, width: width) {
        return page
      }
      if let entry = LibraryEntry.all.first(where: { $0.name == known }) {
        return "\(entry.signature)\n  \(entry.summary)"
      }
    }
    var number: Int64 = 0
    if lai_function_number(state.pointer, -1, &number) {
      state.pop()  // what a closure keeps
      if let method = LuaModule.shared.methodName(of: number),
        let page = LuaModule.shared.page(on: method, width: width)
      {
        return page
      }
    }
    guard let function = FunctionText(at: -1, in: state) else { return "\(name): a function" }
    let headline =
      "\(name)(\(function.parameters.joined(separator: ", ")))  \(function.place == "C" ? "written in C" : function.place)"
    guard let lines = function.lines, let text = source(function.source) else { return headline }
    return headline + "\n" + function.excerpt(of: text, lines)
  }

  private func tableHelp(named name: String, _ path: [String], _ width: Int)
    throws(LuaFailure) -> String
  {
    let library = LibraryEntry.all.filter {
      $0.name.hasPrefix(name + ".") && !$0.name.dropFirst(name.count + 1).contains(".")
    }
    if !library.isEmpty { return aligned(library.map { ($0.signature, $0.summary) }, width: width) }
    let value = try display(-1, width: width)
    let length = state.rawLength(at: -1)
    let fields = members(of: path.map { .name($0) })
    var parts: [String] = []
    if length > 0 { parts.append("a list of \(length)") }
    if !fields.isEmpty { parts.append("\(fields.count) name\(fields.count == 1 ? "" : "s")") }
    let what = parts.isEmpty ? "a table" : "a table: " + parts.joined(separator: ", ")
    return "\(name): \(what)\n  \(value.replacing("\n", with: "\n  "))"
  }
}

extension FunctionText {
  /// The comment above a function and its first lines.
  func excerpt(of text: String, _ lines: ClosedRange<Int>) -> String {
    let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var first = min(lines.lowerBound - 1, all.count)
    while first > 0, all[first - 1].drop(while: \.isWhitespace).hasPrefix("--") { first -= 1 }
    let shown = all[first..<min(lines.upperBound, all.count)].prefix(Self.longestExcerpt)
    let rest = min(lines.upperBound, all.count) - first - shown.count
    return (shown.map { "  \($0)" } + (rest > 0 ? ["  … \(rest) more lines"] : []))
      .joined(separator: "\n")
  }

  private static let longestExcerpt = 40
}
