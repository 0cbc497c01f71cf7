import Learning
import Tensors

/// Rows of features for a network: a tensor, or a data set, whose names are checked.
struct FeatureRows {
  /// [n][inputs]
  let x: Tensor
  /// [n][outputs]; nil for a tensor, and for data without targets.
  var y: Tensor?
  /// ∂y/∂x, as a data set may have them
  var slopes: Tensor?
  var names = ColumnNames()
}

extension Kind where Value == FeatureRows {
  static let rows = Kind(
    "a lai.Tensor, a nested table of numbers or a lai.Dataset",
    annotation: "lai.Tensor|table|lai.Dataset"
  ) { state, index in
    if let data = state.object(at: index, as: Dataset.self) {
      return FeatureRows(x: data.x, y: data.y, slopes: data.slopes, names: data.names)
    }
    return try Kind<Tensor>.tensorLike.read(state, index).map { FeatureRows(x: $0) }
  }
}

extension MLP {
  /// The features of rows, whose columns must be those that the network knows.
  ///
  /// - Throws: `NameMismatch`.
  func features(of rows: FeatureRows) throws -> Tensor {
    try check(rows.names)
    return rows.x
  }
}
