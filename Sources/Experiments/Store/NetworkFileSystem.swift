import Platform

/// The name of the network file system that a folder is on; nil if it is on none.
///
/// Neither SQLite's write-ahead log, which is memory shared by its users, nor `flock` work between two
/// machines (https://www.sqlite.org/wal.html).
func networkFileSystem(of folder: String) -> String? {
  #if os(Linux)
    return networkFileSystem(of: folder, mounts: mountTable())
  #else
    var system = statfs()
    guard statfs(folder, &system) == 0, system.f_flags & UInt32(MNT_LOCAL) == 0 else { return nil }
    return withUnsafeBytes(of: system.f_fstypename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  #endif
}

/// As they begin in the table of mounts. FUSE itself may be local.
private let networkFileSystems = [
  "nfs", "cifs", "smb", "ncp", "ceph", "afs", "coda", "9p", "lustre", "gpfs", "beegfs", "pvfs2",
  "orangefs", "ocfs2", "gfs2", "glusterfs", "vboxsf", "davfs", "fuse.sshfs", "fuse.glusterfs",
  "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.goofys", "fuse.juicefs",
  "fuse.blobfuse", "fuse.davfs", "fuse.smbnetfs", "fuse.curlftpfs",
]

/// - folder: absolute, without symbolic links.
/// - mounts: as in proc(5), mountinfo: "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw".
func networkFileSystem(of folder: String, mounts: String) -> String? {
  var best = (length: 0, kind: "")
  for line in mounts.split(separator: "\n") {
    let fields = line.split(separator: " ")
    guard fields.count > 5, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
      continue
    }
    let mount = unescaped(fields[4])
    // The last of several at one place hides the others.
    if mount.count >= best.length && (mount == "/" || (folder + "/").hasPrefix(mount + "/")) {
      best = (mount.count, String(fields[dash + 1]))
    }
  }
  return networkFileSystems.contains(where: best.kind.hasPrefix) ? best.kind : nil
}

/// Without the table's octal escapes, such as "\040" for a space.
private func unescaped(_ text: Substring) -> String {
  guard text.contains("\\") else { return String(text) }
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
    if byte == UInt8(ascii: "\\"), let code {
      bytes.append(code)
      rest = rest.dropFirst(3)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

#if os(Linux)
  private func mountTable() -> String {
    guard let file = fopen("/proc/self/mountinfo", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
#endif
