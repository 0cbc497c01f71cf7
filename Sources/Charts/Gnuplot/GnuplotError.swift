/// Why gnuplot made no picture.
public enum GnuplotError: Error, Equatable, CustomStringConvertible {
  /// There is no such program in the folders of PATH.
  case notFound
  /// It could not be started, for a reason of the system.
  case notStarted(reason: String)
  /// It ended with a status other than 0. `output` is what it reported.
  case failed(status: Int, output: String)
  /// A signal ended it.
  case killed(signal: Int, output: String)
  /// It wrote nothing, although it ended without an error.
  case noPicture(output: String)

  public var description: String {
    switch self {
    case .notFound:
      "gnuplot, which draws PNG and PDF files, was not found: install the package gnuplot-nox, or "
        + "write a file with the extension .svg, which needs no other program"
    case .notStarted(let reason): "gnuplot could not be started: \(reason)"
    case .failed(let status, let output):
      "gnuplot failed with status \(status)\(GnuplotError.suffix(output))"
    case .killed(let signal, let output):
      "gnuplot was ended by signal \(signal)\(GnuplotError.suffix(output))"
    case .noPicture(let output): "gnuplot wrote no picture\(GnuplotError.suffix(output))"
    }
  }

  private static func suffix(_ output: String) -> String { output.isEmpty ? "" : ": \(output)" }
}
