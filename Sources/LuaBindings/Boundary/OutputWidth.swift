import CTerminal
import Platform

/// The columns of the terminal that standard output is; 80 for a file or a pipe.
var outputColumns: Int {
  guard isatty(STDOUT_FILENO) == 1 else { return 80 }
  var (columns, rows): (Int32, Int32) = (80, 24)
  terminal_size(&columns, &rows)
  return max(20, Int(columns))
}
