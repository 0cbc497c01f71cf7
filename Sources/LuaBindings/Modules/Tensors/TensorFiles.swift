import Learning
import Tensors

/// lai.save and lai.load: files of tensors.
enum TensorFiles {
  private static let metadata = Option(
    "metadata", Kind<[String: String]>.texts.optional, "Texts by name; only for .safetensors.")
  private static let compressed = Option(
    "compressed", .boolean, default: false, "Compress the file, which takes longer; only for .npz.")
  private static let map = Option(
    "map", .boolean, default: false, "Use the file's own bytes, mapped into memory; not for .npz.")
  private static let round = Option(
    "round", .boolean, default: false, "Round 64-bit integers that float64 does not hold.")
  private static let names = Option(
    "names", Kind.names(atLeast: 1).optional,
    "The names of the tensors to read; only for .npz and .safetensors."
  )

  static let functions = [
    LuaFunction(
      "save", "Writes tensors to a .npy, .npz or .safetensors file, and columns to a .csv file.",
      Parameter("path", .path, "The file; its extension says the format."),
      Parameter(
        "tensors", Kind<SavedTensors>.tensors,
        "A tensor, a list, or a table by name; for .csv a data set, or columns by name."),
      Parameter<OptionTable>.options(metadata.record, compressed.record),
      details: """
        .npy (NumPy) holds one tensor; .npz (NumPy) and .safetensors (Hugging Face) hold any number
        by name. There, a list's are called arr_0, arr_1, … as np.savez does, and a single tensor
        arr_0. A .csv file takes a data set, with its ids, or a table of columns: tensors [n] or [n][1]
        and lists of numbers or strings; id comes first, the others follow by name, or in the order of
        a list {{name, column}, …}. float32 and float64 are written as they are, row major, little endian. The file is
        replaced as a whole or not at all.
        """,
      example: """
        local path = os.tmpname() .. ".safetensors"
        lai.save(path, {w = lai.ones(2, 3), b = lai.zeros(2)}, {metadata = {note = "the start"}})
        local tensors, metadata = lai.load(path)
        assert(tensors.w.shape[2] == 3 and metadata.note == "the start")
        os.remove(path)
        lai.save(path .. ".csv", {id = {7, 8}, price = lai.tensor{1.5, 2}})
        os.remove(path .. ".csv")
        """
    ) { path, tensors, options in
      let metadata = try options(metadata)
      let isCompressed = try options(compressed)
      if path.lowercased().hasSuffix(".csv") {
        try TextFile.write(tensors.csv().text, to: path)
        return LuaNothing()
      }
      switch tensors {
      case .columns:
        throw ArgumentError(
          "path", mustBe: "a name that ends in .csv for columns", got: "'\(path)'")
      case .one(let tensor):
        try TensorFile.write(path, tensor, metadata: metadata, isCompressed: isCompressed)
      case .named(let tensors):
        try TensorFile.write(path, tensors, metadata: metadata, isCompressed: isCompressed)
      }
      return LuaNothing()
    },
    LuaFunction(
      "load", "Tensors from a .npy, .npz or .safetensors file.",
      Parameter("path", .path, "The file; its extension says the format."),
      Parameter<OptionTable>.options(names.record, map.record, round.record),
      details: """
        Returns the tensor of a .npy file, of .npz and .safetensors a table of tensors by name, and of
        .safetensors its metadata, texts by name, as a second result. What a .npz file holds beside
        arrays of numbers is skipped; the second result then has the reasons by name, and a line on
        standard error says so. names = {…} reads only these, and what is skipped otherwise is an
        error there.
        float32, float16, bfloat16, booleans and integers of 8 and 16 bits become float32; float64
        and longer integers float64. A 64-bit integer that float64 does not hold (all beyond 2^53
        are suspect) is an error unless round = true. Complex numbers, texts, objects, records,
        dates and 8-bit floats are errors.
        map = true is for files larger than memory, or of which little is needed: pages are read
        when they are first used. It applies to float32 and float64 that lie aligned in the
        machine's byte order; others are copied all the same. Writing to such a tensor never
        reaches the file. If another program changes the file meanwhile, that may show, and what it
        cuts off reads as nan, or as 0 to the end of a page; lai.save replaces files and disturbs
        nobody.
        """,
      example: """
        local path = os.tmpname() .. ".npy"
        lai.save(path, lai.arange(0, 5))
        assert(lai.load(path):sum():item() == 10)
        assert(lai.load(path, {map = true}):get(2) == 1)
        os.remove(path)
        """
    ) { path, options in
      let contents = try TensorFile.read(
        path,
        TensorFile.ReadOptions(
          maps: options(map), rounds: options(round), names: options(names)))
      if case .named(_, _, let skipped) = contents {
        for (name, reason) in skipped.sorted(by: { $0.key < $1.key }) {
          complain("load: '\(path)': skipped '\(name)': \(reason)\n")
        }
      }
      return LoadedFile(contents: contents)
    },
  ]
}

/// The tensors that `lai.save` writes.
enum SavedTensors {
  case one(Tensor)
  case named([String: Tensor])
  /// Columns of a table.
  case columns(CSVWriter)

  /// - Throws: as `CSVWriter`; `ArgumentError` for a tensor without a name.
  fileprivate func csv() throws -> CSVWriter {
    switch self {
    case .columns(let writer): return writer
    case .one:
      throw ArgumentError("tensors", mustBe: "columns by name for a .csv file", got: "a lai.Tensor")
    case .named(let tensors):
      return try CSVWriter(SavedTensors.sorted(tensors.map { ($0, .numbers($1)) }))
    }
  }

  /// "id" first, the others by name.
  fileprivate static func sorted(
    _ columns: [(name: String, column: CSVWriter.Column)]
  ) -> [(name: String, column: CSVWriter.Column)] {
    columns.sorted { ($0.name == "id" ? 0 : 1, $0.name) < ($1.name == "id" ? 0 : 1, $1.name) }
  }
}

extension LuaState {
  /// A tensor, or a list of numbers and strings; nil for anything else.
  fileprivate func csvColumn(at index: Int32, named name: String) throws -> CSVWriter.Column? {
    if let tensor = object(at: index, as: Tensor.self) { return .numbers(tensor) }
    guard type(at: index) == .table, rawLength(at: index) > 0 else { return nil }
    let cell = Kind<String>("a number or a string", annotation: "number|string") { state, index in
      switch state.type(at: index) {
      case .string: try state.text(at: index)
      case .number: state.account(of: index)
      default: nil
      }
    }
    return .texts(try cell.list().value(in: self, at: index, named: name))
  }

  /// The columns of a .csv file: a data set, a table that has lists, or {{name, column}, …}; nil for
  /// tensors alone.
  fileprivate func csvColumns(at index: Int32) throws -> CSVWriter? {
    if let data = object(at: index, as: Dataset.self) { return try CSVWriter(data) }
    guard type(at: index) == .table else { return nil }
    let count = rawLength(at: index)
    if count > 0 {
      var columns: [(name: String, column: CSVWriter.Column)] = []
      for position in 1...count {
        getIndex(position, of: index)
        defer { pop() }
        let pair = top
        guard type(at: pair) == .table, rawLength(at: pair) == 2 else { return nil }
        getIndex(1, of: pair)
        defer { pop() }
        guard type(at: top) == .string else { return nil }
        let name = try utf8(at: top, named: "tensors[\(position)][1]")
        getIndex(2, of: pair)
        defer { pop() }
        guard let column = try csvColumn(at: top, named: name) else {
          throw ArgumentError(
            "tensors[\(position)][2]", mustBe: "a lai.Tensor or a list", got: account(of: top))
        }
        columns.append((name, column))
      }
      return try CSVWriter(columns)
    }
    var columns: [(name: String, column: CSVWriter.Column)] = []
    var hasLists = false
    try forEachPair(of: index) { key, value in
      guard type(at: key) == .string else { return }
      let name = try utf8(at: key, named: "a tensor's name")
      guard let column = try csvColumn(at: value, named: name) else { return }
      if case .texts = column { hasLists = true }
      columns.append((name, column))
    }
    return hasLists ? try CSVWriter(SavedTensors.sorted(columns)) : nil
  }
}

extension Kind where Value == SavedTensors {
  fileprivate static let tensors = Kind(
    "a lai.Tensor, a list of them, a table of them by name, or a lai.Dataset",
    annotation: "lai.Tensor|lai.Tensor[]|table<string, lai.Tensor|table>|lai.Dataset"
  ) { state, index in
    if let tensor = state.object(at: index, as: Tensor.self) { return .one(tensor) }
    if let columns = try state.csvColumns(at: index) { return .columns(columns) }
    guard try state.isTable(at: index) else { return nil }
    let length = state.rawLength(at: index)
    var tensors: [String: Tensor] = [:]
    var positions = 0
    try state.forEachPair(of: index) { key, value in
      let name: String
      if let position = state.integer(at: key), (0..<length).contains(position - 1) {
        name = TensorFile.nameOfUnnamed(position - 1)
        positions += 1
      } else {
        name = try state.utf8(at: key, named: "a tensor's name")
      }
      guard let tensor = state.object(at: value, as: Tensor.self) else {
        throw ArgumentError(
          "tensors[\(state.account(of: key))]", mustBe: "a lai.Tensor",
          got: state.account(of: value))
      }
      guard tensors.updateValue(tensor, forKey: name) == nil else {
        throw ArgumentError("tensors", mustBe: "of different names", got: "'\(name)' twice")
      }
    }
    guard positions == 0 || positions == tensors.count else {
      throw ArgumentError("tensors", mustBe: "a list or a table by name", got: "both in one")
    }
    return .named(tensors)
  }
}

extension Kind where Value == [String: String] {
  /// A table of texts by name.
  fileprivate static let texts = Kind(
    "a table of strings by name", annotation: "table<string, string>"
  ) { state, index in
    guard try state.isTable(at: index) else { return nil }
    var texts: [String: String] = [:]
    try state.forEachPair(of: index) { key, value in
      let name = try state.utf8(at: key, named: "a name in metadata")
      texts[name] = try state.utf8(at: value, named: "metadata['\(name)']")
    }
    return texts
  }
}

extension LuaState {
  /// A string in UTF-8, as names in files are.
  fileprivate func utf8(at index: Int32, named name: String) throws -> String {
    do {
      if let text = try text(at: index) { return text }
    } catch let error as ArgumentError {
      throw ArgumentError(name, mustBe: error.wanted, got: error.got)
    }
    throw ArgumentError(name, mustBe: "a string", got: account(of: index))
  }
}

/// The tensors that `lai.load` returns.
private struct LoadedFile: LuaPushable {
  static let luaAnnotation = "lai.Tensor|table<string, lai.Tensor>, table<string, string>?"
  let contents: TensorFile.Contents

  func push(to state: LuaState) throws -> Int32 {
    switch contents {
    case .tensor(let tensor):
      return try LuaObject(tensor).push(to: state)
    case .named(let tensors, let metadata, let skipped):
      try state.reserve(6)
      try state.newTable(record: tensors.count)
      for (name, tensor) in tensors {
        try state.push(name)
        try state.push(object: tensor)
        try state.set(table: -3)
      }
      try state.presentTable()
      guard let metadata = metadata ?? (skipped.isEmpty ? nil : skipped) else { return 1 }
      return try 1 + Presented(.object(metadata.mapValues(JSON.string))).push(to: state)
    }
  }
}
