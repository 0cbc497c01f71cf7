#include "Boundary.h"

// Error objects that pass through Swift wait in a ring of slots in the registry. The slots exist
// from the start, so that keeping an error allocates nothing. Slot 0 always holds the text for lack
// of memory.
enum { SLOTS = 64 };

static const char key = 0;

void lai_open_failures(lua_State *L) {
  lua_createtable(L, SLOTS + 1, 0);
  lua_pushliteral(L, "not enough memory");
  lua_rawseti(L, -2, SLOTS + 1);
  for (int slot = 1; slot <= SLOTS; slot++) {
    lua_pushinteger(L, 0);
    lua_rawseti(L, -2, slot);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

int lai_keep_failure(lua_State *L) {
  static _Thread_local int last = 0;
  if (!lua_checkstack(L, 1)) {
    lua_pop(L, 1);
    return 0;
  }
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) != LUA_TTABLE) {
    lua_pop(L, 2);
    return 0;
  }
  int slot = last = last % SLOTS + 1;
  lua_insert(L, -2);
  lua_rawseti(L, -2, slot);
  lua_pop(L, 1);
  return slot;
}

void lai_push_failure(lua_State *L, int slot) {
  // Without the table the state is still being opened, and nobody can handle an error.
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) != LUA_TTABLE) return;
  lua_rawgeti(L, -1, slot == 0 ? SLOTS + 1 : slot);
  if (slot > 0) {  // so that the slot does not keep the object alive
    lua_pushinteger(L, 0);
    lua_rawseti(L, -3, slot);
  }
  lua_remove(L, -2);
}
