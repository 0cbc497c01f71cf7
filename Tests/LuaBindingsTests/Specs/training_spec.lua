local data = lai.synthetic.friedman1{n = 300, seed = 2}
local train, valid = data:split{validation = 0.2, seed = 1}
assert(#train == 240 and #valid == 60 and #data.features == 10 and data.features[3] == "X3")
local scaler = lai.standardize(train)
local scaled = scaler(train)
near(scaled.x:mean(1):abs():max():item(), 0, 1e-5)
near(scaled.x:std(1):get(4), 1, 1e-5)
near((scaler:inverse(scaled.x) - train.x):abs():max():item(), 0, 1e-5)

local net = lai.mlp{inputs = 10, hidden = {16}, seed = 1}
local before = net(scaled.x)
local options = {model = net, data = scaled, validation = scaler(valid), batch = 32, pretrain = 3,
  epochs = 4, loss = lai.loss.lai{lambda = 0.1}, alpha = 0.25, seed = 4}
local seen = {}
options.on_epoch = function(e)
  seen[#seen + 1] = e.epoch
  assert(e.validation_rmse > 0 and (e.stage == "pretrain" or e.stage == "train"))
end
local run = lai.train(options)
assert(#seen == 7 and #run.history == 7 and run.outcome == "finished" and run.seconds > 0)
assert(run.history[7].validation_rmse < run.history[1].validation_rmse)
assert((net(scaled.x) - before):abs():max():item() == 0, "the model given is not changed")
assert(tostring(run):find("validation RMSE"))
local count = 0
for _, e in ipairs(run.history) do count = count + e.lai_count end
assert(count == 8, "a quarter of 4 epochs of 8 batches")

-- a run that chance has left without Lai batches says so
local function headline(alpha)
  return tostring(lai.train{model = net, data = scaled, batch = 240, epochs = 1, seed = 4,
    loss = lai.loss.lai{lambda = 0.1}, alpha = alpha}):match("^Run[^\n]*\n([^\n]*)")
end
assert(headline(0.01) == "no batch has taken the Lai loss: alpha 0.01 of so few", headline(0.01))
assert(headline(1):find("wrong branch") and headline(0):find("epoch"))

-- the same seed, the same bits; another seed, others
options.on_epoch = nil
local x = scaler(valid).x
local function same(a, b) return (a.model(x) - b.model(x)):abs():max():item() == 0 end
assert(same(run, lai.train(options)))
options.seed = 5
assert(not same(run, lai.train(options)))

-- α = 0 is the control
options.alpha = 0
local control = lai.train(options)
options.loss = lai.loss.mse()
assert(same(control, lai.train(options)))

-- side by side, in order, the same bits
local list = {}
for seed = 1, 4 do
  list[seed] = {model = net, data = scaled, batch = 32, epochs = 2, seed = seed,
    loss = lai.loss.lai{lambda = 0.1}, alpha = 0.5}
end
local one, two = lai.train_all(list, {workers = 1}), lai.train_all(list, {workers = 2})
for i = 1, 4 do
  assert(same(one[i], two[i]) and same(one[i], lai.train(list[i])))
end
assert(#lai.train_all({}) == 0)
raises("train_all: %[2%]: unknown option 'lamda'", lai.train_all, {list[1], {lamda = 1}})

-- runs within runs find threads
local function nested(depth)
  if depth == 0 then return lai.train_all({list[1], list[2]}, {workers = 2}) end
  local inner
  lai.train{model = net, data = data, epochs = 1, on_epoch = function() inner = nested(depth - 1) end}
  return inner
end
for i, run in ipairs(nested(20)) do assert(same(run, one[i])) end
local long = {model = net, data = scaled, batch = 32, epochs = 2e5} -- some seconds
local inner
local outer = lai.train_all({list[1], long}, {on_run = function()
  inner = lai.train_all({list[1], list[2]}, {workers = 2})
  return false
end})
for i = 1, 2 do assert(same(inner[i], one[i])) end
assert(outer[2].outcome == "stopped", "they need not wait for the others")

-- what is bad in validation is told at once
local wild = lai.mlp{inputs = 1, hidden = {2}, activation = "relu"}
wild:set_weights{lai.tensor{{5}, {5}}, lai.tensor{{5, -4}}}
local rows = os.tmpname()
local function csv(text)
  local file = io.open(rows, "w")
  file:write(text)
  file:close()
  return lai.csv(rows, {target = "y"})
end
local far = {model = wild, data = csv("a,y\n1,2\n2,3\n3,1\n"),
  validation = csv("a,y\n3e38,3\n-3e38,4\n"), epochs = 3}
os.remove(rows)
raises("train: the validation RMSE is %-?nan in epoch 1", lai.train, far)
far.on_divergence = "stop"
local diverged = lai.train(far)
assert(diverged.outcome == "diverged" and #diverged.history == 1 and diverged.problem)

-- callbacks: false stops, errors come out as they are
local stopped = lai.train{model = net, data = scaled, epochs = 9, on_epoch = function(e) return e.epoch < 3 end}
assert(stopped.outcome == "stopped" and #stopped.history == 3)
local object = {}
local ok, e = pcall(lai.train, {model = net, data = scaled, on_epoch = function() error(object) end})
assert(not ok and e == object)
raises("attempt to yield", function()
  coroutine.wrap(function()
    lai.train{model = net, data = scaled, on_epoch = function() coroutine.yield() end}
  end)()
end)
local nested = lai.train{model = net, data = scaled, epochs = 1, on_epoch = function()
  assert(#lai.train{model = net, data = scaled, epochs = 2}.history == 2)
end}
assert(#nested.history == 1)

-- divergence
raises("train: .* in epoch 1, batch %d+ %(learning rate 1000000000", lai.train,
  {model = net, data = scaled, batch = 32, optimizer = lai.adam{lr = 1e9}})
raises("in epoch %d+, batch %d+", lai.train,
  {model = net, data = scaled, batch = 32, optimizer = lai.sgd{lr = 1e30}})
local diverged = lai.train{model = net, data = scaled, batch = 32, optimizer = lai.adam{lr = 1e9},
  on_divergence = "stop"}
assert(diverged.outcome == "diverged" and diverged.problem:find("epoch 1"))
assert(diverged.model(x):abs():max():item() < 1 / 0)

local unsteady = {model = net, data = scaled, optimizer = lai.adam{lr = 1e9}}
local pair = lai.train_all{list[1], unsteady}
assert(pair[1].outcome == "finished" and pair[2].outcome == "diverged", "one does not end the other")

-- nor does one with an error, which gives back what it had come to
local function failing(calls)
  return lai.loss.custom(function(y, target)
    calls = calls - 1
    if calls < 0 then error("no more", 0) end
    return (y - target):square():mean()
  end)
end
local steps = math.ceil(#scaled / 32)
local function entry(calls)
  return {model = net, data = scaled, batch = 32, epochs = 2, loss = failing(calls)}
end
local mixed = lai.train_all{list[1], entry(steps + 1), entry(2 * steps)}
assert(same(mixed[1], one[1]) and mixed[3].outcome == "finished" and not mixed[3].problem)
assert(mixed[2].outcome == "failed" and mixed[2].problem == "no more")
assert(#mixed[2].history == 1 and mixed[2].history[1].base_loss == mixed[3].history[1].base_loss)
assert((mixed[2].model(x) - net(x)):abs():max():item() > 0, "its model is what it had come to")
raises("^no more$", lai.train_all, {entry(1), entry(2)})
raises("^no more$", lai.train, entry(1))
local hot = {model = net, data = scaled, optimizer = lai.adam{lr = 1e9}, on_divergence = "error"}
local saved = {}
local function save(run, i) saved[i] = run end
local kept, problem = lai.train_all({list[1], hot}, {on_run = save})
assert(same(kept[1], one[1]) and kept[2].outcome == "diverged" and kept[2].problem == problem)
assert(problem:find("targets' own size") and not problem:find("on_divergence"))
assert(same(saved[1], one[1]) and same(saved[2], kept[2]), "what has finished is not lost")
raises("train_all: .*targets' own size", lai.train_all, {hot, hot})

-- on_run
saved = {}
local all = lai.train_all({list[1], unsteady, list[2], entry(0)}, {on_run = save})
assert(#saved == 4)
for i, run in ipairs(all) do assert(same(saved[i], run) and saved[i].outcome == run.outcome) end
for _, first in ipairs{list[1], entry(2 * steps)} do -- side by side, and one after the other
  local short = lai.train_all({first, long}, {on_run = function() return false end})
  assert(short[1].outcome == "finished" and short[2].outcome == "stopped")
end

-- errors in on_run lose no run: the others go on, and the first error comes with them as it is
for _, isScripted in ipairs{true, false} do
  for _, object in ipairs{"disk full", {}, 7, true} do
    local calls = 0
    local first = isScripted and entry(2 * steps) or list[1]
    local runs, problem = lai.train_all({first, list[2], list[2]}, {workers = 1, on_run = function(run, i)
      calls = calls + 1
      if i > 1 then error(i == 2 and object or "later", 0) end
    end})
    assert(#runs == 3 and calls == 3 and problem == object)
    for i = 1, 3 do assert(runs[i].outcome == "finished" and not runs[i].problem) end
    assert(same(runs[2], one[2]) and same(runs[3], one[2]))
  end
end
local runs, problem = lai.train_all({list[1]}, {on_run = function() local x = nil + 1 end})
assert(same(runs[1], one[1]) and problem:find("^[^\n]*training_spec.lua:%d+: attempt to perform arithmetic"))
assert(select("#", lai.train_all({list[1]}, {on_run = save})) == 1, "without an error there is no second result")
-- the first of many is kept, of losses too
local many = {}
for i = 1, 70 do many[i] = {model = net, data = scaled, epochs = 1, loss = lai.loss.custom(function() error({i}) end)} end
local ok, e = pcall(lai.train_all, many)
assert(not ok and e[1] == 1)
many[71] = {model = net, data = scaled, epochs = 1}
runs, problem = lai.train_all(many, {on_run = function(_, i) error{-i} end})
assert(#runs == 71 and runs[71].outcome == "finished" and (problem[1] == 1 or problem[1] == -71)) -- side by side
-- an error with the text of an interruption is none
for _, text in ipairs{"interrupted!", "train: interrupted!", "x:1: interrupted!"} do
  local function raise() error(text, 0) end
  local failing = {model = net, data = scaled, epochs = 1, loss = lai.loss.custom(raise)}
  runs, problem = lai.train_all({failing, list[1]}, {on_run = raise})
  assert(runs[1].outcome == "failed" and runs[2].outcome == "finished" and problem == text)
  local ok, e = pcall(lai.train, {model = net, data = scaled, epochs = 1, on_epoch = raise})
  assert(not ok and e == text)
end

-- with patience the model of the best epoch, however the run ends; without it the last
local function rmse(run, d) return lai.loss.mse():value(run.model, d.x, d.y) ^ 0.5 end
local few, many = scaler((train:split{validation = 0.9, seed = 1})), scaler(valid)
local function best(run)
  local least = 1
  for i, e in ipairs(run.history) do
    if e.validation_rmse < run.history[least].validation_rmse then least = i end
  end
  return least
end
local function job(options)
  local job = {model = lai.mlp{inputs = 10, hidden = {32}, seed = 1}, data = few, validation = many,
    epochs = 60, patience = 1000, batch = 16, optimizer = lai.adam{lr = 3e-2}}
  for key, value in pairs(options) do job[key] = value end
  return job
end
local ended = {}
for _, last in ipairs{1, 3, 50} do
  ended[#ended + 1] = lai.train(job{on_epoch = function(e) return e.epoch < last end})
end
ended[#ended + 1] = lai.train(job{})
ended[#ended + 1] = lai.train(job{patience = 3})
ended[#ended + 1] = lai.train(job{schedule = lai.schedule.step{every = 55, factor = 1e12}, on_divergence = "stop"})
for _, run in ipairs(lai.train_all{job{}, job{epochs = 30}}) do ended[#ended + 1] = run end
for i, outcome in ipairs{"stopped", "stopped", "stopped", "finished", "stopped early", "diverged",
    "finished", "finished"} do
  local run = ended[i]
  assert(run.outcome == outcome and run.best_epoch == best(run), outcome)
  near(rmse(run, many), run.history[run.best_epoch].validation_rmse, 1e-5)
  assert(tostring(run):find("best epoch " .. run.best_epoch) and tostring(run):find("\n  " .. run.best_epoch .. " %* "))
end
assert(ended[1].best_epoch == 1 and ended[4].best_epoch < 60 and ended[6].best_epoch < 55)
local plain = job{}
plain.patience = nil
local last = lai.train(plain)
near(rmse(last, many), last.history[60].validation_rmse, 1e-5)
assert(last.best_epoch == best(last) and last.best_epoch < 60)
plain.validation = nil
assert(lai.train(plain).best_epoch == nil and not tostring(lai.train(plain)):find("best"))

-- names are compared wherever data meet data or a network
local function named(features, target)
  return lai.dataset({{0, 1}, {0, 2}, {1, 3}}, {1, 2, 3}, {features = features, target = target})
end
local ab, ba, unnamed = named({"a", "b"}, "t"), named{"b", "a"}, named()
local small = lai.mlp{inputs = 2, hidden = {4}}
local function pair(a, b, model) return {model = model or small, data = a, validation = b, epochs = 1} end
for _, case in ipairs{
  {ba, "validation has the features of data in another order: feature 1 is 'b', not 'a'"},
  {named{"a", "B"}, "validation lacks 'b', feature 2 of data %(is it 'B'%?"},
  {named{"a", "c"}, "validation lacks 'b', feature 2 of data; add"},
  {lai.dataset({{1, 2, 3}}, {1}, {features = {"a", "b", "c"}}), "has a feature 3, 'c', that data does not have"},
  {named({"a", "b"}, "u"), "validation has the target 'u', data 't'"}, {named(nil, "u"), "target 'u'"},
} do
  raises("train: " .. (case[2]:find("^validation") and case[2] or ".*" .. case[2]), lai.train, pair(ab, case[1]))
  raises("train_all: %[2%]: validation", lai.train_all, {pair(ab, ab), pair(ab, case[1])})
  raises("Scaler: data ", lai.standardize(ab), case[1])
  local trained = lai.train(pair(ab)).model
  raises("data .* the network's data", lai.train, pair(case[1], nil, trained))
  raises("validation .* the network's data", lai.train, pair(unnamed, case[1], trained))
  raises("MLP: data ", trained, case[1])
  raises("input_gradient: data ", trained.input_gradient, trained, case[1])
  raises("value: data ", lai.loss.mse().value, lai.loss.mse(), trained, case[1])
  raises("gradients: data ", lai.loss.mse().gradients, lai.loss.mse(), trained, case[1], {1, 2, 3})
  raises("smoothness: data ", lai.probe.smoothness, trained, case[1])
  raises("noise: data ", lai.probe.noise, trained, case[1])
  raises("set_scaler: the scaler's data ", trained.set_scaler, trained, lai.standardize(case[1]))
  raises("data .* the scaler's data", lai.train, pair(case[1], nil, small:clone():set_scaler(lai.standardize(ab))))
end
for _, other in ipairs{ab, unnamed, named{"a", "b"}} do -- without names their number counts
  local trained = lai.train(pair(other, ab)).model
  assert(table.concat(trained.features) == "ab" and trained.target == "t")
  trained = lai.train(pair(ab, other, trained)).model
  assert((trained(other) - trained(other.x)):abs():max():item() == 0)
  near(lai.loss.mse():value(trained, other), lai.loss.mse():value(trained, other.x, other.y), 0)
  assert(lai.probe.smoothness(trained, other).variance == lai.probe.smoothness(trained, other.x).variance)
end
assert(lai.train(pair(unnamed)).model.features == nil)
-- λ by name, also of the network's own names
local by_name = lai.loss.lai{lambda = {b = 1e-3, default = 0.1}}
local trained = lai.train{model = small, data = ab, loss = by_name, alpha = 1, epochs = 1}.model
assert(by_name:value(trained, ab.x, ab.y) == lai.loss.lai{lambda = {0.1, 1e-3}}:value(trained, ab.x, ab.y))
assert(by_name:value(small, ab) == lai.loss.lai{lambda = {0.1, 1e-3}}:value(small, ab.x, ab.y))
raises("unknown feature 'b'", by_name.value, by_name, small, unnamed)
assert(lai.train{model = small, data = unnamed, loss = lai.loss.lai{lambda = {X2 = 1e-3, default = 0.1}}, epochs = 1})
raises("y must be given, or x a data set with targets %(got nil%)", by_name.value, by_name, small, ab.x)
raises("on_run must be a function %(got 3%)", lai.train_all, {}, {on_run = 3})

-- probes
local smooth = lai.probe.smoothness(run.model, x)
near(smooth.variance, run.model(x):var():item(), 1e-4)
near(smooth.mean_slope[4], run.model:input_gradient(x):abs():mean(1):get(4), 1e-4)
assert(smooth.slope_p95[4] > smooth.mean_slope[4])
local noise = lai.probe.noise(run.model, x, {sigma = 1, repeats = 4, seed = 1})
assert(#noise.sensitivity == 10 and noise.standard_error[1] > 0)
assert(lai.probe.noise(run.model, x, {seed = 1}).sensitivity[1]
  == lai.probe.noise(run.model, x, {seed = 1}).sensitivity[1])
assert(lai.probe.noise(run.model, x, {sigma = 0}).sensitivity[1] == 0)
assert(noise.probe == "noise" and tostring(noise):find("^NoiseSensitivity%(sigma 1%)\n  feature"))
assert(tostring(smooth):find("^Smoothness%(variance [%d.]+%)\n  feature  mean |slope|  95th percentile  standard error\n  X1 "))
raises("sensitivity: a result of lai.probe.smoothness does not have it; it has variance, mean_slope, slope_p95",
  function() return smooth.sensitivity end)
raises("no field or method 'sensitivty' %(did you mean 'sensitivity'%?%)", function() return noise.sensitivty end)

-- errors
local function with(key, value)
  local copy = {model = net, data = scaled}
  copy[key] = value
  return copy
end
raises("train: option 'model' is missing", lai.train, {data = scaled})
raises("train: unknown option 'epoch' %(did you mean 'epochs'%?%)", lai.train, with("epoch", 1))
raises("batch must be a whole number >= 1 %(got 0%)", lai.train, with("batch", 0))
raises("alpha must be between 0 and 1 %(got 1.5%)", lai.train, with("alpha", 1.5))
raises("epochs must be a whole number >= 0 %(got %-1%)", lai.train, with("epochs", -1))
raises("epochs must be a whole number", lai.train, with("epochs", 1.5))
raises("data must be a lai.Dataset %(got a lai.Tensor%)", lai.train, with("data", lai.zeros(2)))
raises("lr must be a number > 0 and finite %(got 0%)", lai.adam, {lr = 0})
raises("validation must be given for early stopping", lai.train, with("patience", 3))
raises("must be of 3 features", lai.train, with("model", lai.mlp{inputs = 3}))
raises("%[2%]", lai.train_all, {list[1], {model = net, data = scaled, batch = 0}})
local broken = scaler(train)
broken.x:set_(7, 3, 0 / 0)
raises("row 7", lai.train, with("data", broken))
