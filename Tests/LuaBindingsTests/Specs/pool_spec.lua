-- train_all: custom losses on workers by copies, or on the script's own thread, with the same bits
local data = lai.synthetic.friedman1{n = 200, noise = 0.1, seed = 1}
local net = lai.mlp{inputs = 10, hidden = {8}, seed = 1}
local weight, options, delta = lai.full({1, 1}, 0.5), {scale = {2, 3}}, 1
calls = 0

local function huber(prediction, target)
  local e = (prediction - target):abs()
  return e:lt(delta):where(e * e / 2, delta * (e - delta / 2)):mean()
end
local losses = {
  function(y, target) return huber(y, target) end,
  function(y, target, slopes) return huber(y, target) + 0.01 * slopes:square():mean() end,
  function(y, target) return ((y - target) * weight):square():mean() * options.scale[2] end,
  function(y, target) calls = calls + 1 return (y - target):square():mean() end,
  function(y, target)
    return coroutine.wrap(function() return (y - target):square():mean() end)()
  end,
  function(y, target) -- from some batch on it does what a copy must not do
    local e = (y - target):square():mean()
    return e:item() < 5 and e * math.max(1, math.random(1)) or e
  end,
  function(y, target) io.write("") return (y - target):abs():mean() end,
}
local list = {}
for i, f in ipairs(losses) do
  list[i] = {model = net, data = data, validation = data, loss = lai.loss.custom(f), epochs = 3,
    pretrain = i % 2, batch = 32, seed = 5, optimizer = lai.adam{lr = 1e-2}}
end
list[#list + 1] = {model = net, data = data, epochs = 2, batch = 32, seed = 5}
list[#list + 1] = {model = net, data = data, epochs = 3, batch = 32, seed = 5, loss = lai.loss.lai{lambda = 0.1}}
local alone = {}
for i, job in ipairs(list) do alone[i] = lai.train(job) end
assert(calls == 3 * math.ceil(200 / 32))

local function same(a, b)
  if #a.history ~= #b.history or a.outcome ~= b.outcome then return false end
  for i, e in ipairs(a.history) do
    if e.base_loss ~= b.history[i].base_loss or e.lai_loss ~= b.history[i].lai_loss then return false end
  end
  return (a.model(data.x) - b.model(data.x)):abs():max():item() == 0
end
for _, workers in ipairs{1, 2, 3, 5} do
  local heard, ended, before = {}, {}, calls
  local runs, problem = lai.train_all(list, {workers = workers, on_epoch = function(report, i)
    heard[i] = (heard[i] or 0) + 1
    assert(report.epoch == heard[i], "each epoch once, in order")
  end, on_run = function(run, i) ended[i] = run end})
  assert(not problem)
  for i, run in ipairs(runs) do
    assert(same(run, alone[i]) and heard[i] == #run.history and same(ended[i], run))
  end
  assert(calls - before == 3 * math.ceil(200 / 32), "its variable counts each call once")
end

-- on_epoch ends one run alone, with or without copies
for _, workers in ipairs{1, 2} do
  for _, pick in ipairs{2, 4, 8} do
    local runs = lai.train_all({list[1], list[pick], list[9]}, {workers = workers, on_epoch = function(e, i)
      return i ~= 2 or e.epoch < 2
    end})
    assert(same(runs[1], alone[1]) and same(runs[3], alone[9]))
    local options = {}
    for key, value in pairs(list[pick]) do options[key] = value end
    options.on_epoch = function(e) return e.epoch < 2 end
    assert(runs[2].outcome == "stopped" and same(runs[2], lai.train(options)))
  end
end
-- an error in it ends nothing, and is the second result
local object = {}
local runs, problem = lai.train_all({list[1], list[9]}, {on_epoch = function(e, i)
  if e.epoch == 2 and i == 1 then error(object) end
end})
assert(problem == object and same(runs[1], alone[1]) and same(runs[2], alone[9]))

-- errors of a loss are the script's own, with their identity and their line
local function failing(f) return {model = net, data = data, epochs = 1, loss = lai.loss.custom(f)} end
runs, problem = lai.train_all{failing(function() error(object) end), list[9]}
assert(problem == object and runs[1].outcome == "failed" and same(runs[2], alone[9]))
runs, problem = lai.train_all{failing(function(y) return y.z.w end), list[9]}
assert(problem:find("pool_spec.lua:%d+: Tensor: no field or method .z."), problem)
runs, problem = lai.train_all{failing(function() return 1 end), list[9]}
assert(problem:find("must be a scalar lai.Tensor %(got 1%)"))
runs, problem = lai.train_all{failing(function(y) return (y * (0 / 0)):sum() end), list[9]}
assert(runs[1].outcome == "diverged" and not problem)

-- data that change in place between two jobs are others
local x, y = lai.rand(50, 2), lai.rand(50)
local d = lai.dataset(x, y)
local small = lai.mlp{inputs = 2, hidden = {4}, seed = 1}
local function job() return {model = small, data = d, epochs = 1, seed = 1} end
local first = lai.train(job())
local both = lai.train_all{job(), setmetatable({}, {__index = function(_, key)
  if key == "model" then x:fill_(0.5) end -- read after the first one
  return job()[key]
end})}
assert(both[1].history[1].base_loss == first.history[1].base_loss)
assert(both[2].history[1].base_loss ~= first.history[1].base_loss)
