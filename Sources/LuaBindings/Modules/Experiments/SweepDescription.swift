import CLai
import Experiments
import Foundation
import Platform
import Tensors

/// What a store keeps of a sweep for people: its options, the script, the machine.
enum SweepDescription {
  static func record(_ options: OptionTable) throws -> SweepRecord {
    let state = options.state
    let top = state.top
    defer { state.top = top }
    try state.reserve(6)
    var texts: [String: JSON] = [:]
    if let index = options.index {
      try state.forEachPair(of: index) { key, value in
        guard state.type(at: key) == .string, let name = state.string(at: key) else { return }
        texts[name] = try shown(state, value)
      }
    }
    let (path, arguments) = try script(state)
    return SweepRecord(
      options: .object(texts), script: path.flatMap { text(ofScript: $0) },
      environment: .object([
        "lai": .string(laiVersion), "system": .string(system), "cores": .integer(cores),
        "script": path.map { .string($0) } ?? .null,
        "arguments": .array(arguments.map { .string($0) }),
      ]))
  }

  /// A value of the options for people, objects as they print themselves, functions as that word.
  private static func shown(_ state: LuaState, _ index: Int32, depth: Int = 0) throws -> JSON {
    if let value = try? state.setting(at: index) { return value }
    guard state.type(at: index) == .table, depth < 20 else {
      return .string(state.typeName(at: index))
    }
    try state.reserve(4)
    var fields: [String: JSON] = [:]
    try state.forEachPair(of: index) { key, value in
      let name = state.string(at: key) ?? state.integer(at: key).map(String.init) ?? "?"
      fields[name] = try shown(state, value, depth: depth + 1)
    }
    return .object(fields)
  }

  /// The program and what it runs on.
  static var machine: [(name: String, value: String)] {
    [("cores", "\(cores)"), ("lai", laiVersion), ("system", system)]
  }

  private static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// The global `arg`: the script's path and its arguments.
  private static func script(_ state: LuaState) throws -> (path: String?, arguments: [String]) {
    guard try state.allowsFiles() else { return (nil, []) }
    try state.pushGlobal("arg")
    guard state.type(at: -1) == .table else { return (nil, []) }
    let table = state.top
    func entry(_ place: Int) -> String? {
      state.getIndex(place, of: table)
      defer { state.pop() }
      return state.type(at: -1) == .string ? state.string(at: -1) : nil
    }
    var arguments: [String] = []
    while let argument = entry(arguments.count + 1) { arguments.append(argument) }
    return (entry(0), arguments)
  }

  /// nil for what is no file of a script's size.
  private static func text(ofScript path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      (0..<(1 << 20)).contains(status.st_size),
      let data = FileManager.default.contents(atPath: path)
    else { return nil }
    return String(decoding: data, as: UTF8.self)
  }

  /// "Linux 6.1.0 x86_64"
  private static var system: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
  }
}
