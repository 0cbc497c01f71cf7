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

/// Forgets which error was an interruption. Raises only in a new state, for want of memory.
void lai_forget_interruption(lua_State *L);
/// Keeps the error object on the top as the one of an interruption. Does not raise.
void lai_note_interruption(lua_State *L);

/// The standard libraries without ways around limits; raises.
void lai_open_guarded(lua_State *L, unsigned libraries, bool is_limited);

/// The limits of the call that runs on this thread, or NULL.
extern _Thread_local struct lai_limits *lai_current_limits;
/// Counts instructions that no hook sees.
void lai_spend(int64_t instructions);
/// A coroutine is about to be resumed.
void lai_start_coroutine(lua_State *coroutine);
/// The coroutine at an index has yielded or ended; may raise.
void lai_coroutine_left(lua_State *L, int index);
/// The coroutine at an index is about to be closed; raises if it must not.
void lai_prepare_closing(lua_State *L, int index);
/// The hook of a thread that nothing else needs: that of the limits, or none.
void lai_rest_hook(lua_State *L);
/// Takes the hook of the limits away.
void lai_drop_limit_hook(lua_State *L);
/// Takes whichever hook of ours there is away, as the call is about to end.
void lai_drop_hook(lua_State *L);
bool lai_is_exceeded(void);
/// Whether the time is over; Swift loops learn it from lai_pending_interrupts.
bool lai_is_late(void);
/// Raises if a limit has been exceeded.
void lai_check_limits(lua_State *L);

/// Whether the value at an index is a Swift function, as the guards of our own tables are.
bool lai_is_function_of_ours(lua_State *L, int index);

/// Releases one reference to a Swift object.
void lai_release(void *object);

#endif
