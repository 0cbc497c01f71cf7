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
    assert|assert(value [, message])|Raises an error with the message if value is false or nil; else returns all its arguments.
    collectgarbage|collectgarbage([option [, …]])|"collect", "count" (kilobytes), "step", "stop", "restart", "isrunning", "incremental", "generational".
    dofile|dofile([path])|Runs a file, standard input without a path.
    error|error(message [, level])|Raises an error; level 2 gives the caller's position, 0 none.
    getmetatable|getmetatable(value)|The metatable of a value, or the metatable's field __metatable.
    ipairs|ipairs(list)|Iterator over 1, list[1], 2, list[2], … up to the first nil.
    load|load(chunk [, name [, mode [, env]]])|Compiles a string, or the pieces that a function returns; nil and a message on a syntax error.
    loadfile|loadfile([path [, mode [, env]]])|Compiles a file.
    next|next(table [, key])|The pair after a key; the first one for nil, nil after the last.
    pairs|pairs(table)|Iterator over all pairs of a table, in any order.
    pcall|pcall(f [, …])|Calls f; returns true and its results, or false and the error.
    print|print(…)|Writes values to standard output, separated by tabs.
    rawequal|rawequal(a, b)|Equality without metamethods.
    rawget|rawget(table, key)|A field without metamethods.
    rawlen|rawlen(value)|The length of a table or string without metamethods.
    rawset|rawset(table, key, value)|Sets a field without metamethods.
    require|require(name)|Loads a module once and returns its value.
    select|select(n, …)|The arguments from the n-th on; their number for "#".
    setmetatable|setmetatable(table, metatable)|Sets a table's metatable; returns the table.
    tonumber|tonumber(value [, base])|Converts a string to a number; nil if it is not one.
    tostring|tostring(value)|A value as text, by its __tostring if it has one.
    type|type(value)|"nil", "number", "string", "boolean", "table", "function", "thread" or "userdata".
    warn|warn(message, …)|Emits a warning; "@on" and "@off" switch them.
    xpcall|xpcall(f, handler [, …])|Like pcall, with a message handler, which is called where the error happened.
    coroutine.close|coroutine.close(co)|Closes a suspended or dead coroutine and its variables.
    coroutine.create|coroutine.create(f)|A new coroutine that will run f.
    coroutine.isyieldable|coroutine.isyieldable([co])|Whether it can yield.
    coroutine.resume|coroutine.resume(co [, …])|Continues a coroutine; returns true and what it yields or returns, or false and the error.
    coroutine.running|coroutine.running()|The running coroutine, and whether it is the main one.
    coroutine.status|coroutine.status(co)|"running", "suspended", "normal" or "dead".
    coroutine.wrap|coroutine.wrap(f)|A function that resumes a new coroutine each time it is called.
    coroutine.yield|coroutine.yield(…)|Suspends the coroutine; returns the arguments of the next resume.
    debug.debug|debug.debug()|Reads and runs lines until one is "cont".
    debug.gethook|debug.gethook([co])|The current hook, its mask and count.
    debug.getinfo|debug.getinfo([co,] f [, what])|A table about a function or a level of the stack.
    debug.getlocal|debug.getlocal([co,] f, n)|Name and value of a local variable.
    debug.getmetatable|debug.getmetatable(value)|The metatable itself.
    debug.getregistry|debug.getregistry()|The registry.
    debug.getupvalue|debug.getupvalue(f, n)|Name and value of an upvalue.
    debug.getuservalue|debug.getuservalue(userdata, n)|A user value of a userdata.
    debug.setcstacklimit|debug.setcstacklimit(limit)|Does nothing; kept for compatibility.
    debug.sethook|debug.sethook([co,] hook, mask [, count])|Calls a function on calls, returns, lines or every count instructions.
    debug.setlocal|debug.setlocal([co,] level, n, value)|Sets a local variable.
    debug.setmetatable|debug.setmetatable(value, metatable)|Sets the metatable of any value.
    debug.setupvalue|debug.setupvalue(f, n, value)|Sets an upvalue.
    debug.setuservalue|debug.setuservalue(userdata, value, n)|Sets a user value.
    debug.traceback|debug.traceback([co,] [message [, level]])|The active calls, as text.
    debug.upvalueid|debug.upvalueid(f, n)|An identifier, equal for upvalues that are shared.
    debug.upvaluejoin|debug.upvaluejoin(f, n, g, m)|Makes an upvalue of f refer to one of g.
    io.close|io.close([file])|Closes a file, or the default output.
    io.flush|io.flush()|Writes the buffer of the default output.
    io.input|io.input([file])|Returns or sets the default input.
    io.lines|io.lines([path, …])|Iterator over the lines of a file, or over values in given formats.
    io.open|io.open(path [, mode])|Opens a file: "r", "w", "a", "r+", "w+", "a+", with "b" appended for binary; nil and a message on failure.
    io.output|io.output([file])|Returns or sets the default output.
    io.popen|io.popen(command [, mode])|Starts a program; returns a file to read its output or, with "w", to write its input.
    io.read|io.read(…)|Reads from the default input: "l" a line, "L" with its end, "n" a number, "a" all, or a count of bytes.
    io.stderr|io.stderr|Standard error.
    io.stdin|io.stdin|Standard input.
    io.stdout|io.stdout|Standard output.
    io.tmpfile|io.tmpfile()|A temporary file, removed when the program ends.
    io.type|io.type(value)|"file", "closed file" or nil.
    io.write|io.write(…)|Writes strings and numbers to the default output.
    math.abs|math.abs(x)|The absolute value.
    math.acos|math.acos(x)|Arc cosine, in radians.
    math.asin|math.asin(x)|Arc sine, in radians.
    math.atan|math.atan(y [, x])|Arc tangent of y/x, in radians, in the right quadrant.
    math.ceil|math.ceil(x)|The smallest whole number >= x.
    math.cos|math.cos(x)|Cosine of radians.
    math.deg|math.deg(x)|Converts radians to degrees.
    math.exp|math.exp(x)|e to the power x.
    math.floor|math.floor(x)|The largest whole number <= x.
    math.fmod|math.fmod(x, y)|The remainder of x/y, with the sign of x.
    math.huge|math.huge|Infinity.
    math.log|math.log(x [, base])|The logarithm, natural without a base.
    math.max|math.max(x, …)|The largest argument.
    math.maxinteger|math.maxinteger|The largest integer, 2^63 - 1.
    math.min|math.min(x, …)|The smallest argument.
    math.mininteger|math.mininteger|The smallest integer, -2^63.
    math.modf|math.modf(x)|The whole part and the fraction.
    math.pi|math.pi|3.14159…
    math.rad|math.rad(x)|Converts degrees to radians.
    math.random|math.random([m [, n]])|A number in [0, 1), or an integer in 1..m or m..n.
    math.randomseed|math.randomseed([x [, y]])|Sets the seed of math.random; lai.randn has a stream of its own, see lai.manual_seed.
    math.sin|math.sin(x)|Sine of radians.
    math.sqrt|math.sqrt(x)|The square root.
    math.tan|math.tan(x)|Tangent of radians.
    math.tointeger|math.tointeger(x)|x as an integer; nil if it is not integral.
    math.type|math.type(x)|"integer", "float" or nil.
    math.ult|math.ult(m, n)|m < n as unsigned integers.
    math.atan2|math.atan2(y, x)|As math.atan; only where Lua was built with it.
    math.cosh|math.cosh(x)|Hyperbolic cosine; only where Lua was built with it.
    math.frexp|math.frexp(x)|Mantissa and exponent; only where Lua was built with it.
    math.ldexp|math.ldexp(m, e)|m times 2^e; only where Lua was built with it.
    math.log10|math.log10(x)|The decimal logarithm; only where Lua was built with it.
    math.pow|math.pow(x, y)|x ^ y; only where Lua was built with it.
    math.sinh|math.sinh(x)|Hyperbolic sine; only where Lua was built with it.
    math.tanh|math.tanh(x)|Hyperbolic tangent; only where Lua was built with it.
    os.clock|os.clock()|Processor time of the program so far, in seconds.
    os.date|os.date([format [, time]])|A date as text, or as a table for "*t"; a leading "!" means UTC.
    os.difftime|os.difftime(later, earlier)|The seconds between two times.
    os.execute|os.execute([command])|Runs a shell command; returns whether it succeeded, "exit" or "signal", and the number.
    os.exit|os.exit([code [, close]])|Ends the program.
    os.getenv|os.getenv(name)|An environment variable, or nil.
    os.remove|os.remove(path)|Deletes a file or an empty folder.
    os.rename|os.rename(old, new)|Renames a file.
    os.setlocale|os.setlocale(locale [, category])|Sets the C library's locale.
    os.time|os.time([table])|The current time, or that of a date, in seconds since 1970.
    os.tmpname|os.tmpname()|The name of a new temporary file.
    package.config|package.config|Separators in paths, one per line.
    package.cpath|package.cpath|Where require looks for C libraries.
    package.loaded|package.loaded|The loaded modules, by name.
    package.loadlib|package.loadlib(path, function)|Links a C library.
    package.path|package.path|Where require looks for Lua files.
    package.preload|package.preload|Loaders of modules, by name.
    package.searchers|package.searchers|The functions by which require finds a module.
    package.searchpath|package.searchpath(name, path [, …])|The file of a module, searched in a path.
    string.byte|string.byte(s [, i [, j]])|The codes of bytes i to j.
    string.char|string.char(…)|The string of bytes with these codes.
    string.dump|string.dump(f [, strip])|A function as a binary chunk for load.
    string.find|string.find(s, pattern [, init [, plain]])|The first position of a pattern, and its captures.
    string.format|string.format(format, …)|Fills in %d %5.2f %g %s %q %x … as C does.
    string.gmatch|string.gmatch(s, pattern [, init])|Iterator over all matches.
    string.gsub|string.gsub(s, pattern, replacement [, n])|Replaces matches by a string, a table's fields or a function's results.
    string.len|string.len(s)|The number of bytes.
    string.lower|string.lower(s)|In lower case.
    string.match|string.match(s, pattern [, init])|The captures of the first match, or the whole match.
    string.pack|string.pack(format, …)|Packs values into bytes.
    string.packsize|string.packsize(format)|The number of bytes that pack returns.
    string.rep|string.rep(s, n [, separator])|s repeated n times.
    string.reverse|string.reverse(s)|The bytes in reverse order.
    string.sub|string.sub(s, i [, j])|The bytes i to j; negative indices count from the end.
    string.unpack|string.unpack(format, s [, position])|Unpacks values from bytes.
    string.upper|string.upper(s)|In upper case.
    table.concat|table.concat(list [, separator [, i [, j]]])|The entries as one string.
    table.insert|table.insert(list, [position,] value)|Inserts a value, by default at the end.
    table.move|table.move(a, from, to, at [, b])|Copies entries within a list or to another.
    table.pack|table.pack(…)|A list of the arguments, with their number in n.
    table.remove|table.remove(list [, position])|Removes and returns an entry, by default the last.
    table.sort|table.sort(list [, less])|Sorts in place.
    table.unpack|table.unpack(list [, i [, j]])|Returns the entries as separate results.
    utf8.char|utf8.char(…)|The string of these code points.
    utf8.charpattern|utf8.charpattern|A pattern that matches one character.
    utf8.codepoint|utf8.codepoint(s [, i [, j [, lax]]])|The code points of the characters that begin in bytes i to j.
    utf8.codes|utf8.codes(s [, lax])|Iterator over positions and code points.
    utf8.len|utf8.len(s [, i [, j [, lax]]])|The number of characters; nil and a position for invalid UTF-8.
    utf8.offset|utf8.offset(s, n [, i])|The byte at which the n-th character begins.
    file:close|file:close()|Closes the file.
    file:flush|file:flush()|Writes the buffer.
    file:lines|file:lines(…)|Iterator over lines, or over values in given formats.
    file:read|file:read(…)|Reads like io.read.
    file:seek|file:seek([whence [, offset]])|Moves to an offset from "set", "cur" or "end"; returns the position.
    file:setvbuf|file:setvbuf(mode [, size])|Sets buffering: "no", "full" or "line".
    file:write|file:write(…)|Writes strings and numbers; returns the file.
    """#
}
