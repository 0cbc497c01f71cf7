import Tensors

/// The structure of a Lua value made of tensors: one tensor, or nested tables of tensors.
indirect enum TensorTree {
  enum Key {
    case position(Int)
    case name(String)
  }
  case tensor
  case table([(key: Key, value: TensorTree)])

  /// The deepest nesting of tables. One that contains itself exceeds it.
  private static let deepest = 32

  /// The structure of the value at an index, and its tensors: by position first, then by name in
  /// order.
  ///
  /// - Throws: `ArgumentError` with the path, beginning with `name`, of a value that is not a
  ///   tensor.
  static func read(_ state: LuaState, _ index: Int32, named name: String) throws -> (
    tree: TensorTree, tensors: [Tensor]
  ) {
    var tensors: [Tensor] = []
    let tree = try read(state, state.absolute(index), name, depth: 0, &tensors)
    return (tree, tensors)
  }

  private static func read(
    _ state: LuaState, _ index: Int32, _ path: String, depth: Int, _ tensors: inout [Tensor]
  ) throws -> TensorTree {
    if let tensor = state.object(at: index, as: Tensor.self) {
      tensors.append(tensor)
      return .tensor
    }
    guard depth < deepest, try state.isTable(at: index, named: path) else {
      let wanted = "a lai.Tensor or a table of them"
      let got = depth < deepest ? state.account(of: index) : "tables nested without end"
      throw ArgumentError(path, mustBe: wanted, got: got)
    }
    try state.reserve(4)
    var entries: [(key: Key, value: TensorTree)] = []
    for position in 0..<state.rawLength(at: index) {
      state.getIndex(position + 1, of: index)
      let entry = try read(
        state, state.top, "\(path)[\(position + 1)]", depth: depth + 1, &tensors)
      entries.append((.position(position + 1), entry))
      state.pop()
    }
    for name in try names(state, index, path, positions: entries.count) {
      try state.getField(name, of: index)
      let entry = try read(state, state.top, "\(path).\(name)", depth: depth + 1, &tensors)
      entries.append((.name(name), entry))
      state.pop()
    }
    return .table(entries)
  }

  /// The string keys of a table, in order.
  private static func names(
    _ state: LuaState, _ index: Int32, _ path: String, positions: Int
  ) throws -> [String] {
    var names: [String] = []
    try state.forEachPair(of: index) { key, _ in
      if let name = state.string(at: key) { return names.append(name) }
      guard let position = state.integer(at: key), (1...max(1, positions)).contains(position) else {
        throw ArgumentError(
          "\(path)'s keys", mustBe: "names, or positions without gaps", got: state.account(of: key))
      }
    }
    return names.sorted()
  }

  /// Pushes a value of this structure; `push` pushes the i-th tensor.
  func push(to state: LuaState, _ push: (Int) throws -> Void) throws {
    var next = 0
    try self.push(to: state, &next, push)
  }

  private func push(to state: LuaState, _ next: inout Int, _ leaf: (Int) throws -> Void) throws {
    try state.reserve(4)
    guard case .table(let entries) = self else {
      try leaf(next)
      next += 1
      return
    }
    try state.newTable()
    for (key, value) in entries {
      try value.push(to: state, &next, leaf)
      switch key {
      case .position(let position): try state.setIndex(position, of: -2)
      case .name(let name): try state.setField(name, of: -2)
      }
    }
  }

  /// Pushes a value of this structure made of the given tensors.
  func push(_ tensors: [Tensor], to state: LuaState) throws {
    try push(to: state) { try state.push(object: tensors[$0]) }
  }
}

extension TensorTree: Codable {
  /// How many tensors it has.
  var leaves: Int {
    switch self {
    case .tensor: 1
    case .table(let entries): entries.reduce(0) { $0 + $1.value.leaves }
    }
  }

  private struct Entry: Codable {
    var position: Int?
    var name: String?
    let value: TensorTree
  }

  /// null for a tensor, a list of entries for a table.
  init(from decoder: any Decoder) throws {
    if try decoder.singleValueContainer().decodeNil() {
      self = .tensor
      return
    }
    self = .table(
      try [Entry](from: decoder).map {
        ($0.name.map(Key.name) ?? .position($0.position ?? 0), $0.value)
      })
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .tensor:
      var value = encoder.singleValueContainer()
      try value.encodeNil()
    case .table(let entries):
      try entries.map { key, value in
        switch key {
        case .position(let position): Entry(position: position, value: value)
        case .name(let name): Entry(name: name, value: value)
        }
      }.encode(to: encoder)
    }
  }
}
