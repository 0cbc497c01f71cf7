import Learning
import Tensors

extension Kind where Value == PerFeature {
  /// A number, a list, or a table by name; `false` among them excludes a feature.
  static let perFeature = perFeature(allowsZero: false)

  /// The same, in which 0 may be a number too; ranges are checked later.
  static func perFeature(allowsZero: Bool) -> Kind {
    Kind(
      OptionRecord.Form.perFeature(allowsZero: allowsZero).words,
      annotation: "number|(number|false)[]|table<string, number|false>", read: readPerFeature)
  }

  private static let readPerFeature: @Sendable (LuaState, Int32) throws -> PerFeature? = {
    state, index in
    if let number = state.number(at: index) { return .uniform(number) }
    guard try state.isTable(at: index) else { return nil }
    if state.rawLength(at: index) > 0 {
      return try Kind<PerFeature.Entry>.entry.list().read(state, index).map { .perFeature($0) }
    }
    var named: [String: PerFeature.Entry] = [:]
    var fallback: PerFeature.Entry?
    try state.forEachPair(of: index) { key, value in
      guard let name = state.string(at: key) else {
        throw ArgumentError(
          "", mustBe: "a table whose keys are feature names", got: state.account(of: key))
      }
      let entry = try Kind<PerFeature.Entry>.entry.value(in: state, at: value, named: ".\(name)")
      if name == "default" { fallback = entry } else { named[name] = entry }
    }
    if named.isEmpty && fallback == nil { return nil }
    return .named(named, default: fallback)
  }

  /// The same, or a list of the names of the features that count. Those that a table does not name are
  /// excluded unless it has a default.
  static let features = Kind(
    "a list of feature names, or numbers > 0 by name",
    annotation: "string|string[]|number|(number|false)[]|table<string, number|false>"
  ) { state, index in
    if state.type(at: index) == .string { return try state.text(at: index).map { .only([$0]) } }
    guard try state.isTable(at: index), state.rawLength(at: index) > 0 else {
      let named = try perFeature.read(state, index)
      if case .named(let entries, default: nil) = named {
        return .named(entries, default: .excluded)
      }
      return named
    }
    state.getIndex(1, of: index)
    let isNames = state.type(at: -1) == .string
    state.pop()
    guard isNames else { return try perFeature.read(state, index) }
    return try Kind<[String]>.names(atLeast: 1).read(state, index).map { names in
      for (place, name) in names.enumerated() where names[..<place].contains(name) {
        throw ArgumentError("[\(place + 1)]", mustBe: "another feature", got: "'\(name)' again")
      }
      return .only(names)
    }
  }
}

extension Kind where Value == FeatureSelection {
  /// A name or an index or, of several features, a list of them.
  static func selection(several: Bool) -> Kind {
    let one = "string|integer"
    return Kind(
      OptionRecord.Form.selection(several: several).words,
      annotation: several ? "\(one)|(\(one))[]" : one
    ) { state, index in
      guard several, state.type(at: index) == .table else {
        return try Kind<FeatureSelection.Reference>.reference.read(state, index).map {
          FeatureSelection([$0])
        }
      }
      return try Kind<FeatureSelection.Reference>.reference.list(atLeast: 1).read(state, index)
        .map { FeatureSelection($0) }
    }
  }
}

extension Kind where Value == FeatureSelection.Reference {
  fileprivate static let reference = Kind(
    "a feature's name or index", annotation: "string|integer"
  ) { state, index in
    if state.type(at: index) == .string { return try state.text(at: index).map { .name($0) } }
    return state.integer(at: index).map { .index($0) }
  }
}

extension Kind where Value == PerFeature.Entry {
  /// One feature's number, or false to exclude the feature.
  static let entry = Kind("a number > 0 or false", annotation: "number|false") { state, index in
    if state.type(at: index) == .boolean, !state.boolean(at: index) { return .excluded }
    return state.number(at: index).map { .included($0) }
  }
}

extension OptionRecord {
  /// The option as scripts give it.
  var option: Option<OptionValue?> {
    let kind: Kind<OptionValue> =
      switch form {
      case .number(let range):
        Kind<Double>.number("a number \(range.rawValue)") { range.contains($0) }.map { .number($0) }
      case .integer(let range): Kind<Int>.integer(form.words, in: range).map { .integer($0) }
      case .seed: Kind<Int>.integer.map { .integer($0) }
      case .boolean: Kind<Bool>.boolean.map { .boolean($0) }
      case .choice(let names): Kind<String>.choice(names).map { .text($0) }
      case .features: Kind<PerFeature>.features.map { .features($0) }
      case .perFeature(let allowsZero):
        Kind<PerFeature>.perFeature(allowsZero: allowsZero).map { .features($0) }
      case .selection(let several):
        Kind<FeatureSelection>.selection(several: several).map { .selection($0) }
      case .tensor:
        Kind<Tensor>.tensorLike.map {
          .tensor(OptionTensor(shape: $0.shape, elements: try $0.elements(as: Double.self)))
        }
      }
    return Option(name, kind.optional, summary)
  }

  /// What documents it: name, type, default and help.
  var record: ParameterRecord {
    let shown: String? = fallback.map { value in
      if case .text(let text) = value { "\"\(text)\"" } else { "\(value)" }
    }
    return option.record.with(default: shown, isOptional: !isRequired)
  }
}

extension [OptionRecord] {
  /// The values that a table of options gives, checked; those left out have their defaults.
  ///
  /// - Throws: `ArgumentError`, and `MissingOption` for one that must be given.
  func values(_ table: OptionTable) throws -> OptionValues {
    var given: [String: OptionValue] = [:]
    for record in self {
      if let value = try table(record.option) {
        given[record.name] = value
      } else if record.isRequired {
        throw MissingOption(name: record.name, wanted: record.form.words)
      }
    }
    return try OptionValues(given, of: self)
  }
}
