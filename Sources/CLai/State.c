#include "Boundary.h"

/// The collector begins a cycle when memory has grown to this percentage of what the last one left,
/// and works at this percentage of the rate of allocation.
///
/// A tensor is a small object for Lua, with a finaliser, and some 300 bytes outside it that Lua does
/// not see. Measured with a million of them (peak of the process, which begins with 24 MB):
///
///                                  no explicit collection   every 10,000   every 100,000
///     generational, as stock lua          24 MB  0.7 s       30 MB  2.3 s    62 MB  2.3 s
///     incremental, 200 %, the default     50-198  2.6        28     1.8      37     2.2
///     incremental, 150 %                  25      0.8        25     0.8      25     0.8
///     incremental, 120 %                  24      0.7        24     0.7      24     0.7
///
/// A full collection in generational mode counts the objects whose finalisers are still to run as
/// living, so that every explicit one lets the next garbage grow more, without a bound. Lua alone,
/// building and dropping trees: generational 0.20 s, incremental with 120 % 0.48 s, 150 % 0.31 s.
enum { PAUSE = 150, SPEED = 400 };

lua_State *lai_new_state(void) {
  lua_State *L = luaL_newstate();
  if (L) lua_gc(L, LUA_GCINC, PAUSE, SPEED, 0);
  return L;
}

void lai_close(lua_State *L) { lua_close(L); }

static int prepare(lua_State *L) {
  lai_open_failures(L);
  lai_forget_interruption(L);
  return 0;
}

struct opening {
  unsigned libraries;
  bool is_limited, ignores_environment;
};

static int open_libraries(lua_State *L) {
  const struct opening *opening = lua_touserdata(L, 1);
  if (opening->ignores_environment) {
    lua_pushboolean(L, true);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  if (opening->libraries == LAI_ALL_LIBRARIES && !opening->is_limited) {
    luaL_openlibs(L);
  } else {
    lai_open_guarded(L, opening->libraries, opening->is_limited);
  }
  lai_open_coroutines(L);
  lai_open_collector(L);
  return prepare(L);
}

int lai_open_libraries(lua_State *L, unsigned libraries, bool is_limited,
                       bool ignores_environment) {
  struct opening opening = {libraries, is_limited, ignores_environment};
  return lai_protect(L, open_libraries, &opening, 0, 0);
}

int lai_prepare(lua_State *L) { return lai_protect(L, prepare, NULL, 0, 0); }

void lai_set_allocator(lua_State *L, lai_allocator allocator, void *context) {
  lua_setallocf(L, allocator, context);
}

int lai_collect(lua_State *L) { return lua_gc(L, LUA_GCCOLLECT); }

bool lai_rest_collector(lua_State *L) {
  bool was_running = lua_gc(L, LUA_GCISRUNNING) == 1;
  lua_gc(L, LUA_GCSTOP);
  return was_running;
}

void lai_wake_collector(lua_State *L) { lua_gc(L, LUA_GCRESTART); }

int lai_memory(lua_State *L) { return lua_gc(L, LUA_GCCOUNT); }

int64_t lai_memory_bytes(lua_State *L) {
  return (int64_t)lua_gc(L, LUA_GCCOUNT) * 1024 + lua_gc(L, LUA_GCCOUNTB);
}

void lai_warning(lua_State *L, const char *message) { lua_warning(L, message, 0); }

const char *lai_lua_copyright(void) { return LUA_COPYRIGHT; }
