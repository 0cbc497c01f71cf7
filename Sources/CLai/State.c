#include "Boundary.h"

lua_State *lai_new_state(void) { return luaL_newstate(); }

void lai_close(lua_State *L) { lua_close(L); }

static int prepare(lua_State *L) {
  lai_open_failures(L);
  return 0;
}

static int open_libraries(lua_State *L) {
  const bool *ignore_environment = lua_touserdata(L, 1);
  if (*ignore_environment) {
    lua_pushboolean(L, true);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  luaL_openlibs(L);
  lai_open_coroutines(L);
  return prepare(L);
}

int lai_open_libraries(lua_State *L, bool ignore_environment) {
  return lai_protect(L, open_libraries, &ignore_environment, 0, 0);
}

int lai_prepare(lua_State *L) { return lai_protect(L, prepare, NULL, 0, 0); }

void lai_set_allocator(lua_State *L, lai_allocator allocator, void *context) {
  lua_setallocf(L, allocator, context);
}

int lai_collect(lua_State *L) { return lua_gc(L, LUA_GCCOLLECT); }

int lai_memory(lua_State *L) { return lua_gc(L, LUA_GCCOUNT); }

void lai_generational(lua_State *L) { lua_gc(L, LUA_GCGEN, 0, 0); }

void lai_warning(lua_State *L, const char *message) { lua_warning(L, message, 0); }

const char *lai_lua_copyright(void) { return LUA_COPYRIGHT; }
