import Tensors

/// How rows are divided.
public struct SplitOptions: Sendable {
  public var seed: UInt64
  /// Parts that all have the same shares of this many ranges of the target, each with the same number
  /// of rows; nil for rows at random.
  public var strata: Int?
  /// A feature or a text column: parts that all have the same shares of each of its values.
  public var stratum: String?
  /// A feature or a text column: rows that are the same in it stay together.
  public var group: String?

  public init(
    seed: UInt64 = 1, strata: Int? = nil, stratum: String? = nil, group: String? = nil
  ) {
    (self.seed, self.strata, self.stratum, self.group) = (seed, strata, stratum, group)
  }
}

extension Dataset {
  /// Splits the samples at random, by the stream `split` of a seed, into the rest and a share
  /// `validation`, rounded to whole samples. Both keep the order of the samples.
  ///
  /// - Throws: `ArgumentError` for a share outside (0, 1), or one that leaves a part empty.
  public func split(validation: Double, seed: UInt64) throws -> (
    train: Dataset, validation: Dataset
  ) {
    let parts = try split(validation: validation, options: SplitOptions(seed: seed))
    return (parts.train, parts.validation)
  }

  /// The same in three parts if there is a share for a test; the validation rows stay the same.
  ///
  /// - Throws: `ArgumentError` for shares and strata out of range, or that leave a part empty, and for
  ///   strata without a single target; `UnknownFeature` for a group or stratum that is no column.
  public func split(
    validation: Double, test: Double? = nil, options: SplitOptions
  ) throws -> (train: Dataset, validation: Dataset, test: Dataset?) {
    var shares = [(name: "validation", share: validation)]
    if let test { shares.append(("test", test)) }
    let parts = try splits(options).parts(shares)
    return (
      train: try rows(parts[shares.count]), validation: try rows(parts[0]),
      test: test == nil ? nil : try rows(parts[1])
    )
  }

  /// The rows of k parts: each is the validation part once, and the others are trained on.
  ///
  /// - Throws: `ArgumentError` for k < 2, more folds than rows or groups; as `split`.
  public func folds(_ k: Int, options: SplitOptions) throws -> [[Int]] {
    try splits(options).folds(k)
  }

  private func splits(_ options: SplitOptions) throws -> RowSplits {
    guard options.strata == nil && options.stratum == nil || options.group == nil else {
      throw ArgumentError(
        "stratify", mustBe: "left out with a group", got: "both")
    }
    var splits = RowSplits(count: count, seed: options.seed)
    if let strata = options.strata {
      guard let y, y.shape[1] == 1 else {
        throw ArgumentError("stratify", mustBe: "left out without a single target", got: strata)
      }
      guard strata >= 2, strata <= count else {
        throw ArgumentError("stratify", mustBe: "between 2 and \(count) ranges", got: strata)
      }
      let values = try y.elements(as: Double.self)
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      var places = [Int](repeating: 0, count: count)
      for (rank, row) in order.enumerated() { places[row] = rank * strata / count }
      splits.strata = places
    }
    if let stratum = options.stratum { splits.strata = try groups(stratum) }
    if let group = options.group { splits.groups = try groups(group) }
    return splits
  }

  /// By row: rows that are the same in a column have the same number, in the order of appearance.
  private func groups(_ name: String) throws -> [Int] {
    func numbered<Value: Hashable>(_ values: [Value]) -> [Int] {
      var known: [Value: Int] = [:]
      return values.map { value in
        if let number = known[value] { return number }
        known[value] = known.count
        return known.count - 1
      }
    }
    if let texts = textColumns.first(where: { $0.name == name }) { return numbered(texts.values) }
    return numbered(try column(name).elements(as: Double.self))
  }
}
