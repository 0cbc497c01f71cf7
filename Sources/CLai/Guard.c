#include <string.h>

#include "Boundary.h"

// The standard libraries that a host allows, without ways around its limits. Hooks do not run in C
// functions and finalisers, so those that could run forever are refused.

/// The most elements that one call of table.move, insert or remove may move: some hundredths of a
/// second.
enum { MOST_MOVED = 10000000 };

/// Calls the C function in the first upvalue in this frame, so that errors carry its name.
static int call_original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

/// setmetatable without `__gc`: finalisers written in Lua run without a hook, also when the state
/// is closed.
static int set_metatable(lua_State *L) {
  if (lua_type(L, 2) == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "setmetatable: __gc is not allowed here");
    lua_pop(L, 1);
  }
  return call_original(L);
}

/// Calls the error handler in the first upvalue, except for limits: it would run inside the hook
/// that raised the error, and no other hook runs until that ends.
static int handle_error(lua_State *L) {
  if (lai_is_exceeded()) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, handle_error, 1);
  lua_replace(L, 2);
  return call_original(L);
}

/// load without binary chunks: a forged chunk can do anything.
static int load_text(lua_State *L) {
  if (lua_gettop(L) < 3) lua_settop(L, 3);
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  return call_original(L);
}

/// string.rep: repeating an empty string is done at once, since it would never reach a limit.
static int repeat(lua_State *L) {
  size_t length, separator;
  luaL_checklstring(L, 1, &length);
  luaL_optlstring(L, 3, "", &separator);
  if (length + separator > 0) return call_original(L);
  luaL_checkinteger(L, 2);
  lua_pushliteral(L, "");
  return 1;
}

static void spend_moves(lua_State *L, lua_Unsigned count) {
  if (count > MOST_MOVED) luaL_error(L, "too many elements to move here");
  lai_spend((int64_t)count);
}

static int move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  if (last >= first) spend_moves(L, (lua_Unsigned)last - (lua_Unsigned)first + 1);
  return call_original(L);
}

/// Counts the elements after a position as moved. `__len` is refused: it could return another
/// length the next time.
static void spend_shift(lua_State *L) {
  if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
    luaL_argerror(L, 1, "no table with __len is allowed here");
  }
  spend_moves(L, lua_rawlen(L, 1));
}

static int insert(lua_State *L) {
  if (lua_gettop(L) == 3) spend_shift(L);
  return call_original(L);
}

static int take_out(lua_State *L) {
  if (lua_gettop(L) == 2) spend_shift(L);
  return call_original(L);
}

static void replace(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

static void forget(lua_State *L, const char *name) {
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

/// Hides a metatable from getmetatable.
static void lock(lua_State *L) {
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

/// Leaves those functions of `debug` that cannot lift limits.
static void trim_debug(lua_State *L) {
  lua_getglobal(L, LUA_DBLIBNAME);
  int library = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, library)) {  // a field may be cleared on the way
    lua_pop(L, 1);
    const char *name = lua_tostring(L, -1);
    if (strcmp(name, "traceback") == 0 || strcmp(name, "getinfo") == 0) continue;
    lua_pushnil(L);
    lua_setfield(L, library, name);
  }
  lua_pop(L, 1);
}

static void open(lua_State *L, const char *name, lua_CFunction library) {
  luaL_requiref(L, name, library, 1);
  lua_pop(L, 1);
}

void lai_open_guarded(lua_State *L, unsigned libraries, bool is_limited) {
  open(L, LUA_GNAME, luaopen_base);
  open(L, LUA_COLIBNAME, luaopen_coroutine);
  open(L, LUA_TABLIBNAME, luaopen_table);
  open(L, LUA_STRLIBNAME, luaopen_string);
  open(L, LUA_MATHLIBNAME, luaopen_math);
  open(L, LUA_UTF8LIBNAME, luaopen_utf8);
  if (libraries & LAI_PACKAGE) open(L, LUA_LOADLIBNAME, luaopen_package);
  if (libraries & LAI_IO) open(L, LUA_IOLIBNAME, luaopen_io);
  if (libraries & LAI_OS) open(L, LUA_OSLIBNAME, luaopen_os);
  if (libraries & LAI_DEBUG) open(L, LUA_DBLIBNAME, luaopen_debug);

  lua_pushglobaltable(L);
  replace(L, "setmetatable", set_metatable);
  replace(L, "xpcall", xpcall);
  if (!(libraries & LAI_BINARY)) replace(L, "load", load_text);
  if (!(libraries & LAI_FILES)) {
    forget(L, "dofile");
    forget(L, "loadfile");
  }
  lua_getfield(L, -1, LUA_STRLIBNAME);
  replace(L, "rep", repeat);
  if (!(libraries & LAI_BINARY)) forget(L, "dump");
  lua_pop(L, 1);
  lua_getfield(L, -1, LUA_TABLIBNAME);
  replace(L, "move", move);
  replace(L, "insert", insert);
  replace(L, "remove", take_out);
  lua_pop(L, 2);

  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lock(L);
  lua_pop(L, 2);
  if (libraries & LAI_IO) {
    luaL_getmetatable(L, LUA_FILEHANDLE);
    lock(L);
    lua_pop(L, 1);
  }
  if (is_limited && (libraries & LAI_DEBUG)) trim_debug(L);
}
