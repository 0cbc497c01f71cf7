#include <string.h>

#include "Boundary.h"

int lai_top(lua_State *L) { return lua_gettop(L); }
void lai_set_top(lua_State *L, int index) { lua_settop(L, index); }
void lai_pop(lua_State *L, int count) { lua_pop(L, count); }
int lai_absolute(lua_State *L, int index) { return lua_absindex(L, index); }
bool lai_reserve(lua_State *L, int count) { return lua_checkstack(L, count); }
void lai_push_value(lua_State *L, int index) { lua_pushvalue(L, index); }
void lai_insert(lua_State *L, int index) { lua_insert(L, index); }
void lai_remove(lua_State *L, int index) { lua_remove(L, index); }
int lai_type(lua_State *L, int index) { return lua_type(L, index); }
const char *lai_type_name(int type) { return lua_typename(NULL, type); }
bool lai_is_integer(lua_State *L, int index) { return lua_isinteger(L, index); }
bool lai_to_boolean(lua_State *L, int index) { return lua_toboolean(L, index); }

bool lai_to_number(lua_State *L, int index, double *value) {
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  *value = lua_tonumber(L, index);
  return true;
}

bool lai_to_integer(lua_State *L, int index, int64_t *value) {
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  int exact = 0;
  *value = lua_tointegerx(L, index, &exact);
  return exact;
}

const char *lai_to_string(lua_State *L, int index, size_t *length) {
  // Converting a number in place would allocate: only true strings here.
  if (lua_type(L, index) != LUA_TSTRING) return NULL;
  return lua_tolstring(L, index, length);
}

size_t lai_raw_length(lua_State *L, int index) { return lua_rawlen(L, index); }
void lai_push_nil(lua_State *L) { lua_pushnil(L); }
void lai_push_boolean(lua_State *L, bool value) { lua_pushboolean(L, value); }
void lai_push_number(lua_State *L, double value) { lua_pushnumber(L, value); }
void lai_push_integer(lua_State *L, int64_t value) { lua_pushinteger(L, value); }

int lai_raw_get_index(lua_State *L, int table, int64_t n) { return lua_rawgeti(L, table, n); }
int lai_raw_get(lua_State *L, int table) { return lua_rawget(L, table); }
void lai_push_registry(lua_State *L) { lua_pushvalue(L, LUA_REGISTRYINDEX); }
bool lai_push_metatable(lua_State *L, int index) { return lua_getmetatable(L, index) != 0; }
void lai_use_metatable(lua_State *L, int index) { lua_setmetatable(L, index); }
bool lai_raw_equal(lua_State *L, int a, int b) { return lua_rawequal(L, a, b); }
const void *lai_to_pointer(lua_State *L, int index) { return lua_topointer(L, index); }

bool lai_is_list(lua_State *L, int table, int64_t count) {
  // The keys after the last list entry: in tables built as lists, the list comes first.
  enum { FEW = 64 };
  if (!lua_checkstack(L, 3)) return true;
  table = lua_absindex(L, table);
  if (count > FEW) {
    lua_pushinteger(L, count);
  } else {
    lua_pushnil(L);
  }
  while (lua_next(L, table)) {
    int is_whole = 0;
    bool is_number = lua_type(L, -2) == LUA_TNUMBER;
    lua_Integer place = is_number ? lua_tointegerx(L, -2, &is_whole) : 0;
    // As made by table.pack.
    bool is_length = !is_number && lua_type(L, -2) == LUA_TSTRING && lua_isinteger(L, -1) &&
                     strcmp(lua_tostring(L, -2), "n") == 0;
    if (!is_length && (!is_whole || place < 1 || place > count)) {
      lua_pop(L, 1);  // the key stays
      return false;
    }
    lua_pop(L, 1);
  }
  return true;
}

int64_t lai_read_numbers(lua_State *L, int table, int64_t first, int64_t count, double *numbers) {
  for (int64_t i = 0; i < count; i++) {
    if (lua_rawgeti(L, table, first + i) != LUA_TNUMBER) {
      lua_pop(L, 1);
      return i;
    }
    numbers[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  return count;
}

int lai_parameter_count(lua_State *L, int index) {
  lua_Debug function;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">u", &function);
  return function.isvararg ? 255 : function.nparams;
}
