public struct Scaler: Sendable {}
