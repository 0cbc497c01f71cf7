import CLai

/// lai.progress.
enum ProgressModule {
  private static let show = Parameter(
    "show", Kind.choice(ProgressMode.allCases.map(\.rawValue)).optional,
    "\"picture\", the default, \"bar\" or \"off\"; nothing changes without it.")

  static let functions = [
    LuaFunction(
      "progress",
      "Sets what long work, such as training, shows of its progress; returns the setting before.",
      reading: [show.record], returns: "string",
      details: """
        Training, sweeps, tuning and the reading of large files show a bar after half a second, below
        the line in which the script writes, and after a second a picture: the curve so far and
        slopes against the kinks of a Lai loss, the runs of lai.train_all, or the best points of a
        sweep. Windows below 16 rows or 40 columns have the bar alone. A notebook shows the same
        in its cell. Nothing is shown when standard error is no terminal, or TERM is dumb. Results do
        not depend on it.
        """,
      example: """
        local before = lai.progress("off")
        lai.progress(before)
        """
    ) { state in
      let before = state.progressMode
      if let mode = try show.read(state, 1) {
        try state.setProgressMode(ProgressMode(rawValue: mode)!)
      }
      return try before.rawValue.push(to: state)
    }
  ]
}

/// What long work shows.
enum ProgressMode: String, CaseIterable {
  case picture, bar, off
}

extension LuaState {
  private static var modeKey: String { "lai.progress" }

  /// What the work of this state's scripts shows.
  var progressMode: ProgressMode {
    let top = self.top
    defer { self.top = top }
    guard (try? reserve(4)) != nil else { return .picture }
    lai_push_registry(pointer)
    guard (try? getField(Self.modeKey, of: -1)) != nil else { return .picture }
    return string(at: -1).flatMap(ProgressMode.init) ?? .picture
  }

  fileprivate func setProgressMode(_ mode: ProgressMode) throws {
    try reserve(4)
    lai_push_registry(pointer)
    defer { pop() }
    try push(mode.rawValue)
    try setField(Self.modeKey, of: -2)
  }
}
