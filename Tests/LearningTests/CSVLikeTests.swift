import Foundation
import Tensors
import Testing

@testable import Learning

@Suite("new rows like those of other data") struct CSVLikeTests {
  /// a with a missing cell, whose mean is 2; the text k; the target y.
  let known = "a,k,y\n1,u,10\n,v,20\n3,u,30\n"

  func schema(_ missing: MissingValues = .mean) throws -> DataSchema {
    try #require(
      csv(known) { ($0.target, $0.onehot, $0.missing) = ("y", ["k"], missing) }.schema)
  }

  func new(_ text: String, like schema: DataSchema, dtype: DType = .float64) throws -> Dataset {
    try withFile(text) { try Dataset.csv($0, like: schema, CSVOptions(dtype: dtype)) }
  }

  func failure(_ text: String, like schema: DataSchema) throws -> String {
    try withFile(text) { path in
      message(path: path) { _ = try Dataset.csv(path, like: schema, CSVOptions(dtype: .float64)) }
    }
  }

  @Test func readingLeavesASchema() throws {
    let columns = [
      DataSchema.Column("a", fill: 2), DataSchema.Column("k", categories: ["u", "v"], fill: 0),
    ]
    #expect(try schema() == DataSchema(columns: columns, target: "y"))
    #expect(try schema(.number(7)).columns[0].fill == 7 && schema(.median).columns[0].fill == 2)
    #expect(try schema(.drop).columns.map(\.fill) == [nil, nil])
    // A fill is known where nothing was missing, too: new rows may lack it.
    let full = try csv("b\n1\n2\n6\n") { $0.missing = .median }
    #expect(full.schema?.columns == [DataSchema.Column("b", fill: 2)] && full.schema?.target == nil)
  }

  @Test func columnsAreFoundAndFilled() throws {
    let data = try new("id,y,k,a\n9,1,v,5\n9,2,u,\n9,3,,4\n", like: schema())
    #expect(data.features == ["a", "k=u", "k=v"] && data.target == "y")
    #expect(data.x.doubles == [5, 0, 1, 2, 1, 0, 4, 0, 0] && data.y?.doubles == [1, 2, 3])
    #expect(try data.schema == schema())
    // Without the target in the schema, its cells are not looked at.
    let blind = DataSchema(columns: try schema().columns, target: nil)
    #expect(try new("a,k,y\n1,u,?\n", like: blind).y == nil)
    #expect(try new("a,k\n1,u\n", like: blind, dtype: .float32).x.dtype == .float32)
  }

  /// The one-hot columns are those of scikit-learn 1.9.1's OneHotEncoder(handle_unknown="ignore"), fitted
  /// to u, v, u.
  @Test func unknownCategoriesAreIgnoredWhenAsked() throws {
    let text = "a,k\n1,v\n2,w\n3,u\n,zz\n5,w\n"
    let data = try withFile(text) { path in
      var options = CSVOptions(dtype: .float64)
      options.unknown = .ignore
      return try Dataset.csv(path, like: schema(), options)
    }
    #expect(data.x.doubles == [1, 0, 1, 2, 0, 0, 3, 1, 0, 2, 0, 0, 5, 0, 0])
    let report = try #require(data.report)
    #expect(report.unknown == [.init(column: "k", count: 3, values: ["w", "zz"])])
    #expect(report.fills.map(\.column) == ["a"] && report.fills[0].value == 2)
    #expect(report.rowCount == 5 && report.missing.map(\.count) == [1])
    #expect(
      "\(report)".contains(
        "unknown: 'k', 3 cells of no category, 0 in all of its features: 'w', 'zz'"))
    // What is missing is not unknown.
    #expect(throws: FileError.self) {
      try withFile("a,k\n1,\n") { path in
        var options = CSVOptions()
        options.unknown = .ignore
        _ = try Dataset.csv(path, like: schema(.drop), options)
      }
    }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    #expect(
      try failure("a,kk,y\n1,u,1\n", like: schema())
        == "'FILE', line 1: has no column 'k' (did you mean 'kk'?)")
    #expect(
      try failure("a,k,y\n1,u,1\n1,w,1\n", like: schema()).hasSuffix(
        "line 3, column 'k': 'w' is none of its 2 categories: 'u', 'v'; "
          + "unknown = \"ignore\" reads it as none of them"))
    #expect(
      try failure("a,k,y\nx,u,1\n", like: schema()).contains(
        "line 2, column 'a': 'x' is not a number"))
    #expect(
      try failure("a,k,y\n1,u,\n", like: schema()).contains("column 'y': the target is missing"))
    for row in [",u,1", "1,,1"] {
      #expect(
        try failure("a,k,y\n\(row)\n", like: schema(.drop)).hasSuffix(
          "the value is missing, and the data before had nothing to replace it"))
    }
    #expect(try failure("a;k;y\n1;u;1\n", like: schema()).contains("separator"))
  }
}
