// What the files of this room share; nothing here is seen outside it.
#ifndef LAI_BOUNDARY_H
#define LAI_BOUNDARY_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "lai.h"

/// Calls `body` under lua_pcall with the `arguments` values on the top and a light userdata
/// `context` above them. `body` is a light C function, so that nothing is allocated before.
int lai_protect(lua_State *L, lua_CFunction body, void *context, int arguments, int results);

/// Prepares the failure slots; raises.
void lai_open_failures(lua_State *L);

/// Puts versions of coroutine.resume and wrap in place that the Ctrl-C handler knows of; raises.
void lai_open_coroutines(lua_State *L);

/// Releases one reference to a Swift object.
void lai_release(void *object);

#endif
