import CLai
import Platform
import Tensors

extension LuaState {
  /// Whether there is a table at an index, to be read raw from now on: one that shows its list or its
  /// fields through `__index`, `__len` or `__pairs` is replaced there by a plain table of them.
  ///
  /// Everything that takes a list or named values from a script asks this first. Fields that a
  /// function behind `__index` knows cannot be listed: `names` are asked for, as options are.
  ///
  /// - Throws: `ArgumentError` for a table that does not say what it holds, with `place` in the
  ///   argument, whose own name `Kind` puts before; `LuaFailure` from a metamethod.
  package func isTable(
    at index: Int32, naming names: [String]? = nil, named place: @autoclosure () -> String = ""
  ) throws -> Bool {
    guard type(at: index) == .table else { return false }
    if lai_has_metatable(pointer, index), let problem = try readThrough(at: index, naming: names) {
      throw ArgumentError(place(), mustBe: "a table that shows what it holds", got: problem)
    }
    return true
  }

  /// Refuses a table with other keys than 1 to `count`, which reading it as a list would lose.
  ///
  /// - Throws: `ArgumentError`, whose own name `Kind` puts before.
  func checkList(at index: Int32, count: Int) throws {
    guard !lai_is_list(pointer, index, Int64(count)) else { return }
    defer { pop() }
    let key = type(at: -1) == .string ? account(of: -1) : "[\(account(of: -1))]"
    throw ArgumentError(
      "", mustBe: "a list, with the keys 1 to n alone", got: "a table with the key \(key)")
  }

  /// Returns why the table cannot be read.
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
