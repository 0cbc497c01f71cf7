import CLai
import Experiments
import Learning
import Tensors

extension LuaState {
  /// What tells a function from others: its code, without lines and names, and what its variables
  /// hold, as far as these are numbers, texts, booleans, tensors, and tables and functions of such.
  func mark(ofFunction index: Int32) throws -> String {
    var text = ""
    try addMark(of: absolute(index), to: &text, depth: 0)
    return SHA256.hexadecimal(of: text)
  }

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
      text += "function \(bytes(at: -1)!.map { String($0, radix: 16) }.joined(separator: " "));"
      pop()
      var place: Int32 = 1
      while lai_push_upvalue(pointer, index, place) {
        let value = top
        defer { top = value - 1 }
        text += "\(place)="
        try addMark(of: value, to: &text, depth: depth + 1)
        place += 1
      }
    case .table where !lai_has_metatable(pointer, index):
      guard let json = try? json(at: index) else { return }
      text += "\((try? json.text()) ?? "");"
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
