import Tensors

/// A function of predictions, targets and slopes ∂ŷ/∂x that is part of an objective.
protocol SlopeTerm: Sendable {}
