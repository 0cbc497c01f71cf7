/// The part of an axis that is taken; places are 0-based.
public enum AxisSlice: Sendable, Equatable {
  case all
  /// One place; the axis is dropped.
  case one(Int)
  /// Every `step`-th place from the first up to, but without, the last.
  case range(from: Int, to: Int, step: Int)
}

extension Tensor {
  /// A view of the same storage, a constant for derivatives.
  func view(_ shape: [Int], _ strides: [Int], offset: Int? = nil) -> Tensor {
    let view = Tensor(
      storage: storage, dtype: dtype, shape: shape, strides: strides,
      offset: offset ?? self.offset)
    if isByRow { view.isByRow = shape.count == 2 && shape[1] == self.shape.last }
    return view
  }

  func check(axis: Int, op: String) throws {
    guard shape.indices.contains(axis) else { throw AxisError(op: op, axis: axis, rank: rank) }
  }

  /// Every `step`-th place of one axis from `start` (0-based) up to, but without, `stop`.
  ///
  /// A view.
  ///
  /// - Throws: `AxisError`; `IndexError` when start ≤ stop ≤ extent does not hold; `ArgumentError`
  ///   for a step below 1.
  public func sliced(axis: Int, from start: Int, to stop: Int, step: Int = 1) throws -> Tensor {
    try slice(axis, start, stop, step, op: "slice")
  }

  /// `length` neighbouring places of one axis, from `start` (0-based).
  ///
  /// A view.
  ///
  /// - Throws: `AxisError`; `IndexError` when they do not all exist; `ArgumentError` for a negative
  ///   length.
  public func narrowed(axis: Int, from start: Int, length: Int) throws -> Tensor {
    guard length >= 0 else { throw ArgumentError("length", mustBe: "not negative", got: length) }
    let (stop, overflow) = start.addingReportingOverflow(length)
    return try slice(axis, start, overflow ? .max : stop, 1, op: "narrow")
  }

  /// One place of an axis, which is dropped.
  ///
  /// A view.
  ///
  /// - Throws: `AxisError`, `IndexError`.
  public func selected(axis: Int, index: Int) throws -> Tensor {
    try check(axis: axis, op: "select")
    return try sliced(only(axis, .one(index)), op: "select")
  }

  private func slice(_ axis: Int, _ start: Int, _ stop: Int, _ step: Int, op: String) throws
    -> Tensor
  {
    try check(axis: axis, op: op)
    return try sliced(only(axis, .range(from: start, to: stop, step: step)), op: op)
  }

  private func only(_ axis: Int, _ slice: AxisSlice) -> [AxisSlice] {
    var slices = [AxisSlice](repeating: .all, count: axis + 1)
    slices[axis] = slice
    return slices
  }

  /// A part of each axis; axes that are not mentioned are whole.
  ///
  /// A view.
  ///
  /// - Throws: `ShapeError` for too many slices; `IndexError` and `ArgumentError` as `sliced` and
  ///   `selected` of one axis do.
  public func sliced(_ slices: [AxisSlice], op: String = "slice") throws -> Tensor {
    let original = shape
    return try view(slices, op: op).recorded(from: self) { try $0.embedded(slices, in: original) }
  }

  /// The same, unrecorded.
  func view(_ slices: [AxisSlice], op: String) throws -> Tensor {
    guard slices.count <= rank else {
      throw ShapeError(
        op: op, lhs: shape, reason: "has fewer axes than the \(slices.count) slices")
    }
    var (extents, steps, offset) = (shape, strides, offset)
    var place = 0
    for (axis, slice) in slices.enumerated() {
      let extent = shape[axis]
      func check(_ index: Int, _ isInside: Bool) throws {
        guard isInside else { throw IndexError(op: op, axis: axis, index: index, extent: extent) }
      }
      switch slice {
      case .all: place += 1
      case .one(let index):
        try check(index, index >= 0 && index < extent)
        extents.remove(at: place)
        offset += index * steps.remove(at: place)
      case .range(let start, let stop, let step):
        try check(start, start >= 0 && start <= extent)
        try check(stop, stop >= start && stop <= extent)
        guard step >= 1 else { throw ArgumentError("step", mustBe: "at least 1", got: step) }
        extents[place] = stop == start ? 0 : (stop - start - 1) / step + 1
        // No element of an empty axis is read, so its start may lie behind the last one.
        if extents[place] > 0 { offset += start * steps[place] }
        // For one element or none the stride does not matter, and a huge step would overflow it.
        if extents[place] > 1 { steps[place] *= step }
        place += 1
      }
    }
    return view(extents, steps, offset: offset)
  }

  /// Two axes swapped. A view.
  ///
  /// - Throws: `AxisError`.
  public func transposed(_ first: Int, _ second: Int) throws -> Tensor {
    try check(axis: first, op: "transpose")
    try check(axis: second, op: "transpose")
    var (shape, strides) = (shape, strides)
    shape.swapAt(first, second)
    strides.swapAt(first, second)
    return view(shape, strides).recorded(from: self) { try $0.transposed(first, second) }
  }

  /// The axes in another order: axis i of the result is `axes[i]` of this tensor. A view.
  ///
  /// - Throws: `ArgumentError` unless every axis is named once.
  public func permuted(_ axes: [Int]) throws -> Tensor {
    guard axes.sorted() == Array(shape.indices) else {
      throw ArgumentError(
        "axes", mustBe: "each of the tensor's \(rank) axes once", got: axes.shapeText)
    }
    return view(axes.map { shape[$0] }, axes.map { strides[$0] }).recorded(from: self) {
      var inverse = axes
      for (place, axis) in axes.enumerated() { inverse[axis] = place }
      return try $0.permuted(inverse)
    }
  }

  /// A matrix with rows and columns swapped; a vector or scalar as it is. A view.
  ///
  /// - Throws: `ShapeError` for a rank above 2.
  public func transposed() throws -> Tensor {
    guard rank <= 2 else {
      throw ShapeError(op: "t", lhs: shape, reason: "is not a matrix: transpose names two axes")
    }
    return rank == 2 ? try transposed(0, 1) : self
  }

  /// The same elements, row major, in another shape. One extent may be −1, for the number that
  /// fits.
  ///
  /// A view when the elements lie in order, else a copy.
  ///
  /// - Throws: `ShapeError` when the numbers of elements differ; `ArgumentError` for another
  ///   negative extent; `AllocationError`.
  public func reshaped(_ shape: [Int]) throws -> Tensor {
    var wanted = shape
    let open = wanted.indices.filter { wanted[$0] == -1 }
    if open.count == 1 {
      wanted[open[0]] = 1
      let rest = try Tensor.checkedCount(wanted)
      guard rest > 0, count % rest == 0 else { throw misfit(shape) }
      wanted[open[0]] = count / rest
    }
    guard open.count <= 1 else {
      throw ArgumentError("shape", mustBe: "without a second -1", got: shape.shapeText)
    }
    guard try Tensor.checkedCount(wanted) == count else { throw misfit(shape) }
    let source = try isContiguous ? self : unrecordedCopy()
    let original = self.shape
    return source.view(wanted, Tensor.contiguousStrides(wanted)).recorded(from: self) {
      try $0.reshaped(original)
    }
  }

  private func misfit(_ shape: [Int]) -> ShapeError {
    ShapeError(op: "reshape", lhs: self.shape, rhs: shape, reason: "differ in their elements")
  }

  /// Drops the axes of extent 1, or one of them.
  ///
  /// A view.
  ///
  /// - Throws: `AxisError`; `ShapeError` when the named axis is longer.
  public func squeezed(axis: Int? = nil) throws -> Tensor {
    if let axis {
      try check(axis: axis, op: "squeeze")
      guard shape[axis] == 1 else {
        throw ShapeError(op: "squeeze", lhs: shape, reason: "has no extent 1 on axis \(axis)")
      }
    }
    let kept = shape.indices.filter { axis == nil ? shape[$0] != 1 : $0 != axis }
    let original = shape
    return view(kept.map { shape[$0] }, kept.map { strides[$0] }).recorded(from: self) {
      try $0.reshaped(original)
    }
  }

  /// Inserts an axis of extent 1 before `axis`, which may be one past the last.
  ///
  /// A view.
  ///
  /// - Throws: `AxisError`.
  public func unsqueezed(axis: Int) throws -> Tensor {
    guard axis >= 0, axis <= rank else { throw AxisError(op: "unsqueeze", axis: axis, rank: rank) }
    try Tensor.check(rank: rank + 1)
    var (shape, strides) = (shape, strides)
    shape.insert(1, at: axis)
    strides.insert(0, at: axis)
    return view(shape, strides).recorded(from: self) { try $0.squeezed(axis: axis) }
  }

  /// Broadcasts to a shape without copying: stretched axes get stride 0; −1 keeps an extent.
  ///
  /// A view whose elements share memory.
  ///
  /// - Throws: `ShapeError` when it does not broadcast.
  public func expanded(to shape: [Int]) throws -> Tensor {
    let shift = shape.count - rank
    guard shift >= 0 else { throw notExpandable(to: shape) }
    var wanted = shape
    for axis in self.shape.indices where wanted[axis + shift] == -1 {
      wanted[axis + shift] = self.shape[axis]
    }
    _ = try Tensor.checkedCount(wanted)
    for (axis, extent) in self.shape.enumerated()
    where extent != 1 && extent != wanted[axis + shift] { throw notExpandable(to: shape) }
    let original = self.shape
    return view(wanted, strides(broadcastTo: wanted)).recorded(from: self) {
      try $0.summed(to: original)
    }
  }

  /// This tensor, if all its elements could be stored, so that reading them one by one ends.
  ///
  /// - Throws: `AllocationError`.
  package func thatFitsMemory() throws -> Tensor {
    try Storage.checkedSize(count: count, dtype: dtype)
    return self
  }

  private func notExpandable(to shape: [Int]) -> ShapeError {
    ShapeError(op: "expand", lhs: self.shape, rhs: shape, reason: "do not broadcast")
  }
}
