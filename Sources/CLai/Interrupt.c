#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "Boundary.h"

// The first press of Ctrl-C raises an error that pcall can catch. A later one raises it at every
// step until the command has ended.
//
// While a training runs, the first press is a request to end it. It stays counted in `pending`
// until the outermost training has ended, whatever its callbacks catch.

/// After this many unhandled presses, the next one ends the process as it would without a handler:
/// Lua's own functions in C, such as an endless pattern match, cannot be stopped.
enum { PATIENCE = 2 };
static const char warning[] = "\nno answer from C; Ctrl-C once more ends the program\n";

/// A press within this many milliseconds of one that ended a training ends the command. Otherwise a
/// loop over trainings would continue with each partial result.
enum { IMPATIENCE = 2000 };

static const int every_step = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT;

/// The presses that have not been answered; of those during a training, always one until it ends.
/// This is the only count of them.
static atomic_int pending;
/// Whether a training runs.
static volatile sig_atomic_t is_deferred;
/// The time of the last press.
static atomic_long pressed_at;
/// Whether the next press ends the process.
static volatile sig_atomic_t is_disarmed;
// The running coroutine, or the main thread; NULL while nothing is watched.
static lua_State *volatile running;
// Whether it runs on this thread. A host may have states on other threads; they are not watched.
static _Thread_local bool is_watching;
static atomic_flag is_watched = ATOMIC_FLAG_INIT;
// The action of SIGINT before ours.
static struct sigaction before;
// The presses answered by errors since the command began, and whether errors are raised at every
// step.
static int raised;
static bool insists;
// Whether a press has ended a training since then, and when it came.
static bool has_ended;
static long ended_at;

// In another Lua program: the main thread of the state for which a Swift function runs.
static bool has_host;
static _Thread_local lua_State *host;

void lai_watch_host(void) { has_host = true; }
bool lai_is_guest(void) { return has_host; }

lua_State *lai_enter_host(lua_State *L) {
  lua_State *before = host;
  if (!has_host || running) return before;
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *main = lua_tothread(L, -1);
  lua_pop(L, 1);
  host = main;
  return before;
}

void lai_leave_host(lua_State *before) { host = before; }

/// Stock Lua's handler sets a hook that is called at every step; debuggers do not.
static bool host_is_pressed(void) {
  return host && lua_gethookmask(host) == every_step && lua_gethookcount(host) == 1;
}

/// Whether a training runs there, and whether that program would handle a press when it began.
static _Thread_local bool trains_in_host, host_was_armed;

static bool host_is_armed(void) {
  struct sigaction now;
  return sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler != SIG_DFL &&
         now.sa_handler != SIG_IGN;
}

/// Whether there was a press during a training. Stock Lua's handler gives way to the default, so the
/// press is known even if a callback has caught its error.
static bool host_was_pressed(void) {
  return host_is_pressed() || (host_was_armed && !host_is_armed());
}

static void stop(lua_State *L, lua_Debug *frame);
static int take_presses(int kept);

/// Replaces our hook by that of the limits, if there are any. A script's own hook stays.
static void unhook(lua_State *L) {
  if (lua_gethook(L) == stop) lai_rest_hook(L);
}

void lai_drop_hook(lua_State *L) {
  unhook(L);
  lai_drop_limit_hook(L);
}

static void stop(lua_State *L, lua_Debug *frame) {
  (void)frame;
  // A press just before the training began has become a request to end it.
  if (is_deferred && pending < 2 && !insists) {
    unhook(L);
    return;
  }
  lai_answer_interrupt();
  if (!insists) unhook(L);
  luaL_where(L, 1);
  lua_pushliteral(L, "interrupted!");
  lua_concat(L, 2);
  lai_note_interruption(L);
  lua_error(L);
}

/// The running coroutine raises errors at every step from now on, or no longer.
static void set_stop_hook(void) {
  if (!running) return;
  if (insists) {
    lua_sethook(running, stop, every_step, 1);
  } else {
    unhook(running);
  }
}

void lai_answer_interrupt(void) {
  if (host_is_pressed()) lua_sethook(host, NULL, 0, 0);
  if (!is_watching || lai_is_exceeded()) return;
  if (is_deferred) {
    if (pending > 1) {
      take_presses(1);
      insists = true;
    }
  } else {
    raised += take_presses(0);
    if (raised > 1) insists = true;
  }
  set_stop_hook();
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

static void (*volatile cleanup)(void);

void lai_set_cleanup(void (*function)(void)) { cleanup = function; }

/// Ends the process as it would without a handler.
static void die(int signal_number) {
  if (cleanup) cleanup();
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

static void handle(int signal_number) {
  int presses = atomic_fetch_add(&pending, 1) + 1;
  atomic_store(&pressed_at, milliseconds());
  // Of the presses during a training, the first is only a request.
  if (presses >= PATIENCE + (is_deferred ? 1 : 0)) {
    is_disarmed = 1;
    signal(signal_number, die);
    int error = errno;
    ssize_t written = write(STDERR_FILENO, warning, sizeof warning - 1);
    (void)written;
    errno = error;
  }
  if (running && !(is_deferred && presses < 2)) lua_sethook(running, stop, every_step, 1);
}

/// Installs our handler and stores the previous one in `old`.
static bool arm(struct sigaction *old) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;  // without SA_RESTART: a blocking read returns
  sigemptyset(&action.sa_mask);
  is_disarmed = 0;
  return sigaction(SIGINT, &action, old) == 0;
}

/// Marks all presses but `kept` as answered and returns how many there were.
static int take_presses(int kept) {
  int presses = atomic_exchange(&pending, kept);
  if (is_disarmed) arm(NULL);
  return presses;
}

void lai_watch_interrupts(lua_State *L) {
  if (!is_watching && atomic_flag_test_and_set(&is_watched)) return;
  pending = 0;
  raised = 0;
  insists = false;
  has_ended = false;
  running = L;
  is_watching = true;
  if (lua_checkstack(L, 1)) lai_forget_interruption(L);  // errors of earlier commands do not count
  struct sigaction old;
  if (arm(&old) && old.sa_handler != handle && old.sa_handler != die) before = old;
  // The parent process may have blocked it, as threads of thread pools do.
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
}

void lai_unwatch_interrupts(void) {
  if (!is_watching) return;
  sigaction(SIGINT, &before, NULL);
  if (running) unhook(running);
  running = NULL;
  is_watching = false;
  atomic_flag_clear(&is_watched);
}

bool lai_has_terminal(void) { return is_watching || has_host; }

bool lai_begin_training(void) {
  if (!is_watching) {
    bool is_nested = trains_in_host;
    if (!is_nested) host_was_armed = has_host && host_is_armed();
    trains_in_host = true;
    return is_nested;
  }
  bool is_nested = is_deferred;
  is_deferred = true;
  return is_nested;
}

bool lai_end_training(bool is_nested, bool raises) {
  if (host_is_pressed()) lua_sethook(host, NULL, 0, 0);
  if (!is_watching) {
    trains_in_host = is_nested;
    if (!is_nested) host_was_armed = false;
    return false;
  }
  is_deferred = is_nested;
  // The request is for the outermost training.
  if (is_nested || !pending) return false;
  int presses = take_presses(0);
  long now = atomic_load(&pressed_at);
  bool is_early = has_ended && now - ended_at < IMPATIENCE;
  if (raises) {
    raised += presses;
    if (raised > 1) insists = true;
  } else {
    insists = presses > 1 || is_early;
    has_ended = true;
    ended_at = now;
  }
  set_stop_hook();
  return !insists;
}

int lai_pending_interrupts(void) {
  if (host_was_pressed() || lai_is_late()) return 1;
  return is_watching ? pending : 0;
}

bool lai_is_insistent(void) { return is_watching && insists; }

// ---- Coroutines

// lua_resume that tells the handler which coroutine runs.
static int resume(lua_State *L, int index, int arguments) {
  lua_State *coroutine = lua_tothread(L, index);
  if (!lua_checkstack(coroutine, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, coroutine, arguments);
  lua_State *resumer = is_watching ? running : NULL;
  if (resumer) running = coroutine;
  lai_start_coroutine(coroutine);
  int results = 0;
  int status = lua_resume(coroutine, L, arguments, &results);
  if (resumer) {
    running = resumer;
    // A press that the coroutine has not handled, or that insists, is left to its caller.
    if (lua_gethook(coroutine) == stop) {
      lai_rest_hook(coroutine);
      lua_sethook(resumer, stop, every_step, 1);
    }
  }
  lai_coroutine_left(L, index);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(coroutine, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(coroutine, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(coroutine, L, results);
  return results;
}

/// coroutine.resume as the manual has it.
static int resume_coroutine(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine, 1, "thread");
  int results = resume(L, 1, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0) results = 1;
  lua_insert(L, -1 - results);
  return results + 1;
}

// What coroutine.wrap returns: the first upvalue is the coroutine.
static int call_wrapped(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, lua_upvalueindex(1), lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(coroutine);
  if (status != LUA_OK && status != LUA_YIELD) {
    lai_prepare_closing(L, lua_upvalueindex(1));
    // The coroutine failed: its variables are closed, which may change the error.
#if LUA_VERSION_RELEASE_NUM >= 50406
    status = lua_closethread(coroutine, L);
#else
    status = lua_resetthread(coroutine);
#endif
    lua_pop(L, 1);
    lua_xmove(coroutine, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    bool is_interruption = lai_is_interruption(L, -1);
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
    if (is_interruption) lai_note_interruption(L);
  }
  return lua_error(L);
}

/// coroutine.wrap as the manual has it.
static int wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

/// Calls coroutine.close, the first upvalue, under the current limits.
static int close_coroutine(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  if (coroutine) lai_prepare_closing(L, 1);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

void lai_open_coroutines(lua_State *L) {
  lua_getglobal(L, LUA_COLIBNAME);
  lua_pushcfunction(L, resume_coroutine);
  lua_setfield(L, -2, "resume");
  lua_pushcfunction(L, wrap);
  lua_setfield(L, -2, "wrap");
  lua_getfield(L, -1, "close");
  lua_pushcclosure(L, close_coroutine, 1);
  lua_setfield(L, -2, "close");
  lua_pop(L, 1);
}
