/// The terminal's modes and signals while the editor reads: what must be put back however the
/// program ends.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>

enum {
  TERMINAL_TIMEOUT,
  TERMINAL_INPUT,
  TERMINAL_CLOSED,
  /// The window has another size.
  TERMINAL_RESIZED,
  /// Someone sent SIGINT.
  TERMINAL_INTERRUPTED,
  /// Someone sent SIGTSTP.
  TERMINAL_SUSPENDED,
  /// The program was stopped and goes on; another program may have changed the modes.
  TERMINAL_CONTINUED,
};

/// Keys come one by one and unechoed, pastes in brackets, until terminal_end, exit or a signal that
/// ends the program. False if standard input is no terminal.
bool terminal_begin(void);
/// Puts back everything that terminal_begin changed, but for SIGINT, which is kept for the next
/// terminal_wait: a Ctrl-C just behind a command's end must not end the program.
void terminal_end(void);
/// The same for good, SIGINT too.
void terminal_leave(void);
/// Waits for the first of these events; for ever if the time is negative.
int terminal_wait(int milliseconds);
/// Stops the program as Ctrl-Z does, between terminal_end and terminal_begin.
void terminal_suspend(void);
/// The window's size; 80 and 24 if nobody knows.
void terminal_size(int *columns, int *rows);

#endif
