#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static volatile sig_atomic_t is_active;
static int ends[2] = {-1, -1};

// Signals that only wake the editor, and the events that it receives.
static const struct { int signal; char event; } notices[] = {
  {SIGWINCH, TERMINAL_RESIZED},
  {SIGINT, TERMINAL_INTERRUPTED},
  {SIGTSTP, TERMINAL_SUSPENDED},
  {SIGCONT, TERMINAL_CONTINUED},
};
// Signals that end the program after the terminal's modes are restored.
static const int deaths[] = {SIGTERM, SIGHUP, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

enum {
  NOTICES = sizeof notices / sizeof *notices,
  DEATHS = sizeof deaths / sizeof *deaths,
};

static struct sigaction notices_before[NOTICES], deaths_before[DEATHS];

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

static void put(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, count);
    if (written < 0 && errno != EINTR) return;
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    }
  }
}

static void restore_modes(void) {
  if (!is_active) return;
  is_active = 0;
  put(paste_off, sizeof paste_off - 1);
  // A background process that sets modes would be stopped.
  if (tcgetpgrp(STDIN_FILENO) == getpgrp()) tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

static void notice(int signal_number) {
  int error = errno;
  for (int i = 0; i < NOTICES; i++) {
    if (notices[i].signal != signal_number) continue;
    ssize_t written = write(ends[1], &notices[i].event, 1);
    (void)written;
  }
  errno = error;
}

static void die(int signal_number) {
  restore_modes();
  for (int i = 0; i < DEATHS; i++) {
    if (deaths[i] == signal_number) sigaction(signal_number, &deaths_before[i], NULL);
  }
  raise(signal_number);
}

static bool open_pipe(void) {
  if (ends[0] >= 0) return true;
  if (pipe(ends) != 0) return false;
  for (int i = 0; i < 2; i++) {
    fcntl(ends[i], F_SETFL, O_NONBLOCK);
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
  }
  atexit(restore_modes);
  return true;
}

static void set_handlers(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = notice;
  sigset_t unblocked;
  sigemptyset(&unblocked);
  for (int i = 0; i < NOTICES; i++) {
    sigaction(notices[i].signal, &action, &notices_before[i]);
    sigaddset(&unblocked, notices[i].signal);
  }
  // A second signal waits until the first has restored the modes.
  for (int i = 0; i < DEATHS; i++) sigaddset(&action.sa_mask, deaths[i]);
  action.sa_handler = die;
  for (int i = 0; i < DEATHS; i++) {
    sigaction(deaths[i], NULL, &deaths_before[i]);
    if (deaths_before[i].sa_handler == SIG_IGN) continue;
    sigaction(deaths[i], &action, NULL);
    sigaddset(&unblocked, deaths[i]);
  }
  // The parent process may have blocked them, as threads of thread pools do.
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
}

bool terminal_begin(void) {
  if (is_active) return true;
  if (!open_pipe() || tcgetattr(STDIN_FILENO, &saved) != 0) return false;
  struct termios raw = saved;
  raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR | ISTRIP);
  raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
  raw.c_oflag |= OPOST;
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  set_handlers();
  is_active = 1;
  while (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) {
    if (errno == EINTR) continue;
    terminal_end();
    return false;
  }
  put(paste_on, sizeof paste_on - 1);
  return true;
}

void terminal_end(void) {
  if (!is_active) return;
  restore_modes();
  for (int i = 0; i < NOTICES; i++) {
    if (notices[i].signal != SIGINT) sigaction(notices[i].signal, &notices_before[i], NULL);
  }
  for (int i = 0; i < DEATHS; i++) sigaction(deaths[i], &deaths_before[i], NULL);
}

void terminal_leave(void) {
  terminal_end();
  signal(SIGINT, SIG_DFL);
}

int terminal_wait(int milliseconds) {
  struct pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {ends[0], POLLIN, 0}};
  int count = poll(sources, 2, milliseconds);
  if (sources[1].revents & POLLIN) {
    char event;
    if (count > 0 && read(ends[0], &event, 1) == 1) return event;
  }
  // Interrupted: the handler has written its event to the pipe.
  if (count < 0) return errno == EINTR ? terminal_wait(milliseconds) : TERMINAL_CLOSED;
  if (count == 0) return TERMINAL_TIMEOUT;
  return sources[0].revents & POLLIN ? TERMINAL_INPUT : TERMINAL_CLOSED;
}

void terminal_suspend(void) { kill(0, SIGTSTP); }

void terminal_size(int *columns, int *rows) {
  struct winsize size;
  bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ||
                  ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0;
  *columns = is_known && size.ws_col > 0 ? size.ws_col : 80;
  *rows = is_known && size.ws_row > 0 ? size.ws_row : 24;
}
