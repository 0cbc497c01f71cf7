import CLai
import Experiments
import Learning
import Tensors

extension LuaState {
  /// What tells a function from others: its code, without lines and names, and what its variables and
  /// globals hold, as far as these are numbers, texts, booleans, tensors, and tables and functions of
  /// such.
  func mark(ofFunction index: Int32) throws -> String {
    var text = ""
    try addMark(of: absolute(index), to: &text, depth: 0)
    return SHA256.hexadecimal(of: text)
  }

  /// Of a table with entries that JSON does not hold, such as a script's own module. Functions of Lai
  /// and of C in it do not count, nor do the globals and tables with more than 200 entries.
  private func entryMarks(of index: Int32, depth: Int) throws -> String {
    guard try !isGlobals(index) else { return "" }
    var entries: [String] = []
    var count = 0
    try forEachPair(of: index) { key, value in
      count += 1
      guard count <= 200, [.string, .number, .boolean].contains(type(at: key)) else { return }
      var number: Int64 = 0
      if type(at: value) == .function {
        guard lai_c_function(pointer, value, true) == nil else { return }
        if lai_function_number(pointer, value, &number) { return pop() }
      }
      var entry = ""
      try addMark(of: key, to: &entry, depth: depth)
      try addMark(of: value, to: &entry, depth: depth + 2)
      entries.append(entry)
    }
    return count <= 200 ? entries.sorted().joined() : ""
  }

  private func isGlobals(_ index: Int32) throws -> Bool {
    try check(lai_push_globals(pointer))
    defer { pop() }
    return isSame(top, index)
  }

  /// Of the globals with these names, without the libraries, which a script does not change.
  private func addMarks(
    ofGlobals names: Set<String>, at index: Int32, to text: inout String, depth: Int
  ) throws {
    for name in names.subtracting(LuaState.libraries).sorted() {
      try push(name)
      _ = lai_raw_get(pointer, index)
      var mark = ""
      try addMark(of: top, to: &mark, depth: depth + 1)
      pop()
      if !mark.isEmpty { text += "\(name):\(mark)" }
    }
  }

  private static let libraries: Set<String> = [
    "_G", "coroutine", "debug", "io", "lai", "math", "os", "package", "string", "table", "utf8",
  ]

  private func addMark(of index: Int32, to text: inout String, depth: Int) throws {
    guard depth < 6 else { return }
    try reserve(6)
    switch type(at: index) {
    case .boolean, .number: text += "\(account(of: index));"
    case .string: text += "\(rawLength(at: index)):\(string(at: index)!);"
    case .function where lai_c_function(pointer, index, true) == nil:
      var number: Int64 = 0
      if lai_function_number(pointer, index, &number) {
        text += "lai \(number);"
        pop()
        return
      }
      guard (try? check(lai_push_dump(pointer, index, true))) != nil else { return }
      let (code, texts) = FunctionCode.withoutLines(Array(bytes(at: -1)!))
      text += "function \(code.map { String($0, radix: 16) }.joined(separator: " "));"
      pop()
      var place: Int32 = 1
      while lai_push_upvalue(pointer, index, place) {
        let value = top
        defer { top = value - 1 }
        text += "\(place)="
        if try isGlobals(value) {
          try addMarks(ofGlobals: texts, at: value, to: &text, depth: depth)
        } else {
          try addMark(of: value, to: &text, depth: depth + 1)
        }
        place += 1
      }
    case .table where !lai_has_metatable(pointer, index):
      if let json = try? json(at: index), let plain = try? json.text() {
        text += "\(plain);"
      } else {
        text += try entryMarks(of: index, depth: depth)
      }
    case .userdata:
      if let loss = object(at: index, as: Objective.self) { text += "\(loss);" }
      if let tensor = object(at: index, as: Tensor.self) {
        var all = Fingerprint()
        try tensor.elements(as: Double.self).withUnsafeBytes { all.add($0) }
        text += "\(tensor.shape) \(all.value);"
      }
    default: break
    }
  }
}
