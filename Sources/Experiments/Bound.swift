import Learning
import Tensors

/// What a measure may be at most.
public struct Bound: Sendable, Equatable {
  public enum Limit: Sendable, Equatable {
    case absolute(Double)
    /// Percent above the control's, or below it where it is negative.
    case relative(percent: Double)
  }

  public let measure: String
  public let limit: Limit

  public init(_ measure: String, _ limit: Limit) { (self.measure, self.limit) = (measure, limit) }

  /// "+2.4%" and "-30 %" are relative to the control.
  ///
  /// - Throws: `ArgumentError` for other texts, and for −100 % or less.
  public init(_ measure: String, relative text: String) throws {
    let digits = text.filter { $0 != " " }
    guard digits.hasSuffix("%"), let percent = Double(digits.dropLast()), percent.isFinite,
      percent > -100
    else {
      throw ArgumentError(
        "subject.\(measure)", mustBe: "a number, or a change against the control such as '+2.4%'",
        got: "'\(text)'")
    }
    self.init(measure, .relative(percent: percent))
  }

  /// The largest value that keeps it.
  public func value(control: Double) -> Double {
    switch limit {
    case .absolute(let value): value
    case .relative(let percent): control + percent / 100 * control.magnitude
    }
  }

  /// How far a value is beyond it, as a share of the control's size; ≤ 0 where it holds.
  public func violation(_ value: Double, control: Double) -> Double {
    let unit = control == 0 ? 1 : control.magnitude
    return (value - self.value(control: control)) / unit
  }
}

extension Bound: CustomStringConvertible {
  public var description: String {
    switch limit {
    case .absolute(let value): "\(measure) ≤ \(numberText(value))"
    case .relative(let percent):
      "\(measure) ≤ \(percent < 0 ? "−" : "+")\(numberText(percent.magnitude)) %"
    }
  }
}
