/// lai.progress.
enum ProgressModule {
  static let functions = [
    LuaFunction(
      "progress",
      "Sets what long work, such as training, shows of its progress; returns the setting before.",
      Parameter(
        "show", Kind.choice(ProgressMode.allCases.map(\.rawValue)).optional,
        "\"picture\", the default, \"bar\" or \"off\"; nothing changes without it."),
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
    ) { mode in
      let before = ProgressMode.current
      if let mode { ProgressMode.current = ProgressMode(rawValue: mode)! }
      return before.rawValue
    }
  ]
}
