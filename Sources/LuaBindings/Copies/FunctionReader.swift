import CLai
import Foundation
import Learning
import Tensors

/// Reads a Lua function and what it can reach from the state of a script.
struct FunctionReader {
  /// Something that cannot be copied, or too much of it.
  private struct Uncopyable: Error {}

  /// Entries of all tables, bytes of all tensors, strings and code, values with an identity, and
  /// levels of nesting.
  private static let most = (entries: 1000, bytes: 16 << 20, parts: 1000, depth: 50)

  private let state: LuaState
  private var copy = CopiedFunction()
  private var entries = 0
  private var bytes = 0
  /// Places in `parts` by the value's address in Lua.
  private var known: [UnsafeRawPointer: Int] = [:]
  /// Places in `cells` by the upvalue's identity.
  private var knownCells: [UnsafeRawPointer: Int] = [:]
  /// Names of the libraries' tables and functions by their address in Lua.
  private var landmarks: [UnsafeRawPointer: String] = [:]

  /// nil for a function that cannot be copied. With limits of a host, or in another program's Lua,
  /// none can.
  static func copy(of state: LuaState, at index: Int32) -> CopiedFunction? {
    guard !lai_has_limits(), !lai_is_guest(), MemoryBudget.current == nil else { return nil }
    let top = state.top
    defer { state.top = top }
    var reader = FunctionReader(state)
    do {
      try reader.readLibraries()
      guard case .part(let root) = try reader.value(at: state.absolute(index), 0) else {
        return nil
      }
      reader.copy.root = root
      try reader.readGlobals()
    } catch {
      return nil
    }
    return reader.copy
  }

  private init(_ state: LuaState) { self.state = state }

  // MARK: Values

  private mutating func value(at index: Int32, _ depth: Int) throws -> CopiedFunction.Value {
    guard depth < Self.most.depth else { throw Uncopyable() }
    try state.reserve(8)
    switch state.type(at: index) {
    case .nil: return .none
    case .boolean: return .boolean(state.boolean(at: index))
    case .number:
      return state.isInteger(at: index)
        ? .integer(state.integer(at: index)!) : .number(state.number(at: index)!)
    case .string:
      let text = Array(state.bytes(at: index)!)
      try take(bytes: text.count)
      return .text(text)
    case .table, .function, .userdata:
      guard let address = lai_to_pointer(state.pointer, index) else { throw Uncopyable() }
      if let name = landmarks[address] { return .library(name) }
      if let place = known[address] { return .part(place) }
      switch state.type(at: index) {
      case .table: return .part(try table(at: index, address, depth))
      case .function: return .part(try function(at: index, address, depth))
      default: return .part(try object(at: index, address))
      }
    default: throw Uncopyable()
    }
  }

  private mutating func take(bytes count: Int) throws {
    bytes += count
    guard bytes <= Self.most.bytes else { throw Uncopyable() }
  }

  private mutating func add(_ part: CopiedFunction.Part, _ address: UnsafeRawPointer) -> Int {
    copy.parts.append(part)
    known[address] = copy.parts.count - 1
    return copy.parts.count - 1
  }

  private mutating func table(
    at index: Int32, _ address: UnsafeRawPointer, _ depth: Int
  ) throws -> Int {
    guard try !lai_has_metatable(state.pointer, index) || state.resultForm(of: index) == .plain
    else { throw Uncopyable() }
    let place = add(.table([]), address)
    var pairs: [(key: CopiedFunction.Value, value: CopiedFunction.Value)] = []
    // Copies of lists are traversed in their order; a list of which Lua keeps parts elsewhere need
    // not be.
    var (isOrdered, highest, allIntegers) = (true, 0, true)
    try state.forEachPair(of: index) { key, value in
      entries += 1
      guard entries <= Self.most.entries else { throw Uncopyable() }
      if state.isInteger(at: key), let number = state.integer(at: key) {
        isOrdered = isOrdered && number == pairs.count + 1
        highest = max(highest, number)
      } else {
        allIntegers = false
      }
      pairs.append((try self.value(at: key, depth + 1), try self.value(at: value, depth + 1)))
    }
    if allIntegers, highest == pairs.count, !isOrdered { throw Uncopyable() }
    copy.parts[place] = .table(pairs)
    return place
  }

  private mutating func function(
    at index: Int32, _ address: UnsafeRawPointer, _ depth: Int
  ) throws -> Int {
    var number: Int64 = 0
    if lai_function_number(state.pointer, index, &number) {
      guard PureLibrary.numbers.contains(number) else { throw Uncopyable() }
      let held = try value(at: state.top, depth + 1)
      state.pop()
      return add(.native(number, held: held), address)
    }
    let isForeign = lai_c_function(state.pointer, index, true) != nil
    guard !isForeign, known.count < Self.most.parts else { throw Uncopyable() }
    try state.check(lai_push_dump(state.pointer, index, false))
    let code = Array(state.bytes(at: -1)!)
    state.pop()
    try take(bytes: code.count)
    let place = add(.function(code: code, cells: []), address)
    var cells: [Int] = []
    while lai_push_upvalue(state.pointer, index, Int32(cells.count) + 1) {
      let identity = lai_upvalue_identity(state.pointer, index, Int32(cells.count) + 1)!
      if let cell = knownCells[identity] {
        cells.append(cell)
      } else {
        let cell = copy.cells.count
        copy.cells.append(.none)
        knownCells[identity] = cell
        cells.append(cell)
        copy.cells[cell] = try value(at: state.top, depth + 1)
      }
      state.pop()
    }
    copy.parts[place] = .function(code: code, cells: cells)
    return place
  }

  private mutating func object(at index: Int32, _ address: UnsafeRawPointer) throws -> Int {
    if let loss = state.object(at: index, as: Objective.self) {
      guard loss.customLosses.isEmpty else { throw Uncopyable() }
      return add(.loss(loss), address)
    }
    guard let tensor = state.object(at: index, as: Tensor.self) else { throw Uncopyable() }
    try take(bytes: tensor.count * tensor.dtype.size)
    let (shape, dtype, isByRow) = (tensor.shape, tensor.dtype, tensor.isByRow)
    func part<S: TensorScalar>(_ type: S.Type) throws -> CopiedFunction.Part {
      let elements = try tensor.elements(as: S.self)
      return .tensor {
        let tensor = try Tensor(elements, shape: shape, dtype: dtype)
        tensor.isByRow = isByRow
        tensor.makeReadOnly()
        return tensor
      }
    }
    return add(try dtype == .float32 ? part(Float.self) : part(Double.self), address)
  }

  // MARK: Libraries and globals

  private mutating func readLibraries() throws {
    try state.reserve(8)
    try state.check(lai_push_globals(state.pointer))
    let globals = state.top
    landmarks[lai_to_pointer(state.pointer, globals)!] = "_G"
    for (library, names) in PureLibrary.names {
      if library.isEmpty {
        state.pushValue(globals)
      } else {
        guard try state.getField(library, of: globals) == .table else {
          state.pop()
          continue
        }
        landmarks[lai_to_pointer(state.pointer, -1)!] = library
      }
      for name in names { try readEntry(library, name) }
      state.pop()
    }
    try state.check(lai_push_package_table(state.pointer, false))
    guard try state.getField("lai", of: -1) == .table else { throw Uncopyable() }
    let module = state.top
    landmarks[lai_to_pointer(state.pointer, module)!] = "lai"
    for native in PureLibrary.ours {
      state.pushValue(module)
      for name in native.table.split(separator: ".").dropFirst()
      where state.type(at: -1) == .table {
        try state.getField(String(name), of: -1)
      }
      defer { state.top = module }
      guard state.type(at: -1) == .table else { continue }
      landmarks[lai_to_pointer(state.pointer, -1)!] = native.table
      try state.getField(native.name, of: -1)
      var number: Int64 = 0
      if lai_function_number(state.pointer, -1, &number), number == native.number {
        copy.ours.append(native)
      }
    }
    state.top = globals - 1
  }

  private mutating func readEntry(_ library: String, _ name: String) throws {
    try state.getField(name, of: -1)
    defer { state.pop() }
    if state.type(at: -1) == .number {
      copy.library.append(
        .init(table: library, name: name, code: 0, number: try value(at: state.top, 0)))
    } else if let code = lai_c_function(state.pointer, -1, name == "require") {
      landmarks[lai_to_pointer(state.pointer, -1)!] = "\(library).\(name)"
      copy.library.append(
        .init(table: library, name: name, code: UInt(bitPattern: code), number: nil))
    }
  }

  /// Globals whose names occur in the code, which those that are functions may make more.
  private mutating func readGlobals() throws {
    try state.reserve(8)
    try state.check(lai_push_globals(state.pointer))
    let globals = state.top
    var names: [[UInt8]] = []
    try state.forEachPair(of: globals) { key, _ in
      if state.type(at: key) == .string, let bytes = state.bytes(at: key), !bytes.isEmpty {
        names.append(Array(bytes))
      }
    }
    var read = 0
    while read < copy.parts.count {
      let codes = copy.parts[read...].compactMap { part in
        if case .function(let code, _) = part { code } else { nil }
      }
      read = copy.parts.count
      for name in names where codes.contains(where: { contains($0, name) }) {
        names.removeAll { $0 == name }
        try state.push(bytes: name)
        lai_raw_get(state.pointer, globals)
        // What cannot be copied is not there: the copy is refused if it reads it.
        var attempt = self
        if let value = try? attempt.value(at: state.top, 0) {
          self = attempt
          copy.globals.append((name, value))
        }
        state.top = globals
      }
    }
  }

  private func contains(_ code: [UInt8], _ name: [UInt8]) -> Bool {
    code.withUnsafeBytes { code in
      name.withUnsafeBytes { name in
        code.count >= name.count
          && (0...(code.count - name.count)).contains {
            memcmp(code.baseAddress! + $0, name.baseAddress!, name.count) == 0
          }
      }
    }
  }
}
