#include <string.h>

#include "Boundary.h"

static lai_dispatcher dispatch;
static void (*release_object)(void *);
static int64_t (*live_bytes)(void);
static void (*settle)(bool is_asked_for, int64_t lua_bytes);

// Bytes outside Lua after the collector's last step, per thread.
static _Thread_local int64_t bytes_at_last_step;

/// The allocation outside Lua after which the collector takes a step: small, so that the next
/// tensor gets memory that is still in the cache, but large enough to pay for the step.
static int64_t step_bytes(lua_State *L) {
  int64_t bytes = (int64_t)lua_gc(L, LUA_GCCOUNT) << 13;
  return bytes < 3 << 19 ? 3 << 19 : bytes > 64 << 20 ? 64 << 20 : bytes;
}

void lai_set_dispatcher(lai_dispatcher function, void (*release)(void *),
                        int64_t (*bytes)(void), void (*settled)(bool, int64_t)) {
  if (dispatch == function) return;  // threads that make states of their own only read
  dispatch = function;
  release_object = release;
  live_bytes = bytes;
  settle = settled;
}

void lai_release(void *object) { release_object(object); }

// Lua does not see the bytes of tensors: the collector is run as if Lua had allocated them.
static void pay_for_bytes(lua_State *L) {
  int64_t bytes = live_bytes();
  int64_t grown = bytes - bytes_at_last_step;
  if (grown < 3 << 19 || grown < step_bytes(L)) {
    if (grown < 0) {
      bytes_at_last_step = bytes;
      settle(false, 0);
    }
    return;
  }
  if (lua_gc(L, LUA_GCISRUNNING) == 1) lua_gc(L, LUA_GCSTEP, (int)(grown >> 10));
  bytes_at_last_step = live_bytes();
  settle(false, 0);
}

/// collectgarbage as the manual has it.
static int collect_garbage(lua_State *L) {
  lua_CFunction original = lua_tocfunction(L, lua_upvalueindex(1));
  if (!original) return luaL_error(L, "collectgarbage has been changed");  // debug.setupvalue
  bool is_full = lua_isnoneornil(L, 1) || (lua_type(L, 1) == LUA_TSTRING &&
                                           strcmp(lua_tostring(L, 1), "collect") == 0);
  if (!is_full || !settle) return original(L);
  int64_t before = lai_memory_bytes(L), outside = live_bytes();
  int status = lai_collect(L);
  // Lua frees the objects whose finalisers have just run in the next collection. Until then they lie
  // between the freed blocks, of which few pages could be returned.
  if (outside - live_bytes() >= 32 << 20) lua_gc(L, LUA_GCCOLLECT);
  settle(true, before - lai_memory_bytes(L));
  // As lbaselib.c: within a finaliser there is no collection.
  if (status == -1) {
    luaL_pushfail(L);
  } else {
    lua_pushinteger(L, status);
  }
  return 1;
}

void lai_open_collector(lua_State *L) {
  lua_pushglobaltable(L);
  if (lua_getfield(L, -1, "collectgarbage") == LUA_TFUNCTION) {
    lua_pushcclosure(L, collect_garbage, 1);
    lua_setfield(L, -2, "collectgarbage");
    lua_pop(L, 1);
  } else {
    lua_pop(L, 2);
  }
}

// luaL_where looks at one level only. With pcall and metamethods, the user's line is further up.
static void push_position(lua_State *L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline > 0) {
      lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

static int trampoline(lua_State *L) {
  // The upvalue can be anything (debug.setupvalue): the dispatcher checks the number.
  int64_t function = lua_tointeger(L, lua_upvalueindex(1));
  struct lai_limits *limits = lai_current_limits;
  lua_State *outer = lai_enter_host(L), *before = limits ? limits->running : NULL;
  if (limits) limits->running = L;
  int status = dispatch(L, function);
  lai_leave_host(outer);
  if (limits) {
    limits->running = before;
    lai_check_limits(L);
  }
  pay_for_bytes(L);
  if (status >= 0) return status;
  lua_insert(L, 1);
  lua_settop(L, 1);
  if (status != LAI_RAISE) {
    push_position(L);
    lua_insert(L, 1);
    lua_concat(L, 2);
  }
  if (status == LAI_RAISE_INTERRUPTION) lai_note_interruption(L);
  return lua_error(L);
}

bool lai_is_function_of_ours(lua_State *L, int index) {
  return lua_tocfunction(L, index) == trampoline;
}

static int push_function(lua_State *L) {
  const int64_t *function = lua_touserdata(L, 1);
  lua_pushinteger(L, *function);
  lua_pushcclosure(L, trampoline, 1);
  return 1;
}

int lai_push_function(lua_State *L, int64_t function) {
  return lai_protect(L, push_function, &function, 0, 1);
}

static int push_closure(lua_State *L) {
  const int64_t *function = lua_touserdata(L, 2);
  lua_pushinteger(L, *function);
  lua_pushvalue(L, 1);
  lua_pushcclosure(L, trampoline, 2);
  return 1;
}

int lai_push_closure(lua_State *L, int64_t function) {
  return lai_protect(L, push_closure, &function, 1, 1);
}

// For a function without a second upvalue this pushes nil.
void lai_push_closed_value(lua_State *L) { lua_pushvalue(L, lua_upvalueindex(2)); }

// __index of a class: a method, else a property, else the result of the third upvalue.
static int class_index(lua_State *L) {
  lua_settop(L, 2);
  if (lua_type(L, lua_upvalueindex(1)) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pop(L, 1);
  }
  if (lua_type(L, lua_upvalueindex(2)) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
      lua_pushvalue(L, 1);
      lua_call(L, 1, 1);
      return 1;
    }
    lua_pop(L, 1);
  }
  lua_pushvalue(L, lua_upvalueindex(3));
  lua_insert(L, 1);
  lua_call(L, 2, 1);
  return 1;
}

static int push_class_index(lua_State *L) {
  lua_pop(L, 1);
  lua_pushcclosure(L, class_index, 3);
  return 1;
}

int lai_push_class_index(lua_State *L) { return lai_protect(L, push_class_index, NULL, 3, 1); }
