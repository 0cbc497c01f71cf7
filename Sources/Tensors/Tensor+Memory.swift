/// Which elements share memory, in one tensor and among several.
extension Tensor {
  /// Whether several elements are at one place in memory.
  public var isStretched: Bool {
    if isContiguous || count == 0 { return false }
    // No two elements coincide if each axis steps beyond everything that the axes of smaller steps
    // reach, as in all views but expanded ones.
    var reach = 0
    for (stride, extent) in zip(strides, shape).filter({ $1 > 1 }).sorted(by: { $0.0 < $1.0 }) {
      if stride <= reach { return true }
      reach += stride * (extent - 1)
    }
    return false
  }

  /// Whether the elements, in row-major order, are the whole storage.
  var fillsStorage: Bool { isContiguous && count * dtype.size == storage.byteCount }

  /// Whether no other tensor uses this one's storage.
  var ownsStorage: Bool {
    // An uncounted reference: with a second counted one, the answer would always be false.
    var reference = Unmanaged.passUnretained(storage).toOpaque()
    return withUnsafeMutablePointer(to: &reference) {
      $0.withMemoryRebound(to: Storage.self, capacity: 1) {
        isKnownUniquelyReferenced(&$0.pointee)
      }
    }
  }

  /// The places of the first two tensors that share an element in memory. Views of different parts
  /// of one storage share none.
  ///
  /// - Throws: `AllocationError`.
  package static func overlap(of tensors: [Tensor]) throws -> (first: Int, second: Int)? {
    let groups = Dictionary(grouping: tensors.indices) { ObjectIdentifier(tensors[$0].storage) }
    for places in groups.values.filter({ $0.count > 1 }).sorted(by: { $0[0] < $1[0] }) {
      let first = tensors[places[0]]
      let size = first.storage.byteCount / first.dtype.size
      try AllocationError.check(size, bytesEach: MemoryLayout<Int>.stride)
      var owners = [Int](repeating: -1, count: size)
      for place in places {
        let tensor = tensors[place]
        let nest = LoopNest(tensor.shape, tensor.strides)
        var other: Int?
        nest.forEachRun { offsets in
          for step in 0..<nest.count {
            let element = tensor.offset + offsets[0] + step * nest.steps[0]
            if owners[element] >= 0, owners[element] != place { other = owners[element] }
            owners[element] = place
          }
        }
        if let other { return (other, place) }
      }
    }
    return nil
  }
}
