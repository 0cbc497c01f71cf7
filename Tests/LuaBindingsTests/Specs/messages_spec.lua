-- A name that a table of ours lacks is an error with the nearest one.
raises("messages_spec.lua:%d+: lai: no field 'standardise' %(did you mean 'lai.standardize'%?%)",
  function() return lai.standardise end)
raises("lai: no field 'Adam' %(did you mean 'lai.adam'", function() return lai.train{optimizer = lai.Adam} end)
raises("lai.loss: no field 'lay' %(did you mean 'lai.loss.lai'", function() return lai.loss.lay() end)
raises("lai: no field 'mse' %(did you mean 'lai.loss.mse'", function() return lai.mse end)
raises("lai.probe: no field 'zzqqzz'; %? lai.probe lists them", function() return lai.probe.zzqqzz end)
-- and otherwise the table is any table.
assert(rawget(lai, "nothing") == nil and lai[1] == nil and lai[lai] == nil and lai.__gc == nil and #lai == 0)
local count = 0
for name, value in pairs(lai) do
  count = count + 1
  assert(type(name) == "string" and value ~= nil)
end
assert(count > 30 and next(lai) and select("#", ipairs(lai)) == 3 and tostring(lai):find("^table: "))
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

-- Objects take no assignments.
local t, net = lai.ones(2, 2), lai.mlp{inputs = 1}
raises("Tensor: field %[1%] cannot be assigned; use t:set_%(1, 5%)", function() t[1] = 5 end)
raises("Tensor: field %[{…}%] cannot be assigned; use t:set_%(", function() t[{1, 1}] = 5 end)
raises("Tensor: field 'x' cannot be assigned; .*use t:set_%(", function() t.x = 1 end)
raises("MLP: field 'foo' cannot be assigned", function() net.foo = 1 end)
raises("MLP: field 'inputs' cannot be assigned", function() net.inputs = 1 end)
for _, object in ipairs{lai.loss.mse(), data, run, lai.adam{}, lai.generator(1), lai.standardize(data)} do
  raises("field 'x' cannot be assigned", function() object.x = 1 end)
end

-- λ for no feature at all is another loss.
for _, none in ipairs{{false}, {false, false}, {X1 = false}, {default = false}, {X1 = false, default = false}} do
  raises("loss.lai: lambda must be a number > 0 for some feature %(got false for all%)", lai.loss.lai, {lambda = none})
  raises("loss.lai: slope must be a number > 0 for some feature", lai.loss.lai, {slope = none})
  raises("slope must be", lai.loss.lai, {slope = none, base = "mae"})
end
lai.loss.lai{lambda = {false, 0.1}}
lai.loss.lai{lambda = {X1 = false, default = 0.1}}
-- Where names alone cannot tell, the data do.
raises("lambda must be a number > 0 for some feature", function()
  return lai.loss.lai{lambda = {X1 = false, default = 0.1}}:value(net, data.x, data.y)
end)
