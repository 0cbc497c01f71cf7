import Tensors
extension Dataset {
  static func csv(_ path: String, like schema: DataSchema, dtype: DType, needsTarget: Bool) throws -> Dataset {
    var options = CSVOptions()
    options.columns = schema.columns.map(\.name)
    options.onehot = schema.columns.filter { $0.categories != nil }.map(\.name)
    options.target = schema.target
    options.dtype = dtype
    return try csv(path, options)
  }
}
