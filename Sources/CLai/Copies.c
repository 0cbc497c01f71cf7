#include "Boundary.h"

// What it takes to copy a Lua function into another state, and to notice there when it does what a
// copy must not do.

struct dump {
  bool has_begun;
  luaL_Buffer buffer;
};

static int write_dump(lua_State *L, const void *bytes, size_t count, void *context) {
  struct dump *dump = context;
  if (!dump->has_begun) {  // not before: the function must be on the top until then
    dump->has_begun = true;
    luaL_buffinit(L, &dump->buffer);
  }
  luaL_addlstring(&dump->buffer, bytes, count);
  return 0;
}

static int push_dump(lua_State *L) {
  struct dump dump = {false};
  bool strip = lua_toboolean(L, 2);
  lua_settop(L, 1);
  if (lua_dump(L, write_dump, &dump, strip) != 0) return luaL_error(L, "cannot dump the function");
  luaL_pushresult(&dump.buffer);
  return 1;
}

int lai_push_dump(lua_State *L, int function, bool strip) {
  if (!lua_checkstack(L, 2)) {
    lai_push_failure(L, 0);
    return LUA_ERRMEM;
  }
  lua_pushvalue(L, function);
  lua_pushboolean(L, strip);
  return lai_protect(L, push_dump, NULL, 2, 1);
}

bool lai_push_upvalue(lua_State *L, int function, int n) {
  return !lua_iscfunction(L, function) && lua_getupvalue(L, function, n) != NULL;
}

const void *lai_upvalue_identity(lua_State *L, int function, int n) {
  return lua_iscfunction(L, function) ? NULL : lua_upvalueid(L, function, n);
}

void lai_set_upvalue(lua_State *L, int function, int n) {
  if (lua_iscfunction(L, function) || lua_setupvalue(L, function, n) == NULL) lua_pop(L, 1);
}

void lai_join_upvalues(lua_State *L, int function, int n, int other, int m) {
  if (lua_iscfunction(L, function) || lua_iscfunction(L, other)) return;
  lua_upvaluejoin(L, function, n, other, m);
}

const void *lai_c_function(lua_State *L, int index, bool is_closure) {
  lua_CFunction function = lua_tocfunction(L, index);
  if (!function || lai_is_function_of_ours(L, index)) return NULL;
  bool has_upvalue = lua_getupvalue(L, index, 1) != NULL;
  if (has_upvalue) lua_pop(L, 1);
  return has_upvalue && !is_closure ? NULL : (const void *)function;
}

bool lai_function_number(lua_State *L, int index, int64_t *number) {
  if (!lai_is_function_of_ours(L, index) || lua_getupvalue(L, index, 1) == NULL) return false;
  bool is_number = lai_to_integer(L, -1, number);
  lua_pop(L, 1);
  if (!is_number) return false;
  if (lua_getupvalue(L, index, 2) == NULL) lua_pushnil(L);
  return true;
}

bool lai_same_entries(lua_State *L, int a, int b) {
  a = lua_absindex(L, a);
  b = lua_absindex(L, b);
  int64_t count = 0, others = 0;
  for (lua_pushnil(L); lua_next(L, a); count++) {
    lua_pushvalue(L, -2);
    lua_rawget(L, b);
    bool is_same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!is_same) {
      lua_pop(L, 1);
      return false;
    }
  }
  for (lua_pushnil(L); lua_next(L, b); others++) lua_pop(L, 1);
  return count == others;
}

// ---- What copies may see of the libraries

static int refuse(lua_State *L) {
  lai_refuse();
  lai_check_limits(L);
  return luaL_error(L, "not allowed in a copied function");
}

void lai_refuse(void) {
  if (lai_current_limits) lai_current_limits->exceeded = LAI_REFUSED;
}

/// `pairs` of lists alone: the order of other keys depends on the state.
static int list_pairs(lua_State *L) {
  if (lua_type(L, 1) != LUA_TTABLE || lua_getmetatable(L, 1)) return refuse(L);
  lua_settop(L, 1);
  lua_Integer next = 1;
  for (lua_pushnil(L); lua_next(L, 1); next++) {
    lua_pop(L, 1);
    if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) != next) return refuse(L);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 3);
  return 3;
}

/// `require` of the module in the first upvalue alone.
static int require_module(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING || lua_rawlen(L, 1) != 3) return refuse(L);
  lua_pushliteral(L, "lai");
  if (!lua_rawequal(L, 1, -1)) return refuse(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

static int push_with_upvalue(lua_State *L) {
  lua_CFunction *function = lua_touserdata(L, 2);
  lua_pop(L, 1);
  lua_pushcclosure(L, *function, 1);
  return 1;
}

int lai_push_list_pairs(lua_State *L) {
  lua_CFunction function = list_pairs;
  return lai_protect(L, push_with_upvalue, &function, 1, 1);
}

int lai_push_require_module(lua_State *L) {
  lua_CFunction function = require_module;
  return lai_protect(L, push_with_upvalue, &function, 1, 1);
}

/// A metatable with this `__index`, the value on the top, which is popped.
static void push_guard(lua_State *L) {
  lua_createtable(L, 0, 3);
  lua_insert(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refuse);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

static int seal(lua_State *L) {
  lua_settop(L, 1);
  lua_pushcfunction(L, refuse);
  push_guard(L);
  lua_setmetatable(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, 1);
  push_guard(L);
  lua_setmetatable(L, -2);
  return 1;
}

/// The string metatable's functions: names that Lua does not have are refused.
static int seal_strings(lua_State *L) {
  lua_pushliteral(L, "");
  if (lua_getmetatable(L, -1) && lua_getfield(L, -1, "__index") == LUA_TTABLE) {
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, refuse);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
  }
  return 0;
}

int lai_seal(lua_State *L) { return lai_protect(L, seal, NULL, 1, 1); }
int lai_seal_strings(lua_State *L) { return lai_protect(L, seal_strings, NULL, 0, 0); }

bool lai_has_limits(void) { return lai_current_limits != NULL; }
