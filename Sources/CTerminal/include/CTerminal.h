/// The terminal's modes and signals while the editor reads. All of it is restored however the
/// program ends.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>

enum {
  TERMINAL_TIMEOUT,
  TERMINAL_INPUT,
  TERMINAL_CLOSED,
  /// The window was resized.
  TERMINAL_RESIZED,
  /// SIGINT was received.
  TERMINAL_INTERRUPTED,
  /// SIGTSTP was received.
  TERMINAL_SUSPENDED,
  /// The program continues after a stop; another program may have changed the modes.
  TERMINAL_CONTINUED,
};

/// Keys arrive one by one without echo, pastes in brackets, until terminal_end, exit or a signal
/// that ends the program. Returns false if standard input is not a terminal.
bool terminal_begin(void);
/// Restores everything that terminal_begin changed, except for SIGINT, which is kept for the next
/// terminal_wait: a Ctrl-C just after a command ended must not end the program.
void terminal_end(void);
/// Restores everything for good, SIGINT too.
void terminal_leave(void);
/// Waits for the first of these events; without limit if the time is negative.
int terminal_wait(int milliseconds);
/// Stops the program as Ctrl-Z does. To be called between terminal_end and terminal_begin.
void terminal_suspend(void);
/// The window's size; 80 and 24 if it is unknown.
void terminal_size(int *columns, int *rows);

#endif
