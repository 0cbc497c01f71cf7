import Platform

/// Draws charts as PNG and PDF files with the program gnuplot, and surfaces in three dimensions.
///
/// All but surfaces is laid out as in SVG; gnuplot only paints it.
public struct GnuplotRenderer: Sendable, Equatable {
  public enum Format: String, Sendable, Equatable, CaseIterable {
    case png, pdf
  }

  /// In pixels of CSS, of which an inch has 96.
  public var width: Double
  /// Of each panel; see `SVGRenderer.panelHeight`.
  public var panelHeight: Double?
  /// Pixels of a PNG file for one of CSS, 0.5 to 8.
  public var scale: Double
  /// Its name, to be found in the folders of PATH, or its path.
  public var program: String

  public init(
    width: Double = 640, panelHeight: Double? = nil, scale: Double = 2, program: String = "gnuplot"
  ) {
    (self.width, self.panelHeight, self.scale) = (width, panelHeight, scale)
    self.program = program
  }

  /// The bytes of the picture. A character that no installed font has is shown as □.
  ///
  /// - Throws: `GnuplotError`.
  public func render(_ chart: Chart, as format: Format) throws(GnuplotError) -> [UInt8] {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let chart =
      chart.allTexts.allSatisfy(FontWidths.hasWidths)
      ? chart : chart.mapTexts(InstalledFonts(folder).shown)
    let scene = SVGRenderer(width: width, panelHeight: panelHeight).scene(chart)
    let output = folder.path + "/picture"
    var script = GnuplotScript(folder: folder.path, scale: scale.isFinite ? scale : 2)
    script.write(scene, Palette.of(chart.theme), format, to: output)
    for (name, text) in script.files { try folder.write(text, name) }
    try folder.write(script.text, "script.gp")
    let report = try GnuplotProcess.run(
      program, script: folder.path + "/script.gp", report: folder.path + "/report")
    let picture = folder.read("picture")
    guard !picture.isEmpty else { throw GnuplotError.noPicture(output: report) }
    return picture
  }
}

/// A folder for the files of one picture.
struct TemporaryFolder {
  let path: String

  init() throws(GnuplotError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array(((parent.isEmpty ? "/tmp" : parent) + "/lai-chart-XXXXXX").utf8CString)
    guard template.withUnsafeMutableBufferPointer({ mkdtemp($0.baseAddress!) }) != nil else {
      throw GnuplotError.notStarted(
        reason: "no temporary folder: \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ text: String, _ name: String) throws(GnuplotError) {
    let isWritten: Bool = {
      guard let file = fopen(path + "/" + name, "w") else { return false }
      var text = text
      let count = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) }
      return (fclose(file) == 0) && count == text.utf8.count
    }()
    guard isWritten else {
      throw GnuplotError.notStarted(
        reason: "no temporary file: \(String(cString: strerror(errno)))")
    }
  }

  /// Empty if there is no such file.
  func read(_ name: String) -> [UInt8] { readFile(path + "/" + name) }

  /// The folder has files only.
  func remove() {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink(path + "/" + name)
      }
      closedir(folder)
    }
    rmdir(path)
  }
}

/// Empty if the file cannot be read.
func readFile(_ path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&part, 1, part.count, file)
    guard count > 0 else { return bytes }
    bytes += part[..<count]
  }
}
