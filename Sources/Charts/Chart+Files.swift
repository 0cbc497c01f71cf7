import Platform
import Tensors

extension Chart {
  /// The extensions of files that can be written.
  public static let extensions = [".svg", ".png", ".pdf", ".txt"]

  /// Draws the chart to a file in the format that its extension names: .svg; .png and .pdf, which need
  /// the program gnuplot; .txt, as a terminal without colours shows it, 100 columns wide. The old file
  /// stays as it is until the new one is complete, and if something fails.
  ///
  /// - Parameters:
  ///   - width: in pixels of CSS, for all but .txt.
  ///   - gnuplot: the name or the path of the program.
  /// - Throws: `ChartError.unknownExtension`; `FileError` for a path that cannot be written;
  ///   `GnuplotError`.
  public func write(to path: String, width: Double = 640, gnuplot: String = "gnuplot") throws {
    let painter = GnuplotRenderer(width: width, program: gnuplot)
    let ending = Chart.extensions.first { path.lowercased().hasSuffix($0) }
    let bytes: [UInt8]
    switch ending {
    case ".svg"?: bytes = Array(SVGRenderer(width: width).render(self).utf8)
    case ".png"?: bytes = try painter.render(self, as: .png)
    case ".pdf"?: bytes = try painter.render(self, as: .pdf)
    case ".txt"?: bytes = Array(TerminalRenderer(width: 100).render(self).utf8)
    default: throw ChartError.unknownExtension(path: path, known: Chart.extensions)
    }
    try OutputFile.write(path) { file in try bytes.withUnsafeBytes { try file.write($0) } }
  }
}
