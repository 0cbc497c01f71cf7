// What the files of this room share; private to it.
#ifndef LAI_BOUNDARY_H
#define LAI_BOUNDARY_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "lai.h"

/// Calls `body` under lua_pcall with the `arguments` values on the top and a light userdata
/// `context` above them. `body` is a light C function, so that nothing is allocated before.
int lai_protect(lua_State *L, lua_CFunction body, void *context, int arguments, int results);

/// Prepares the failure slots. Raises.
void lai_open_failures(lua_State *L);

/// Replaces coroutine.resume and wrap by versions that the Ctrl-C handler knows of. Raises.
void lai_open_coroutines(lua_State *L);

/// Replaces collectgarbage by a version that returns freed memory to the system. Raises.
void lai_open_collector(lua_State *L);

/// Forgets which error was an interruption. Raises only in a new state without memory.
void lai_forget_interruption(lua_State *L);
/// Records the error object on the top as an interruption. Does not raise.
void lai_note_interruption(lua_State *L);

/// Opens the standard libraries without ways around limits. Raises.
void lai_open_guarded(lua_State *L, unsigned libraries, bool is_limited);

/// The limits of the call that runs on this thread, or NULL.
extern _Thread_local struct lai_limits *lai_current_limits;
/// Counts instructions that no hook counts.
void lai_spend(int64_t instructions);
/// To be called before a coroutine is resumed.
void lai_start_coroutine(lua_State *coroutine);
/// To be called after the coroutine at an index has yielded or ended. May raise.
void lai_coroutine_left(lua_State *L, int index);
/// To be called before the coroutine at an index is closed. Raises if it must not be.
void lai_prepare_closing(lua_State *L, int index);
/// Sets the hook that a thread has by default: that of the limits, or none.
void lai_rest_hook(lua_State *L);
/// Removes the hook of the limits.
void lai_drop_limit_hook(lua_State *L);
/// Removes any hook of ours at the end of a call.
void lai_drop_hook(lua_State *L);
bool lai_is_exceeded(void);
/// Whether the time limit is exceeded; Swift loops learn of it from lai_pending_interrupts.
bool lai_is_late(void);
/// Raises if a limit has been exceeded.
void lai_check_limits(lua_State *L);

/// Whether the value at an index is a Swift function, such as the guards of our own tables.
bool lai_is_function_of_ours(lua_State *L, int index);

/// Releases one reference to a Swift object.
void lai_release(void *object);

#endif
