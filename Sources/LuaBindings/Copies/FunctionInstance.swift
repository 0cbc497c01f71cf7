import CLai
import Learning
import Tensors

/// A copied function did what a copy must not do: it read or wrote something that is not its own.
struct CopyRefusal: Error {}

/// A copied function in a state of its own, for one thread at a time.
///
/// Whatever it could change for a later call is compared after each: its upvalues, and the entries of
/// its tables. Its tensors are read-only, and the libraries' tables and the globals are sealed.
final class FunctionInstance: @unchecked Sendable {
  /// What is on the stack of the state.
  private enum Slot {
    /// The parts, what their tables had at first, and the values of the cells.
    static let (parts, originals, cells): (Int32, Int32, Int32) = (1, 2, 3)
    /// The libraries' tables and functions by name; only while it is made.
    static let library: Int32 = 4
  }

  private let interpreter: Interpreter
  private let state: LuaState
  private let root: Int
  /// By cell: a part that has it among its upvalues, and at which place.
  private var owners: [(part: Int, upvalue: Int32)?]
  private var tables: [Int] = []
  private let shouldStop: @Sendable () -> Bool
  private let limits: UnsafeMutablePointer<lai_limits>

  /// - Throws: `LuaFailure` or `AllocationError` when there is not enough memory.
  init(_ function: CopiedFunction, shouldStop: @escaping @Sendable () -> Bool) throws {
    interpreter = try Interpreter()
    state = interpreter.state
    root = function.root
    owners = Array(repeating: nil, count: function.cells.count)
    self.shouldStop = shouldStop
    limits = .allocate(capacity: 1)
    limits.initialize(to: lai_limits())
    limits.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    limits.pointee.should_stop = { context in
      Unmanaged<FunctionInstance>.fromOpaque(context!)._withUnsafeGuaranteedRef { $0.shouldStop() }
    }
    state.top = 0
    try state.reserve(20)
    for _ in 0..<4 { try state.newTable() }
    try makeLibraries(function)
    try makeParts(function)
    try join(function)
    state.top = Slot.cells
  }

  deinit { limits.deallocate() }

  /// - Throws: `CancellationError` when it was stopped, `CopyRefusal`, and what the function does.
  func callAsFunction(_ prediction: Tensor, _ target: Tensor, _ slopes: Tensor) throws -> Tensor {
    defer { state.top = Slot.cells }
    state.getIndex(root + 1, of: Slot.parts)
    try state.push(object: prediction)
    try state.push(object: target)
    try state.push(object: slopes)
    let before = lai_begin_limits(state.pointer, limits)
    let status = lai_call(state.pointer, 3, 1)
    switch Int(lai_end_limits(state.pointer, before)) {
    case LAI_STOPPED: throw CancellationError()
    case LAI_REFUSED: throw CopyRefusal()
    default: try state.check(status)
    }
    guard try isUnchanged() else { throw CopyRefusal() }
    return try CustomLossModule.value(of: state)
  }

  private func isUnchanged() throws -> Bool {
    let top = state.top
    defer { state.top = top }
    for (cell, owner) in owners.enumerated() {
      guard let owner else { continue }
      state.getIndex(owner.part + 1, of: Slot.parts)
      guard lai_push_upvalue(state.pointer, -1, owner.upvalue) else { return false }
      state.getIndex(cell + 1, of: Slot.cells)
      guard state.isSame(-1, -2) else { return false }
      state.top = top
    }
    for table in tables {
      state.getIndex(table + 1, of: Slot.parts)
      state.getIndex(table + 1, of: Slot.originals)
      guard lai_same_entries(state.pointer, -1, -2) else { return false }
      state.top = top
    }
    return true
  }

  // MARK: Making it

  private func push(_ value: CopiedFunction.Value) throws {
    switch value {
    case .none: state.pushNil()
    case .boolean(let value): state.push(value)
    case .integer(let value): state.push(value)
    case .number(let value): state.push(value)
    case .text(let bytes): try state.push(bytes: bytes)
    case .part(let place): state.getIndex(place + 1, of: Slot.parts)
    case .library(let name):
      // One that is not the same here must not be there at all.
      guard try state.getField(name, of: Slot.library) != .nil else { throw CopyRefusal() }
    }
  }

  /// Pops a table and keeps it, sealed, as the library of that name.
  private func seal(as name: String) throws {
    try state.check(lai_seal(state.pointer))
    try state.setField(name, of: Slot.library)
  }

  private func makeLibraries(_ function: CopiedFunction) throws {
    let base = state.top
    var module: [String: [PureLibrary.Native]] = [:]
    for native in function.ours { module[native.table, default: []].append(native) }
    // The module after its own tables.
    for (name, natives) in module.sorted(by: { $0.key > $1.key }) {
      try state.newTable()
      for native in natives {
        try state.check(lai_push_function(state.pointer, native.number))
        try state.setField(native.name, of: -2)
      }
      if name == "lai" {
        for table in module.keys where table != name {
          try state.getField(table, of: Slot.library)
          try state.setField(String(table.dropFirst("lai.".count)), of: -2)
        }
      }
      try seal(as: name)
    }
    try state.check(lai_push_globals(state.pointer))
    let globals = state.top
    for (library, _) in PureLibrary.names {
      if library.isEmpty {
        state.pushValue(globals)
      } else {
        try state.getField(library, of: globals)
      }
      let source = state.top
      try state.newTable()
      for entry in function.library where entry.table == library {
        guard try push(entry, of: source) else { continue }
        state.pushValue(-1)
        try state.setField("\(library).\(entry.name)", of: Slot.library)
        try state.setField(entry.name, of: -2)
      }
      if !library.isEmpty { try seal(as: library) }
      state.top = globals
    }
    try state.check(lai_seal_strings(state.pointer))
    state.top = base
    // Its entries come last.
    try state.newTable()
    state.pushValue(-1)
    try seal(as: "_G")
  }

  /// Pushes an entry of a library; false, and nothing, for one that is not the same here.
  private func push(_ entry: CopiedFunction.LibraryEntry, of source: Int32) throws -> Bool {
    if let number = entry.number {
      try push(number)
      return true
    }
    try state.getField(entry.name, of: source)
    let code = lai_c_function(state.pointer, -1, entry.name == "require")
    guard UInt(bitPattern: code) == entry.code else {
      state.pop()
      return false
    }
    guard entry.table.isEmpty else { return true }
    if entry.name == "pairs" { try state.check(lai_push_list_pairs(state.pointer)) }
    if entry.name == "require" {
      state.pop()
      try state.getField("lai", of: Slot.library)
      try state.check(lai_push_require_module(state.pointer))
    }
    return true
  }

  private func makeParts(_ function: CopiedFunction) throws {
    for (place, part) in function.parts.enumerated() {
      switch part {
      case .function(let code, _): try interpreter.load(code, name: "=copy")
      case .table:
        try state.newTable()
        tables.append(place)
      case .tensor(let make): try state.push(object: make())
      case .loss(let loss): try state.push(object: loss)
      case .native(let number, .none): try state.check(lai_push_function(state.pointer, number))
      case .native(let number, let held):
        try push(held)
        try state.check(lai_push_closure(state.pointer, number))
      }
      try state.setIndex(place + 1, of: Slot.parts)
    }
  }

  /// Fills tables, upvalues and globals, once all parts are there.
  private func join(_ function: CopiedFunction) throws {
    let environment = state.top
    for (name, value) in function.globals {
      try state.push(bytes: name)
      try push(value)
      try state.set(table: environment)
    }
    for (cell, value) in function.cells.enumerated() {
      try push(value)
      try state.setIndex(cell + 1, of: Slot.cells)
    }
    for (place, part) in function.parts.enumerated() {
      switch part {
      case .function(_, let cells): try setUpvalues(of: place, cells)
      case .table(let pairs):
        try state.newTable(list: pairs.count)
        state.getIndex(place + 1, of: Slot.parts)
        for (key, value) in pairs {
          for table in [state.top, state.top - 1] {
            try push(key)
            try push(value)
            try state.set(table: table)
          }
        }
        state.pop()
        try state.setIndex(place + 1, of: Slot.originals)
      default: break
      }
    }
  }

  private func setUpvalues(of part: Int, _ cells: [Int]) throws {
    let top = state.top
    defer { state.top = top }
    state.getIndex(part + 1, of: Slot.parts)
    for (place, cell) in cells.enumerated() {
      let upvalue = Int32(place) + 1
      if let owner = owners[cell] {
        state.getIndex(owner.part + 1, of: Slot.parts)
        lai_join_upvalues(state.pointer, top + 1, upvalue, top + 2, owner.upvalue)
        state.pop()
      } else {
        state.getIndex(cell + 1, of: Slot.cells)
        lai_set_upvalue(state.pointer, top + 1, upvalue)
        owners[cell] = (part, upvalue)
      }
    }
  }
}
