import Platform
import Tensors

/// A dimension laid out on the unit interval, where every search works: uniform there is uniform in
/// the values, or in their logarithms. Each value of a list or of a range with steps has a cell:
/// cells of equal width, or in a logarithmic range from the middle between the logarithms of two
/// neighbours to the next.
struct Axis: Sendable, Equatable {
  let name: String
  /// How many values there are; nil for a range without steps.
  let count: Int?
  private let domain: Dimension.Domain
  private let (low, high, step): (Double, Double, Double)
  private let isLog: Bool
  /// The ends of the interval: bounds, or their logarithms. Cells reach half a step beyond them.
  private var (first, last) = (0.0, 1.0)

  /// The length of a list; nil for a range.
  var choices: Int? { if case .choices(let count) = domain { count } else { nil } }

  /// The most values of a range: above it they are no longer different.
  private static let most = 0x1p53

  /// - Throws: `ArgumentError`; `Space` says when.
  init(_ dimension: Dimension) throws {
    (name, domain) = (dimension.name, dimension.domain)
    switch dimension.domain {
    case .choices(let values):
      guard values >= 1 else {
        throw ArgumentError("\(name): choices", mustBe: ">= 1", got: values)
      }
      (count, low, high, step, isLog) = (values, 0, Double(values - 1), 1, false)
    case .range(let low, let high, let isLog, let step, let isInteger):
      try Self.check(name, low: low, high: high, isLog: isLog, step: step, isInteger: isInteger)
      (self.low, self.high, self.isLog) = (low, high, isLog)
      self.step = step ?? 1
      count = step == nil && !isInteger ? nil : Int((high - low) / self.step + 1e-6) + 1
      (first, last) = isLog ? (log(low), log(high)) : (low, high)
      guard let count, isLog else { return }
      // The outer cells are as wide on both sides of their values; a single value has all.
      let end = log(number(count - 1))
      let firstHalf = count > 1 ? (log(number(1)) - first) / 2 : 1
      let lastHalf = count > 1 ? (end - log(number(count - 2))) / 2 : 1
      (first, last) = (first - firstHalf, end + lastHalf)
    }
  }

  private static func check(
    _ name: String, low: Double, high: Double, isLog: Bool, step: Double?, isInteger: Bool
  ) throws {
    guard low.isFinite else { throw ArgumentError("\(name): low", mustBe: "finite", got: low) }
    guard high.isFinite else { throw ArgumentError("\(name): high", mustBe: "finite", got: high) }
    guard low < high else {
      throw ArgumentError("\(name): low", mustBe: "< high, \(numberText(high))", got: low)
    }
    guard (high - low).isFinite else {
      throw ArgumentError("\(name): high - low", mustBe: "finite", got: high - low)
    }
    guard !isLog || low > 0 else {
      throw ArgumentError("\(name): low", mustBe: "> 0 in a logarithmic range", got: low)
    }
    if let step {
      guard step > 0, step.isFinite else {
        throw ArgumentError("\(name): step", mustBe: "> 0 and finite", got: step)
      }
    }
    if isInteger {
      for (part, value) in [("low", low), ("high", high), ("step", step ?? 1)] {
        guard value == value.rounded(), abs(value) <= most else {
          throw ArgumentError("\(name): \(part)", mustBe: "an integer", got: value)
        }
      }
    }
    guard step == nil && !isInteger || (high - low) / (step ?? 1) < most else {
      throw ArgumentError(
        "\(name): step", mustBe: "larger: there are more values than numbers", got: step ?? 1)
    }
  }

  /// Value k of a list or of a range with steps.
  func value(_ k: Int) -> Coordinate {
    if case .choices = domain { .choice(k) } else { .number(number(k)) }
  }

  private func number(_ k: Int) -> Double {
    let value = low + Double(k) * step
    return value > high || abs(value - high) <= 1e-6 * step ? high : value
  }

  /// The coordinate at u of the unit interval, never outside the domain.
  func coordinate(at u: Double) -> Coordinate {
    guard let count else {
      // The exponential of a bound's logarithm is not always the bound.
      guard u > 0 else { return .number(low) }
      guard u < 1 else { return .number(high) }
      let value = isLog ? exp(first + u * (last - first)) : low + u * (high - low)
      return .number(min(max(value, low), high))
    }
    guard isLog else { return value(min(Int(u * Double(count)), count - 1)) }
    let nearest = place(ofNumber: exp(first + u * (last - first)))
    // The nearest value may lie on the other side of the middle between two logarithms.
    let shift = u < nearest.low ? -1 : u < nearest.high ? 0 : 1
    return value(min(max(nearest.index + shift, 0), count - 1))
  }

  /// Where a coordinate lies on the unit interval.
  struct Place: Equatable {
    /// Of its value; 0 in a range without steps.
    var index = 0
    /// The ends of its cell; without steps both are the number's own place.
    var low: Double
    var high: Double
    var middle: Double { (low + high) / 2 }
  }

  /// A number between two values counts as the nearest; one outside the range as its end.
  ///
  /// - Throws: `ArgumentError` for a coordinate that is no place on this axis.
  func place(of coordinate: Coordinate) throws -> Place {
    switch (domain, coordinate) {
    case (.choices(let count), .choice(let index)):
      guard 0..<count ~= index else {
        throw ArgumentError("\(name): choice", mustBe: "in 0..<\(count)", got: index)
      }
      return cell(index, of: count)
    case (.range, .number(let value)):
      guard !value.isNaN else { throw ArgumentError("\(name)", mustBe: "a number", got: value) }
      return place(ofNumber: value)
    case (.choices, .number(let value)):
      throw ArgumentError("\(name)", mustBe: "the index of a choice", got: "number \(value)")
    case (.range, .choice(let index)):
      throw ArgumentError("\(name)", mustBe: "a number", got: "choice \(index)")
    }
  }

  private func place(ofNumber value: Double) -> Place {
    let value = min(max(value, low), high)
    guard let count else {
      let u = (isLog ? log(value) - first : value - first) / (last - first)
      return Place(low: min(max(u, 0), 1), high: min(max(u, 0), 1))
    }
    let index = Int(min(((value - low) / step).rounded(), Double(count - 1)))
    guard isLog else { return cell(index, of: count) }
    return Place(index: index, low: edge(index, of: count), high: edge(index + 1, of: count))
  }

  private func cell(_ index: Int, of count: Int) -> Place {
    Place(index: index, low: Double(index) / Double(count), high: Double(index + 1) / Double(count))
  }

  /// Between the values k - 1 and k of a logarithmic range.
  private func edge(_ k: Int, of count: Int) -> Double {
    guard k > 0 else { return 0 }
    guard k < count else { return 1 }
    return ((log(number(k - 1)) + log(number(k))) / 2 - first) / (last - first)
  }
}
