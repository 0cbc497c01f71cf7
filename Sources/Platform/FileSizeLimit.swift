/// Calls `body`, which writes to a file, without the signal SIGXFSZ: at the limit on file sizes
/// writing then fails as on a full disk, with EFBIG, and does not end the program. Everything else
/// in the program, such as the output of scripts, keeps the signal's action.
public func withoutFileSizeSignal<Result>(_ body: () throws -> Result) rethrows -> Result {
  var limit = sigset_t()
  var before = sigset_t()
  sigemptyset(&limit)
  sigaddset(&limit, SIGXFSZ)
  pthread_sigmask(SIG_BLOCK, &limit, &before)
  defer {
    var pending = sigset_t()
    sigemptyset(&pending)
    // The signal of a failed write is pending on this thread.
    if sigismember(&before, SIGXFSZ) == 0, sigpending(&pending) == 0,
      sigismember(&pending, SIGXFSZ) == 1
    {
      var signal: Int32 = 0
      sigwait(&limit, &signal)
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }
  return try body()
}
