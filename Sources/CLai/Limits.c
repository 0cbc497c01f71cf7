#include <time.h>

#include "Boundary.h"

// The limits of a call's Lua code. The hook that counts instructions and checks the clock is
// installed only in states with such limits, because it makes every instruction slower. Each
// coroutine has a hook of its own: it inherits its creator's, and Interrupt.c updates it.

/// Instructions between two checks. Instructions before a coroutine's first check are not counted,
/// so starting it costs as many.
enum { PERIOD = 100 };

enum { EVERY_STEP = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT };

_Thread_local struct lai_limits *lai_current_limits;

static bool has_hook(const struct lai_limits *limits) {
  return limits && (limits->instructions > 0 || limits->nanoseconds > 0 || limits->should_stop);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool is_late(struct lai_limits *limits) {
  if (!limits->exceeded && limits->nanoseconds > 0 && now() >= limits->deadline) {
    limits->exceeded = LAI_TIME_EXCEEDED;
  }
  if (!limits->exceeded && limits->should_stop && limits->should_stop(limits->context)) {
    limits->exceeded = LAI_STOPPED;
  }
  return limits->exceeded;
}

static void look(lua_State *L, lua_Debug *frame);

static void set_hook(lua_State *L, const struct lai_limits *limits) {
  bool insists = limits->exceeded;
  lua_sethook(L, look, insists ? EVERY_STEP : LUA_MASKCOUNT, insists ? 1 : PERIOD);
}

// `frame` is NULL where the line is unknown.
static int raise(lua_State *L, lua_Debug *frame) {
  const struct lai_limits *limits = lai_current_limits;
  set_hook(L, limits);
  const char *place = "";
  if (frame && lua_getinfo(L, "Sl", frame) && frame->currentline > 0) {
    place = lua_pushfstring(L, "%s:%d: ", frame->short_src, frame->currentline);
  }
  if (limits->exceeded == LAI_TIME_EXCEEDED) {
    lua_pushfstring(L, "%stime limit of %f s exceeded", place, limits->nanoseconds * 1e-9);
  } else if (limits->exceeded != LAI_INSTRUCTIONS_EXCEEDED) {
    lua_pushfstring(L, "%sstopped", place);
  } else {
    lua_pushfstring(L, "%slimit of %I instructions exceeded", place,
                    (LUAI_UACINT)limits->instructions);
  }
  return lua_error(L);
}

static void look(lua_State *L, lua_Debug *frame) {
  struct lai_limits *limits = lai_current_limits;
  if (!has_hook(limits)) return;
  lai_spend(PERIOD);
  if (is_late(limits)) raise(L, frame);
}

void lai_spend(int64_t instructions) {
  struct lai_limits *limits = lai_current_limits;
  if (!limits || limits->exceeded || limits->instructions <= 0) return;
  limits->left -= instructions;
  if (limits->left <= 0) limits->exceeded = LAI_INSTRUCTIONS_EXCEEDED;
}

/// Gives a thread the hook that the current limits need.
static void adopt(lua_State *L) {
  const struct lai_limits *limits = lai_current_limits;
  if (!has_hook(limits)) return;
  int mask = limits->exceeded ? EVERY_STEP : LUA_MASKCOUNT;
  // Not set again without need, because that would restart the count.
  if (lua_gethook(L) != look || lua_gethookmask(L) != mask) set_hook(L, limits);
}

void lai_rest_hook(lua_State *L) {
  if (has_hook(lai_current_limits)) {
    set_hook(L, lai_current_limits);
  } else {
    lua_sethook(L, NULL, 0, 0);
  }
}

void lai_drop_limit_hook(lua_State *L) {
  if (lua_gethook(L) == look) lua_sethook(L, NULL, 0, 0);
}

void lai_start_coroutine(lua_State *coroutine) {
  if (lua_status(coroutine) == LUA_OK) lai_spend(PERIOD);
  adopt(coroutine);
}

// Lua calls no hook in a coroutine that ended inside one, so closing its variables could run
// forever, even in a later call. Such coroutines are the keys of this table in the registry.
static const char stopped = 0;

static void push_stopped(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &stopped) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &stopped);
}

void lai_coroutine_left(lua_State *L, int index) {
  if (!lai_is_exceeded()) return;
  adopt(L);
  int status = lua_status(lua_tothread(L, index));
  if (status == LUA_OK || status == LUA_YIELD) return;
  luaL_checkstack(L, 5, NULL);
  push_stopped(L);
  lua_pushvalue(L, index);
  lua_pushboolean(L, true);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

void lai_prepare_closing(lua_State *L, int index) {
  if (!has_hook(lai_current_limits)) return;
  lai_check_limits(L);
  adopt(lua_tothread(L, index));
  luaL_checkstack(L, 5, NULL);
  push_stopped(L);
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) != LUA_TNIL) luaL_error(L, "cannot close a coroutine that a limit ended");
  lua_pop(L, 2);
}

bool lai_is_exceeded(void) { return lai_current_limits && lai_current_limits->exceeded; }

void lai_check_limits(lua_State *L) {
  if (lai_is_exceeded()) raise(L, NULL);
}

bool lai_is_late(void) { return lai_current_limits && is_late(lai_current_limits); }

struct lai_limits *lai_begin_limits(lua_State *L, struct lai_limits *limits) {
  struct lai_limits *before = lai_current_limits;
  lai_current_limits = limits;
  if (limits) {
    limits->left = limits->instructions;
    limits->deadline = limits->nanoseconds > 0 ? now() + limits->nanoseconds : 0;
    limits->exceeded = 0;
    limits->running = L;
    if (has_hook(limits)) set_hook(L, limits);
  }
  return before;
}

int lai_end_limits(lua_State *L, struct lai_limits *before) {
  struct lai_limits *limits = lai_current_limits;
  lai_current_limits = before;
  if (!limits) return 0;
  if (has_hook(limits)) lua_sethook(L, NULL, 0, 0);
  limits->running = NULL;
  return limits->exceeded;
}

void lai_reclaim(void) {
  if (lai_current_limits && lai_current_limits->running) {
    lai_collect(lai_current_limits->running);
  }
}
