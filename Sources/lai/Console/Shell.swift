import LuaBindings
import Platform

extension Console {
  /// Runs a shell command at this terminal. `cd` changes the program's own folder.
  func runInShell(_ command: String) {
    let words = command.shellWords
    guard let first = words.first else { return complain("$ needs a shell command\n") }
    if first == "cd", words.count <= 2 {
      let home = getenv("HOME").map { String(cString: $0) } ?? "/"
      var path = words.count == 2 ? words[1] : home
      if path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
      if chdir(path) != 0 { complain("cd: \(path): \(String(cString: strerror(errno)))\n") }
      return
    }
    fflush(nil)
    let status = system(command)
    let code = (status >> 8) & 0xff
    if status == -1 {
      complain("$: \(String(cString: strerror(errno)))\n")
    } else if status & 0x7f != 0 {
      print(ink.grey("signal \(status & 0x7f)"))
    } else if code != 0 {
      print(ink.grey("exit status \(code)"))
    }
  }
}

/// The processor time used by all threads so far, in seconds.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

extension Duration {
  /// "1.23 s", "45.6 ms", "2 min 5 s".
  var text: String {
    let seconds = Double(components.seconds) + Double(components.attoseconds) * 1e-18
    if seconds >= 60 { return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s" }
    for (unit, name) in [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")] where seconds >= unit {
      return "\((seconds / unit).threeDigits) \(name)"
    }
    return "\((seconds / 1e-9).threeDigits) ns"
  }
}

extension Double {
  /// At least three digits, without an exponent.
  fileprivate var threeDigits: String {
    let places = self >= 100 ? 0 : self >= 10 ? 1 : 2
    let scale = [1.0, 10, 100][places]
    let rounded = (self * scale).rounded() / scale
    if places == 0 { return "\(Int(rounded))" }
    let text = "\(rounded)"
    let decimals = text.split(separator: ".").last?.count ?? 0
    return text + String(repeating: "0", count: max(0, places - decimals))
  }
}

extension String {
  /// Words separated by blanks; quotes keep blanks inside a word. Never empty for a text with a
  /// word.
  var shellWords: [String] {
    var (words, word): ([String], String?) = ([], nil)
    var quote: Character?
    for character in self {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
