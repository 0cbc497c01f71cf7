/// Lua's keywords, for help.
struct LuaWord: Sendable {
  let word: String
  let syntax: String
  let summary: String

  static let all = [
    LuaWord(
      word: "and", syntax: "a and b",
      summary: "a if a is false or nil, else b; b is evaluated only then."),
    LuaWord(word: "break", syntax: "break", summary: "Ends the innermost loop."),
    LuaWord(word: "do", syntax: "do block end", summary: "A block of its own, for its locals."),
    LuaWord(
      word: "else", syntax: "if condition then block else block end",
      summary: "What is done when no condition holds."),
    LuaWord(
      word: "elseif", syntax: "if condition then block elseif condition then block end",
      summary: "Another condition, tried when those before do not hold."),
    LuaWord(word: "end", syntax: "do … end, function … end, if … end", summary: "Ends a block."),
    LuaWord(
      word: "false", syntax: "false", summary: "The boolean; only false and nil count as false."),
    LuaWord(
      word: "for",
      syntax: "for i = first, last, step do block end\nfor key, value in pairs(t) do block end",
      summary:
        "Counts from first to last, both included; or goes through the values of an iterator."),
    LuaWord(
      word: "function",
      syntax:
        "function name(parameters) block end\nlocal function name(parameters) block end\nfunction(parameters) block end",
      summary: "Defines a function; ... takes more arguments."),
    LuaWord(
      word: "goto", syntax: "goto name … ::name::",
      summary: "Jumps to a label that is visible here."),
    LuaWord(
      word: "if", syntax: "if condition then block elseif condition then block else block end",
      summary: "Runs the first block whose condition is neither false nor nil."),
    LuaWord(
      word: "in", syntax: "for key, value in iterator do block end",
      summary: "Introduces the iterator of a loop."),
    LuaWord(
      word: "local", syntax: "local x = value\nlocal x <const>, file <close> = value, value",
      summary:
        "A variable until the end of its block; const cannot change, close is closed there. At the prompt a block ends with its input."
    ),
    LuaWord(word: "nil", syntax: "nil", summary: "No value: what unset variables and fields are."),
    LuaWord(word: "not", syntax: "not a", summary: "true for false and nil, else false."),
    LuaWord(
      word: "or", syntax: "a or b",
      summary: "a unless it is false or nil, else b; b is evaluated only then."),
    LuaWord(
      word: "repeat", syntax: "repeat block until condition",
      summary: "Runs a block until a condition holds, at least once; the condition sees its locals."
    ),
    LuaWord(
      word: "return", syntax: "return values",
      summary: "Ends a function with results; last in its block."),
    LuaWord(
      word: "then", syntax: "if condition then block end",
      summary: "Stands between a condition and its block."),
    LuaWord(word: "true", syntax: "true", summary: "The boolean."),
    LuaWord(
      word: "until", syntax: "repeat block until condition",
      summary: "The condition that ends a loop."),
    LuaWord(
      word: "while", syntax: "while condition do block end",
      summary: "Runs a block as long as a condition holds."),
  ]
}
