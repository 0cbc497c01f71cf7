import CLai
import Platform
import Tensors

extension LuaState {
  /// Whether there is a table at an index, which can then be read raw: a table that presents its
  /// contents through `__index`, `__len` or `__pairs` is replaced on the stack by a plain table
  /// with the same contents.
  ///
  /// To be called before reading a list or named values from a script. Fields computed by an
  /// `__index` function cannot be enumerated, so `names`, such as those of options, are looked up.
  ///
  /// - Throws: `ArgumentError` for a table whose contents cannot be read. Its argument is `place`,
  ///   and `Kind` prefixes the argument's own name. `LuaFailure` from a metamethod.
  package func isTable(
    at index: Int32, naming names: [String]? = nil, named place: @autoclosure () -> String = ""
  ) throws -> Bool {
    guard type(at: index) == .table else { return false }
    if lai_has_metatable(pointer, index), let problem = try readThrough(at: index, naming: names) {
      throw ArgumentError(place(), mustBe: "a table whose contents can be read", got: problem)
    }
    return true
  }

  /// Checks that a table has no keys other than 1 to `count`: reading it as a list would lose them.
  ///
  /// - Throws: `ArgumentError`, to which `Kind` prefixes the argument's name.
  func checkList(at index: Int32, count: Int) throws {
    guard !lai_is_list(pointer, index, Int64(count)) else { return }
    defer { pop() }
    let key = type(at: -1) == .string ? account(of: -1) : "[\(account(of: -1))]"
    throw ArgumentError(
      "", mustBe: "a list, with the keys 1 to n alone", got: "a table with the key \(key)")
  }

  /// Converts the table and returns why it cannot be read, or nil.
  @inline(never)
  private func readThrough(at index: Int32, naming names: [String]?) throws -> String? {
    var problem: UnsafePointer<CChar>?
    var status: Int32
    if let names {
      let copies = names.map { strdup($0) }
      defer { for copy in copies { free(copy) } }
      status = (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer {
        lai_read_through(pointer, index, $0.baseAddress, &problem)
      }
    } else {
      status = lai_read_through(pointer, index, nil, &problem)
    }
    try check(status)
    return problem.map { String(cString: $0) }
  }
}
