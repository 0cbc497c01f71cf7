#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#ifdef __linux__
#include <stdio_ext.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "Boundary.h"

// The output of scripts and the progress display on the terminal. The display is the rows below the
// cursor. The cursor stays where the script's text ends, in any column: IND moves to the rows below
// and RI back, and both keep the column. The display is erased before a script writes.

static bool has_bar;
// Columns written since the last line break. Only a multiple of the terminal's width matters: there
// the cursor waits at the edge for the next character, a state that terminals forget when the
// cursor moves.
static long column;
static bool is_terminal[3];  // by descriptor

static void put(const char *text, size_t length) {
  while (length > 0) {
    ssize_t count = write(STDERR_FILENO, text, length);
    if (count <= 0) return;
    text += count;
    length -= count;
  }
}

// The display is written in few pieces, so that terminals seldom draw a part of it.
static char pending[1 << 13];
static size_t pending_length;

static void flush_pending(void) {
  put(pending, pending_length);
  pending_length = 0;
}

static void append(const char *text, size_t length) {
  while (length > 0) {
    if (pending_length == sizeof pending) flush_pending();
    size_t room = sizeof pending - pending_length, count = length < room ? length : room;
    memcpy(pending + pending_length, text, count);
    pending_length += count;
    text += count;
    length -= count;
  }
}

static void append_text(const char *text) { append(text, strlen(text)); }

void lai_wipe_bar(void) {
  if (!has_bar) return;
  has_bar = false;
  fflush(stdout);
  append_text("\x1b[J");  // right of the cursor and below
  flush_pending();
}

bool lai_has_bar(void) { return has_bar; }

void lai_show_bar(const char *rows, size_t length, int columns) {
  if (length == 0) return;
  fflush(NULL);
  if (column > 0 && columns > 0 && column % columns == 0) {
    append_text("\r\n");
    column = 0;
  }
  // Keys echoed meanwhile may have moved the cursor onto the last display: erase what is right of it.
  append_text("\x1b[K");
  // Make sure that there are rows below, and save the cursor before moving there.
  const char *end = rows + length;
  int count = 1;
  for (const char *byte = rows; byte < end; byte++) count += *byte == '\n';
  for (int i = 0; i < count; i++) append_text("\x1b" "D");
  for (int i = 0; i < count; i++) append_text("\x1b" "M");
  append_text("\x1b" "7");
  while (rows <= end) {
    const char *next = rows < end ? memchr(rows, '\n', end - rows) : NULL;
    if (next == NULL) next = end;
    append_text("\x1b" "D\r");
    append(rows, next - rows);
    append_text("\x1b[K");
    rows = next + 1;
  }
  append_text("\x1b[J\x1b" "8");
  flush_pending();
  has_bar = true;
}

void lai_begin_output_line(void) { column = 0; }

void lai_end_output_line(void) {
  if (column > 0) fputc('\n', stdout);
  column = 0;
}

static void note_bytes(const char *text, size_t length) {
  for (const char *end = text + length; text < end; text++) {
    unsigned char byte = *text;
    if (byte == '\n' || byte == '\r') {
      column = 0;
    } else if (byte == '\t') {
      column = (column / 8 + 1) * 8;
    } else if (byte == 0x1b && text + 1 < end && text[1] == '[') {
      for (text += 2; text < end && (*text < '@' || *text > '~'); text++) {}
      if (text == end) return;
    } else if (byte >= ' ' && (byte & 0xc0) != 0x80) {
      column++;
    }
  }
}

static void note_arguments(lua_State *L, int first) {
  for (int i = first; i <= lua_gettop(L); i++) {
    if (!lua_isstring(L, i)) continue;
    size_t length;
    lua_pushvalue(L, i);
    const char *text = lua_tolstring(L, -1, &length);
    note_bytes(text, length);
    lua_pop(L, 1);
  }
}

static bool is_on_terminal(FILE *file) {
  return (file == stdout && is_terminal[STDOUT_FILENO]) ||
         (file == stderr && is_terminal[STDERR_FILENO]);
}

// ---- Output that is lost

enum { UNKNOWN = -1 };
static int loss;  // the first reason, as in errno; 0 as long as everything has been written
static const char *lost_file = "standard output";
static bool is_reported, has_raised;

static bool note_loss(int reason) {
  if (loss == 0) loss = reason ? reason : UNKNOWN;
  return true;
}

/// Whether standard output has failed since the last call; errno is the reason, or 0.
static bool has_failed(void) {
  if (!ferror(stdout)) return false;
  clearerr(stdout);
  return note_loss(errno);
}

static const char *reason(void) {
  static char text[128];
  if (loss == UNKNOWN) return "write error";
  snprintf(text, sizeof text, "%s", strerror(loss));
  text[0] = (char)tolower((unsigned char)text[0]);
  return text;
}

static void report(void) {
  if (loss == 0 || is_reported) return;
  is_reported = true;
  // A closed pipe is no news: its reader has what it wanted.
  if (loss == EPIPE) return;
  char text[256];
  int length = snprintf(text, sizeof text, "lai: cannot write to %s: %s\n", lost_file, reason());
  lai_wipe_bar();
  put(text, (size_t)length);
}

void lai_write(const char *bytes, size_t count) {
  errno = 0;
  fwrite(bytes, 1, count, stdout);
  if (has_failed()) report();
}

void lai_check_output(void) {
  errno = 0;
  fflush(stdout);
  if (has_failed()) report();
}

static void finish(void) {
  lai_check_output();
  if (loss == 0) return;
  report();
  fflush(NULL);
  _exit(EXIT_FAILURE);
}

void lai_prepare_process(void) {
  for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
    if (fcntl(i, F_GETFD) != -1 || errno != EBADF) continue;
    int opened = open("/dev/null", i == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    (void)opened;  // the lowest free descriptor, i
  }
  atexit(finish);
  // The parent process may have blocked them, as threads of thread pools do.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
}

void lai_note_reported_error(void) {
  if (has_raised) is_reported = true;
}

bool lai_has_closed_reader(void) { return loss == EPIPE; }

// Lua's own functions, called in the frame of ours.
static lua_CFunction own_print, own_io_write, own_file_write, own_io_flush, own_file_flush,
    own_finaliser, own_execute, own_popen;

static int noted_print(lua_State *L) {
  if (is_terminal[STDOUT_FILENO]) {
    lai_wipe_bar();
    column = 0;
  }
  errno = 0;
  int results = own_print(L);
  if (!has_failed()) return results;
  has_raised = true;
  return luaL_error(L, "print: cannot write to standard output: %s", reason());
}

/// Calls Lua's own function and reports what it loses.
static int checked(lua_State *L, lua_CFunction own) {
  errno = 0;
  int results = own(L);
  if (has_failed()) report();
  return results;
}

static int noted_io_write(lua_State *L) {
  if (is_terminal[STDOUT_FILENO] || is_terminal[STDERR_FILENO]) {
    lua_getfield(L, LUA_REGISTRYINDEX, "_IO_output");
    luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
    lua_pop(L, 1);
    if (stream && is_on_terminal(stream->f)) {
      lai_wipe_bar();
      note_arguments(L, 1);
    }
  }
  return checked(L, own_io_write);
}

static int noted_file_write(lua_State *L) {
  luaL_Stream *stream = luaL_testudata(L, 1, LUA_FILEHANDLE);
  if (stream && is_on_terminal(stream->f)) {
    lai_wipe_bar();
    note_arguments(L, 2);
  }
  return checked(L, own_file_write);
}

static int noted_io_flush(lua_State *L) { return checked(L, own_io_flush); }
static int noted_file_flush(lua_State *L) { return checked(L, own_file_flush); }

// A command may write to the terminal, too.
static int noted_execute(lua_State *L) {
  lai_wipe_bar();
  return own_execute(L);
}

static int noted_popen(lua_State *L) {
  lai_wipe_bar();
  return own_popen(L);
}

/// Closes a file that a script has left open: nobody sees the result.
static int noted_finaliser(lua_State *L) {
#ifdef __linux__
  luaL_Stream *stream = luaL_testudata(L, 1, LUA_FILEHANDLE);
  if (stream && stream->closef && stream->f && stream->f != stdout && stream->f != stderr &&
      __fwriting(stream->f) && fflush(stream->f) != 0) {
    if (loss == 0) lost_file = "a file that was left open";
    note_loss(errno);
    report();
  }
#endif
  return own_finaliser(L);
}

// Replaces a function in the table on the top by ours, and keeps the original.
static void replace(lua_State *L, const char *name, lua_CFunction ours, lua_CFunction *own) {
  lua_getfield(L, -1, name);
  lua_CFunction found = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  if (found == NULL || found == ours) return;
  *own = found;
  lua_pushcfunction(L, ours);
  lua_setfield(L, -2, name);
}

static int watch_output(lua_State *L) {
  is_terminal[STDOUT_FILENO] = isatty(STDOUT_FILENO);
  is_terminal[STDERR_FILENO] = isatty(STDERR_FILENO);
  lua_pushglobaltable(L);
  replace(L, "print", noted_print, &own_print);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, LUA_IOLIBNAME) == LUA_TTABLE) {
    replace(L, "write", noted_io_write, &own_io_write);
    replace(L, "flush", noted_io_flush, &own_io_flush);
    replace(L, "popen", noted_popen, &own_popen);
  }
  if (lua_getfield(L, -2, LUA_OSLIBNAME) == LUA_TTABLE) {
    replace(L, "execute", noted_execute, &own_execute);
  }
  if (luaL_getmetatable(L, LUA_FILEHANDLE) == LUA_TTABLE) {
    replace(L, "__gc", noted_finaliser, &own_finaliser);
    replace(L, "__close", noted_finaliser, &own_finaliser);
    if (lua_getfield(L, -1, "__index") == LUA_TTABLE) {
      replace(L, "write", noted_file_write, &own_file_write);
      replace(L, "flush", noted_file_flush, &own_file_flush);
    }
  }
  return 0;
}

int lai_watch_output(lua_State *L) { return lai_protect(L, watch_output, NULL, 0, 0); }
