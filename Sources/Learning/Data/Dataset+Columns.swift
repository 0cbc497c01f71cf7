import Tensors

/// Other data of the same rows, or of the same columns.
extension Dataset {
  /// The place of a feature.
  ///
  /// - Throws: `UnknownFeature`.
  private func place(_ feature: String) throws -> Int {
    guard let place = features.firstIndex(of: feature) else {
      throw UnknownFeature(name: feature, hint: features.hintOfFeature(feature))
    }
    return place
  }

  /// A feature or the target, [n].
  ///
  /// - Throws: `UnknownFeature`; `ArgumentError` for a target of several columns.
  public func column(_ name: String) throws -> Tensor {
    if name == target, let y {
      guard y.shape[1] == 1 else {
        throw ArgumentError("name", mustBe: "a single column", got: "the target of \(y.shape[1])")
      }
      return try y.selected(axis: 1, index: 0)
    }
    guard let place = features.firstIndex(of: name) else {
      let known = features + (target.map { [$0] } ?? [])
      throw UnknownFeature(name: name, hint: known.hintOfFeature(name))
    }
    return try x.selected(axis: 1, index: place)
  }

  /// The features with these names, in this order.
  ///
  /// - Throws: `UnknownFeature`; `ArgumentError` for none, and for one that is there twice.
  public func selecting(_ names: [String]) throws -> Dataset {
    guard !names.isEmpty else {
      throw ArgumentError("names", mustBe: "one feature or more", got: "none")
    }
    let places = try names.map(place)
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw ArgumentError("names", mustBe: "distinct", got: "'\(names[twice])' twice")
    }
    var data = try Dataset(
      x: x.taken(axis: 1, at: places), y: y,
      // Also of data without names: X3 stays X3.
      names: ColumnNames(features: names, target: target),
      slopes: slopes.map { try $0.taken(axis: $0.rank - 1, at: places) })
    // The schema may know more columns than the data.
    data.schema = schema
    data.takeTexts(of: self)
    data.scaler = try scaler.map { scaler in
      try Scaler(
        names: ColumnNames(features: names, target: scaler.names.target),
        inputs: scaler.columns(places).inputs, target: scaler.target)
    }
    return data
  }

  /// The features of other data, in their order, of what is still the whole file.
  ///
  /// - Throws: as `selecting`.
  func arranged(_ names: [String]) throws -> Dataset {
    guard features != names else { return self }
    var data = try selecting(names)
    data.report = report
    return data
  }

  /// All features but these.
  ///
  /// - Throws: `UnknownFeature`; `ArgumentError` if none is left.
  public func dropping(_ names: [String]) throws -> Dataset {
    for name in names { _ = try place(name) }
    let kept = features.filter { !names.contains($0) }
    guard !kept.isEmpty else {
      throw ArgumentError("names", mustBe: "names that leave a feature", got: "all of them")
    }
    return try selecting(kept)
  }

  /// With new features, or other values of those that have the same names. Features of other values
  /// are no longer those of a file: there is no schema for them. Nor is a target of other values.
  ///
  /// - columns: [n] or [n][1] each.
  /// - Throws: `ShapeError` for another number of rows; `ArgumentError` for data that are scaled or have
  ///   slopes.
  public func with(_ columns: [(name: String, values: Tensor)]) throws -> Dataset {
    guard scaler == nil, slopes == nil else {
      throw ArgumentError(
        "data", mustBe: "in their original units and without slopes",
        got: scaler == nil ? "data with slopes" : "data that a scaler has scaled")
    }
    var parts = try features.indices.map { try x.narrowed(axis: 1, from: $0, length: 1) }
    var (names, y) = (features, y)
    for (name, values) in columns {
      guard values.rank <= 2, values.count == count, values.shape.first == count else {
        throw ShapeError(
          op: "with", lhs: values.shape, reason: "of '\(name)' is not [\(count)], one per row")
      }
      let column = try values.reshaped([count, 1]).converted(to: x.dtype)
      if name == target {
        y = column
      } else if let place = names.firstIndex(of: name) {
        parts[place] = column
      } else {
        names.append(name)
        parts.append(column)
      }
    }
    var data = try Dataset(
      x: Tensor.concatenated(parts, axis: 1), y: y,
      names: ColumnNames(features: names, target: target))
    data.takeTexts(of: self)
    if columns.allSatisfy({ $0.name == target }) {
      data.schema = schema.map { DataSchema($0, target: nil) }
    }
    return data
  }

  /// The rows of both, these first.
  ///
  /// - Throws: `NameMismatch` for other columns; `ScaleMismatch` for another scaler; `ArgumentError` if
  ///   one has targets, slopes or ids and the other has not; `ShapeError` for other widths.
  public func appending(_ other: Dataset) throws -> Dataset {
    try other.names.check(agreesWith: names, as: "the second data", and: "the first")
    guard other.scaler == scaler else {
      throw ScaleMismatch(
        subject: "the second data", got: other.scaler, other: "the first", wanted: scaler)
    }
    func joined(_ name: String, _ own: Tensor?, _ others: Tensor?) throws -> Tensor? {
      guard (own == nil) == (others == nil) else {
        throw ArgumentError("data", mustBe: "with \(name) in both or in neither", got: "in one")
      }
      return try own.map { try Tensor.concatenated([$0, others!], axis: 0) }
    }
    guard (ids == nil) == (other.ids == nil), texts.map(\.name) == other.texts.map(\.name) else {
      throw ArgumentError(
        "data", mustBe: "with the same ids and text columns in both", got: "others")
    }
    var data = try Dataset(
      x: Tensor.concatenated([x, other.x], axis: 0), y: joined("targets", y, other.y),
      names: names.completed(by: other.names), slopes: joined("slopes", slopes, other.slopes))
    func joined(_ own: TextColumn, _ others: TextColumn) -> TextColumn {
      TextColumn(name: own.name, values: own.values + others.values)
    }
    data.ids = ids.map { joined($0, other.ids!) }
    data.texts = zip(texts, other.texts).map(joined)
    (data.schema, data.scaler) = (schema, scaler)
    return data
  }

  /// The rows of which a mask [n] is not 0.
  ///
  /// - Throws: `ShapeError` for another number of rows; `ArgumentError` for a mask that keeps none.
  public func rows(where mask: Tensor) throws -> Dataset {
    guard mask.count == count, mask.shape.first == count else {
      throw ShapeError(op: "where", lhs: mask.shape, reason: "is not [\(count)], one per row")
    }
    let kept = try mask.elements(as: Double.self).enumerated().filter { $0.element != 0 }
    guard !kept.isEmpty else {
      throw ArgumentError("mask", mustBe: "one that keeps a row", got: "one that keeps none")
    }
    return try rows(kept.map(\.offset))
  }

  /// The rows sorted by columns: by the first one, equal rows by the next one, and so on. NaN last;
  /// equal rows keep their order.
  ///
  /// - Throws: `UnknownFeature`, and as `column`; `ArgumentError` for no column; `AllocationError`.
  public func sorted(by names: [String], descending: Bool = false) throws -> Dataset {
    guard !names.isEmpty else {
      throw ArgumentError("names", mustBe: "one column or more", got: "none")
    }
    try AllocationError.check(count, bytesEach: 8 * names.count + 16)
    let columns = try names.map { try column($0).detached().elements(as: Double.self) }
    let places = (0..<count).sorted { a, b in
      for column in columns {
        let (left, right) = (column[a], column[b])
        if left.isNaN || right.isNaN {
          if left.isNaN && right.isNaN { continue }
          return right.isNaN
        }
        if left != right { return descending ? left > right : left < right }
      }
      return a < b
    }
    return try rows(places)
  }

  /// The same rows with names of their own.
  ///
  /// - Throws: `ArgumentError` if they are not as many as the rows.
  public func identified(by ids: TextColumn) throws -> Dataset {
    guard ids.values.count == count else {
      throw ArgumentError("ids", mustBe: "\(count), one per row", got: ids.values.count)
    }
    var data = self
    data.ids = ids
    return data
  }
}

extension [String] {
  /// What may have been meant by the name of a feature that there is not: the features that a one-hot
  /// column became, or the nearest name.
  func hintOfFeature(_ name: String) -> String {
    let made = filter { $0.hasPrefix(name + "=") }
    return made.isEmpty ? hint(for: name) : " (it became \(made.quotedList()))"
  }
}
