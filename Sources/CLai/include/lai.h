/// The whole boundary with Lua: Swift includes this file and never lua.h.
///
/// Lua raises errors by longjmp, which must not cross a Swift frame. Therefore the functions here
/// are of two kinds: those that cannot raise, and protected twins that return a status. A status
/// other than `LAI_OK` leaves the error object on the top of the stack. The rules for indices,
/// pseudo-indices and the stack are those of the Lua 5.4 manual, §4.
#ifndef LAI_H
#define LAI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lua_State lua_State;

enum {
  LAI_OK = 0,
  LAI_YIELD = 1,
  LAI_ERRRUN = 2,
  LAI_ERRSYNTAX = 3,
  LAI_ERRMEM = 4,
  LAI_ERRERR = 5,
  LAI_ERRFILE = 6,
};

enum {
  LAI_TNONE = -1,
  LAI_TNIL = 0,
  LAI_TBOOLEAN = 1,
  LAI_TLIGHTUSERDATA = 2,
  LAI_TNUMBER = 3,
  LAI_TSTRING = 4,
  LAI_TTABLE = 5,
  LAI_TFUNCTION = 6,
  LAI_TUSERDATA = 7,
  LAI_TTHREAD = 8,
};

// ---- States (State.c)

/// A new state without libraries; NULL when there is no memory.
lua_State *lai_new_state(void);
void lai_close(lua_State *L);
/// Optional libraries, besides the language and its harmless libraries.
enum {
  LAI_PACKAGE = 1,
  LAI_IO = 2,
  LAI_OS = 4,
  LAI_DEBUG = 8,
  /// loadfile and dofile.
  LAI_FILES = 16,
  /// Binary chunks in load, and string.dump.
  LAI_BINARY = 32,
  LAI_ALL_LIBRARIES = 63,
};
/// Opens the standard libraries and prepares the registry for this boundary. If some libraries are
/// missing, or with limits, ways around limits are closed, see Guard.c. `ignores_environment` is
/// lua's option -E: LUA_PATH and LUA_CPATH are not read.
int lai_open_libraries(lua_State *L, unsigned libraries, bool is_limited,
                       bool ignores_environment);
/// The same without the standard libraries, for a state that another host made.
int lai_prepare(lua_State *L);
typedef void *(*lai_allocator)(void *context, void *block, size_t old_size, size_t new_size);
void lai_set_allocator(lua_State *L, lai_allocator allocator, void *context);
/// Runs a full collection. Returns 0, or -1 inside a finaliser.
int lai_collect(lua_State *L);
/// Stops the collector, and with it finalisers. Returns whether it was running.
bool lai_rest_collector(lua_State *L);
void lai_wake_collector(lua_State *L);
/// Kilobytes in use by Lua.
int lai_memory(lua_State *L);
/// The same in bytes.
int64_t lai_memory_bytes(lua_State *L);
void lai_warning(lua_State *L, const char *message);
/// "Lua 5.4.x  Copyright …", the line that lua -v prints.
const char *lai_lua_copyright(void);

// ---- The stack: none of these raises (Stack.c)

int lai_top(lua_State *L);
void lai_set_top(lua_State *L, int index);
void lai_pop(lua_State *L, int count);
int lai_absolute(lua_State *L, int index);
/// Reserves stack space for `count` more values; false if there is not enough memory.
bool lai_reserve(lua_State *L, int count);
void lai_push_value(lua_State *L, int index);
void lai_insert(lua_State *L, int index);
void lai_remove(lua_State *L, int index);
int lai_type(lua_State *L, int index);
const char *lai_type_name(int type);
bool lai_is_integer(lua_State *L, int index);
bool lai_to_boolean(lua_State *L, int index);
/// Only numbers, not strings that can be converted to numbers.
bool lai_to_number(lua_State *L, int index, double *value);
/// An integer or a number with an exact integer value.
bool lai_to_integer(lua_State *L, int index, int64_t *value);
/// The bytes of a string; NULL for anything else. Valid while the string is on the stack.
const char *lai_to_string(lua_State *L, int index, size_t *length);
size_t lai_raw_length(lua_State *L, int index);
void lai_push_nil(lua_State *L);
void lai_push_boolean(lua_State *L, bool value);
void lai_push_number(lua_State *L, double value);
void lai_push_integer(lua_State *L, int64_t value);
/// t[n] without metamethods; returns its type.
int lai_raw_get_index(lua_State *L, int table, int64_t n);
/// t[key] for the key on the top, which it replaces.
int lai_raw_get(lua_State *L, int table);
/// Pushes the registry, which only C and Swift can see.
void lai_push_registry(lua_State *L);
/// Pushes the value's metatable, if it has one. Does not raise.
bool lai_push_metatable(lua_State *L, int index);
bool lai_has_metatable(lua_State *L, int index);
/// Pops a table and makes it the metatable of the table at an index, which must not have `__gc`.
void lai_use_metatable(lua_State *L, int index);
bool lai_raw_equal(lua_State *L, int a, int b);
const void *lai_to_pointer(lua_State *L, int index);
/// The number of named parameters of the function at an index; 255 if it is variadic.
int lai_parameter_count(lua_State *L, int index);
/// Whether a table of `count` entries has no keys besides 1 to count; otherwise another key is left
/// on the top. Some keys may be missed in long tables that were not built as lists. Does not raise.
bool lai_is_list(lua_State *L, int table, int64_t count);
/// Reads `count` numbers t[first…] of a list; returns how many were read before the first
/// that is not a number.
int64_t lai_read_numbers(lua_State *L, int table, int64_t first, int64_t count, double *numbers);

// ---- Protected twins: status, error object on the top when not LAI_OK (Protected.c)

int lai_push_string(lua_State *L, const char *bytes, size_t length);
int lai_new_table(lua_State *L, int list_size, int record_size);
/// table[key] = the value on the top, which is popped; raw.
int lai_set_field(lua_State *L, int table, const char *key);
/// table[n] = the value on the top, which is popped; raw.
int lai_set_index(lua_State *L, int table, int64_t n);
/// table[key] = value for the two on the top, which are popped; raw.
int lai_set(lua_State *L, int table);
/// Pushes table[key]; raw.
int lai_get_field(lua_State *L, int table, const char *key);
/// The next pair after the key on the top: pushes key and value, or leaves nothing.
int lai_next(lua_State *L, int table, bool *found);
/// Pushes a list of numbers.
int lai_push_numbers(lua_State *L, const double *numbers, int64_t count);
/// luaL_tolstring: pushes the result of tostring(); runs __tostring.
int lai_push_description(lua_State *L, int index);
/// Calls the function below the arguments. `results` may be -1 for all. (Interrupt.c)
int lai_call(lua_State *L, int arguments, int results);
/// The same; an error becomes a report, see Traceback.c.
int lai_call_examined(lua_State *L, int arguments, int results);
/// `mode` "t" refuses binary chunks, NULL takes them.
int lai_load(lua_State *L, const char *bytes, size_t length, const char *chunk_name,
             const char *mode);
/// `path` NULL for standard input.
int lai_load_file(lua_State *L, const char *path);
int lai_push_globals(lua_State *L);
/// Pushes the table `package.loaded` or `package.preload` by name, from the registry.
int lai_push_package_table(lua_State *L, bool preload);
int lai_push_traceback(lua_State *L, const char *message, int level);

// ---- Tables that read through metamethods (ReadThrough.c)

/// Replaces a table that has `__index`, `__len` or `__pairs` by a plain table of the contents it
/// presents: its list, the pairs that can be enumerated, and the fields called `names` (a list that
/// ends in NULL, or NULL). Leaves other tables alone. Returns a status; `problem` says why a table
/// cannot be read, or is NULL.
int lai_read_through(lua_State *L, int index, const char *const *names, const char **problem);

// ---- Protected twins for a program around Lua, after lua.c (Program.c)

/// lai_call above a frame of C; an error becomes a string with a traceback of `L`.
int lai_call_traced(lua_State *L, int arguments, int results);
/// An error with this text in it is reported without a traceback.
void lai_note_usage_error(const char *text);
/// Pushes arg[1], arg[2], … to the length of the global table `arg`.
int lai_push_script_arguments(lua_State *L);
/// Pushes a global variable; unlike a raw read, runs the metamethods of _G.
int lai_get_global(lua_State *L, const char *name);
/// Pops a value into a global variable; runs the metamethods of _G.
int lai_set_global(lua_State *L, const char *name);
/// Reads a line of standard input without its line break. The caller frees it. Returns its length,
/// or -1 and a NULL line at the end of the input.
int64_t lai_read_line(char **line);

/// Pushes the contents of an error object without a text, as the prompt shows a value. Returns
/// false, and pushes nothing, if it has no contents. Does not raise. Implemented in Swift.
bool lai_push_error_content(lua_State *L, int index);

// ---- Failures carried through Swift (Failure.c)

/// Pops the error object on the top into a slot and returns the slot. Never allocates.
int lai_keep_failure(lua_State *L);
/// Pushes the error object of a slot.
void lai_push_failure(lua_State *L, int slot);

// ---- Swift functions in Lua (Functions.c)

/// The result of a Swift function: the number of results on the top of the stack, or one of these.
enum {
  /// Raise the error object on the top of the stack.
  LAI_RAISE = -1,
  /// Raise the text on the top of the stack, prefixed with the position of the calling Lua line.
  LAI_RAISE_HERE = -2,
  /// The same, as an interruption.
  LAI_RAISE_INTERRUPTION = -3,
};

typedef int (*lai_dispatcher)(lua_State *L, int64_t function);
/// `live_bytes` returns how much memory outside Lua the objects hold. `settle` is called when much
/// of it may have been freed: by a collection that the script asked for, with the bytes that Lua
/// itself has freed, or by the collector.
void lai_set_dispatcher(lai_dispatcher dispatch, void (*release)(void *object),
                        int64_t (*live_bytes)(void),
                        void (*settle)(bool is_asked_for, int64_t lua_bytes));
/// Pushes the function with that number.
int lai_push_function(lua_State *L, int64_t function);
/// Pops a value and pushes the function with that number as a closure over the value.
int lai_push_closure(lua_State *L, int64_t function);
/// Inside such a closure: pushes the value. Does not raise.
void lai_push_closed_value(lua_State *L);
/// Pops three values, the methods' table, the properties' table (name to getter) and the function
/// for all other keys, and pushes a class's `__index` made of them.
int lai_push_class_index(lua_State *L);

// ---- Swift objects in Lua (Objects.c)

/// Pushes a userdata that owns one reference to `object`, with the metatable of `type`. On failure
/// the caller keeps the reference.
int lai_push_object(lua_State *L, void *object, const void *type);
/// The same; the userdata also keeps the value on the top alive, which is popped.
int lai_push_holding_object(lua_State *L, void *object, const void *type);
/// Pushes the value that an object keeps alive; nil for anything else. Does not raise.
void lai_push_held_value(lua_State *L, int index);
/// Pops a table and makes it the metatable of `type`; adds __gc, __close and __metatable.
int lai_set_metatable(lua_State *L, const void *type);
/// The object at an index, if its type is `type`. NULL for anything else, or if it is closed.
void *lai_to_object(lua_State *L, int index, const void *type);
/// The type of the object at an index; NULL if it is not one of ours, or closed.
const void *lai_object_type(lua_State *L, int index);
bool lai_is_closed_object(lua_State *L, int index);
/// The number of objects held by the states of this thread.
int64_t lai_live_objects(void);

// ---- What debug knows: none of these raises (Inspection.c)

struct lai_function {
  /// "@path", "=name", or the text of the chunk. Valid while the function is alive.
  const char *source;
  char short_source[64];
  int first_line, last_line;
  bool is_c, takes_more;
  int parameter_count;
};

/// Describes the function at an index; false for anything else.
bool lai_describe_function(lua_State *L, int index, struct lai_function *function);
/// The name of a parameter of the Lua function at an index, counted from 1; NULL if it has no name.
/// Valid while the function is alive.
const char *lai_parameter_name(lua_State *L, int index, int parameter);
/// "running", "suspended", "normal" or "dead" for the coroutine at an index.
const char *lai_thread_status(lua_State *L, int index);

// ---- The module in another program's Lua (Module.c)

/// The entry that `require "lai"` looks for in lai.so.
int luaopen_lai(lua_State *L);
/// Pushes the module's table; returns a status. Implemented in Swift.
int lai_open_module(lua_State *L);

// ---- Functions copied into another state (Copies.c)

/// Pushes the code of a Lua function with what debugging needs, for lai_load; a status.
int lai_push_dump(lua_State *L, int function, bool strip);
/// Pushes the n-th upvalue of a Lua function, if it has one. Does not raise.
bool lai_push_upvalue(lua_State *L, int function, int n);
/// The same for functions that share the upvalue.
const void *lai_upvalue_identity(lua_State *L, int function, int n);
/// Pops a value into the n-th upvalue of a Lua function.
void lai_set_upvalue(lua_State *L, int function, int n);
/// The n-th upvalue of a function is from now on the m-th of another. Both must exist.
void lai_join_upvalues(lua_State *L, int function, int n, int other, int m);
/// The address of the code of one of Lua's own functions in C, which may have upvalues only if
/// `is_closure`; NULL for anything else.
const void *lai_c_function(lua_State *L, int index, bool is_closure);
/// Whether the value is a Swift function; then its number, and the value it holds is pushed.
bool lai_function_number(lua_State *L, int index, int64_t *number);
/// Whether two tables have the same entries, without metamethods. Does not raise.
bool lai_same_entries(lua_State *L, int a, int b);
/// What runs on this thread does what a copied function must not do: errors follow at every step
/// until the end of the call.
void lai_refuse(void);
/// Pops `pairs` and pushes one that takes lists alone; a status, as all of these.
int lai_push_list_pairs(lua_State *L);
/// Pops a module and pushes a `require` for it alone.
int lai_push_require_module(lua_State *L);
/// Pops a table and pushes an empty one that reads it; assignments, and names that it does not have,
/// are refused.
int lai_seal(lua_State *L);
/// Names that strings do not have are refused.
int lai_seal_strings(lua_State *L);
/// Whether a call with limits runs on this thread.
bool lai_has_limits(void);

// ---- Interrupts (Interrupt.c)

/// Whether the program is another Lua's.
bool lai_is_guest(void);

/// From now on, a hook called at every step on the main thread while a Swift function runs counts
/// as Ctrl-C, because that is how the stock program `lua` signals it.
void lai_watch_host(void);
/// To be called when a Swift function starts for `L`. Its result goes to lai_leave_host.
lua_State *lai_enter_host(lua_State *L);
void lai_leave_host(lua_State *before);

/// Installs the Ctrl-C handler for the scripts of `L`, unless another thread has installed it.
void lai_watch_interrupts(lua_State *L);
void lai_unwatch_interrupts(void);
/// The presses of Ctrl-C not yet handled. Swift loops poll it.
int lai_pending_interrupts(void);
/// `cleanup` runs in the signal handler of the press of Ctrl-C that ends the process.
void lai_set_cleanup(void (*cleanup)(void));
/// Whether the value at an index is the error most recently raised for an interruption in this
/// command. Does not raise.
bool lai_is_interruption(lua_State *L, int index);
/// To be called before an error is raised for the presses so far. From the second press of a
/// command on, errors follow at every step until the command has ended.
void lai_answer_interrupt(void);
/// From now on a training runs: the first press is a request to end it, which stays pending until
/// the outermost training has ended. Lua code that the training calls is stopped by a second press,
/// by errors at every step. The result goes to lai_end_training.
bool lai_begin_training(void);
/// The training has ended. `raises` tells that it raises an interruption; otherwise it has answered
/// the presses by ending. Returns whether there were any and the command continues. It does not
/// continue after two presses at which no Lua code could be stopped, nor if a press within two
/// seconds of this one ends another training: errors follow at every step.
bool lai_end_training(bool is_nested, bool raises);
/// Whether errors are raised at every step until the command has ended.
bool lai_is_insistent(void);
/// Whether we may write to the terminal: Ctrl-C is watched, or the program is another Lua.
bool lai_has_terminal(void);

// ---- The terminal that scripts and the progress display share (Output.c)

/// Makes `print`, `io.write` and `file:write` of a state erase the progress display before they write
/// to the terminal; so do `os.execute` and `io.popen`. Standard output that cannot be written is then
/// an error of `print`; the others return nil and a message as in stock Lua, and the first loss is
/// reported on standard error. So is what a file loses that is closed by its finaliser. Returns a
/// status.
int lai_watch_output(lua_State *L);
/// For programs, at their start: standard streams that are closed are opened in a way that reading
/// and writing fail, so that no other file takes their descriptors. At its end the process reports
/// lost output, unless that has been done, and its exit code is then EXIT_FAILURE. SIGTERM and SIGHUP
/// are no longer blocked.
void lai_prepare_process(void);
/// Writes to standard output, and reports lost output once.
void lai_write(const char *bytes, size_t count);
/// Writes what is buffered, and reports lost output once.
void lai_check_output(void);
/// The error that ended the program has been reported. If `print` has raised one, nothing more is
/// reported at the end.
void lai_note_reported_error(void);
/// Whether the reader of standard output has closed its end of the pipe.
bool lai_has_closed_reader(void);
/// Shows rows, separated by line feeds, below the cursor, on standard error. The cursor does not
/// move. Each row must be shorter than the terminal's `columns`.
void lai_show_bar(const char *rows, size_t length, int columns);
/// Erases them.
void lai_wipe_bar(void);
/// Whether they are there: the output of a script erases them, too.
bool lai_has_bar(void);
/// Notes that the cursor is at the beginning of a line.
void lai_begin_output_line(void);
/// Ends the terminal's current line, if scripts have written to it.
void lai_end_output_line(void);

// ---- What a host allows (Limits.c)

enum {
  LAI_INSTRUCTIONS_EXCEEDED = 1,
  LAI_TIME_EXCEEDED = 2,
  /// should_stop has said so.
  LAI_STOPPED = 3,
  /// See lai_refuse.
  LAI_REFUSED = 4,
};

struct lai_limits {
  /// Per call; 0 for no limit.
  int64_t instructions, nanoseconds;
  /// Asked every 100 instructions, if it is not NULL; does not raise.
  bool (*should_stop)(void *context);
  void *context;
  // Used by the boundary only.
  int64_t left, deadline;
  int exceeded;
  lua_State *running;
};

/// Begins a call with these limits, or with none for NULL, on this thread. Returns the limits of
/// the enclosing call. Once limits are exceeded, errors follow at every step until the end of the
/// call.
struct lai_limits *lai_begin_limits(lua_State *L, struct lai_limits *limits);
/// Ends the call. Returns what was exceeded, or 0.
int lai_end_limits(lua_State *L, struct lai_limits *before);
/// Runs a full collection if this thread runs a call with limits. Swift functions may request it,
/// since Lua has no finalisers then.
void lai_reclaim(void);

#endif
