import Tensors

/// A request to a kernel.
struct KernelRequest {
  enum Kind: String, CaseIterable {
    case execute, complete, inspect
    case isComplete = "is_complete"
  }

  struct Problem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  let kind: Kind
  let code: String
  /// The block's number: `_3` is the result of block 3, and its errors name the line "[3]:1". nil
  /// lets the console choose.
  var number: Int?
  /// Whether nothing is kept: no `_3`, no number.
  var isSilent = false
  /// Whether the client shows the progress of long work.
  var wantsProgress = false
  /// The cursor's position: in Unicode code points in Jupyter's requests, in bytes here.
  var offset = 0

  /// Reads an object such as `{"request": "execute", "code": "1 + 1", "number": 3}`.
  ///
  /// - Throws: `JSONError` or `Problem`.
  init(_ line: [UInt8]) throws {
    guard case .object(let fields) = try JSON(parsing: line) else {
      throw Problem("a request must be an object")
    }
    guard case .string(let name)? = fields["request"], let kind = Kind(rawValue: name) else {
      let names = Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw Problem("\"request\" must be one of \(names)")
    }
    guard case .string(let code)? = fields["code"] else { throw Problem("\"code\" must be a text") }
    (self.kind, self.code) = (kind, code)
    switch fields["number"] {
    case nil, .null?: break
    case .integer(let number)? where number >= 0: self.number = number
    default: throw Problem("\"number\" must be a whole number, 0 or more")
    }
    isSilent = try Self.flag("silent", fields)
    wantsProgress = try Self.flag("progress", fields)
    switch fields["cursor"] {
    case nil, .null?: offset = code.utf8.count
    case .integer(let cursor)? where (0...code.unicodeScalars.count).contains(cursor):
      offset = code.unicodeScalars.prefix(cursor).reduce(0) { $0 + UTF8.width($1) }
    default: throw Problem("\"cursor\" must be a place in the code")
    }
  }

  private static func flag(_ name: String, _ fields: [String: JSON]) throws -> Bool {
    switch fields[name] {
    case nil, .null?: return false
    case .bool(let value)?: return value
    default: throw Problem("\"\(name)\" must be true or false")
    }
  }
}

extension String {
  /// The number of code points before a position given in bytes.
  func codePoints(before offset: Int) -> Int {
    String(decoding: utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
  }
}
