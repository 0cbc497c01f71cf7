#include <string.h>

#include "Boundary.h"

// Which error is an interruption.
//
// The registry keeps the error that was last raised for an interruption. An error is an
// interruption if it is that value, even if a script has caught it and raised it again. Its text
// alone proves nothing, because scripts may raise any text.
static const char interruption = 0;

void lai_forget_interruption(lua_State *L) {
  // Never absent, so that replacing it allocates nothing.
  lua_pushlightuserdata(L, (void *)&interruption);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &interruption);
}

void lai_note_interruption(lua_State *L) {
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &interruption);
}

bool lai_is_interruption(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (!lua_checkstack(L, 1)) return false;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &interruption);
  bool is_interruption = lua_rawequal(L, index, -1);
  lua_pop(L, 1);
  return is_interruption;
}

static int note_hook_error(lua_State *L) {
  lua_Debug frame;
  if (lua_getstack(L, 0, &frame) && lua_getinfo(L, "n", &frame) &&
      strcmp(frame.namewhat, "hook") == 0) {
    lai_note_interruption(L);
  }
  return 1;
}

// An interruption caught before this call is not an error of this call, whatever its text.
int lai_call(lua_State *L, int arguments, int results) {
  int base = lua_gettop(L) - arguments;
  if (!lua_checkstack(L, 3)) return lua_pcall(L, arguments, results, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &interruption);
  bool is_fresh = lua_touserdata(L, -1) == &interruption;
  if (is_fresh) {
    lua_pop(L, 1);
  } else {
    lua_insert(L, base++);
    lai_forget_interruption(L);
  }
  // In another Lua program, that program's hook handles Ctrl-C: any error raised by a hook in C
  // counts as an interruption.
  if (lai_is_guest()) {
    lua_pushcfunction(L, note_hook_error);
    lua_insert(L, base);
  }
  int status = lua_pcall(L, arguments, results, lai_is_guest() ? base : 0);
  if (lai_is_guest()) lua_remove(L, base);
  if (is_fresh) return status;
  // The earlier interruption may still be propagating when a __close makes this call. It is kept
  // unless it could be mistaken for the error of this call.
  bool is_told_apart = status == LUA_OK || !(lai_is_interruption(L, -1) ||
                                             lua_rawequal(L, -1, base - 1));
  if (is_told_apart && lua_checkstack(L, 1)) {
    lua_pushvalue(L, base - 1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &interruption);
  }
  lua_remove(L, base - 1);
  return status;
}
