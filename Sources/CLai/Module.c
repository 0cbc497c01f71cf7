#define _GNU_SOURCE  // dladdr
#include <dlfcn.h>

#include "Boundary.h"

// The entry point of the dynamic library, for `require "lai"` in a Lua that is not ours.

// Lua unloads its libraries before the process ends, but Swift's runtime and our threads need
// theirs.
static void stay_loaded(void) {
  Dl_info self;
  if (dladdr((void *)luaopen_lai, &self) && self.dli_fname) {
    dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

int luaopen_lai(lua_State *L) {
  stay_loaded();
  lua_settop(L, 0);
  int status = lai_prepare(L);
  if (status == LUA_OK) status = lai_open_module(L);
  if (status != LUA_OK) return lua_error(L);
  lai_watch_host();
  return 1;
}
