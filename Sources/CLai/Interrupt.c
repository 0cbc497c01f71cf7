#include <signal.h>
#include <string.h>

#include "Boundary.h"

/// After so many unanswered presses the next one ends the process, as it would without us.
enum { PATIENCE = 3 };

static volatile sig_atomic_t pending;
static lua_State *volatile watched;
static volatile sig_atomic_t is_deferred;

static void stop(lua_State *L, lua_Debug *frame) {
  (void)frame;
  lua_sethook(L, NULL, 0, 0);
  pending = 0;
  luaL_error(L, "interrupted!");
}

static void handle(int signal_number) {
  pending = pending + 1;
  if (pending >= PATIENCE) signal(signal_number, SIG_DFL);
  if (watched && !(is_deferred && pending < 2)) {
    lua_sethook(watched, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
  }
}

void lai_watch_interrupts(lua_State *L) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;  // without SA_RESTART: a blocking read returns
  sigemptyset(&action.sa_mask);
  pending = 0;
  watched = L;
  sigaction(SIGINT, &action, NULL);
  // Whoever started us may have blocked it, as the threads of thread pools do.
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
}

void lai_unwatch_interrupts(void) {
  signal(SIGINT, SIG_DFL);
  if (watched) lua_sethook(watched, NULL, 0, 0);
  watched = NULL;
}

bool lai_defer_interrupts(bool deferred) {
  bool before = is_deferred;
  is_deferred = deferred;
  return before;
}

int lai_pending_interrupts(void) { return pending; }

void lai_clear_interrupts(void) {
  pending = 0;
  if (watched) lua_sethook(watched, NULL, 0, 0);
}
