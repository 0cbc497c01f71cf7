import Platform
import Synchronization

/// The operations on tensors while a derivative is being taken, in order.
///
/// A tape belongs to an outermost derivative and all those nested in it. Each of them is a level,
/// which is one bit. A tensor knows the levels of the variables that it depends on, and an
/// operation is recorded while one of its operands' levels is active. Nodes are in the order in
/// which they were made, so reverse mode goes backwards over them, and no node before a level's
/// variables can depend on these.
final class Tape {
  /// Turns the cotangent of a result into that of one operand, with public operations only, so that
  /// derivatives of derivatives need nothing else.
  typealias VJP = (Tensor) throws -> Tensor

  struct Edge {
    /// The operand's node.
    let source: Int
    let vjp: VJP
  }

  /// The operation that made a tensor: an edge for each operand that has a derivative.
  struct Node {
    var levels: UInt64
    var first: Edge?
    var second: Edge?
    var others: [Edge] = []
  }

  private(set) var nodes: [Node] = []
  /// The levels whose derivatives can still be asked for.
  private(set) var active: UInt64 = 0
  private var depth = 0
  /// Never 0.
  let id = Tape.newID()

  private static let ids = Atomic<UInt64>(0)

  /// A number that no tape and no other pass over tensors has; never 0.
  static func newID() -> UInt64 { ids.add(1, ordering: .relaxed).newValue }

  // MARK: - One per thread

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The tape of the derivative that this thread is taking.
  static var current: Tape? {
    pthread_getspecific(key).map { Unmanaged<Tape>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func setCurrent(_ tape: Tape?) {
    pthread_setspecific(key, tape.map { Unmanaged.passUnretained($0).toOpaque() })
  }

  // MARK: - Levels

  /// Calls `body` with a new level on this thread's tape, which is made and freed if it is the
  /// outermost one.
  ///
  /// - Throws: `NestingDepthError`, and what `body` does.
  static func withLevel<R>(_ body: (Tape, _ level: UInt64) throws -> R) throws -> R {
    let tape = current ?? Tape()
    guard tape.depth < UInt64.bitWidth else { throw NestingDepthError(limit: UInt64.bitWidth) }
    let level: UInt64 = 1 << tape.depth
    let start = tape.nodes.count
    if tape.depth == 0 { setCurrent(tape) }
    tape.depth += 1
    tape.active |= level
    defer {
      tape.depth -= 1
      tape.active &= ~level
      tape.free(from: start)
      if tape.depth == 0 { setCurrent(nil) }
    }
    return try body(tape, level)
  }

  /// Calls `body` while nothing is recorded for one level.
  func withoutLevel<R>(_ level: UInt64, _ body: () throws -> R) rethrows -> R {
    let before = active
    active &= ~level
    defer { active = before }
    return try body()
  }

  /// Drops the edges that no active level can need. Nodes keep their places, which tensors refer
  /// to.
  private func free(from start: Int) {
    // During a backward pass no level may be active, and all nodes are still needed.
    guard depth > 0 else {
      nodes = []
      return
    }
    for index in start..<nodes.count where nodes[index].levels & active == 0 {
      nodes[index] = Node(levels: 0)
    }
  }

  // MARK: - Recording

  /// A variable of a level: a new tensor with the same elements.
  func variable(_ x: Tensor, level: UInt64) -> Tensor {
    let variable = Tensor(
      storage: x.storage, dtype: x.dtype, shape: x.shape, strides: x.strides, offset: x.offset)
    var levels = level
    var edge: Edge?
    if let place = x.place(on: self) {
      levels |= place.levels
      edge = Edge(source: place.index) { $0 }
    }
    x.storage.recordedOn = id
    add(Node(levels: levels, first: edge), for: variable)
    return variable
  }

  /// The result of an operation on one tensor.
  func record(_ result: Tensor, _ x: Tensor, _ vjp: @escaping VJP) {
    guard let place = x.place(on: self) else { return }
    x.storage.recordedOn = id
    add(Node(levels: place.levels, first: Edge(source: place.index, vjp: vjp)), for: result)
  }

  /// The result of an operation on two tensors.
  func record(
    _ result: Tensor, _ x: Tensor, _ xVJP: @escaping VJP, _ y: Tensor, _ yVJP: @escaping VJP
  ) {
    let (first, second) = (x.place(on: self), y.place(on: self))
    x.storage.recordedOn = id
    y.storage.recordedOn = id
    var node = Node(levels: (first?.levels ?? 0) | (second?.levels ?? 0))
    if let first { node.first = Edge(source: first.index, vjp: xVJP) }
    if let second { node.second = Edge(source: second.index, vjp: yVJP) }
    add(node, for: result)
  }

  /// The result of an operation on any number of tensors.
  func record(_ result: Tensor, _ operands: [(tensor: Tensor, vjp: VJP)]) {
    var node = Node(levels: 0)
    for operand in operands {
      operand.tensor.storage.recordedOn = id
      guard let place = operand.tensor.place(on: self) else { continue }
      node.levels |= place.levels
      node.others.append(Edge(source: place.index, vjp: operand.vjp))
    }
    add(node, for: result)
  }

  private func add(_ node: Node, for result: Tensor) {
    result.storage.recordedOn = id
    result.place = Place(tape: self, index: nodes.count, levels: node.levels)
    nodes.append(node)
  }

  /// A tensor's node.
  struct Place {
    let tape: Tape
    let index: Int
    let levels: UInt64
  }

  // MARK: - Backwards

  /// The cotangents of a level's variables, whose nodes are `variables`, given those of the
  /// outputs; nil for a variable on which no output depends.
  ///
  /// `check` is called now and then and may throw.
  ///
  /// - Throws: what the VJPs do.
  func cotangents(
    of outputs: [(tensor: Tensor, cotangent: Tensor)], variables: Range<Int>, level: UInt64,
    check: () throws -> Void
  ) throws -> [Tensor?] {
    try withoutLevel(level) {
      let base = variables.lowerBound
      let end = outputs.lazy.compactMap { $0.tensor.place(ofTape: self)?.index }.max() ?? 0
      var cotangents = [Tensor?](repeating: nil, count: max(variables.upperBound, end + 1) - base)
      func send(_ cotangent: Tensor, to index: Int) throws {
        guard index >= base, nodes[index].levels & level != 0 else { return }
        if let sum = cotangents[index - base] {
          cotangents[index - base] = try BinaryOp.add(sum, cotangent)
        } else {
          cotangents[index - base] = cotangent
        }
      }
      func send(_ cotangent: Tensor, along edge: Edge) throws {
        guard edge.source >= base, nodes[edge.source].levels & level != 0 else { return }
        try send(edge.vjp(cotangent), to: edge.source)
      }
      for output in outputs {
        guard let place = output.tensor.place(ofTape: self) else { continue }
        try send(output.cotangent, to: place.index)
      }
      for index in stride(from: end, through: variables.upperBound, by: -1) {
        guard let cotangent = cotangents[index - base] else { continue }
        cotangents[index - base] = nil
        try check()
        let node = nodes[index]
        if let edge = node.first { try send(cotangent, along: edge) }
        if let edge = node.second { try send(cotangent, along: edge) }
        for edge in node.others { try send(cotangent, along: edge) }
      }
      return Array(cotangents[..<variables.count])
    }
  }
}

extension Tensor {
  /// The tape on which an operation with this tensor must be recorded.
  @inline(__always) var tape: Tape? {
    guard let place, place.levels & place.tape.active != 0 else { return nil }
    return place.tape
  }

  /// The tape on which an operation with both must be recorded.
  @inline(__always) func tape(with other: Tensor) -> Tape? { tape ?? other.tape }

  /// This tensor's node, if it depends on an active level.
  func place(on tape: Tape) -> Tape.Place? {
    guard let place, place.tape === tape, place.levels & tape.active != 0 else { return nil }
    return place
  }

  /// This tensor's node, active or not.
  func place(ofTape tape: Tape) -> Tape.Place? {
    guard let place, place.tape === tape else { return nil }
    return place
  }

  /// This tensor, made from `x` by an operation with the given VJP.
  @inline(__always)
  package func recorded(from x: Tensor, _ vjp: @escaping (Tensor) throws -> Tensor) -> Tensor {
    if let tape = x.tape { tape.record(self, x, vjp) }
    return self
  }

  /// This tensor, made by an operation without a derivative: taking one is an error.
  func withoutDerivative(_ op: String, from operands: Tensor...) -> Tensor {
    for x in operands {
      if let tape = x.tape { tape.record(self, x) { _ in throw DerivativeError(op: op) } }
    }
    return self
  }

  /// - Throws: `RecordedError` when a derivative being taken needs the elements as they are;
  ///   `SharedElementsError` when some of them are one in memory.
  package func checkWritable(op: String) throws {
    if isStretched { throw SharedElementsError(op: op, shape: shape) }
    if storage.isReadOnly { throw ReadOnlyError(op: op) }
    guard storage.recordedOn != 0, Tape.current?.id == storage.recordedOn else { return }
    throw RecordedError(op: op)
  }

  /// - Throws: `LostDerivativeError` when a derivative being taken depends on this tensor.
  @inline(__always)
  package func checkConstant(op: String? = nil) throws {
    if tape != nil { throw LostDerivativeError(op: op) }
  }
}
