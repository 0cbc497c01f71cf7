#include "Boundary.h"

// A call whose error comes with the frames that were active when it was raised, for the prompt to
// show. The message handler is one C frame. It replaces the error by a report: a list of frames,
// each a list as in `push_frame`, with the error's text under "message", whether it is an
// interruption under "interrupted", and the number of frames left out in the middle under
// "skipped".

// As in Lua's own traceback, but with fewer frames at the end.
enum { FIRST = 16, LAST = 6 };

static int last_level(lua_State *L) {
  lua_Debug frame;
  int low = 1, high = 1;
  while (lua_getstack(L, high, &frame)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    int middle = (low + high) / 2;
    if (lua_getstack(L, middle, &frame)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return high - 1;
}

// Six values: source, its short name, line, kind ("Lua", "C", "main"), name, line of definition.
static void push_frame(lua_State *L, lua_Debug *frame) {
  lua_getinfo(L, "Sln", frame);
  lua_createtable(L, 6, 0);
  lua_pushstring(L, frame->source);
  lua_rawseti(L, -2, 1);
  lua_pushstring(L, frame->short_src);
  lua_rawseti(L, -2, 2);
  lua_pushinteger(L, frame->currentline);
  lua_rawseti(L, -2, 3);
  lua_pushstring(L, frame->what);
  lua_rawseti(L, -2, 4);
  lua_pushstring(L, frame->name ? frame->name : "");
  lua_rawseti(L, -2, 5);
  lua_pushinteger(L, frame->linedefined);
  lua_rawseti(L, -2, 6);
}

static int examine(lua_State *L) {
  lua_settop(L, 1);
  lua_createtable(L, 0, 3);
  lua_pushboolean(L, lai_is_interruption(L, 1));
  lua_setfield(L, 2, "interrupted");
  if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
    lua_pushvalue(L, 1);
    lua_tostring(L, -1);
  } else if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) {
    // The object's own text.
  } else if (lai_push_error_content(L, 1)) {
    lua_pushfstring(L, "error object %s", lua_tostring(L, -1));
  } else {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  lua_setfield(L, 2, "message");
  int last = last_level(L), count = 0;
  bool is_long = last > FIRST + LAST;
  lua_pushinteger(L, is_long ? last - FIRST - LAST : 0);
  lua_setfield(L, 2, "skipped");
  lua_settop(L, 2);
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    if (is_long && level == FIRST + 1) level = last - LAST + 1;
    if (!lua_getstack(L, level, &frame)) break;
    push_frame(L, &frame);
    lua_rawseti(L, 2, ++count);
  }
  return 1;
}

int lai_call_examined(lua_State *L, int arguments, int results) {
  int base = lua_gettop(L) - arguments;
  if (!lua_checkstack(L, 1)) return lai_call(L, arguments, results);
  lua_pushcfunction(L, examine);
  lua_insert(L, base);
  int status = lua_pcall(L, arguments, results, base);
  lua_remove(L, base);
  return status;
}
