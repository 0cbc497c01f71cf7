import Learning
import Pictures
import Tensors

/// Data sets in Lua: columns, rows, parts and summaries.
extension Dataset: LuaRepresentable {
  package static let luaName = "Dataset"

  private static let receiver = Parameter("self", Kind<Dataset>.object, "")
  private static let names = Parameter("names", Kind<[String]>.names(atLeast: 1), "The features.")
  private static let rowCount = Parameter(
    "n", Kind.integer(atLeast: 1).optional, "Rows, 5 without it.")
  private static let test = Option(
    "test", Kind<Double>.fraction.optional, "Share of the rows in a third part.")
  private static let stratify = Option(
    "stratify", Kind<Strata>.strata.optional,
    "Parts with the same distribution of the target: true, or the number of its ranges (10); or of a column, by its name."
  )
  private static let group = Option(
    "group", Kind.string.optional,
    "A column: rows that are the same in it stay in one part. Text columns are those of id and keep."
  )
  private static let descending = Option(
    "descending", .boolean, default: false, "The largest first.")
  private static let k = Option("k", .integer(atLeast: 2), default: 5, "Folds.")

  package static let luaClass = LuaClass(
    Dataset.self, "Rows of features and, if there are any, their targets; print it for a look.",
    properties: [
      LuaFunction("x", "The features, [n][d].", receiver) { LuaObject($0.x) },
      LuaFunction("y", "The targets, [n][outputs] like net(x); nil if there are none.", receiver) {
        $0.y.map { LuaObject($0) }
      },
      LuaFunction(
        "slopes", "The slopes dy/dx, [n][d] for one output, else [n][outputs][d]; nil without.",
        receiver
      ) { $0.slopes.map { LuaObject($0) } },
      LuaFunction("features", "Names of the features.", receiver) { $0.features },
      LuaFunction("target", "Name of the target; nil if it has none.", receiver) { $0.target },
      LuaFunction(
        "ids", "What names the rows, numbers or strings; nil without.", receiver,
        returns: "(integer|string)[]?"
      ) { $0.ids.map { Presented(.array($0.luaValues)) } },
      LuaFunction(
        "report", "What was done to the CSV file that it was read from; nil for other data.",
        receiver
      ) {
        $0.report.map { LuaObject($0) }
      },
    ],
    methods: lookingMethods + pictureMethods + columnMethods + rowMethods + partMethods,
    metamethods: [
      "__len": LuaFunction("len", "Number of rows.", receiver) { $0.count },
      "__tostring": LuaFunction("tostring", "Size, names and the first rows.", receiver) {
        try $0.description + "\n" + $0.text(ofRows: 0..<min(5, $0.count))
      },
      "__html": LuaFunction("html", "The first rows in a notebook.", receiver) {
        try $0.html(ofRows: 0..<min(5, $0.count))
      },
    ],
    index: index)

  /// Other keys: columns and rows are there, but not as fields.
  private static let index = LuaFunction("Dataset", "", reading: [], returns: "nil") { state in
    let data = try receiver.read(state, 1)
    if let row = state.number(at: 2) {
      throw WrongAccess(
        key: "[\(numberText(row))]", form: "d:rows(\(numberText(row)), \(numberText(row)))")
    }
    let name = state.string(at: 2) ?? state.account(of: 2)
    let columns = data.features + [data.target, data.ids?.name].compactMap { $0 }
    if columns.contains(name) {
      throw WrongAccess(key: "'\(name)', which is a column", form: "d:column(\"\(name)\")")
    }
    let known =
      ["x", "y", "slopes", "features", "target", "ids", "report"]
      + (lookingMethods + pictureMethods + columnMethods + rowMethods + partMethods).map(\.name)
    throw UnknownField(name: name, known: known, owner: luaName)
  }

  private static let lookingMethods = [
    LuaFunction("head", "The first rows, as a data set.", receiver, rowCount) { data, n in
      LuaObject(try data.rows(Array(0..<min(n ?? 5, data.count))))
    },
    LuaFunction("tail", "The last rows, as a data set.", receiver, rowCount) { data, n in
      LuaObject(try data.rows(Array((data.count - min(n ?? 5, data.count))..<data.count)))
    },
    LuaFunction(
      "describe",
      "By column: count, missing, mean, std (divisor n − 1), min, quartiles and max.", receiver,
      example: """
        local summary = lai.synthetic.friedman1{n = 100}:describe()
        print(summary, summary.X1.mean)
        """
    ) { LuaObject(try DataSummary($0)) },
    LuaFunction(
      "correlations", "Pearson's correlations of all columns, those with the target first.",
      receiver,
      example: """
        local c = lai.synthetic.friedman1{n = 100}:correlations()
        print(c, c.X4.y)
        """
    ) { LuaObject(try Correlations($0)) },
    LuaFunction(
      "value_counts", "How often each value of a column occurs, the most frequent first.",
      receiver, Parameter("name", Kind.string, "A feature, the target, or a column of text."),
      example: """
        local counts = lai.dataset({{1}, {3}, {1}}, nil, {features = {"rooms"}}):value_counts("rooms")
        print(counts)
        assert(counts.values[1] == 1 and counts.counts[1] == 2)
        """
    ) { LuaObject(try ValueCounts($0, column: $1)) },
  ]

  private static let pictureMethods = [
    LuaFunction(
      "plot", "Histograms of all columns; of one, also the target against it.", receiver,
      Parameter("name", Kind.string.optional, "A column; all without it."),
      example: #"print(lai.synthetic.friedman1{n = 100}:plot("X4"))"#
    ) { data, name in LuaObject(try name.map { try data.chart(of: $0) } ?? data.chart()) }
  ]

  private static let columnMethods = [
    LuaFunction(
      "column", "A feature or the target, [n]; a column of text, as a list.", receiver,
      Parameter(
        "name", Kind<ColumnChoice>.columnChoice, "Its name; a list of k names gives [n][k]."),
      returns: "lai.Tensor|(integer|string)[]",
      example: """
        local data = lai.synthetic.friedman1{n = 50}
        assert(#data:column("X1") == 50 and data:column{"X1", "y"}.shape[2] == 2)
        """
    ) { data, choice in
      if case .several(let names) = choice {
        let columns = try names.map { try data.column($0) }
        return LuaResults(LuaObject(try Tensor.stacked(columns, axis: 1)))
      }
      guard case .one(let name) = choice else { return LuaResults() }
      if let texts = data.textColumns.first(where: { $0.name == name }) {
        return LuaResults(Presented(.array(texts.luaValues)))
      }
      return LuaResults(LuaObject(try data.column(name)))
    },
    LuaFunction(
      "select", "The data with these features only, in this order.", receiver, names,
      example: #"assert(#lai.synthetic.friedman1{n = 9}:select{"X4", "X1"}.features == 2)"#
    ) { LuaObject(try $0.selecting($1)) },
    LuaFunction("drop", "The data without these features.", receiver, names) {
      LuaObject(try $0.dropping($1))
    },
    LuaFunction(
      "with", "The data with new columns, or other values of those with the same names.", receiver,
      Parameter(
        "columns", Kind<[NamedColumn]>.columns,
        "Tensors [n] by name; a number is that of every row."),
      details: "New features follow the others, sorted by name.",
      example: """
        local data = lai.synthetic.friedman1{n = 50}
        data = data:with{product = data:column("X1") * data:column("X2")}
        assert(data.features[11] == "product")
        """
    ) { data, columns in
      LuaObject(
        try data.with(
          columns.map { ($0.name, try $0.tensor(rows: data.count, dtype: data.x.dtype)) }))
    },
  ]

  private static let rowMethods = [
    LuaFunction(
      "rows", "One row, the rows from a first to a last one, or those of a list.", receiver,
      Parameter(
        "first", Kind<RowChoice>.choice, "The first row, or a list of rows; -1 is the last."),
      Parameter("last", Kind.integer.optional, "The last row; without it only the first."),
      example: """
        local data = lai.synthetic.friedman1{n = 50}
        assert(#data:rows(1, 10) == 10 and #data:rows(-5, -1) == 5 and #data:rows{3, 1} == 2)
        assert(#data:rows(7) == 1)
        """
    ) { data, first, last in
      LuaObject(try data.rows(first.places(through: last, of: data.count)))
    },
    LuaFunction(
      "where", "The rows of which a mask is not 0.", receiver,
      Parameter("mask", Kind.tensorLike, "[n], such as data:column(\"X1\"):gt(0.5)."),
      details: TensorMethods.masksAreJoined,
      example: """
        local data = lai.synthetic.friedman1{n = 50}
        local x = data:column("X1")
        assert(#data:where(x:gt(0.2) & x:lt(0.9)) < 50)
        """
    ) { LuaObject(try $0.rows(where: $1)) },
    LuaFunction(
      "sort", "The rows sorted by columns; NaN last, and equal rows keep their order.", receiver,
      Parameter(
        "names", Kind<[String]>.names(atLeast: 1),
        "A feature or the target; of a list, the next ones sort what is equal."),
      Parameter<OptionTable>.options(descending.record),
      example: """
        local data = lai.synthetic.friedman1{n = 50}:sort("X1", {descending = true})
        assert(data:column("X1"):get(1) > data:column("X1"):get(50))
        """
    ) { data, names, options in
      LuaObject(try data.sorted(by: names, descending: options(descending)))
    },
    LuaFunction(
      "concat", "The rows of both, these first.", receiver,
      Parameter("other", Kind<Dataset>.object, "Data of the same columns."),
      example: """
        local data = lai.synthetic.friedman1{n = 50}
        assert(#data:rows(1, 10):concat(data:rows(41, 50)) == 20)
        """
    ) { LuaObject(try $0.appending($1)) },
  ]

  private static let partMethods = [
    LuaFunction(
      "split",
      "Splits the rows at random into two data sets, or three: the larger part, the validation part and that of a test.",
      receiver,
      Parameter<OptionTable>.options(
        DataModule.validation.record, test.record, DataModule.splitSeed.record, stratify.record,
        group.record),
      returns: "lai.Dataset, lai.Dataset, lai.Dataset?",
      example: """
        local data = lai.synthetic.friedman1{n = 100}
        local train, valid, test = data:split{validation = 0.2, test = 0.1, stratify = true}
        assert(#train == 70 and #valid == 20 and #test == 10)
        """
    ) { data, options in
      let parts = try data.split(
        validation: options(DataModule.validation), test: options(test),
        options: splitOptions(options))
      return parts.test.map {
        LuaResults(LuaObject(parts.train), LuaObject(parts.validation), LuaObject($0))
      } ?? LuaResults(LuaObject(parts.train), LuaObject(parts.validation))
    },
    LuaFunction(
      "folds", "For cross-validation: for train, valid in data:folds{k = 5} do … end.", receiver,
      Parameter<OptionTable>.options(
        k.record, DataModule.splitSeed.record, stratify.record, group.record),
      example: """
        for train, valid in lai.synthetic.friedman1{n = 100}:folds{k = 4} do
          assert(#train == 75 and #valid == 25)
        end
        """
    ) { data, options in
      LuaObject(
        Folds(data, places: try data.folds(options(k), options: splitOptions(options))))
    },
  ]

  private static func splitOptions(_ options: OptionTable) throws -> SplitOptions {
    var result = SplitOptions(
      seed: try options(DataModule.splitSeed), group: try options(group))
    switch try options(stratify) {
    case .ranges(let count): result.strata = count
    case .column(let name): result.stratum = name
    case nil: break
    }
    return result
  }
}

extension TextColumn {
  /// Numbers if all are written as whole numbers.
  var luaValues: [JSON] {
    let numbers = values.compactMap { text in Int(text).flatMap { "\($0)" == text ? $0 : nil } }
    return numbers.count == values.count
      ? numbers.map { .integer($0) } : values.map { .string($0) }
  }
}

/// A row or column that was read as a field.
private struct WrongAccess: Error, CustomStringConvertible {
  let key: String
  let form: String
  var description: String { "no field \(key); write \(form)" }
}
