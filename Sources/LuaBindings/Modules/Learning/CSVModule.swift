import CLai
import Learning
import Tensors

/// lai.csv and the report of its data.
enum CSVModule {
  private static let target = Option(
    "target", Kind.string.optional, "The column of the targets; without it the data have no y.")
  private static let drop = Option(
    "drop", Kind.names(), default: [], "Columns to leave out; their cells are not checked.")
  private static let id = Option(
    "id", Kind.string.optional, "The column that names the rows: d.ids, no feature.")
  private static let keep = Option(
    "keep", Kind.names(), default: [],
    "Columns kept as text, no features: for groups, and for files that lai.save writes.")
  private static let like = Option(
    "like", Kind<Exemplar>.exemplar.optional,
    "Data, or a trained network, whose columns, categories and fills the file's become: for new rows. The target may be absent."
  )
  private static let unknown = Option(
    "unknown", Kind<UnknownCategory>.unknown, default: .error,
    "With like, for cells that are none of the categories: an error, or ignore, 0 in all features of the column."
  )
  private static let columns = Option(
    "columns", Kind.names(atLeast: 1).optional, "The features, in this order; all if left out.")
  private static let onehot = Option(
    "onehot", Kind.names(), default: [],
    "Text column or columns to turn into one 0/1 feature per value, named column=value.")
  private static let missing = Option(
    "missing", Kind.missing, default: .error,
    "For missing cells: an error, drop the row, the column's mean or median, or a number.")
  private static let missingTarget = Option(
    "missing_target", Kind<MissingTarget>.missingTarget, default: .error,
    "For rows without a target: an error, or drop, whatever missing says.")
  private static let na = Option(
    "na", Kind.markers, default: CSVOptions.usualMarkers,
    "Cells that count as missing besides empty ones, in upper or lower case.")
  private static let dtype = Option(
    "dtype", Kind.dtype, default: DType.float32, "Number type of x and y.")
  private static let names = Option(
    "names", Kind.string.list(atLeast: 1).optional, "Names for a file without a header.")
  private static let skip = Option(
    "skip", .integer(atLeast: 0), default: 0, "Lines before the header to leave out.")
  private static let rows = Option(
    "rows", Kind.rowRange.optional, "How many rows to read at most, or {first, last}.")
  private static let separator = Option(
    "separator", .string, default: ",",
    "Character between cells; \" \" stands for any number of blanks.")
  private static let decimal = Option(
    "decimal", .string, default: ".", "Character before the decimals.")
  private static let thousands = Option(
    "thousands", Kind.string.optional, "Character between groups of three digits.")
  private static let quote = Option(
    "quote", .string, default: "\"", "Character around cells with separators; \"\" for none.")
  private static let comment = Option(
    "comment", Kind.string.optional, "Character that begins a comment, up to the end of the line.")
  private static let encoding = Option(
    "encoding", Kind.encoding, default: .utf8, "utf-8, latin-1, windows-1252 or utf-16.")

  static let functions = [
    LuaFunction(
      "csv", "A data set from a CSV file with a header.",
      Parameter("path", .path, "The file, which gzip may have compressed."),
      Parameter<OptionTable>.options(
        target.record, id.record, keep.record, like.record, unknown.record, columns.record,
        drop.record, onehot.record, missing.record, missingTarget.record, na.record, dtype.record,
        separator.record, decimal.record, thousands.record, quote.record,
        comment.record, skip.record, names.record, rows.record, encoding.record),
      details: """
        missing is for empty cells and the markers in na, and for nothing else. Text among numbers,
        infinities, numbers beyond the dtype's range, and integers in plain digits that the dtype
        can only round are errors that name file, line, column and value. A number is rounded to
        the nearest of the dtype, 1e-400 to 0. A missing target is an error unless rows are dropped:
        missing_target = "drop" leaves out only the rows without a target;
        a missing cell of a onehot column is filled with 0 in all of its features. A na marker that
        is a number stands for that number, however it is written: na = {-999}.
        A column without a name is "column k", its place: pandas and R write row numbers so, and
        drop = "column 1" leaves them out. Unless drop or columns say what to do with such a first
        column, a note on standard error says that it is a feature. So does a note about any other
        column that numbers the rows: id = "Id" keeps it aside.
        d.report says which cells were filled and which rows dropped; with unknown = "ignore", which cells
        were of no category that is known.
        """,
      example: """
        local path = os.tmpname()
        io.open(path, "w"):write("a;b;y\\n1,5;2;3\\n4;;6\\n"):close()
        local d = lai.csv(path, {target = "y", separator = ";", decimal = ",", missing = "mean"})
        assert(#d == 2 and d.features[2] == "b" and d.x:get(1, 1) == 1.5)
        assert(d.report.filled.b == 1)
        os.remove(path)
        """
    ) { path, table in
      var options = try CSVOptions(
        target: table(target), drop: table(drop), missing: table(missing), onehot: table(onehot),
        dtype: table(dtype))
      options.columns = try table(columns)
      options.na = try table(na)
      options.names = try table(names)
      options.skip = try table(skip)
      options.rows = try table(rows)
      options.separator = try table(separator)
      options.decimal = try table(decimal)
      options.thousands = try table(thousands)
      options.quote = try table(quote)
      options.comment = try table(comment)
      options.encoding = try table(encoding)
      options.id = try table(id)
      options.keep = try table(keep)
      options.missingTarget = try table(missingTarget)
      if let other = try table(like) {
        // These are those of other data.
        func refuse<Value>(_ option: Option<Value>) throws {
          guard try table.contains(option) else { return }
          throw ArgumentError(option.name, mustBe: "left out with like", got: "both")
        }
        try refuse(target)
        try refuse(columns)
        try refuse(drop)
        try refuse(onehot)
        try refuse(missing)
        options.dtype = try table.contains(dtype) ? options.dtype : other.dtype
        options.unknown = try table(unknown)
        return LuaObject(
          try ReadingWatch.withBar(table.state.progressMode) { watch in
            switch other {
            case .data(let data): try Dataset.csv(path, like: data, options, watch: watch)
            case .network(let net): try net.data(fromCSV: path, options, watch: watch)
            }
          })
      }
      guard try !table.contains(unknown) else {
        throw ArgumentError(
          "unknown", mustBe: "left out without like: the file's own categories are all known",
          got: try table(unknown).rawValue)
      }
      let data = try ReadingWatch.withBar(table.state.progressMode) {
        try Dataset.csv(path, options, watch: $0)
      }
      for note in data.report?.notes ?? [] {
        complain("csv: '\(path)': \(note.text(in: .lua))\n")
      }
      return LuaObject(data)
    }
  ]
}

extension Kind where Value == [String] {
  /// One marker of a missing value, or a list of them: texts or numbers.
  fileprivate static let markers: Kind = {
    let marker = Kind<String>("a string or a number", annotation: "string|number") { state, index in
      if state.type(at: index) == .number { return state.account(of: index) }
      return try Kind<String>.string.read(state, index)
    }
    let list = marker.list()
    return Kind("a marker or a list of them", annotation: "string|number|(string|number)[]") {
      state, index in
      state.type(at: index) == .table
        ? try list.read(state, index) : try marker.read(state, index).map { [$0] }
    }
  }()
}

/// What a file is to be like.
private enum Exemplar {
  case data(Dataset)
  case network(MLP)

  var dtype: DType {
    switch self {
    case .data(let data): data.x.dtype
    case .network(let net): net.dtype
    }
  }
}

extension Kind where Value == Exemplar {
  fileprivate static let exemplar = Kind(
    "a lai.Dataset or a lai.MLP", annotation: "lai.Dataset|lai.MLP"
  ) { state, index in
    state.object(at: index, as: Dataset.self).map { .data($0) }
      ?? state.object(at: index, as: MLP.self).map { .network($0) }
  }
}

extension Kind where Value == MissingTarget {
  fileprivate static let missingTarget = Kind(
    "'error' or 'drop'", annotation: "\"error\"|\"drop\"", choices: ["\"error\"", "\"drop\""]
  ) { state, index in state.string(at: index).flatMap(MissingTarget.init) }
}

extension Kind where Value == UnknownCategory {
  fileprivate static let unknown = Kind(
    "'error' or 'ignore'", annotation: "\"error\"|\"ignore\"",
    choices: ["\"error\"", "\"ignore\""]
  ) { state, index in state.string(at: index).flatMap(UnknownCategory.init) }
}

extension Kind where Value == MissingValues {
  fileprivate static let missing = Kind(
    "'error', 'drop', 'mean', 'median' or a finite number",
    annotation: "\"error\"|\"drop\"|\"mean\"|\"median\"|number",
    choices: ["\"error\"", "\"drop\"", "\"mean\"", "\"median\""]
  ) { state, index in
    if state.type(at: index) == .number {
      return state.number(at: index).flatMap { $0.isFinite ? .number($0) : nil }
    }
    switch state.string(at: index) {
    case "error": return .error
    case "drop": return .drop
    case "mean": return .mean
    case "median": return .median
    default: return nil
    }
  }
}

extension Kind where Value == ClosedRange<Int> {
  /// A number of rows from the first, or the first and the last row.
  fileprivate static let rowRange: Kind = {
    let pair = Kind<Int>.integer(atLeast: 1).list(atLeast: 2)
    return Kind("a whole number >= 1, or {first, last}", annotation: "integer|integer[]") {
      state, index in
      if let count = state.integer(at: index) { return count >= 1 ? 1...count : nil }
      guard let ends = try pair.read(state, index), ends.count == 2, ends[0] <= ends[1] else {
        return nil
      }
      return ends[0]...ends[1]
    }
  }()
}

extension Kind where Value == TextEncoding {
  fileprivate static let encoding = Kind(
    "'utf-8', 'latin-1', 'windows-1252' or 'utf-16'",
    annotation: TextEncoding.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: "|"),
    choices: TextEncoding.allCases.map { "\"\($0.rawValue)\"" }
  ) { state, index in state.string(at: index).flatMap(TextEncoding.init(named:)) }
}

extension CSVReport: LuaRepresentable {
  package static let luaName = "CSVReport"
  package var luaText: String { description(in: .lua) }

  private static let receiver = Parameter("self", Kind<CSVReport>.object, "")

  package static let luaClass = LuaClass(
    CSVReport.self, "What was done to the cells and rows of a CSV file; print it for a summary.",
    properties: [
      LuaFunction("path", "The file.", receiver) { $0.path },
      LuaFunction("rows", "Rows read, before any were dropped.", receiver) { $0.rowCount },
      LuaFunction(
        "filled", "The number of cells filled, by column; columns with none are absent.", receiver,
        returns: "table<string, integer>"
      ) { report in
        table(report.fills.map { ($0.column, .integer($0.count)) })
      },
      LuaFunction(
        "fills", "The number that filled the missing cells, by column.", receiver,
        returns: "table<string, number>"
      ) { report in
        table(report.fills.map { ($0.column, .number($0.value)) })
      },
      LuaFunction("dropped", "Rows dropped because a value was missing.", receiver) {
        $0.droppedLines.count
      },
      LuaFunction(
        "dropped_lines", "The lines of the file on which the dropped rows begin.", receiver
      ) {
        $0.droppedLines
      },
      LuaFunction(
        "missing", "The number of missing cells, by column, with those of dropped rows.", receiver,
        returns: "table<string, integer>"
      ) { report in
        table(report.missing.map { ($0.column, .integer($0.count)) })
      },
      LuaFunction(
        "categories", "The values of each onehot column, in the order of its features.", receiver,
        returns: "table<string, string[]>"
      ) { report in
        table(report.categories.map { ($0.column, .array($0.names.map(JSON.string))) })
      },
      LuaFunction(
        "unknown",
        "The number of cells that are none of the known categories, by column; columns with none are absent.",
        receiver, returns: "table<string, integer>"
      ) { report in
        table(report.unknown.map { ($0.column, .integer($0.count)) })
      },
      LuaFunction("notes", "Warnings, such as a first column without a name.", receiver) {
        $0.notes.map { $0.text(in: .lua) }
      },
    ])

  private static func table(_ entries: [(String, JSON)]) -> JSON {
    .object(Dictionary(uniqueKeysWithValues: entries))
  }
}
