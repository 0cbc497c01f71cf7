#include "Boundary.h"

int lai_protect(lua_State *L, lua_CFunction body, void *context, int arguments, int results) {
  if (!lua_checkstack(L, 4 + arguments)) {
    // Pops to make room: the text for lack of memory is already in a failure slot.
    lua_pop(L, arguments);
    lai_push_failure(L, 0);
    return LUA_ERRMEM;
  }
  lua_pushcfunction(L, body);
  lua_insert(L, -1 - arguments);
  lua_pushlightuserdata(L, context);
  return lua_pcall(L, arguments + 1, results, 0);
}

struct text {
  const char *bytes;
  size_t length;
};

static int push_string(lua_State *L) {
  const struct text *text = lua_touserdata(L, 1);
  lua_pushlstring(L, text->bytes, text->length);
  return 1;
}

int lai_push_string(lua_State *L, const char *bytes, size_t length) {
  struct text text = {bytes, length};
  return lai_protect(L, push_string, &text, 0, 1);
}

struct sizes {
  int list, record;
};

static int new_table(lua_State *L) {
  const struct sizes *sizes = lua_touserdata(L, 1);
  lua_createtable(L, sizes->list, sizes->record);
  return 1;
}

int lai_new_table(lua_State *L, int list_size, int record_size) {
  struct sizes sizes = {list_size, record_size};
  return lai_protect(L, new_table, &sizes, 0, 1);
}

// For the setters the table is copied above its value: (value, table, context).
static int set_field(lua_State *L) {
  lua_pushstring(L, lua_touserdata(L, 3));
  lua_pushvalue(L, 1);
  lua_rawset(L, 2);
  return 0;
}

static bool push_table(lua_State *L, int table, int arguments) {
  table = lua_absindex(L, table);
  if (!lua_checkstack(L, 1)) {
    lua_pop(L, arguments);
    lai_push_failure(L, 0);
    return false;
  }
  lua_pushvalue(L, table);
  return true;
}

int lai_set_field(lua_State *L, int table, const char *key) {
  if (!push_table(L, table, 1)) return LUA_ERRMEM;
  return lai_protect(L, set_field, (void *)key, 2, 0);
}

static int set_index(lua_State *L) {
  const int64_t *n = lua_touserdata(L, 3);
  lua_pushvalue(L, 1);
  lua_rawseti(L, 2, *n);
  return 0;
}

int lai_set_index(lua_State *L, int table, int64_t n) {
  if (!push_table(L, table, 1)) return LUA_ERRMEM;
  return lai_protect(L, set_index, &n, 2, 0);
}

static int set(lua_State *L) {
  lua_pop(L, 1);
  lua_insert(L, 1);
  lua_rawset(L, 1);
  return 0;
}

int lai_set(lua_State *L, int table) {
  if (!push_table(L, table, 2)) return LUA_ERRMEM;
  return lai_protect(L, set, NULL, 3, 0);
}

static int get_field(lua_State *L) {
  lua_pushstring(L, lua_touserdata(L, 2));
  lua_rawget(L, 1);
  return 1;
}

int lai_get_field(lua_State *L, int table, const char *key) {
  if (!push_table(L, table, 0)) return LUA_ERRMEM;
  return lai_protect(L, get_field, (void *)key, 1, 1);
}

static int next(lua_State *L) {
  bool *found = lua_touserdata(L, 3);
  lua_pop(L, 1);
  lua_insert(L, 1);
  *found = lua_next(L, 1);
  return *found ? 2 : 0;
}

int lai_next(lua_State *L, int table, bool *found) {
  *found = false;
  if (!push_table(L, table, 1)) return LUA_ERRMEM;
  return lai_protect(L, next, found, 2, LUA_MULTRET);
}

struct numbers {
  const double *values;
  int64_t count;
};

static int push_numbers(lua_State *L) {
  const struct numbers *numbers = lua_touserdata(L, 1);
  lua_createtable(L, (int)numbers->count, 0);
  for (int64_t i = 0; i < numbers->count; i++) {
    lua_pushnumber(L, numbers->values[i]);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

int lai_push_numbers(lua_State *L, const double *values, int64_t count) {
  struct numbers numbers = {values, count};
  return lai_protect(L, push_numbers, &numbers, 0, 1);
}

static int push_description(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

int lai_push_description(lua_State *L, int index) {
  if (!push_table(L, index, 0)) return LUA_ERRMEM;
  return lai_protect(L, push_description, NULL, 1, 1);
}

struct source {
  struct text text;
  const char *name, *mode;
  int status;
};

static int load(lua_State *L) {
  struct source *source = lua_touserdata(L, 1);
  source->status = luaL_loadbufferx(L, source->text.bytes, source->text.length, source->name,
                                    source->mode);
  return 1;
}

int lai_load(lua_State *L, const char *bytes, size_t length, const char *chunk_name,
             const char *mode) {
  struct source source = {{bytes, length}, chunk_name, mode, LUA_OK};
  int status = lai_protect(L, load, &source, 0, 1);
  return status != LUA_OK ? status : source.status;
}

static int load_file(lua_State *L) {
  struct source *source = lua_touserdata(L, 1);
  source->status = luaL_loadfile(L, source->name);
  return 1;
}

int lai_load_file(lua_State *L, const char *path) {
  struct source source = {{NULL, 0}, path, NULL, LUA_OK};
  int status = lai_protect(L, load_file, &source, 0, 1);
  return status != LUA_OK ? status : source.status;
}

static int push_globals(lua_State *L) {
  lua_pushglobaltable(L);
  return 1;
}

int lai_push_globals(lua_State *L) { return lai_protect(L, push_globals, NULL, 0, 1); }

static int push_package_table(lua_State *L) {
  const bool *preload = lua_touserdata(L, 1);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, *preload ? LUA_PRELOAD_TABLE : LUA_LOADED_TABLE);
  return 1;
}

int lai_push_package_table(lua_State *L, bool preload) {
  return lai_protect(L, push_package_table, &preload, 0, 1);
}

struct trace {
  const char *message;
  int level;
};

static int push_traceback(lua_State *L) {
  const struct trace *trace = lua_touserdata(L, 1);
  luaL_traceback(L, L, trace->message, trace->level + 1);
  return 1;
}

int lai_push_traceback(lua_State *L, const char *message, int level) {
  struct trace trace = {message, level};
  return lai_protect(L, push_traceback, &trace, 0, 1);
}
