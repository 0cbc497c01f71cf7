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
      "save", "Writes tensors to a .npy, .npz or .safetensors file.",
      Parameter("path", .path, "The file; its extension says the format."),
      Parameter("tensors", Kind<SavedTensors>.tensors, "A tensor, a list, or a table by name."),
      Parameter<OptionTable>.options(metadata.record, compressed.record),
      details: """
        .npy (NumPy) holds one tensor; .npz (NumPy) and .safetensors (Hugging Face) hold any number
        by name. There, a list's are called arr_0, arr_1, … as np.savez does, and a single tensor
        arr_0. float32 and float64 are written as they are, row major, little endian. The file is
        replaced as a whole or not at all.
        """,
      example: """
        local path = os.tmpname() .. ".safetensors"
        lai.save(path, {w = lai.ones(2, 3), b = lai.zeros(2)}, {metadata = {note = "the start"}})
        local tensors, metadata = lai.load(path)
        assert(tensors.w.shape[2] == 3 and metadata.note == "the start")
        os.remove(path)
        """
    ) { path, tensors, options in
      let metadata = try options(metadata)
      let isCompressed = try options(compressed)
      switch tensors {
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
}

extension Kind where Value == SavedTensors {
  fileprivate static let tensors = Kind(
    "a lai.Tensor, a list of them, or a table of them by name",
    annotation: "lai.Tensor|lai.Tensor[]|table<string, lai.Tensor>"
  ) { state, index in
    if let tensor = state.object(at: index, as: Tensor.self) { return .one(tensor) }
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
      guard let metadata = metadata ?? (skipped.isEmpty ? nil : skipped) else { return 1 }
      return try 1 + JSON.object(metadata.mapValues(JSON.string)).push(to: state)
    }
  }
}
