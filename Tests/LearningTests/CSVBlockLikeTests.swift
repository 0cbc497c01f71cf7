import Foundation
import Tensors
import Testing

@testable import Learning

/// Columns that are found by name, in blocks and as a table.
@Suite struct CSVBlockLikeTests {
  /// Columns in another order, among others; a missing cell of each.
  @Test("new rows have the columns and fills of other data", arguments: [1, 3, 7, 1000])
  func newRows(size: Int) throws {
    var options = CSVOptions(missing: .mean, dtype: .float64)
    let known = try withFile("a,b\n1,10\n3,\n,20\n") { try Dataset.csv($0, options) }
    let schema = try #require(known.schema)
    options = CSVOptions(dtype: .float64)
    options.id = "n"
    try withFile("b,other,n,a\n5,0,p,\n,0,q,7\n6,0,r,8\n") { path in
      let table = try Dataset.csv(path, like: schema, options)
      options.blockSize = size
      let blocks = try #require(
        try Dataset.inBlocks(path, like: schema, CSVDialect(options), options, ReadingWatch()))
      for data in [table, blocks] {
        #expect(data.features == ["a", "b"] && data.x.doubles == [2, 5, 7, 15, 8, 6])
        #expect(data.ids?.name == "n" && data.ids?.values == ["p", "q", "r"])
      }
    }
  }

  @Test("the last of the rows asked for may have lines in its cells", arguments: [1, 4, 1000])
  func rowsWithLines(size: Int) throws {
    var options = CSVOptions(target: "b")
    (options.id, options.rows) = ("n", 1...2)
    try withFile("a,n,b\n1,\"x\ny\",2\n3,\"u\n\nv\",4\n5,w,6\n7,z,8\n") { path in
      let table = try Dataset.csv(path, options)
      options.blockSize = size
      let blocks = try #require(
        try Dataset.inBlocks(path, CSVDialect(options), options, ReadingWatch()))
      for data in [table, blocks] {
        #expect(data.x.doubles == [1, 3] && data.y?.doubles == [2, 4])
        #expect(data.ids?.values == ["x\ny", "u\n\nv"])
      }
    }
  }
}
