-- Every method of tensors compared with NumPy's values, in both number types and on strided views.
local file = assert(io.open(FIXTURES .. "/ops.json"))
local cases = lai.json.decode(file:read("a")).cases
file:close()

local layouts = {
  function(x) return x end,
  -- the axes in reverse order in memory
  function(x)
    local axes = {}
    for axis = 1, #x.shape do axes[axis] = #x.shape + 1 - axis end
    return x:permute(axes):clone():permute(axes)
  end,
  -- every second element of a longer last axis, with an offset
  function(x)
    if #x.shape == 0 then return x end
    local wide = lai.stack({x, x * 0 + 99}, -1)
    local shape = x.shape
    shape[#shape] = 2 * shape[#shape]
    local all = {}
    for axis = 1, #shape do all[axis] = {} end
    if shape[#shape] == 0 then return x end
    all[#shape] = {1, -1, 2}
    return wide:reshape(shape)[all]
  end,
}

local function tensor(t, dtype)
  if #t.values == 0 then return lai.zeros(t.shape, {dtype = dtype}) end
  return lai.tensor(t.values, {dtype = dtype}):reshape(t.shape)
end

local count, names = 0, {}
for _, case in ipairs(cases) do
  names[case.op] = true
  for dtype, tolerance in pairs{float32 = 2e-6, float64 = 1e-13} do
    for number, layout in ipairs(layouts) do
      local tensors = {}
      for i, t in ipairs(case.tensors) do tensors[i] = layout(tensor(t, dtype)) end
      local before = tensors[1]:clone()
      for _, argument in ipairs(case.arguments) do tensors[#tensors + 1] = argument end
      local results = {tensors[1][case.op](table.unpack(tensors))}
      assert(#results == #case.results, case.op)
      for i, wanted in ipairs(case.results) do
        local what = ("%s, %s, layout %d, result %d"):format(case.op, dtype, number, i)
        assert(table.concat(results[i].shape, "x") == table.concat(wanted.shape, "x"), what)
        if #wanted.values > 0 then
          local values = tensor(wanted, "float64")
          local difference = (results[i] - values):abs():max():item()
          assert(difference <= tolerance * math.max(1, values:abs():max():item()), what .. ": " .. difference)
        end
      end
      assert(#before.shape == 0 or before:eq(tensors[1]):sum():item() == before:ne(math.huge):sum():item(),
        case.op .. " changed its operand")
      count = count + 1
    end
  end
end
assert(count == 6 * #cases and count > 3000, count)
for _, name in ipairs(METHODS) do
  assert(names[name] or ({item = 1, totable = 1, detach = 1, to = 1, fill_ = 1, get = 1, set_ = 1, copy_ = 1})[name],
    name .. " has no fixture")
end
