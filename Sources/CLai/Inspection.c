#include <string.h>

#include "Boundary.h"

bool lai_describe_function(lua_State *L, int index, struct lai_function *function) {
  lua_Debug about;
  if (lua_type(L, index) != LUA_TFUNCTION || !lua_checkstack(L, 1)) return false;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">Su", &about);
  function->source = about.source;
  strncpy(function->short_source, about.short_src, sizeof function->short_source - 1);
  function->short_source[sizeof function->short_source - 1] = 0;
  function->first_line = about.linedefined;
  function->last_line = about.lastlinedefined;
  function->is_c = about.what[0] == 'C';
  function->takes_more = about.isvararg;
  function->parameter_count = about.nparams;
  return true;
}

const char *lai_parameter_name(lua_State *L, int index, int parameter) {
  if (lua_type(L, index) != LUA_TFUNCTION || lua_iscfunction(L, index) || !lua_checkstack(L, 1)) {
    return NULL;
  }
  lua_pushvalue(L, index);
  const char *name = lua_getlocal(L, NULL, parameter);
  lua_pop(L, 1);
  return name;
}

const char *lai_thread_status(lua_State *L, int index) {
  lua_State *thread = lua_tothread(L, index);
  if (thread == NULL) return "dead";
  if (thread == L) return "running";
  lua_Debug frame;
  if (lua_status(thread) == LUA_YIELD) return "suspended";
  if (lua_status(thread) != LUA_OK) return "dead";
  if (lua_getstack(thread, 0, &frame)) return "normal";
  return lua_gettop(thread) == 0 ? "dead" : "suspended";
}
