/// Lua's standard library, one line per function, after the manual of Lua 5.4, §6.
struct LibraryEntry: Sendable {
  /// "string.format", "file:read".
  let name: String
  let signature: String
  let summary: String

  static let all: [LibraryEntry] = text.split(separator: "\n").map { line in
    let parts = line.split(separator: "|", maxSplits: 2).map(String.init)
    return LibraryEntry(name: parts[0], signature: parts[1], summary: parts[2])
  }

  // swift-format-ignore
  private static let text = #"""
    _G|_G|The table of global variables.
    _VERSION|_VERSION|"Lua 5.4".
    assert|assert(value [, message])|An error with the message if value is false or nil; else all its arguments.
    collectgarbage|collectgarbage([option [, …]])|"collect", "count" (kilobytes), "step", "stop", "restart", "isrunning", "incremental", "generational".
    dofile|dofile([path])|Runs a file, standard input without a path.
    error|error(message [, level])|Raises an error; level 2 blames the caller, 0 adds no position.
    getmetatable|getmetatable(value)|The metatable of a value, or what it says under __metatable.
    ipairs|ipairs(list)|Iterator over 1, list[1], 2, list[2], … up to the first nil.
    load|load(chunk [, name [, mode [, env]]])|Compiles a string or what a function gives; nil and a message on a syntax error.
    loadfile|loadfile([path [, mode [, env]]])|Compiles a file.
    next|next(table [, key])|The pair behind a key; the first for nil, nil behind the last.
    pairs|pairs(table)|Iterator over all pairs of a table, in any order.
    pcall|pcall(f [, …])|Calls f; true and its results, or false and the error.
    print|print(…)|Writes values to standard output, with tabs between.
    rawequal|rawequal(a, b)|Equality without metamethods.
    rawget|rawget(table, key)|A field without metamethods.
    rawlen|rawlen(value)|The length of a table or string without metamethods.
    rawset|rawset(table, key, value)|Sets a field without metamethods.
    require|require(name)|Loads a module once and gives what it returned.
    select|select(n, …)|The arguments from the n-th on; their number for "#".
    setmetatable|setmetatable(table, metatable)|Gives a table its metatable; the table.
    tonumber|tonumber(value [, base])|The number that a string says; nil if it says none.
    tostring|tostring(value)|A value as text, by __tostring if it has one.
    type|type(value)|"nil", "number", "string", "boolean", "table", "function", "thread" or "userdata".
    warn|warn(message, …)|Emits a warning; "@on" and "@off" switch them.
    xpcall|xpcall(f, handler [, …])|Like pcall, with a function that sees the error where it happened.
    coroutine.close|coroutine.close(co)|Closes a suspended or dead coroutine and its variables.
    coroutine.create|coroutine.create(f)|A new coroutine that will run f.
    coroutine.isyieldable|coroutine.isyieldable([co])|Whether it can yield.
    coroutine.resume|coroutine.resume(co [, …])|Goes on with a coroutine; true and what it yields or returns, or false and the error.
    coroutine.running|coroutine.running()|The running coroutine, and whether it is the main one.
    coroutine.status|coroutine.status(co)|"running", "suspended", "normal" or "dead".
    coroutine.wrap|coroutine.wrap(f)|A function that resumes a new coroutine each time it is called.
    coroutine.yield|coroutine.yield(…)|Suspends the coroutine; gives what the next resume passes.
    debug.debug|debug.debug()|Reads and runs lines until one is "cont".
    debug.gethook|debug.gethook([co])|The current hook, its mask and count.
    debug.getinfo|debug.getinfo([co,] f [, what])|A table about a function or a level of the stack.
    debug.getlocal|debug.getlocal([co,] f, n)|Name and value of a local variable.
    debug.getmetatable|debug.getmetatable(value)|The metatable itself.
    debug.getregistry|debug.getregistry()|The registry.
    debug.getupvalue|debug.getupvalue(f, n)|Name and value of an upvalue.
    debug.getuservalue|debug.getuservalue(userdata, n)|A user value of a userdata.
    debug.setcstacklimit|debug.setcstacklimit(limit)|Does nothing any more.
    debug.sethook|debug.sethook([co,] hook, mask [, count])|Calls a function on calls, returns, lines or every count instructions.
    debug.setlocal|debug.setlocal([co,] level, n, value)|Sets a local variable.
    debug.setmetatable|debug.setmetatable(value, metatable)|Sets the metatable of any value.
    debug.setupvalue|debug.setupvalue(f, n, value)|Sets an upvalue.
    debug.setuservalue|debug.setuservalue(userdata, value, n)|Sets a user value.
    debug.traceback|debug.traceback([co,] [message [, level]])|The calls that are active, as text.
    debug.upvalueid|debug.upvalueid(f, n)|What tells whether two upvalues are one.
    debug.upvaluejoin|debug.upvaluejoin(f, n, g, m)|Makes an upvalue of f that of g.
    io.close|io.close([file])|Closes a file, or the default output.
    io.flush|io.flush()|Writes what is buffered of the default output.
    io.input|io.input([file])|The default input, or sets it.
    io.lines|io.lines([path, …])|Iterator over the lines of a file, or over what formats read.
    io.open|io.open(path [, mode])|Opens a file: "r", "w", "a", "r+", "w+", "a+", "b" behind for binary; nil and a message if it cannot.
    io.output|io.output([file])|The default output, or sets it.
    io.popen|io.popen(command [, mode])|Starts a program and gives a file to read from it, or with "w" to write to it.
    io.read|io.read(…)|Reads from the default input: "l" a line, "L" with its end, "n" a number, "a" all, or a count of bytes.
    io.stderr|io.stderr|Standard error.
    io.stdin|io.stdin|Standard input.
    io.stdout|io.stdout|Standard output.
    io.tmpfile|io.tmpfile()|A temporary file, removed at the end.
    io.type|io.type(value)|"file", "closed file" or nil.
    io.write|io.write(…)|Writes strings and numbers to the default output.
    math.abs|math.abs(x)|The absolute value.
    math.acos|math.acos(x)|Arc cosine, in radians.
    math.asin|math.asin(x)|Arc sine, in radians.
    math.atan|math.atan(y [, x])|Arc tangent of y/x, in radians, in the right quadrant.
    math.ceil|math.ceil(x)|The smallest whole number that is not less.
    math.cos|math.cos(x)|Cosine of radians.
    math.deg|math.deg(x)|Radians in degrees.
    math.exp|math.exp(x)|e to the power x.
    math.floor|math.floor(x)|The largest whole number that is not greater.
    math.fmod|math.fmod(x, y)|The remainder of x/y, with the sign of x.
    math.huge|math.huge|Infinity.
    math.log|math.log(x [, base])|The logarithm, natural without a base.
    math.max|math.max(x, …)|The largest argument.
    math.maxinteger|math.maxinteger|The largest integer, 2^63 - 1.
    math.min|math.min(x, …)|The smallest argument.
    math.mininteger|math.mininteger|The smallest integer, -2^63.
    math.modf|math.modf(x)|The whole part and the fraction.
    math.pi|math.pi|3.14159…
    math.rad|math.rad(x)|Degrees in radians.
    math.random|math.random([m [, n]])|A number in [0, 1), or an integer in 1..m or m..n.
    math.randomseed|math.randomseed([x [, y]])|Starts math.random anew; lai.randn has a stream of its own, see lai.manual_seed.
    math.sin|math.sin(x)|Sine of radians.
    math.sqrt|math.sqrt(x)|The square root.
    math.tan|math.tan(x)|Tangent of radians.
    math.tointeger|math.tointeger(x)|x as an integer, nil if it is none.
    math.type|math.type(x)|"integer", "float" or nil.
    math.ult|math.ult(m, n)|m < n for integers without sign.
    math.atan2|math.atan2(y, x)|As math.atan; only where Lua was built with it.
    math.cosh|math.cosh(x)|Hyperbolic cosine; only where Lua was built with it.
    math.frexp|math.frexp(x)|Mantissa and exponent; only where Lua was built with it.
    math.ldexp|math.ldexp(m, e)|m times 2^e; only where Lua was built with it.
    math.log10|math.log10(x)|The decimal logarithm; only where Lua was built with it.
    math.pow|math.pow(x, y)|x ^ y; only where Lua was built with it.
    math.sinh|math.sinh(x)|Hyperbolic sine; only where Lua was built with it.
    math.tanh|math.tanh(x)|Hyperbolic tangent; only where Lua was built with it.
    os.clock|os.clock()|Processor time of the program so far, in seconds.
    os.date|os.date([format [, time]])|A date as text, or a table for "*t"; "!" before for UTC.
    os.difftime|os.difftime(later, earlier)|The seconds between two times.
    os.execute|os.execute([command])|Runs a command of the shell; whether it succeeded, "exit" or "signal", and the number.
    os.exit|os.exit([code [, close]])|Ends the program.
    os.getenv|os.getenv(name)|An environment variable, or nil.
    os.remove|os.remove(path)|Deletes a file or an empty folder.
    os.rename|os.rename(old, new)|Renames a file.
    os.setlocale|os.setlocale(locale [, category])|Sets the C library's locale.
    os.time|os.time([table])|The time now, or of a date, in seconds since 1970.
    os.tmpname|os.tmpname()|The name of a new temporary file.
    package.config|package.config|Separators in paths, a line each.
    package.cpath|package.cpath|Where require looks for C libraries.
    package.loaded|package.loaded|The modules that are loaded, by name.
    package.loadlib|package.loadlib(path, function)|Links a C library.
    package.path|package.path|Where require looks for Lua files.
    package.preload|package.preload|Loaders of modules, by name.
    package.searchers|package.searchers|The functions with which require looks for a module.
    package.searchpath|package.searchpath(name, path [, …])|The file that a name stands for in a path.
    string.byte|string.byte(s [, i [, j]])|The codes of bytes i to j.
    string.char|string.char(…)|The string of these codes.
    string.dump|string.dump(f [, strip])|A function as binary code for load.
    string.find|string.find(s, pattern [, init [, plain]])|Where a pattern first occurs, and its captures.
    string.format|string.format(format, …)|Fills in %d %5.2f %g %s %q %x … as C does.
    string.gmatch|string.gmatch(s, pattern [, init])|Iterator over all matches.
    string.gsub|string.gsub(s, pattern, replacement [, n])|Replaces matches by a string, a table's fields or a function's results.
    string.len|string.len(s)|The number of bytes.
    string.lower|string.lower(s)|In lower case.
    string.match|string.match(s, pattern [, init])|The captures of the first match, or the match.
    string.pack|string.pack(format, …)|Values as bytes.
    string.packsize|string.packsize(format)|How many bytes pack would make.
    string.rep|string.rep(s, n [, separator])|n times s.
    string.reverse|string.reverse(s)|The bytes in reverse.
    string.sub|string.sub(s, i [, j])|The bytes i to j; negative ones count from the end.
    string.unpack|string.unpack(format, s [, position])|Values from bytes.
    string.upper|string.upper(s)|In upper case.
    table.concat|table.concat(list [, separator [, i [, j]]])|The entries as one string.
    table.insert|table.insert(list, [position,] value)|Inserts a value, at the end without a position.
    table.move|table.move(a, from, to, at [, b])|Copies entries within a list or to another.
    table.pack|table.pack(…)|A list of the arguments, with their number n.
    table.remove|table.remove(list [, position])|Takes an entry out and gives it; the last without a position.
    table.sort|table.sort(list [, less])|Sorts in place.
    table.unpack|table.unpack(list [, i [, j]])|The entries as results.
    utf8.char|utf8.char(…)|The string of these code points.
    utf8.charpattern|utf8.charpattern|A pattern that matches one character.
    utf8.codepoint|utf8.codepoint(s [, i [, j [, lax]]])|The code points of the characters that begin in bytes i to j.
    utf8.codes|utf8.codes(s [, lax])|Iterator over positions and code points.
    utf8.len|utf8.len(s [, i [, j [, lax]]])|The number of characters; nil and a position if it is no UTF-8.
    utf8.offset|utf8.offset(s, n [, i])|Where the n-th character begins.
    file:close|file:close()|Closes the file.
    file:flush|file:flush()|Writes what is buffered.
    file:lines|file:lines(…)|Iterator over lines, or over what formats read.
    file:read|file:read(…)|Reads as io.read.
    file:seek|file:seek([whence [, offset]])|Moves to a place from "set", "cur" or "end"; the place.
    file:setvbuf|file:setvbuf(mode [, size])|Buffering: "no", "full" or "line".
    file:write|file:write(…)|Writes strings and numbers; the file.
    """#
}
