#include <string.h>

#include "Boundary.h"

// Tables that present contents through metamethods: read-only wrappers, lists and options with
// defaults, objects of classes. Swift reads tables raw, so it gets a plain table with the same
// contents.

// A list or an iterator with more than MOST_ENTRIES entries is considered endless. Chains of
// __index tables are followed up to a depth of DEEPEST.
enum { MOST_ENTRIES = 1 << 22, DEEPEST = 100 };

struct reading {
  const char *const *names;  // keys to read besides those that can be enumerated, or NULL
  const char *problem;       // why the table cannot be read
  lua_Integer count;         // length of the list
};

// Pushes a metafield of the value at an index, or nothing; never our own guard
// (GuardedTable.swift).
static bool push_metafield(lua_State *L, int index, const char *name) {
  int type = luaL_getmetafield(L, index, name);
  if (type == LUA_TNIL) return false;
  if (!lai_is_function_of_ours(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

static bool has_metafield(lua_State *L, int index, const char *name) {
  if (!push_metafield(L, index, name)) return false;
  lua_pop(L, 1);
  return true;
}

// The stack while reading: the table at 1, the plain table at 2.
enum { SOURCE = 1, PLAIN = 2 };

static bool fail(struct reading *reading, const char *problem) {
  reading->problem = problem;
  return false;
}

// Reads SOURCE[1], SOURCE[2], …: as many as __len says, else up to the first nil.
static bool read_list(lua_State *L, struct reading *reading) {
  bool has_length = has_metafield(L, SOURCE, "__len");
  lua_Integer count = 0;
  if (has_length) {
    lua_len(L, SOURCE);
    int is_whole = 0;
    count = lua_tointegerx(L, -1, &is_whole);
    lua_pop(L, 1);
    if (!is_whole || count < 0) return fail(reading, "a table whose __len returns no length");
    if (count > MOST_ENTRIES) return fail(reading, "a table whose __len returns a huge length");
  } else if (lua_rawlen(L, SOURCE) > 0) {
    // The table has a list of its own; defaults are behind it.
    has_length = true;
    count = (lua_Integer)lua_rawlen(L, SOURCE);
  }
  // Options have no list: one entry is enough to refuse it.
  if (reading->names && (!has_length || count > 1)) has_length = count = 1;
  for (lua_Integer i = 1; !has_length || i <= count; i++) {
    if (i > MOST_ENTRIES) return fail(reading, "a table whose __index never returns nil");
    if (lua_geti(L, SOURCE, i) == LUA_TNIL) {
      lua_pop(L, 1);
      if (has_length && !reading->names) {
        return fail(reading, "a list with nil before the length that its __len returns");
      }
      break;
    }
    lua_rawseti(L, PLAIN, i);
    reading->count = i;
  }
  return true;
}

// Sets PLAIN[key] = value for the two on the top, and pops the value.
static void add(lua_State *L, const struct reading *reading) {
  int is_whole = 0;
  lua_Integer place = lua_tointegerx(L, -2, &is_whole);
  if (is_whole && lua_type(L, -2) == LUA_TNUMBER && place >= 1 && place <= reading->count) {
    lua_pop(L, 1);
    return;
  }
  lua_pushvalue(L, -2);
  lua_insert(L, -2);
  lua_rawset(L, PLAIN);
}

// Reads what __pairs iterates over.
static bool read_pairs(lua_State *L, struct reading *reading) {
  lua_pushvalue(L, SOURCE);
  lua_call(L, 1, 3);
  int iterator = lua_gettop(L) - 2;
  for (int entries = 0;; entries++) {
    if (entries > MOST_ENTRIES) return fail(reading, "a table whose __pairs never ends");
    lua_pushvalue(L, iterator);
    lua_pushvalue(L, iterator + 1);
    lua_pushvalue(L, iterator + 2);
    lua_call(L, 2, 2);
    if (lua_isnil(L, -2)) break;
    add(L, reading);
    lua_replace(L, iterator + 2);
  }
  lua_settop(L, PLAIN);
  return true;
}

// Reads the table's own pairs and those of the tables in its __index chain. Inherited functions are
// methods, and inherited names such as __index belong to the class: both are left out. Returns
// whether the chain ends in a function, whose names cannot be enumerated.
static bool read_chain(lua_State *L, struct reading *reading) {
  lua_pushvalue(L, SOURCE);
  for (int depth = 0; depth < DEEPEST; depth++) {
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table);) {
      bool is_inherited = depth > 0, is_new = true;
      if (is_inherited) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "";
        lua_pushvalue(L, -2);
        is_new = lua_rawget(L, PLAIN) == LUA_TNIL && strncmp(name, "__", 2) != 0 &&
                 !lua_isfunction(L, -2);
        lua_pop(L, 1);
      }
      if (is_new) {
        add(L, reading);
      } else {
        lua_pop(L, 1);
      }
    }
    if (!push_metafield(L, table, "__index")) break;
    lua_remove(L, table);
    if (!lua_istable(L, table)) {
      lua_settop(L, PLAIN);
      return true;
    }
    if (depth == DEEPEST - 1) fail(reading, "a table with too long a chain of __index tables");
  }
  lua_settop(L, PLAIN);
  return false;
}

static void read_names(lua_State *L, const char *const *names) {
  for (; *names; names++) {
    lua_pushstring(L, *names);
    bool is_known = lua_rawget(L, PLAIN) != LUA_TNIL;
    lua_pop(L, 1);
    if (is_known) continue;
    lua_getfield(L, SOURCE, *names);
    lua_setfield(L, PLAIN, *names);
  }
}

static int read_through(lua_State *L) {
  struct reading *reading = lua_touserdata(L, 2);
  lua_settop(L, SOURCE);
  bool has_index = has_metafield(L, SOURCE, "__index");
  bool has_length = has_metafield(L, SOURCE, "__len");
  bool has_pairs = has_metafield(L, SOURCE, "__pairs");
  if (!has_index && !has_length && !has_pairs) return 1;
  lua_newtable(L);
  if ((has_index || has_length) && !read_list(L, reading)) return 1;
  if (has_pairs) {
    push_metafield(L, SOURCE, "__pairs");
    if (!read_pairs(L, reading)) return 1;
  } else if (read_chain(L, reading) && reading->count == 0 && !has_length && !reading->names) {
    fail(reading, "a table whose __index is a function; it needs __len or __pairs");
  }
  if (reading->names) read_names(L, reading->names);
  return 1;
}

int lai_read_through(lua_State *L, int index, const char *const *names, const char **problem) {
  struct reading reading = {names, NULL, 0};
  *problem = NULL;
  index = lua_absindex(L, index);
  if (!lua_checkstack(L, 1)) {
    lai_push_failure(L, 0);
    return LUA_ERRMEM;
  }
  lua_pushvalue(L, index);
  int status = lai_protect(L, read_through, &reading, 1, 1);
  if (status != LUA_OK) return status;
  *problem = reading.problem;
  lua_replace(L, index);
  return LUA_OK;
}

bool lai_has_metatable(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  lua_pop(L, 1);
  return true;
}
