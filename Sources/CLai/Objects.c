#include "Boundary.h"

// The contents of our userdata. Its metatable proves nothing (debug.setmetatable); its size, magic
// number and type do.
struct box {
  uint64_t magic;
  const void *zero;  // io's files keep their closing function here: io takes ours for closed
  const void *type;
  void *object;
};

// A state stays on one thread, so the count needs no lock.
static _Thread_local int64_t live_objects;

int64_t lai_live_objects(void) { return live_objects; }

static const uint64_t magic = 0x6c61692d626f7821;  // "lai-box!"

static struct box *to_box(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(struct box)) {
    return NULL;
  }
  struct box *box = lua_touserdata(L, index);
  return box->magic == magic ? box : NULL;
}

static void push_box(lua_State *L, const void *type, int held_values) {
  struct box *box = lua_newuserdatauv(L, sizeof(struct box), held_values);
  *box = (struct box){magic, NULL, type, NULL};
  lua_rawgetp(L, LUA_REGISTRYINDEX, type);
  lua_setmetatable(L, -2);
}

static int push_object(lua_State *L) {
  push_box(L, lua_touserdata(L, 1), 0);
  return 1;
}

static int push_holding_object(lua_State *L) {
  push_box(L, lua_touserdata(L, 2), 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

static int fill(lua_State *L, int status, void *object) {
  if (status == LUA_OK) {
    ((struct box *)lua_touserdata(L, -1))->object = object;
    live_objects++;
  }
  return status;
}

int lai_push_object(lua_State *L, void *object, const void *type) {
  return fill(L, lai_protect(L, push_object, (void *)type, 0, 1), object);
}

int lai_push_holding_object(lua_State *L, void *object, const void *type) {
  return fill(L, lai_protect(L, push_holding_object, (void *)type, 1, 1), object);
}

void lai_push_held_value(lua_State *L, int index) {
  if (to_box(L, index)) {
    lua_getiuservalue(L, index, 1);
  } else {
    lua_pushnil(L);
  }
}

// __gc and __close: idempotent, and harmless for anything that is not ours.
static int finalise(lua_State *L) {
  struct box *box = to_box(L, 1);
  if (box && box->object) {
    void *object = box->object;
    box->object = NULL;
    live_objects--;
    lai_release(object);
  }
  return 0;
}

static int set_metatable(lua_State *L) {
  const void *type = lua_touserdata(L, 2);
  lua_pop(L, 1);
  lua_pushcfunction(L, finalise);
  lua_setfield(L, 1, "__gc");
  lua_pushcfunction(L, finalise);
  lua_setfield(L, 1, "__close");
  lua_pushboolean(L, false);
  lua_setfield(L, 1, "__metatable");
  lua_rawsetp(L, LUA_REGISTRYINDEX, type);
  return 0;
}

int lai_set_metatable(lua_State *L, const void *type) {
  return lai_protect(L, set_metatable, (void *)type, 1, 0);
}

void *lai_to_object(lua_State *L, int index, const void *type) {
  struct box *box = to_box(L, index);
  return box && box->type == type ? box->object : NULL;
}

const void *lai_object_type(lua_State *L, int index) {
  struct box *box = to_box(L, index);
  return box && box->object ? box->type : NULL;
}

bool lai_is_closed_object(lua_State *L, int index) {
  struct box *box = to_box(L, index);
  return box && !box->object;
}
