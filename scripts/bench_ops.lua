-- Times tensor operations and derivatives in Lua, compared with PyTorch: scripts/bench ops --peers
-- DIR.
-- Medians of alternating rounds, one thread, float32, microseconds.
local lai = require "lai"
local options = lai.args{peers = "", rounds = 7, json = false}

local rows = {}
local function row(name, count, f) rows[#rows + 1] = {name = name, count = count, f = f, ours = {}, torch = {}} end

for _, n in ipairs{1, 64, 256} do
  local a, b = lai.randn(n, n), lai.randn(n, n)
  local size = (" %dx%d"):format(n, n)
  local light, heavy = n == 256 and 300 or 5000, n == 256 and 30 or 2000
  local half = {{1, math.max(1, n // 2)}, {1, math.max(1, n // 2)}}
  row("add" .. size, light, function() return a + b end)
  row("mul by a scalar" .. size, light, function() return a * 2.5 end)
  row("tanh" .. size, heavy, function() return a:tanh() end)
  row("matmul" .. size, heavy, function() return a:matmul(b) end)
  row("sum" .. size, light, function() return a:sum() end)
  row("slice" .. size, 5000, function() return a[half] end)
  row("transposed copy" .. size, light, function() return a:t():clone() end)
end
local operations = #rows

local x, y = lai.randn(64, 8), lai.randn(64, 1)
local parameters = {lai.randn(64, 8) * 0.3, lai.zeros(64), lai.randn(64, 64) * 0.1, lai.zeros(64),
  lai.randn(1, 64) * 0.1, lai.zeros(1)}
local function net(p, x)
  x = (x:matmul(p[1]:t()) + p[2]):tanh()
  x = (x:matmul(p[3]:t()) + p[4]):tanh()
  return x:matmul(p[5]:t()) + p[6]
end
local lambda = 0.1
local function mse(p) return (net(p, x) - y):square():mean() end
local function lai_mse(p)
  local prediction
  local slopes = lai.grad(function(x)
    prediction = net(p, x)
    return prediction:sum()
  end)(x)
  local k2 = slopes:square()
  local factor = k2:maximum(lambda) / ((k2 + 1) * lambda)
  return ((prediction - y):square() * factor):mean(1):norm()
end
local mse_gradient, lai_gradient = lai.value_and_grad(mse), lai.value_and_grad(lai_mse)
row("MSE gradient 64x8-64-64-1", 200, function() return mse_gradient(parameters) end)
row("Lai double backward", 100, function() return lai_gradient(parameters) end)

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local ask, answers
if options.peers ~= "" then
  local fifo = os.tmpname()
  os.remove(fifo)
  assert(os.execute("mkfifo " .. fifo))
  local here = arg[0]:match("^(.*)/") or "."
  ask = assert(io.popen(("'%s/bin/python' '%s/bench_ops.py' >%s"):format(options.peers, here, fifo), "w"))
  answers = assert(io.open(fifo))
  os.remove(fifo)
  assert(answers:read() == "ready", "PyTorch did not start")
end

for _ = 1, options.rounds do
  for _, row in ipairs(rows) do
    local f, count = row.f, row.count
    for _ = 1, count // 10 do f() end
    local start = os.clock()
    for _ = 1, count do f() end
    row.ours[#row.ours + 1] = (os.clock() - start) / count * 1e6
    if ask then
      ask:write(count, "\n"):flush()
      row.torch[#row.torch + 1] = assert(tonumber(answers:read()), "PyTorch stopped")
    end
  end
end

if options.json then
  local result = {}
  for i, row in ipairs(rows) do
    result[i] = {name = row.name, us = median(row.ours), torch_us = ask and median(row.torch) or nil}
  end
  print(lai.json.encode(result))
  return
end
print(("%-28s %10s %10s %7s"):format("", "lai µs", ask and "torch µs" or "", ask and "ratio" or ""))
local product, largest = 1, 0
for i, row in ipairs(rows) do
  local ours = median(row.ours)
  if ask then
    local torch = median(row.torch)
    if i <= operations then
      product, largest = product * (ours / torch) ^ (1 / operations), math.max(largest, ours / torch)
    end
    print(("%-28s %9.2f %10.2f %7.2f"):format(row.name, ours, torch, ours / torch))
  else
    print(("%-28s %9.2f"):format(row.name, ours))
  end
end
if ask then print(("operations: geometric mean %.2f, largest %.2f"):format(product, largest)) end
