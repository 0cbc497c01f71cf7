#include "Boundary.h"

/// The collector is generational, as stock lua's.
///
/// A tensor is a small object for Lua, with a finaliser, and some 300 bytes outside it that Lua does
/// not see. A full collection in generational mode counts the objects whose finalisers are still to
/// run as living, so that every explicit one lets the next garbage grow more, without a bound.
/// So explicit ones are made in incremental mode. Measured with a million tensors (peak of the
/// process, which begins with 24 MB):
///
///                                  no explicit collection   every 10,000   every 100,000
///     generational, as stock lua          26 MB  0.6 s       32 MB  0.8 s    57 MB  1.0 s
///     generational, but explicit ones     34     0.6         34     0.65     34     0.65
///     incremental, 150 %                  30     0.5         29     0.5      30     0.5
///
/// Incremental cycles visit every object, which costs operations on large tensors 5 to 10 %.
lua_State *lai_new_state(void) {
  lua_State *L = luaL_newstate();
  if (L) lua_gc(L, LUA_GCGEN, 0, 0);
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

int lai_collect(lua_State *L) {
  bool is_generational = lua_gc(L, LUA_GCINC, 0, 0, 0) == LUA_GCGEN;
  int status = lua_gc(L, LUA_GCCOLLECT);
  if (is_generational) lua_gc(L, LUA_GCGEN, 0, 0);
  return status;
}

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
