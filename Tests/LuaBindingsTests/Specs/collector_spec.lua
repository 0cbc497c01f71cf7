-- collectgarbage: as the manual has it, whatever the mode, which it leaves as it was
local first = collectgarbage("incremental")
for _, mode in ipairs{"generational", "incremental"} do
  collectgarbage(mode)
  assert(collectgarbage() == 0 and collectgarbage(mode) == mode)
  assert(collectgarbage("collect") == 0 and collectgarbage(mode) == mode)
  -- with tensors enough for a second collection
  local x = lai.zeros(1e7)
  x = nil
  assert(collectgarbage(nil) == 0 and collectgarbage(mode) == mode)
  -- within a finaliser there is no collection
  local within
  setmetatable({}, {__gc = function() within = table.pack(collectgarbage()) end})
  collectgarbage()
  assert(within.n == 1 and not within[1], "a collection within a collection")
  assert(collectgarbage(mode) == mode)
end
collectgarbage(first)
