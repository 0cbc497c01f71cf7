---@meta lai
-- Generated from the records by `lai --types`; not to be edited.

--- A seeded stream of random numbers.
---@class lai.Generator
local Generator = {}

--- The next number, uniform on [0, 1).
---@return number
function Generator:uniform() end

--- The next number, standard normal.
---@return number
function Generator:normal() end

---@class lai
---@field version string
local lai = {}

--- A stream of random numbers: the same seed, the same numbers.
---@param seed integer Which stream.
---@return lai.Generator
function lai.generator(seed) end

lai.json = {}

--- The Lua value of a JSON text; null is nil.
---@param text string JSON.
---@return any
function lai.json.decode(text) end

--- A value as JSON text, keys in order.
--- A table with the keys 1 to n is an array, and so is an empty one.
---@param value? any nil, booleans, finite numbers, strings, and tables of these.
---@return string
function lai.json.encode(value) end

--- The script's command line: options with their defaults.
--- `--name value` or `--name=value`, read as the type of the default says; a boolean's `--name`
--- alone is true; a list is written 64,64. `--help` prints the options and ends.
---@param defaults table Name to default: a number, a string, a boolean or a list of numbers.
---@return table
function lai.args(defaults) end

return lai
