import CLai
import Tensors

/// Nested tables that are not a tensor.
struct NestingError: Error, CustomStringConvertible {
  let description: String
}

extension LuaState {
  /// The deepest nesting of tables of numbers.
  private static var deepest: Int { 32 }

  /// Shape and row-major elements of a nested table of numbers.
  ///
  /// - Throws: `NestingError` for ragged rows and entries that are not numbers, with their place.
  func nestedNumbers(at index: Int32) throws -> (shape: [Int], elements: [Double]) {
    var shape: [Int] = []
    var elements: [Double] = []
    try appendNested(at: absolute(index), path: [], shape: &shape, isFirst: true, to: &elements)
    return (shape, elements)
  }

  private func appendNested(
    at index: Int32, path: [Int], shape: inout [Int], isFirst: Bool, to elements: inout [Double]
  ) throws {
    guard path.count < LuaState.deepest else {
      throw NestingError(description: "tables nest too deep, or contain themselves")
    }
    try reserve(4)
    let count = rawLength(at: index)
    do { try checkList(at: index, count: count) } catch let error as ArgumentError {
      throw NestingError(
        description: "\(path.isEmpty ? "the table" : place(path)) must be \(error.wanted) "
          + "(got \(error.got))")
    }
    if isFirst {
      shape.append(count)
    } else if count != shape[path.count] {
      throw NestingError(
        description: "rows must have the same length: \(place(path)) has \(count) entries, "
          + "the first \(shape[path.count])")
    }
    guard count > 0 else { return }
    let isLeaf = getIndex(1, of: index) != .table
    pop()
    if isLeaf {
      guard isFirst || shape.count == path.count + 1 else {
        throw NestingError(description: "\(place(path + [1])) must be a table, as the others are")
      }
      try appendNumbers(at: index, count: count, path: path, to: &elements)
      return
    }
    for position in 1...count {
      getIndex(position, of: index)
      guard try isTable(at: top, named: place(path + [position])) else {
        throw NestingError(
          description: "\(place(path + [position])) must be a table, as the others are "
            + "(got \(account(of: -1)))")
      }
      let first = isFirst && position == 1
      if !first && shape.count == path.count + 1 {
        throw NestingError(description: "\(place(path + [position])) must be a number")
      }
      try appendNested(
        at: top, path: path + [position], shape: &shape, isFirst: first, to: &elements)
      pop()
    }
  }

  private func appendNumbers(
    at index: Int32, count: Int, path: [Int], to elements: inout [Double]
  ) throws {
    let start = elements.count
    elements.append(contentsOf: repeatElement(0, count: count))
    let read = elements.withUnsafeMutableBufferPointer {
      lai_read_numbers(pointer, index, 1, Int64(count), $0.baseAddress! + start)
    }
    guard read < count else { return }
    getIndex(Int(read) + 1, of: index)
    throw NestingError(
      description: "\(place(path + [Int(read) + 1])) must be a number (got \(account(of: -1))"
        + (object(at: -1, as: Tensor.self) == nil ? ")" : "; lai.stack and lai.cat join tensors)"))
  }

  private func place(_ path: [Int]) -> String { path.map { "[\($0)]" }.joined() }
}

extension Kind where Value == Tensor {
  /// A tensor, or a nested table of numbers, which becomes a tensor of `float64` that later
  /// operations convert to what they need.
  static let tensorLike = Kind(
    "a lai.Tensor or a nested table of numbers", annotation: "lai.Tensor|table"
  ) { state, index in
    if let tensor = state.object(at: index, as: Tensor.self) { return tensor }
    guard try state.isTable(at: index) else { return nil }
    let (shape, elements) = try state.nestedNumbers(at: index)
    return try Tensor(elements, shape: shape, dtype: .float64)
  }
}

extension Kind where Value == DType {
  static let dtype = Kind<String>.choice(DType.allCases.map(\.rawValue)).map {
    DType(rawValue: $0)!
  }
}

/// Pushes the elements as nested tables; a scalar as a number.
struct NestedTable: LuaPushable {
  static var luaAnnotation: String { "table|number" }
  let tensor: Tensor

  func push(to state: LuaState) throws -> Int32 {
    // The elements, and Lua's values of 16 bytes.
    try AllocationError.check(tensor.count, bytesEach: 24)
    let elements = try tensor.detached().elements(as: Double.self)
    guard !tensor.shape.isEmpty else { return elements[0].push(to: state) }
    var position = 0
    try push(axis: 0, elements, &position, to: state)
    return 1
  }

  private func push(
    axis: Int, _ elements: [Double], _ position: inout Int, to state: LuaState
  ) throws {
    let extent = tensor.shape[axis]
    try state.reserve(4)
    if axis == tensor.shape.count - 1 {
      try state.push(numbers: Array(elements[position..<(position + extent)]))
      position += extent
      return
    }
    try state.newTable(list: extent)
    for index in 0..<extent {
      try push(axis: axis + 1, elements, &position, to: state)
      try state.setIndex(index + 1, of: -2)
    }
  }
}
