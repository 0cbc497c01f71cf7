-- An unknown name in one of our tables is an error that suggests the nearest one.
raises("messages_spec.lua:%d+: lai: no field 'standardise' %(did you mean 'lai.standardize'%?%)",
  function() return lai.standardise end)
raises("lai: no field 'Adam' %(did you mean 'lai.adam'", function() return lai.train{optimizer = lai.Adam} end)
raises("lai.loss: no field 'lay' %(did you mean 'lai.loss.lai'", function() return lai.loss.lay() end)
raises("lai: no field 'mse' %(did you mean 'lai.loss.mse'", function() return lai.mse end)
raises("lai.probe: no field 'zzqqzz'; %? lai.probe lists them", function() return lai.probe.zzqqzz end)
-- otherwise they behave like any table
assert(rawget(lai, "nothing") == nil and lai[1] == nil and lai[lai] == nil and lai.__gc == nil and #lai == 0)
local count = 0
for name, value in pairs(lai) do
  count = count + 1
  assert(type(name) == "string" and value ~= nil)
end
assert(count > 30 and next(lai) and select("#", ipairs(lai)) == 3 and tostring(lai):find("adam = function lai.adam"))
lai.mine = 5
assert(lai.mine == 5)
lai.mine = nil
raises("no field 'mine'", function() return lai.mine end)
local heir = setmetatable({own = 1}, {__index = lai})
assert(heir.own == 1 and heir.tensor == lai.tensor)
local before = getmetatable(lai)
assert(type(before) == "table" and setmetatable(lai, nil) == lai and lai.nothing == nil)
setmetatable(lai, before)

local data = lai.synthetic.line{n = 20, seed = 1}
local run = lai.train{model = lai.mlp{inputs = 1}, data = data, epochs = 1, on_epoch = function(e)
  assert(e.validation_rmse == nil)
  raises("EpochReport: no field 'loss' %(did you mean", function() return e.loss end)
  raises("no field 'exp'; it has epoch, stage, ", function() return e.exp end)
end}
local entry = run.history[1]
assert(entry.validation_rmse == nil and entry.epoch == 1 and rawget(entry, "rmse") == nil)
raises("EpochReport: no field 'rmse' %(did you mean 'validation_rmse'%?%)", function() return entry.rmse end)
assert(lai.json.decode(lai.json.encode(entry)).epoch == 1)
entry.note = "mine"
assert(entry.note == "mine")

-- Objects accept no assignments.
local t, net = lai.ones(2, 2), lai.mlp{inputs = 1}
raises("Tensor: field %[1%] cannot be assigned; use t:set_%(1, 5%)", function() t[1] = 5 end)
raises("Tensor: field %[{…}%] cannot be assigned; use t:set_%(", function() t[{1, 1}] = 5 end)
raises("Tensor: field 'x' cannot be assigned; .*use t:set_%(", function() t.x = 1 end)
raises("MLP: field 'foo' cannot be assigned", function() net.foo = 1 end)
raises("MLP: field 'inputs' cannot be assigned", function() net.inputs = 1 end)
for _, object in ipairs{lai.loss.mse(), data, run, lai.adam{}, lai.generator(1), lai.standardize(data)} do
  raises("field 'x' cannot be assigned", function() object.x = 1 end)
end

-- A Lai loss with λ for no feature is refused: it would be another loss.
for _, none in ipairs{{false}, {false, false}, {X1 = false}, {default = false}, {X1 = false, default = false}} do
  raises("loss.lai: lambda must be a number > 0 for some feature %(got false for all%)", lai.loss.lai, {lambda = none})
  raises("loss.lai: slope must be a number > 0 for some feature", lai.loss.lai, {slope = none})
  raises("slope must be", lai.loss.lai, {slope = none, base = "mae"})
end
lai.loss.lai{lambda = {false, 0.1}}
lai.loss.lai{lambda = {X1 = false, default = 0.1}}
-- Where names cannot decide, the data do.
raises("lambda must be a number > 0 for some feature", function()
  return lai.loss.lai{lambda = {X1 = false, default = 0.1}}:value(net, data.x, data.y)
end)

-- Surplus arguments would be lost, so they are errors.
raises("standardize: takes 2 arguments %(got 3%)", function() lai.standardize(data, {target = true}, 1) end)
raises("loss.mse: takes no arguments %(got 1%)", function() lai.loss.mse{reduction = "sum"} end)
raises("exp: takes no arguments %(got 1%)", function() lai.ones(2):exp(3) end)
raises("csv: takes 2 arguments %(got 3%)", function() lai.csv("f", {}, {missing = "mean"}) end)
assert(lai.standardize(data, nil) and #lai.ones(2) == 2 and -lai.ones(1) and tostring(lai.ones(1)))
raises("unknown option 'sep' %(did you mean 'separator'%?%)", function() lai.csv("f", {sep = ";"}) end)

-- Other keys in a list are errors too: it is not taken as empty, and no part of it is lost.
raises("list must be a list.*with the key '", lai.train_all, {model = lai.mlp{inputs = 1}, data = data})
raises("hidden must be a list.*'a'", lai.mlp, {inputs = 2, hidden = {a = 32}})
raises("hidden must be a list.*%[2%]", lai.mlp, {inputs = 2, hidden = {[2] = 5}})
raises("must be a list.*with the key '", lai.tensor, {a = 1, b = 2})
raises("must be a list.*'a'", lai.tensor, {1, 2, a = 3})
raises("must be a list.*'a'", lai.tensor, {{1, 2}, {3, 4, a = 5}})
local long = {}
for i = 1, 1000 do long[i] = i end
assert(#lai.tensor(long) == 1000 and #lai.tensor(table.pack(1, 2, 3)) == 3)
long.note = "lost"
raises("must be a list.*'note'", lai.tensor, long)

-- An objective that does not depend on the parameters is an error.
raises("does not depend on the predictions", lai.train, {model = lai.mlp{inputs = 1}, data = data, epochs = 1,
  loss = lai.loss.custom(function(p, t) return lai.tensor((p - t):square():mean():item()) end)})
local p = lai.tensor{3}
raises("does not depend on the parameters", function()
  lai.optim.sgd({p}, {lr = 0.1}):step(function() return p:square():sum() end)
end)
raises("does not depend on the parameters", lai.train, {data = data, parameters = {p}, epochs = 1,
  step = function() return p:square():sum() end})

-- A gradient that is another parameter has the value from before the step.
local a, b = lai.tensor{1}, lai.tensor{2}
lai.optim.sgd({a, b}, {lr = 1}):step{b, a}
assert(a:item() == -1 and b:item() == 1)
-- lai.tensor of a tensor is a copy.
local c = lai.tensor(a)
c:fill_(0)
assert(a:item() == -1)
