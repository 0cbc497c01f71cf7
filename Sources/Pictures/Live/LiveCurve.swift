/// Values by epoch, of which there may be any number: never more points than a display can show.
public struct LiveCurve: Sendable, Equatable {
  static let mostPoints = 1024
  public private(set) var epochs: [Double] = []
  public private(set) var values: [Double] = []
  /// One point stands for so many epochs.
  private var step = 1
  private var skipped = 0

  public init() {}

  /// Adds the value of the next epoch. When there are too many points, every second one goes.
  public mutating func append(epoch: Int, _ value: Double) {
    skipped += 1
    guard skipped >= step else { return }
    skipped = 0
    epochs.append(Double(epoch))
    values.append(value)
    guard epochs.count > Self.mostPoints else { return }
    step *= 2
    epochs = Self.thinned(epochs)
    values = Self.thinned(values)
  }

  private static func thinned(_ list: [Double]) -> [Double] {
    list.indices.filter { $0 % 2 == 0 }.map { list[$0] }
  }
}
