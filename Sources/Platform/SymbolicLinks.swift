/// The path that a chain of symbolic links leads to, which need not exist; `path` itself if it is no
/// link. The end of a loop of links is one of its links.
public func linkTarget(of path: String) -> String {
  var path = path
  // The number of links that Linux follows.
  for _ in 0..<40 {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &bytes, bytes.count - 1)
    guard count > 0 else { break }
    let next = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    path = next.hasPrefix("/") ? next : folder + next
  }
  return path
}
