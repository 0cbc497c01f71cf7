-- every optimizer finds the minimum of a bowl, from gradients and from the function
local function bowl(p) return ((p.a - 3):square() * lai.tensor({1, 10})):sum() + (p[1] + 1):square():sum() end
for name, options in pairs{adam = {lr = 0.1}, adamw = {lr = 0.1, weight_decay = 0}, sgd = {lr = 0.04, momentum = 0.5},
    rmsprop = {lr = 0.02}, lbfgs = {}} do
  local p = {a = lai.zeros(2), lai.zeros(1, {dtype = "float64"})}
  local optimizer = lai.optim[name](p, options)
  local first = optimizer:step(bowl)
  near(first, 100, 1e-6)
  for _ = 1, name == "lbfgs" and 3 or 500 do optimizer:step(bowl) end
  near(p.a:get(2), 3, 0.03)
  near(p[1]:item(), -1, 0.03)
  assert(optimizer.parameters.a:get(1) == p.a:get(1), "the tensors themselves are changed")
  if name ~= "lbfgs" then
    optimizer:scale_rate(0.5):step(lai.grad(bowl)(p))
  else
    raises("step must be given a function", function() optimizer:step(lai.grad(bowl)(p)) end)
  end
end
local rosenbrock = lai.tensor({-1.2, 1}, {dtype = "float64"})
local optimizer = lai.optim.lbfgs(rosenbrock, {max_iter = 100, tolerance = 1e-10})
optimizer:step(function(x)
  local a, b = x:select(1, 1), x:select(1, 2)
  return (1 - a) ^ 2 + 100 * (b - a * a) ^ 2
end)
near(rosenbrock:get(1), 1, 1e-8)
near(rosenbrock:get(2), 1, 1e-8)
local w = lai.ones(2)
local adam = lai.optim.adam(w)
raises("gradients must be 1 tensors, one per parameter", function() adam:step({w, w}) end)
raises("shapes 2 and 3 of parameter 1 and its gradient differ", function() adam:step(lai.ones(3)) end)
raises("the gradient of parameter 1 must be finite", function() adam:step(w * (0 / 0)) end)
raises("the objective must be finite %(got inf%)", function() adam:step(function(w) return (w / 0):sum() end) end)
raises("the value of f must be a scalar", function() adam:step(function() end) end)
raises("parameter 1 must be a tensor of its own, such as its clone%(%) %(got an expanded one of shape 3%)", lai.optim.adam, lai.ones(1):expand({3}))
-- each element is one parameter
for _, make in pairs(lai.optim) do
  local p = lai.zeros(4, 3)
  local wanted = "parameter 2 must be a tensor of its own, such as its clone%(%) " ..
    "%(got one that shares memory with parameter 1%)"
  raises(wanted, make, {p, p})
  raises(wanted, make, {a = p, b = {p:t()}})
  raises(wanted, make, {p:narrow(1, 1, 3), p:narrow(1, 3, 2)})
  raises(wanted, make, {p:diag(), p[2]})
  make{p:narrow(1, 1, 2), p:narrow(1, 3, 2)}
  make{p:select(2, 1), p:select(2, 3), lai.zeros(4, 3)}
  raises("parameter 2 must be a tensor of its own", lai.train, {step = function() end,
    parameters = {p, p}, data = lai.synthetic.line{n = 4}})
  raises("got an expanded one of shape 2x3", lai.train, {step = function() end,
    parameters = lai.zeros(3):expand{2, 3}, data = lai.synthetic.line{n = 4}})
end
do  -- parts of one tensor are trained each for itself
  local p = lai.zeros(2, 2)
  lai.optim.sgd({p[1], p[2]}, {lr = 1}):step{lai.tensor{1, 2}, lai.tensor{3, 4}}
  assert(p:get(1, 2) == -2 and p:get(2, 1) == -3)
end
raises("part of a derivative being taken", lai.grad(function(x) lai.optim.adam(x):step(lai.ones(2)) return x:sum() end), w)
assert(w:get(1) == 1)

-- a Lai loss written in Lua equals the built-in one
local data = lai.synthetic.friedman1{n = 200, seed = 1}
local lambda = 0.1
local scripted = lai.loss.custom(function(y, target, k)
  local k2 = k * k
  local g = k2:maximum(lambda) / (math.min(1, lambda) * (1 + k2))
  return ((y - target):square() * g):mean(1):norm()
end)
local built_in = lai.loss.lai{lambda = lambda}
for _, dtype in ipairs{"float64", "float32"} do
  local net = lai.mlp{inputs = 10, hidden = {16, 8}, dtype = dtype}
  near(scripted:value(net, data.x, data.y), built_in:value(net, data.x, data.y), dtype == "float64" and 1e-12 or 1e-5)
  local _, a = scripted:gradients(net, data.x, data.y)
  local _, b = built_in:gradients(net, data.x, data.y)
  for layer = 1, 3 do
    local difference = (a.weights[layer] - b.weights[layer]):abs():max():item()
    assert(difference < (dtype == "float64" and 1e-12 or 1e-4), difference)
  end
end
local function run(loss, options)
  local o = {model = lai.mlp{inputs = 10, hidden = {16}, dtype = "float64"}, data = data, loss = loss, alpha = 0.5,
    epochs = 4, batch = 64, pretrain = 2}
  for key, value in pairs(options or {}) do o[key] = value end
  return lai.train(o)
end
for _, sample in ipairs{"batches", "points"} do
  local a, b = run(scripted, {sample = sample}), run(built_in, {sample = sample})
  near(a.history[6].base_loss, b.history[6].base_loss, 1e-9)
  near(a.history[6].lai_loss, b.history[6].lai_loss, 1e-9)
end
local runs = lai.train_all{
  {model = lai.mlp{inputs = 10}, data = data, loss = scripted, epochs = 1},
  {model = lai.mlp{inputs = 10}, data = data, loss = built_in, epochs = 1},
  {model = lai.mlp{inputs = 10}, data = data, loss = lai.loss.custom(function(y, t) return (y - t):abs():mean() end), epochs = 1}}
assert(#runs == 3 and runs[1].history[1].lai_count == 1, "alpha is 1 for custom losses")
local plain = lai.loss.custom(function(y, t) assert(y.shape[2] == 1) return (y - t):square():mean() end)
near(run(plain, {alpha = 1}).history[6].base_loss, run(lai.loss.mse()).history[6].base_loss, 1e-9)
-- more outputs: slopes are [n][outputs][inputs]
local x, y = lai.randn(5, 3, {dtype = "float64"}), lai.randn(5, 2, {dtype = "float64"})
local two = lai.mlp{inputs = 3, outputs = 2, hidden = {4}, dtype = "float64"}
local mean = lai.loss.custom(function(y, target, k)
  assert(#k.shape == 3 and k.shape[2] == 2)
  local total
  for output = 1, 2 do
    local k2 = k:select(2, output):square()
    local g = k2:maximum(lambda) / (math.min(1, lambda) * (1 + k2))
    local e = (y:narrow(2, output, 1) - target:narrow(2, output, 1)):square()
    local norm = (e * g):mean(1):norm() / 2
    total = total and total + norm or norm
  end
  return total
end)
local va, a = mean:gradients(two, x, y)
local vb, b = built_in:gradients(two, x, y)
near(va, vb, 1e-12)
for layer = 1, 2 do assert((a.weights[layer] - b.weights[layer]):abs():max():item() < 1e-13) end

raises("loss.custom: f must be a function %(got nil%)", lai.loss.custom)
raises("the value of loss.custom's function must be a scalar lai.Tensor %(got nil%)", run, lai.loss.custom(function() end))
raises("optimization_spec.lua:%d+: Tensor: no field or method .z.", run, lai.loss.custom(function(y) return y.z.w end))
raises("the loss is nan in epoch 1, batch 1", run, lai.loss.custom(function(y) return (y * (0 / 0)):sum() end), {pretrain = 0, alpha = 1})

-- a network as a function of its parameters
local net = lai.mlp{inputs = 10, hidden = {16, 8}, dtype = "float64", activation = "gelu"}
local p = net:parameters()
assert((net:apply(p, data.x) - net(data.x)):abs():max():item() < 1e-12)
local g = lai.grad(function(p) return (net:apply(p, data.x) - data.y):square():mean() end)(p)
local _, wanted = lai.loss.mse():gradients(net, data.x, data.y)
for layer = 1, 3 do assert((g.weights[layer] - wanted.weights[layer]):abs():max():item() < 1e-12) end
local x64 = data.x:to("float64")
local slopes = lai.grad(function(x) return net(x):sum() end)(x64)
assert((slopes - net:input_gradient(x64)):abs():max():item() < 1e-12)
assert(lai.gradcheck(function(x) return net:input_gradient(x) end, data.x:narrow(1, 1, 2)))
for _, name in ipairs{"identity", "tanh", "sigmoid", "relu", "leaky_relu", "softplus", "gelu", "silu", "elu", "sin"} do
  local n = lai.mlp{inputs = 10, hidden = {9}, outputs = 2, dtype = "float64", activation = name}
  local difference = n:apply(n:parameters(), data.x) - n(data.x)
  assert(difference:abs():max():item() < 1e-12, name)
  assert(lai.gradcheck(function(x) return n:input_gradient(x) end, data.x:narrow(1, 1, 2)), name)
end
raises("apply: parameters must be", function() net:apply({lai.ones(2)}, data.x) end)

-- training of models that are not MLPs
local line = lai.synthetic.line{slope = 3, intercept = 4, noise = 0.1, n = 200, seed = 1}
local start = {k = lai.zeros(1), b = lai.zeros(1)}
local trained = lai.train{
  step = function(p, x, y) return (x * p.k + p.b - y):square():mean() end,
  parameters = start, data = line, epochs = 60, batch = 20, optimizer = lai.adam{lr = 0.05}}
near(trained.parameters.k:item(), 3, 0.1)
near(trained.parameters.b:item(), 4, 0.1)
assert(start.k:item() == 0 and #trained.history == 60 and trained.outcome == "finished")
assert(tostring(trained):match("^ScriptedRun%(60 epochs, finished, .* s, 2 parameters, value 0%.0"), tostring(trained))
local stopped = lai.train{step = function(p, x) return (x * p):mean() end, parameters = lai.ones(1), data = line,
  on_epoch = function(e) return e.epoch < 3 end}
assert(#stopped.history == 3 and stopped.outcome == "stopped")
raises("train: model must be left out when step is given", lai.train, {step = print, model = net, data = line})
raises("train: option 'parameters' is missing", lai.train, {step = print, data = line})
raises("the value of step must be a scalar lai.Tensor %(got nil%)", lai.train,
  {step = function() end, parameters = lai.ones(1), data = line})
raises("the value is nan in epoch 1, batch 1", lai.train,
  {step = function(p) return (p * (0 / 0)):sum() end, parameters = lai.ones(1), data = line})
local diverged = lai.train{step = function(p) return (p / 0):sum() end, parameters = lai.ones(1), data = line,
  on_divergence = "stop"}
assert(diverged.outcome == "diverged" and diverged.parameters:item() == 1)

-- Errors name the argument and its place.
raises("optim.adam: parameters must be", lai.optim.adam, 1)
raises("optim.adam: parameters%[2%] must be", lai.optim.adam, {lai.ones(1), 1})
raises("optim.adam: parameters.w must be", lai.optim.adam, {w = 1})
