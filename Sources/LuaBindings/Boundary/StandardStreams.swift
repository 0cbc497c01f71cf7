import CLai
import Platform

extension Interpreter {
  /// The next line of standard input without its line break, possibly invalid UTF-8; nil at the end
  /// of the input.
  package static func readLine() -> [UInt8]? {
    var line: UnsafeMutablePointer<CChar>?
    let count = lai_read_line(&line)
    defer { free(line) }
    return count < 0 ? nil : Array(UnsafeRawBufferPointer(start: line, count: Int(count)))
  }

  /// Begins a new line on the terminal if scripts have left one unfinished.
  package static func endLine() { lai_end_output_line() }

  /// For programs, at their start: standard output that cannot be written is reported, and the exit
  /// code is then a failure. SIGTERM and SIGHUP are no longer blocked.
  package static func prepareProcess() { lai_prepare_process() }

  /// Writes what is buffered; what cannot be written is reported once on standard error.
  package static func checkOutput() { lai_check_output() }

  /// Call this when the program ends because of an error that has been reported.
  package static func noteReportedError() { lai_note_reported_error() }

  /// Whether the reader of standard output has closed its end of the pipe.
  package static var hasClosedReader: Bool { lai_has_closed_reader() }

  /// Writes to standard output.
  package static func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes {
      lai_write($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
    }
  }
}

/// Writes to standard error, after everything printed so far.
package func complain(_ text: String) { complain(Array(text.utf8)) }

/// The same for bytes that may be invalid UTF-8.
package func complain(_ text: [UInt8]) {
  fflush(nil)
  text.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      let written = write(2, bytes.baseAddress! + done, bytes.count - done)
      if written <= 0 { return }
      done += written
    }
  }
}
