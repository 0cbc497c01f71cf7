-- Residuals, penalties and their sums, beside the same in tensor operations with lai.grad of lai.grad.
local loss, penalty = lai.loss, lai.penalty
local generator = lai.generator(7)
local D = {dtype = "float64", generator = generator}
local x = lai.randn(6, 3, D)
local nets, targets = {}, {}
for outputs = 1, 2 do
  local net = lai.mlp{inputs = 3, hidden = {5, 4}, outputs = outputs, seed = 3, dtype = "float64"}
  local weights = net:weights()
  for layer, w in ipairs(weights) do weights[layer] = 2 * w end
  nets[outputs], targets[outputs] = net:set_weights(weights), lai.randn(6, outputs, D)
end

-- Value and derivative of residuals by e = prediction - target.
local residuals = {
  mse = {function(e) return e * e end, function(e) return 2 * e end},
  mae = {function(e) return e:abs() end, function(e) return e:sign() end},
  huber = {
    function(e) return e:abs():lt(0.5):where(e * e / 2, 0.5 * (e:abs() - 0.25)) end,
    function(e) return e:clamp(-0.5, 0.5) end},
  logcosh = {
    function(e) return e + (-2 * e):softplus() - math.log(2) end, function(e) return e:tanh() end},
  quantile = {
    function(e) return (0.8 * e):maximum(-0.2 * e) end, function(e) return e:gt(0) - 0.2 end},
}

-- What each should be, given predictions and targets [n] and slopes [n][inputs] of one output;
-- and whether it is a mean over outputs, not a sum. `w` are the weights of the features.
local w = lai.tensor({0.5, 0, 2}, {dtype = "float64"})
local weights = {X1 = 0.5, X3 = 2, default = false}
local function data_gradient(name, p, y, k) return residuals[name][2](p - y):unsqueeze(2) * k end
local function lai_loss(f, g) return (f:unsqueeze(2) * g):mean(1):norm() end
local function square_factor(k) return (k * k):maximum(0.1) / (0.1 * (1 + k * k)) end
local function factor(k) return k:abs():maximum(0.1) / (0.1 * (1 + k * k):sqrt()) end
local function mse(p, y, outputs) return (p - y):square():mean() / outputs end
local cases = {
  {loss.mse(), function(p, y) return residuals.mse[1](p - y):mean() end, true},
  {loss.mae(), function(p, y) return residuals.mae[1](p - y):mean() end, true},
  {loss.huber{delta = 0.5}, function(p, y) return residuals.huber[1](p - y):mean() end, true},
  {loss.logcosh(), function(p, y) return residuals.logcosh[1](p - y):mean() end, true},
  {loss.quantile{q = 0.2}, function(p, y) return residuals.quantile[1](p - y):mean() end, true},
  {loss.lai{base = loss.huber{delta = 0.5}, lambda = 0.1},
    function(p, y, k) return lai_loss(residuals.huber[1](p - y), square_factor(k)) end, true},
  {loss.lai{base = loss.quantile{q = 0.2}, lambda = 0.1},
    function(p, y, k) return lai_loss(residuals.quantile[1](p - y), factor(k)) end, true},
  {loss.lai{base = "logcosh", lambda = 0.1},
    function(p, y, k) return lai_loss(residuals.logcosh[1](p - y), square_factor(k)) end, true},
  {penalty.jacobian{weight = 0.3}, function(p, y, k) return 0.3 * (k * k):sum(2):mean() end},
  {penalty.jacobian{power = 1, features = weights}, function(p, y, k) return (w * k:abs()):sum(2):mean() end},
  {penalty.jacobian{features = {X1 = 0.5, X3 = 2}}, function(p, y, k) return (w * k * k):sum(2):mean() end},
  {penalty.jacobian{features = {"X1", "X2"}}, function(p, y, k) return k[{{}, {1, 2}}]:square():sum(2):mean() end},
  {loss.mse() + penalty.double_backprop{weight = 2},
    function(p, y, k, outputs) return mse(p, y, outputs) + 2 * data_gradient("mse", p, y, k):square():sum(2):mean() end},
  {loss.mse() + penalty.input_gradient{norm = "l1"},
    function(p, y, k, outputs) return mse(p, y, outputs) + data_gradient("mse", p, y, k):abs():sum(2):mean() end},
  {loss.mse() + penalty.input_gradient{norm = "l2"},
    function(p, y, k, outputs) return mse(p, y, outputs) + data_gradient("mse", p, y, k):square():sum(2):sqrt():mean() end},
  {loss.mse() + penalty.input_gradient{norm = "linf", squared = true},
    function(p, y, k, outputs) return mse(p, y, outputs) + data_gradient("mse", p, y, k):abs():max(2):square():mean() end},
}

-- Gradients by weights and biases of the sum of `f` over outputs, or its mean.
local function by_tape(net, y, f, is_mean)
  return lai.value_and_grad(function(parameters)
    local total = 0
    for output = 1, net.outputs do
      local function one(x) return net:apply(parameters, x):select(2, output) end
      local slopes = lai.grad(function(x) return one(x):sum() end)(x)
      total = total + f(one(x), y:select(2, output), slopes, net.outputs)
    end
    return is_mean and total / net.outputs or total
  end)(net:parameters())
end

local function compare(got, wanted, what)
  for _, part in ipairs{"weights", "biases"} do
    for layer, g in ipairs(wanted[part]) do
      local difference = (got[part][layer] - g):abs():max():item()
      assert(difference <= 1e-10 * math.max(1, g:abs():max():item()), what .. " differs by " .. difference)
    end
  end
end

for _, case in ipairs(cases) do
  local objective, f, is_mean = table.unpack(case)
  for outputs = 1, 2 do
    local net, y = nets[outputs], targets[outputs]
    local value, gradients = by_tape(net, y, f, is_mean)
    local got, fast = objective:gradients(net, x, y)
    near(got, value:item(), 1e-10)
    near(objective:value(net, x, y), got, 0)
    compare(fast, gradients, tostring(objective))
  end
end

-- Sums: values and gradients add, numbers scale.
do
  local net, y = nets[2], targets[2]
  local a, b = loss.huber{delta = 0.5}, penalty.jacobian{features = {"X2"}}
  local sum = a + 0.1 * b + penalty.l1{weight = 0.01} * 2
  local va, ga = a:gradients(net, x, y)
  local vb, gb = b:gradients(net, x, y)
  local l1, gl1 = penalty.l1{weight = 0.02}:gradients(net, x, y)
  local value, gradients = sum:gradients(net, x, y)
  near(value, va + 0.1 * vb + l1, 1e-13)
  local wanted = {weights = {}, biases = {}}
  for part, list in pairs(wanted) do
    for layer = 1, 3 do list[layer] = ga[part][layer] + 0.1 * gb[part][layer] + gl1[part][layer] end
  end
  compare(gradients, wanted, "a sum")
  near((2 * (a + 0.5 * b)):value(net, x, y), 2 * va + vb, 1e-13)
  near((0 * b + a):value(net, x, y), va, 0)
  assert(tostring(loss.mse() + 0.1 * penalty.jacobian{features = {X8 = 1}})
    == "loss.mse() + 0.1 * penalty.jacobian(features {X8 = 1})")
  assert(tostring(loss.quantile{q = 0.1} + penalty.l2()) == "loss.quantile(q 0.1) + penalty.l2()")
end

-- A loss that is a residual, or its name, is a base; and nothing else is.
assert(tostring(loss.lai{base = "huber", lambda = 1}) == tostring(loss.lai{base = loss.huber(), lambda = 1}))
for _, base in ipairs{loss.lai{lambda = 1}, loss.mse() + loss.mae(), 2 * loss.mse(), penalty.l2(), 1, "mes", {}} do
  raises("loss.lai: base must be 'mse', 'mae', .*, or such a loss, as lai.loss.huber{delta = 2} %(got",
    loss.lai, {base = base, lambda = 1})
  raises("loss.custom: base must be 'mse'", loss.custom, print, {base = base})
end
-- slope is |k|, of which λ is the square where the residual is one of squares
for _, name in ipairs{"mse", "mae", "huber", "logcosh", "quantile"} do
  local squared = name ~= "mae" and name ~= "quantile"
  assert(tostring(loss.lai{base = name, slope = 0.5}) == tostring(loss.lai{base = name, lambda = squared and 0.25 or 0.5}))
end
near((loss.mae() + 2 * loss.lai{lambda = 0.5}):factor(0.5):item(), loss.lai{lambda = 0.5}:factor(0.5):item(), 0)
raises("factor: self must be a loss with one Lai loss in it %(got loss.mse%(%)%)", function() loss.mse():factor(1) end)
raises("factor: self must be a loss with one Lai loss", function()
  return (loss.lai{lambda = 1} + loss.lai{lambda = 2}):factor(1)
end)

-- Slopes of a Sobolev penalty come with the call, with the data, or as its own option.
do
  for outputs = 1, 2 do
    local net, y = nets[outputs], targets[outputs]
    local k = net:input_gradient(x)
    local wanted = outputs == 1 and lai.randn(6, 3, D) or lai.randn(6, 2, 3, D)
    local expected = (k - wanted):square():sum():item() / 6
    local sobolev = penalty.sobolev()
    near(sobolev:value(net, x, y, {slopes = wanted}), expected, 1e-12)
    near(sobolev:value(net, lai.dataset(x, y, {slopes = wanted})), expected, 1e-12)
    near(sobolev:value(net, x, y, {slopes = wanted:totable()}), expected, 1e-12)
    near(penalty.sobolev{targets = wanted}:value(net, x, y), expected, 1e-12)
    near(sobolev:value(net, x, y, {slopes = k}), 0, 1e-25)
    raises("value: the targets of penalty.sobolev must be given, or slopes in the data set %(got neither%)",
      sobolev.value, sobolev, net, x, y)
    raises("slopes", sobolev.value, sobolev, net, x, y, {slopes = wanted[{{1, 5}}]})
    raises("unknown option 'slope' %(did you mean 'slopes'", sobolev.value, sobolev, net, x, y, {slope = wanted})
    raises("slopes must be a lai.Tensor", sobolev.value, sobolev, net, x, y, {slopes = "K"})
    -- scaled data have scaled slopes
    local data = lai.dataset(x, y, {slopes = wanted})
    local scaler = lai.standardize(data)
    assert((scaler(data).slopes - wanted * lai.tensor(scaler.std, {dtype = "float64"})):abs():max():item() < 1e-12)
    local first = data:split{validation = 0.5, seed = 1}
    assert(first.slopes.shape[1] == 3 and first.slopes.shape[#first.slopes.shape] == 3)
    raises("slopes", lai.dataset, x, y, {slopes = lai.ones(6, 2)})
    raises("slopes", lai.dataset, x, nil, {slopes = lai.ones(6, 2)})
  end
  -- a line is found from its slopes and one point
  local x = lai.linspace(-1, 1, 20, {dtype = "float64"}):unsqueeze(2)
  local data = lai.dataset(x, x * 3 + 1, {slopes = lai.full({20, 1}, 3)})
  local run = lai.train{model = lai.mlp{inputs = 1, hidden = {}, dtype = "float64"}, data = data, batch = 7, epochs = 300,
    loss = loss.mse() + penalty.sobolev(), optimizer = lai.adam{lr = 0.05}}
  near(run.model:weights()[1]:item(), 3, 1e-3)
end

-- Losses written in Lua add: each keeps its own function, also when nothing else does.
do
  local net, y = nets[1], targets[1]
  local function three(scale) return loss.custom(function(p, t, k) return scale * (p - t):square():mean() + k:square():sum(2):mean() end) end
  local function two(scale) return loss.custom(function(p, t) return scale * (p - t):abs():mean() end, {base = "mae"}) end
  local sum = three(2) + 0.5 * two(3) + 0.1 * penalty.l2{weight = 1} + two(1) * 4
  collectgarbage() collectgarbage()
  local mse, mae = loss.mse():value(net, x, y), loss.mae():value(net, x, y)
  local jacobian, l2 = penalty.jacobian():value(net, x, y), penalty.l2():value(net, x, y)
  local expected = 2 * mse + jacobian + 5.5 * mae + 0.1 * l2
  near(sum:value(net, x, y), expected, 1e-12)
  near((sum + sum):value(net, x, y), 2 * expected, 1e-12)
  local _, gradients = sum:gradients(net, x, y)
  local _, wanted = (2 * loss.mse() + 5.5 * loss.mae() + penalty.jacobian() + 0.1 * penalty.l2()):gradients(net, x, y)
  compare(gradients, wanted, "a sum of losses in Lua")
  local same = three(1)
  near((same + same):value(net, x, y), 2 * same:value(net, x, y), 1e-12)
  assert(tostring(sum):find("loss.custom(base mse) + 0.5 * loss.custom(base mae)", 1, true), tostring(sum))
  raises("penalty_spec.lua:%d+: mine", (two(1) + loss.custom(function() error("mine") end)).value,
    two(1) + loss.custom(function() error("mine") end), net, x, y)
  if debug then  -- what a loss holds cannot be confused with something else
    local broken = two(1) + three(1)
    for _, held in ipairs{1, {}, {print}, {print, 1}} do
      debug.setuservalue(broken, held, 1)
      raises("must be a lai.Loss", function() broken:value(net, x, y) end)
      raises("must be a lai.Loss", function() (broken + two(1)):value(net, x, y) end)
    end
  end
  local data = lai.dataset(x, y)
  local trained = lai.train{model = net, data = data, epochs = 2, loss = sum, batch = 3}
  -- side by side, and as the loss of pre-training
  local options = {model = net, data = data, epochs = 2, pretrain = 1, loss = sum, pretrain_loss = two(2), batch = 3}
  local alone = lai.train(options).model
  local runs = lai.train_all({options, options, options}, {workers = 2})
  for _, run in ipairs(runs) do assert((run.model(x) - alone(x)):abs():max():item() == 0) end
  options.loss, options.pretrain_loss = loss.mse(), two(2)
  local alone = lai.train(options).model
  for _, run in ipairs(lai.train_all({options, options, options}, {workers = 3})) do
    assert(run.outcome == "finished" and (run.model(x) - alone(x)):abs():max():item() == 0)
  end
  assert(#trained.history == 2 and trained.history[1].lai_count == 2)
end

-- What losses are not added to or multiplied with.
local mse, custom = loss.mse(), loss.custom(print)
for _, other in ipairs{1, "1", {}, print, lai.adam(), nets[1]} do
  raises("add: losses and penalties add to each other, as in lai.loss.mse%(%) %+ lai.penalty.l2{} %(got a lai.Loss %+ ",
    function() return mse + other end)
  raises("%+ a lai.Loss%)$", function() return other + custom end)
end
raises("mul: a number scales a loss, as in 0.1 %* lai.penalty.l2{}, and two losses add %(got a lai.Loss %* a lai.Loss%)",
  function() return mse * custom end)
raises("%(got 'x' %* a lai.Loss%)", function() return "x" * mse end)
raises("lai.Tensor", function() return lai.ones(1) * mse end)
for _, factor in ipairs{-1, 0 / 0, 1 / 0, -1 / 0} do
  raises("mul: the factor of a loss must be >= 0 and finite %(got", function() return factor * mse end)
end
raises("mul: the weight of a loss's term must be finite %(got inf%)", function() return 1e300 * (1e300 * mse) end)
for _, f in ipairs{function() return mse ^ 2 end, function() return mse % 2 end, function() return mse // 2 end} do
  raises("arithmetic on a lai.Loss", f)
end

-- Options out of range and of other kinds.
local function refuses(pattern, f, options) raises(pattern, f, options) end
refuses("loss.huber: delta must be a number > 0 and finite %(got 0%)", loss.huber, {delta = 0})
refuses("loss.huber: delta must be .* %(got '1'%)", loss.huber, {delta = "1"})
refuses("loss.huber: unknown option 'dleta' %(did you mean 'delta'%?%)", loss.huber, {dleta = 1})
refuses("loss.logcosh: takes no arguments", loss.logcosh, {q = 1})
for _, q in ipairs{0, 1, 0 / 0, -0.5} do
  refuses("loss.quantile: q must be a number > 0 and < 1 %(got", loss.quantile, {q = q})
end
for name, f in pairs(penalty) do
  for _, weight in ipairs{-1, 0 / 0, 1 / 0, "1", true} do
    refuses("penalty." .. name .. ": weight must be a number >= 0 and finite %(got", f, {weight = weight})
  end
  refuses("penalty." .. name .. ": unknown option 'wieght' %(did you mean 'weight'%?%)", f, {wieght = 1})
  refuses("penalty." .. name .. ": options must be a table of options %(got 1%)", f, 1)
end
refuses("penalty.jacobian: power must be 1 or 2 %(got 3%)", penalty.jacobian, {power = 3})
refuses("power must be 1 or 2 %(got 1.5%)", penalty.jacobian, {power = 1.5})
refuses("at must be 'data' or 'interpolated' %(got 'row'%)", penalty.jacobian, {at = "row"})
refuses("projections must be a whole number from 1 to 10000 %(got 0%)", penalty.jacobian, {projections = 0})
refuses("projections must be a whole number from 1 to 10000 %(got 1000000000%)", penalty.jacobian, {projections = 1e9})
for _, f in ipairs{penalty.jacobian, penalty.double_backprop, penalty.input_gradient, penalty.sobolev} do
  refuses("features must be a list of feature names, or numbers > 0 by name %(got a table%)", f, {features = {}})
  assert(tostring(f{features = "X1"}) == tostring(f{features = {"X1"}}))
  refuses("features%[2%] must be a string %(got 2%)", f, {features = {"X1", 2}})
  refuses("features.X1 must be > 0 %(got 0%)", f, {features = {X1 = 0}})
  refuses("features.X1 must be > 0 %(got nan%)", f, {features = {X1 = 0 / 0}})
  refuses("features.X1 must be a number > 0 or false %(got true%)", f, {features = {X1 = true}})
  raises("unknown feature 'Y1'", function()
    return (mse + f{features = {"Y1"}}):value(nets[1], x, targets[1], {slopes = x})
  end)
  raises("features must be a list of 3 entries", function()
    return (mse + f{features = {1, 2}}):value(nets[1], x, targets[1], {slopes = x})
  end)
end
refuses("norm must be 'l2', 'l1' or 'linf' %(got 'l3'%)", penalty.input_gradient, {norm = "l3"})
refuses("squared must be true or false %(got 1%)", penalty.input_gradient, {squared = 1})
refuses("steps must be a number > 0 and finite %(got 0%)", penalty.input_gradient, {steps = 0})
refuses("mix must be a number between 0 and 1 %(got 2%)", penalty.elastic, {mix = 2})
refuses("biases must be true or false", penalty.l2, {biases = 1})
refuses("targets must be a lai.Tensor or a nested table of numbers %(got 3%)", penalty.sobolev, {targets = 3})

-- Penalties alone have a value, but nothing that training could fit.
local small = lai.mlp{inputs = 3, hidden = {4}}
local data = lai.dataset(x, targets[1])
for _, alone in ipairs{penalty.l2(), penalty.jacobian() + penalty.l1(), 0.5 * penalty.sobolev{targets = lai.zeros(6, 3)}} do
  assert(alone:value(small, data) > 0)
  raises("train: loss must be .* penalties .* %(got .*penalty%.", lai.train, {model = small, data = data, loss = alone})
  raises("train: pretrain_loss must be", lai.train, {model = small, data = data, pretrain_loss = alone})
  raises("train_all: %[1%].loss must be", lai.train_all, {{model = small, data = data, loss = alone}})
end
-- a row's loss is one of residuals
for _, f in ipairs{penalty.double_backprop, penalty.input_gradient} do
  raises("mse", function() return f():value(small, data) end)
end

-- What pre-training and the batches that are not chosen minimise.
do
  local function weights(options)
    options.model, options.data, options.batch, options.epochs = small, data, 3, options.epochs or 0
    return lai.train(options).model:weights()[1]
  end
  local function same(a, b) return (a - b):abs():max():item() == 0 end
  local huber, jacobian = loss.huber{delta = 0.2}, 0.3 * penalty.jacobian()
  -- the loss without its terms of slopes, unless another is given
  assert(same(weights{loss = huber + jacobian, pretrain = 3}, weights{loss = huber, pretrain = 3}))
  assert(same(weights{loss = loss.lai{base = huber, lambda = 1}, pretrain = 3}, weights{loss = huber, pretrain = 3}))
  local l2 = penalty.l2{weight = 0.1}
  assert(same(weights{loss = huber + jacobian + l2, pretrain = 3}, weights{loss = huber + l2, pretrain = 3}))
  assert(not same(weights{loss = huber + l2, pretrain = 3}, weights{loss = huber, pretrain = 3}))
  assert(same(weights{loss = huber + jacobian, pretrain_loss = loss.mae(), pretrain = 3}, weights{loss = loss.mae(), pretrain = 3}))
  assert(same(weights{loss = loss.mse(), pretrain_loss = huber + jacobian, pretrain = 3, epochs = 0},
    weights{loss = huber + jacobian, epochs = 3}))
  -- alpha is 1 without a Lai loss, 0.01 with one
  assert(same(weights{loss = mse + jacobian, epochs = 3}, weights{loss = mse + jacobian, epochs = 3, alpha = 1}))
  assert(not same(weights{loss = mse + jacobian, epochs = 3}, weights{loss = mse, epochs = 3}))
  local lai_loss = loss.lai{lambda = 0.1} + jacobian
  assert(same(weights{loss = lai_loss, epochs = 3}, weights{loss = lai_loss, epochs = 3, alpha = 0.01}))
  assert(same(weights{loss = lai_loss, epochs = 3, alpha = 0}, weights{loss = mse, epochs = 3}))
  assert(not same(weights{loss = mse + jacobian, epochs = 3, sample = "points", alpha = 0.5}, weights{loss = mse, epochs = 3}))
  raises("pretrain_loss must be a lai.Loss.*%(got 3%)", weights, {pretrain_loss = 3})
end

-- Numbers that are not finite, and options that can have no effect, are refused by name.
do
  local net, y = nets[1], targets[1]
  local sobolev, jacobian = loss.mse() + penalty.sobolev(), penalty.jacobian()
  for _, bad in ipairs{0/0, 1/0, -1/0} do
    local slopes, mask = lai.zeros(6, 3), lai.ones(6, 4)
    slopes:set_(2, 3, bad)
    mask:set_(6, 4, bad)
    raises("value: slopes must be finite in float64 %(got " .. (bad ~= bad and "nan" or bad < 0 and "%-inf" or "inf"),
      sobolev.value, sobolev, net, x, y, {slopes = slopes})
    raises("gradients: masks%[2%] must be finite in float64", sobolev.gradients, sobolev, net, x, y,
      {slopes = lai.zeros(6, 3), masks = {lai.ones(6, 5), mask}})
  end
  raises("gradients: masks%[1%] must be finite in float32", jacobian.gradients, jacobian, small, x:to("float32"),
    y:to("float32"), {masks = {lai.full({6, 4}, 1e300, {dtype = "float64"})}})
  refuses("mix must be left out unless norm is 'elastic' %(got 0.25%)", loss.lai, {lambda = 1, mix = 0.25})
  refuses("mix must be left out", loss.lai, {lambda = 1, mix = 1, norm = "l1"})
  loss.lai{lambda = 1, mix = 0.5, norm = "l2"}
  loss.lai{lambda = 1, mix = 0.25, norm = "elastic"}
  refuses("features%[3%] must be another feature %(got 'X1' again%)", penalty.jacobian, {features = {"X1", "X2", "X1"}})
  local function train(options)
    options.model, options.data, options.epochs = small, data, 1
    return lai.train(options)
  end
  raises("train: pretrain_loss must be left out when pretrain is 0 and alpha is 1", train, {pretrain_loss = loss.mae()})
  raises("train: loss must be a loss with a term whose weight is > 0 %(got 0 %* loss.mse%(%)%)", train, {loss = 0 * loss.mse()})
  train{loss = loss.mse() + 0 * jacobian}
  train{loss = loss.mse(), pretrain_loss = loss.mae(), alpha = 0.5}
  raises("train: steps must be >= .*, a share of 1e%-08 of the largest |X%d|, or left out", train, {loss = loss.mse() + penalty.input_gradient{steps = 1e-12}})
end

-- A run's table names what the chosen batches took.
for _, case in ipairs{{mse + penalty.jacobian(), "whole loss"}, {loss.lai{lambda = 1}, "Lai loss"}} do
  local text = tostring(lai.train{model = small, data = data, epochs = 1, alpha = 1, loss = case[1]})
  assert(text:find("base loss%s+" .. case[2]), text)
end

-- Finite differences in single precision have the same bits for any number of workers.
do
  local rows = lai.synthetic.friedman1{n = 300, seed = 1}
  local options = {model = lai.mlp{inputs = 10, hidden = {6}, seed = 1}, data = rows, epochs = 2, batch = 256,
    dropout = 0.1, loss = mse + penalty.input_gradient{steps = 0.01}}
  local alone = lai.train(options).model:weights()[1]
  for _, run in ipairs(lai.train_all({options, options, options}, {workers = 2})) do
    assert((run.model:weights()[1] - alone):abs():max():item() == 0)
  end
end

-- Losses are divided by numbers, and have no sign.
do
  assert(tostring(loss.mse() / 2) == "0.5 * loss.mse()")
  assert(tostring((loss.mse() + penalty.l2()) / 4) == "0.25 * (loss.mse() + penalty.l2())")
  local custom = loss.custom(function(prediction, target) return (prediction - target):abs():mean() end) / 2
  near(custom:value(nets[1], x, targets[1]), loss.mae():value(nets[1], x, targets[1]) / 2, 1e-12)
  for _, divisor in ipairs{0, -1, 0/0, 1/0, 1e-320} do
    raises("the divisor of a loss must be > 0 and finite %(got", function() return loss.mse() / divisor end)
  end
  raises("div: a number divides a loss, as in lai.loss.mse%(%) / 2 %(got 2 / a lai.Loss%)", function() return 2 / loss.mse() end)
  raises("a number divides a loss", function() return loss.mse() / loss.mae() end)
  raises("neg: losses add with weights >= 0, as in .* %(got %- a lai.Loss%)", function() return -loss.mse() end)
  raises("sub: losses add with weights >= 0, as in .* %(got a lai.Loss %- a lai.Loss%)", function() return loss.mse() - penalty.l2() end)
end

-- PyTorch's values through the options that scripts give.
local file = assert(io.open(GOLDEN_METHODS))
local golden = lai.json.decode(file:read("a"))
file:close()
local function residual(base)
  local options = {}
  for name, value in pairs(base) do if name ~= "name" then options[name] = value end end
  return loss[base.name](next(options) and options)
end
local function term(t)
  if t.kind == "penalty" then return penalty[t.name](t.options) end
  if t.kind == "lai" then
    if t.options.base then t.options.base = residual(t.options.base) end
    return loss.lai(t.options)
  end
  return loss[t.name](next(t.options) and t.options)
end
local problems, count = {}, 0
for name, p in pairs(golden.problems) do
  local net = lai.mlp{inputs = p.sizes[1], hidden = {table.unpack(p.sizes, 2, #p.sizes - 1)},
    outputs = p.sizes[#p.sizes], activation = p.activation, dtype = "float64"}
  local weights, biases = {}, {}
  for layer, w in ipairs(p.weights) do
    weights[layer], biases[layer] = lai.tensor(w, {dtype = "float64"}), lai.tensor(p.biases[layer], {dtype = "float64"})
  end
  problems[name] = {net:set_weights(weights):set_biases(biases), lai.tensor(p.x, {dtype = "float64"}),
    lai.tensor(p.y, {dtype = "float64"})}
end
for number, case in ipairs(golden.cases) do
  if not case.interpolates then
    local net, x, y = table.unpack(problems[case.problem])
    if case.adversarial then x = lai.tensor(case.adversarial.x, {dtype = "float64"}) end
    local objective
    for _, t in ipairs(case.terms) do
      local scaled = t.weight == 1 and term(t) or t.weight * term(t)
      objective = objective and objective + scaled or scaled
    end
    local got, gradients = objective:gradients(net, x, y, {slopes = case.slopes, masks = case.masks})
    near(got, case.value, 1e-9)
    local wanted = {weights = {}, biases = {}}
    for layer, w in ipairs(case.weight_gradients) do
      wanted.weights[layer] = lai.tensor(w, {dtype = "float64"})
      wanted.biases[layer] = lai.tensor(case.bias_gradients[layer], {dtype = "float64"})
    end
    compare(gradients, wanted, ("case %d, %s"):format(number, objective))
    count = count + 1
  end
end
assert(count == 242, count)

-- Sums that double without end, slopes of another shape, noise that float32 cannot hold.
raises("a sum of losses must be of 1000 terms or fewer", function()
  local sum = loss.mse()
  for _ = 1, 40 do sum = sum + sum end
end)

-- A factor multiplies the value and the gradients of a sum, also of penalties of the loss's slopes.
do
  local net = lai.mlp{inputs = 2, hidden = {4}, dtype = "float64"}
  local x, y = lai.randn(5, 2, {dtype = "float64"}), lai.randn(5, 1, {dtype = "float64"})
  for _, p in ipairs{penalty.double_backprop{weight = 0.3}, penalty.input_gradient{},
      penalty.input_gradient{squared = true, norm = "l1"}, penalty.input_gradient{steps = 0.1},
      penalty.jacobian(), loss.lai{lambda = 0.1}} do
    for _, sum in ipairs{loss.mse() + p, 2 * loss.mse() + 0.5 * p, 3 * (loss.mse() + p) + loss.mae()} do
      local value, gradients = sum:gradients(net, x, y)
      local thrice, scaled = (3 * sum):gradients(net, x, y)
      near(thrice, 3 * value, 1e-12)
      near(scaled.weights[1]:norm():item(), 3 * gradients.weights[1]:norm():item(), 1e-10)
      near((0 * sum):value(net, x, y), 0, 1e-12)
    end
  end
  -- ℓ is the loss that stands beside the penalty.
  local p = penalty.double_backprop()
  near((2 * loss.mse() + p):value(net, x, y) - 2 * loss.mse():value(net, x, y),
    4 * ((loss.mse() + p):value(net, x, y) - loss.mse():value(net, x, y)), 1e-10)
  assert(tostring(2 * (loss.mse() + 0.1 * p)) == "2 * (loss.mse() + 0.1 * penalty.double_backprop())")
end
raises("features must be a number > 0 for some feature %(got false for all%)", function()
  return (loss.mse() + penalty.jacobian{features = {false, false}}):value(
    lai.mlp{inputs = 2, hidden = {3}}, {{1, 2}}, {1})
end)
