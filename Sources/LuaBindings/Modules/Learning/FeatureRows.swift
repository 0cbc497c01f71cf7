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
  /// That of a data set; nil for one in original units.
  var scaler: Scaler?
  var isDataset = false
}

extension Kind where Value == FeatureRows {
  static let rows = Kind(
    "a lai.Tensor, a nested table of numbers or a lai.Dataset",
    annotation: "lai.Tensor|table|lai.Dataset"
  ) { state, index in
    if let data = state.object(at: index, as: Dataset.self) {
      return FeatureRows(
        x: data.x, y: data.y, slopes: data.slopes, names: data.names, scaler: data.scaler,
        isDataset: true)
    }
    return try Kind<Tensor>.tensorLike.read(state, index).map { FeatureRows(x: $0) }
  }
}

extension MLP {
  /// The features of rows, whose columns must be those that the network knows. A data set must be
  /// scaled as the network takes it; a tensor is taken as it is.
  ///
  /// - Throws: `NameMismatch`; `ScaleMismatch`.
  func features(of rows: FeatureRows) throws -> Tensor {
    try check(rows.names)
    if rows.isDataset { try check(scale: rows.scaler) }
    return rows.x
  }
}
