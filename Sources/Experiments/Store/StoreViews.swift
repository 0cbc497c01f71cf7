import GRDB

/// Views for other programs: `trials_wide`, a row for each trial, and `history_long`, a row for each
/// number of each epoch.
enum StoreViews {
  /// SQLite allows 2,000 columns.
  private static let mostColumns = 1_900

  private static let fixed = [
    "key", "seed", "state", "outcome", "problem", "seconds", "losses", "created", "ended",
  ]

  static func make(_ db: Database) throws {
    try db.execute(sql: "DROP VIEW IF EXISTS history_long; \(historyLong)")
    try makeTrialsWide(db)
  }

  /// Adds columns for names that are new.
  static func add(_ kind: String, names: some Collection<String>, _ db: Database) throws {
    let insert = try db.cachedStatement(
      sql: "INSERT INTO names (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING")
    var isNew = false
    for name in names where !name.unicodeScalars.contains("\0") {
      try insert.execute(arguments: [kind, name])
      if db.changesCount > 0 { isNew = true }
    }
    if isNew { try makeTrialsWide(db) }
  }

  /// Settings come before measures. A name that is taken gets its kind before it: "measure.seed".
  private static func makeTrialsWide(_ db: Database) throws {
    var taken = Set(fixed)
    var columns = fixed.map { "t.\($0)" }
    let names = try Row.fetchAll(
      db, sql: "SELECT kind, name FROM names ORDER BY kind = 'measure', place LIMIT ?",
      arguments: [mostColumns])
    for row in names {
      let (kind, name): (String, String) = (row[0], row[1])
      guard
        let column = [name, "\(kind).\(name)"].first(where: { !taken.contains($0.lowercased()) })
      else { continue }
      taken.insert(column.lowercased())
      let value =
        kind == "setting"
        ? "SELECT value FROM json_each(t.point) WHERE key = \(quoted(name, "'"))"
        : "SELECT value FROM measures WHERE trial = t.id AND name = \(quoted(name, "'"))"
      columns.append("(\(value)) AS \(quoted(column, "\""))")
    }
    try db.execute(
      sql: """
        DROP VIEW IF EXISTS trials_wide;
        CREATE VIEW trials_wide AS SELECT \(columns.joined(separator: ", ")) FROM trials t
        """)
  }

  /// A name or a text in SQL. By scalars: a quote with an accent is one `Character`.
  private static func quoted(_ text: String, _ quote: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView([quote])
    for scalar in text.unicodeScalars {
      result.append(scalar)
      if scalar == quote { result.append(scalar) }
    }
    result.append(quote)
    return String(result)
  }

  private static let historyLong: String = {
    let columns = [
      "base_loss", "lai_loss", "lai_ratio", "lai_count", "validation_rmse", "validation_loss",
      "learning_rate", "seconds",
    ]
    let parts = columns.map { column in
      """
      SELECT t.key, t.seed, e.stage, e.epoch, '\(column)' AS name, e.\(column) AS value
      FROM epochs e JOIN trials t ON t.id = e.trial
      WHERE e.\(column) IS NOT NULL OR ' ' || e.nans || ' ' LIKE '% \(column) %'
      """
    }
    let metrics = """
      SELECT t.key, t.seed, e.stage, e.epoch, m.key,
        CASE m.value WHEN 'nan' THEN NULL WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999
          ELSE m.value END
      FROM epochs e JOIN trials t ON t.id = e.trial, json_each(e.metrics) m
      """
    let kinks = """
      SELECT t.key, t.seed, e.stage, e.epoch, 'above_kink.' || json_extract(k.value, '$[0]'),
        json_extract(k.value, '$[1]')
      FROM epochs e JOIN trials t ON t.id = e.trial, json_each(e.above_kink) k
      WHERE json_extract(k.value, '$[1]') IS NOT NULL
      """
    return "CREATE VIEW history_long AS "
      + (parts + [metrics, kinks]).joined(separator: " UNION ALL ")
  }()
}
