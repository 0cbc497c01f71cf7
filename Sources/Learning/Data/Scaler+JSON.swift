import Tensors

extension Scaler: Codable {
  /// {"features": […], "named": true, "target": "…", "mean": […], "std": […]} and, if it scales
  /// targets, {"target_center": […], "target_scale": […]}
  public var json: JSON {
    var fields: [String: JSON] = [
      "features": .array(features.map { .string($0) }),
      "named": .bool(names.features != nil),
      "target": names.target.map { .string($0) } ?? .null,
      "mean": .array(inputs.center.map { .number($0) }),
      "std": .array(inputs.scale.map { .number($0) }),
    ]
    if let target {
      fields["target_center"] = .array(target.center.map { .number($0) })
      fields["target_scale"] = .array(target.scale.map { .number($0) })
    }
    return .object(fields)
  }

  /// - Throws: `ArgumentError` for anything but what `json` gives.
  public init(json: JSON) throws {
    let wrong = ArgumentError(
      "scaler", mustBe: "an object of features, mean and std", got: (try? json.text()) ?? "?")
    guard case .object(let fields) = json else { throw wrong }
    func list(_ key: String) throws -> [JSON] {
      guard case .array(let list)? = fields[key] else { throw wrong }
      return list
    }
    func numbers(_ key: String) throws -> [Double] {
      try list(key).map {
        switch $0 {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: throw wrong
        }
      }
    }
    let features = try list("features").map { entry in
      guard case .string(let name) = entry else { throw wrong }
      return name
    }
    // Older files do not say whether X1, X2, … are names.
    var areNames = features != ColumnNames.numbered(features.count)
    if case .bool(let areNamed)? = fields["named"] { areNames = areNamed }
    var targetName: String?
    if case .string(let name)? = fields["target"] { targetName = name }
    let names = ColumnNames(features: areNames ? features : nil, target: targetName)
    var target: ColumnScale?
    if fields["target_center"] != nil || fields["target_scale"] != nil {
      let center = try numbers("target_center")
      target = try ColumnScale(
        center: center, scale: numbers("target_scale"), names: names.outputs(center.count))
    }
    try self.init(
      names: names,
      inputs: ColumnScale(center: numbers("mean"), scale: numbers("std"), names: features),
      target: target)
  }

  public init(from decoder: any Decoder) throws { try self.init(json: JSON(from: decoder)) }
  public func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}
