-- A run that goes on from its state has the same bits as one that never stopped.
local function path() return os.tmpname() end
local all = lai.synthetic.friedman1{n = 150, noise = 1, seed = 1}
local data, valid = all:split{validation = 0.2, seed = 1}

local function same(a, b)
  assert(#a.history == #b.history and a.outcome == b.outcome and a.best_epoch == b.best_epoch)
  for i, e in ipairs(a.history) do
    for key, value in pairs(e) do
      local other = b.history[i][key]
      if key == "metrics" or key == "above_kink" then
        for name, number in pairs(value) do assert(number == other[name], name) end
      else
        assert(key == "seconds" or value == other, key)
      end
    end
  end
  for i, w in ipairs(a.model:weights()) do assert((w - b.model:weights()[i]):abs():max():item() == 0) end
end

local function options(more)
  local result = {
    model = lai.mlp{inputs = 10, hidden = {8}}, data = data, validation = valid, batch = 32,
    loss = lai.loss.lai{lambda = {X4 = 1e-2, default = 0.1}}, alpha = 0.3, pretrain = 2, epochs = 6,
  }
  for key, value in pairs(more or {}) do result[key] = value end
  return result
end
local function first(epochs) return function(e) return e.epoch < epochs end end

local metrics = {"mae", r2 = true, norm = function(net, v)
  assert(v.target == valid.target)
  return net:weights()[1]:norm():item()
end}
for _, more in ipairs{{}, {sample = "points", clip = 1}, {patience = 1, optimizer = lai.sgd{lr = 0.05}},
    {metrics = metrics}, {schedule = lai.schedule.cosine{floor = 0.1, phase = "train"}}} do
  local whole = lai.train(options(more))
  for epochs = 1, 8 do
    local file = path()
    local stopping = options(more)
    stopping.checkpoint, stopping.checkpoint_every, stopping.on_epoch = file, 3, first(epochs)
    local part = lai.train(stopping)
    same(lai.resume(part, {data = data, validation = valid, metrics = more.metrics}), whole)
    same(lai.resume(file, {data = data, validation = valid, metrics = more.metrics}), whole)
    same(lai.resume(file, {data = data, validation = valid, metrics = more.metrics}), whole)  -- its own end
    os.remove(file)
  end
end

-- The model keeps its scaler and names; on_epoch is called from there on.
local raw = lai.dataset(data.x, data.y, {target = "price"})
local scaler = lai.standardize(raw)
local named = scaler(raw)
local net = lai.mlp{inputs = 10, hidden = {4}, activation = "gelu", dtype = "float64"}
net:set_scaler(scaler)
local file = path()
lai.train{model = net, data = named, epochs = 4, on_epoch = first(2)}:save(file)
local seen = {}
local run = lai.resume(file, {data = named, epochs = 5, on_epoch = function(e) seen[#seen + 1] = e.epoch end})
assert(table.concat(seen, " ") == "3 4 5" and run.model.target == "price" and run.model.scaler)
assert(run.model.activation == "gelu" and run.model.dtype == "float64")
raises("resume: epochs must be >= 2, as many as are done %(got 1%)", lai.resume, file, {data = named, epochs = 1})
raises("resume: data: this is not the data that the run was trained on %(120 rows of 10 features in both",
  lai.resume, file, {data = scaler(lai.dataset(data.x, data.y * 2, {target = "price"}))})
raises("resume: data: this is not .*30 rows of 10 features, there 120", lai.resume, file,
  {data = scaler(lai.dataset(valid.x, valid.y))})
raises("resume: data has the target 'y', the network's data 'price'", lai.resume, file, {data = data})
raises("resume: validation must be left out", lai.resume, file,
  {data = named, validation = scaler(lai.dataset(valid.x, valid.y))})
raises("resume: loss must be left out: the state has it", lai.resume, file, {data = named, loss = lai.loss.mse()})
raises("resume: step must be left out: this run is of a network", lai.resume, file, {data = named, step = print})
raises("resume: option 'data' is missing", lai.resume, file, {})
raises("resume: run must be a file's path or a lai.Run", lai.resume, 7, {data = named})
raises("resume: .*no such file", lai.resume, file .. "x", {data = named})
raises("resume: .*is a directory", lai.resume, "/tmp", {data = named})
raises("resume: unknown option 'modl'", lai.resume, file, {data = named, modl = net})
net:save(file .. ".safetensors")
raises("is not the state of a training run", lai.resume, file .. ".safetensors", {data = named})
os.remove(file .. ".safetensors")
os.remove(file)

-- A loss of the script's own is given again.
local function custom() return lai.loss.custom(function(p, y) return (p - y):square():mean() * 2 end) end
local whole = lai.train(options{loss = custom(), alpha = nil})
local part = lai.train(options{loss = custom(), alpha = nil, on_epoch = first(3)})
same(lai.resume(part, {data = data, validation = valid, loss = custom()}), whole)
raises("resume: loss must be given again: a state holds no functions", lai.resume, part, {data = data, validation = valid})
raises("resume: loss must be loss.custom%(base mse%), as so far", lai.resume, part,
  {data = data, validation = valid, loss = lai.loss.custom(print, {base = "mae"})})

-- An error in a function of the script is raised, and costs nothing with a checkpoint.
file = path()
local failing = options{checkpoint = file, on_epoch = function(e) if e.epoch == 5 then error("no") end end}
raises("no", lai.train, failing)
same(lai.resume(file, {data = data, validation = valid}), lai.train(options()))
failing = options{checkpoint = file, metrics = {mine = function(net) if failing.after then error("no") end return 1 end}}
failing.on_epoch = function(e) failing.after = e.epoch >= 3 end
raises("no", lai.train, failing)
failing.after = false
local run = lai.resume(file, {data = data, validation = valid, metrics = {mine = function() return 1 end}})
assert(run.history[8].metrics.mine == 1 and #run.history == 8)
for i, w in ipairs(run.model:weights()) do
  assert((w - lai.train(options()).model:weights()[i]):abs():max():item() == 0)
end
os.remove(file)

-- Metrics.
local run = lai.train(options{metrics = metrics, epochs = 2})
local last = run.history[4]
local error = run.model(valid) - valid.y
near(last.metrics.mae, error:abs():mean():item(), 1e-6)
near(run.metrics.norm, run.model:weights()[1]:norm():item(), 1e-12)
near(1 - run.metrics.r2, error:square():mean():item() / (valid.y - valid.y:mean()):square():mean():item(), 1e-5)
assert(lai.train(options{epochs = 1}).metrics == nil and tostring(run):find("mae +norm +r2"))
raises("train: metrics%[1%] must be one of 'rmse', 'mae'", lai.train, options{metrics = {"rmsd"}})
raises("train: metrics.r2 must be true: a built%-in metric", lai.train, options{metrics = {r2 = print}})
raises("train: metrics.mine must be a function %(got 1%)", lai.train, options{metrics = {mine = 1}})
raises("train: the value of metrics.mine must be a number %(got nil%)", lai.train, options{metrics = {mine = function() end}})
raises("train: validation must be given for metrics", lai.train, {model = net, data = named, metrics = {"r2"}})
raises("train_all: %[1%].metrics.norm must be the name of a built%-in metric in train_all %(got a function%)",
  lai.train_all, {options{metrics = metrics}})
assert(lai.train_all{options{metrics = {"max_error"}}}[1].metrics.max_error > 0)
raises("train: checkpoint_every must be given with checkpoint", lai.train, options{checkpoint_every = 2})
raises("train: checkpoint_every must be a whole number >= 1", lai.train, options{checkpoint = file, checkpoint_every = 0})
raises("train: .*no such file or directory", lai.train, options{checkpoint = "/nowhere/run.state"})
raises("train: divergence_threshold must be > 1 %(got 1%)", lai.train, options{divergence_threshold = 1})
raises("schedule.step: phase must be 'all' or 'train'", lai.schedule.step, {every = 2, phase = "second"})

-- Scripted models, their parameters of any form.
local line = lai.synthetic.line{slope = 3, intercept = 4, noise = 0.1, n = 100, seed = 1}
local a, b = line:split{validation = 0.3, seed = 1}
local function step(p, x, y) return (x * p.k[1] + p.b - y):square():mean() end
local function predict(p, x) return x * p.k[1] + p.b end
local functions = {r2 = true, slope = function(p, v) assert(#v == #b) return p.k[1]:item() end}
local function script(more)
  local result = {
    step = step, predict = predict, parameters = {k = {lai.zeros(1)}, b = lai.zeros(1):to("float64")}, data = a,
    validation = b, epochs = 8, batch = 20, optimizer = lai.adam{lr = 0.1}, metrics = functions, patience = 3,
  }
  for key, value in pairs(more or {}) do result[key] = value end
  return result
end
for _, optimizer in ipairs{lai.adam{lr = 0.1}, lai.sgd{lr = 0.1, momentum = 0.5}} do
  local whole = lai.train(script{optimizer = optimizer})
  near(whole.metrics.slope, whole.parameters.k[1]:item(), 1e-12)
  near(whole.history[whole.best_epoch].validation_loss, whole.history[whole.best_epoch].validation_rmse ^ 2, 1e-9)
  local file = path()
  lai.train(script{optimizer = optimizer, checkpoint = file, on_epoch = first(4)})
  local again = {data = a, validation = b, step = step, predict = predict, metrics = functions}
  local run = lai.resume(file, again)
  assert(run.parameters.k[1]:item() == whole.parameters.k[1]:item())
  assert(run.parameters.b:item() == whole.parameters.b:item() and run.parameters.b.dtype == "float64")
  assert(#run.history == #whole.history and run.metrics.slope == whole.metrics.slope)
  local longer = lai.resume(run, {data = a, validation = b, step = step, predict = predict, metrics = functions, epochs = 12})
  assert(#longer.history >= #run.history)
  for _, name in ipairs{"step", "predict", "metrics"} do
    local less = {}
    for key, value in pairs(again) do if key ~= name then less[key] = value end end
    raises("resume: " .. name .. " must be", lai.resume, file, less)
  end
  os.remove(file)
end
raises("train: predict must be given with step", lai.train, options{predict = predict})
raises("train: the value of predict must be a lai.Tensor %(got nil%)", lai.train, script{predict = function() end})
raises("train: alpha must be left out when step is given", lai.train, script{alpha = 1})
local diverged = lai.train(options{optimizer = lai.sgd{lr = 1e30}, on_divergence = "stop"})
raises("save: run must be one that can go on; the checkpoint", diverged.save, diverged, file)

-- Runs side by side need files of their own, also by other names of one file.
do
  local file = path()
  local folder, name = file:match("^(.*)/([^/]*)$")
  raises("train_all: %[2%]%.checkpoint must be another file than that of %[1%]", lai.train_all,
    {options{checkpoint = file}, options{checkpoint = folder .. "/./" .. name}})
  os.remove(file)
end
raises("resume: metrics must be left out, as in the run so far %(got r2%)", lai.resume,
  lai.train(options{epochs = 1}), {data = data, validation = valid, metrics = {"r2"}})

-- Numbers that would overflow, and mistakes of a step in the middle of a search, are reported.
raises("resume: epochs must be <=", lai.resume, lai.train(options{epochs = 1}),
  {data = data, validation = valid, epochs = math.maxinteger})
do
  local calls = 0
  raises("the value of step must be a scalar lai.Tensor", lai.train, {
    step = function(p, x, y)
      calls = calls + 1
      if calls > 2 then return 1 end
      return (x:matmul(p) - y):square():mean()
    end,
    parameters = lai.zeros(10, 1), data = data, epochs = 2, batch = 200, optimizer = lai.lbfgs{}})
end
