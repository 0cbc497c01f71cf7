import LineEditor
import Platform

/// The files and folders that complete a path. Folders end with a slash.
enum FilePaths {
  static func completions(of typed: String) -> [Completions.Candidate] {
    let slash = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let (folder, name) = (String(typed[..<slash]), typed[slash...])
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var candidates: [Completions.Candidate] = []
    while let entry = readdir(stream) {
      let found = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard found.hasPrefix(name), !found.hasPrefix(".") || name.hasPrefix(".") else { continue }
      guard found != ".", found != ".." else { continue }
      var status = stat()
      let isFolder = stat(folder + found, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      candidates.append(.init(folder + found + (isFolder ? "/" : "")))
    }
    return candidates.sorted { $0.text < $1.text }
  }
}
