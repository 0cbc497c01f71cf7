#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Boundary.h"

// What a Lua program needs, as in lua.c.

// The last mistake in a script's command line.
static _Thread_local char usage_error[1000];

void lai_note_usage_error(const char *text) { snprintf(usage_error, sizeof usage_error, "%s", text); }

static int message_handler(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (message == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return 1;
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
    if (lai_push_error_content(L, 1)) {
      message = lua_pushfstring(L, "%s: %s", message, lua_tostring(L, -1));
    }
  }
  // Its place is on the command line, not in the script.
  if (usage_error[0] && strstr(message, usage_error)) return lua_pushstring(L, message), 1;
  bool is_interruption = lai_is_interruption(L, 1);
  luaL_traceback(L, L, message, 1);
  if (is_interruption) lai_note_interruption(L);
  return 1;
}

struct call {
  int results, status;
};

// Stands for lua.c's own function, the "[C]: in ?" below every main chunk: some scripts count it.
static int call_in_frame(lua_State *L) {
  struct call *call = lua_touserdata(L, -1);
  lua_pop(L, 1);
  lua_pushcfunction(L, message_handler);
  lua_insert(L, 1);
  call->status = lua_pcall(L, lua_gettop(L) - 2, call->results, 1);
  lua_remove(L, 1);
  // Not when this frame returns: the error would then lack the traceback.
  if (call->status != LUA_OK) lai_drop_hook(L);
  return lua_gettop(L);
}

int lai_call_traced(lua_State *L, int arguments, int results) {
  struct call call = {results, LUA_OK};
  int status = lai_protect(L, call_in_frame, &call, arguments + 1, LUA_MULTRET);
  return status != LUA_OK ? status : call.status;
}

static int push_script_arguments(lua_State *L) {
  if (lua_getglobal(L, "arg") != LUA_TTABLE) return luaL_error(L, "'arg' is not a table");
  int count = (int)luaL_len(L, -1);
  luaL_checkstack(L, count + 3, "too many arguments to script");
  int table = lua_gettop(L);
  for (int i = 1; i <= count; i++) lua_rawgeti(L, table, i);
  return count < 0 ? 0 : count;
}

int lai_push_script_arguments(lua_State *L) {
  return lai_protect(L, push_script_arguments, NULL, 0, LUA_MULTRET);
}

static int get_global(lua_State *L) {
  lua_getglobal(L, lua_touserdata(L, 1));
  return 1;
}

int lai_get_global(lua_State *L, const char *name) {
  return lai_protect(L, get_global, (void *)name, 0, 1);
}

static int set_global(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_setglobal(L, lua_touserdata(L, 2));
  return 0;
}

int lai_set_global(lua_State *L, const char *name) {
  return lai_protect(L, set_global, (void *)name, 1, 0);
}

int64_t lai_read_line(char **line) {
  size_t room = 0;
  *line = NULL;
  int64_t count = getline(line, &room, stdin);
  if (count > 0 && (*line)[count - 1] == '\n') return count - 1;
  if (count > 0) return count;
  free(*line);
  *line = NULL;
  return -1;
}
