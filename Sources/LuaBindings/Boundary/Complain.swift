#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes to standard error, behind all that was printed before.
package func complain(_ text: String) {
  fflush(nil)
  var text = text
  text.withUTF8 { bytes in
    var done = 0
    while done < bytes.count {
      let written = write(2, bytes.baseAddress! + done, bytes.count - done)
      if written <= 0 { return }
      done += written
    }
  }
}
