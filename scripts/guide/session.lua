-- Runs the blocks of one page in order, as the prompt would, and writes what each one prints and
-- shows: parts that begin with a zero byte, their kind and a line break. See page.lua.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local page = require "page"
lai = require "lai"  -- bound at the prompt, too
io.stdout:setvbuf("no")

local function part(kind, text) io.write("\0", kind, "\n", text or "") end

--- A block that returns the value of its last expression: the shortest ending of whole lines that is an
--- expression, if the block compiles with `return` before it.
local function compiled(code, name)
  local lines = {}
  for line in (code .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line end
  for i = #lines, 1, -1 do
    local isBlank = lines[i]:find("^%s*$") or lines[i]:find("^%s*%-%-")
    if not isBlank and load("return " .. table.concat(lines, "\n", i)) then
      local line = lines[i]
      lines[i] = "return " .. line
      local chunk = load(table.concat(lines, "\n"), name)
      if chunk then return chunk end
      lines[i] = line
    end
  end
  return load(code, name)
end

local function show(value)
  local metatable = debug.getmetatable(value)
  for _, kind in ipairs{"svg", "html"} do
    local draw = type(metatable) == "table" and rawget(metatable, "__" .. kind)
    local text = draw and draw(value)
    if text then return part(kind, text) end
  end
  part "text"
  lai.show(value)
end

local file = assert(io.open(arg[1]))
local blocks = page.blocks(file:read("a"), arg[1])
file:close()
for number, block in ipairs(blocks) do
  part "block"
  part "text"
  local chunk, problem = compiled(block.code, ("=[%d]"):format(number))
  local results = table.pack(chunk ~= nil, problem)
  if chunk then results = table.pack(pcall(chunk)) end
  if results[1] then
    -- As at the prompt, a semicolon at the end keeps the value from being shown.
    if block.code:find(";%s*$") then results.n = 1 end
    for i = 2, results.n do
      if results[i] ~= nil then show(results[i]) end
    end
  else
    part("error", "error: " .. tostring(results[2]))
  end
end
