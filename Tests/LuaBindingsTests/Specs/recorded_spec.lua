-- Every function given a tensor of a derivative being taken carries the derivative on, raises an
-- error, or returns a constant that is documented as one: never a silent 0. RECORDS are the names
-- of all of lai's functions, methods, properties and metamethods; the value is true for those that
-- accept a tensor or something that may contain one. Each of these must be in one of the four
-- tables below, or this spec fails: add a new one with a small call. x is a 3x3 tensor of float64
-- between 0.2 and 0.9.
local D = {dtype = "float64"}
local x0 = lai.tensor({{0.31, 0.72, 0.55}, {0.84, 0.27, 0.43}, {0.66, 0.39, 0.78}}, D)

-- carries: the result has the derivative that finite differences give, and not 0.
-- raises: an error that says so, for a tensor that is not detached.
-- refuses: accepts no tensor there, recorded or not; the error names the function.
-- constant: returns numbers or texts, or is piecewise constant.
local carries, raises, refuses, constant = {}, {}, {}, {}

-- The operations' records say which are constant.
for name, isConstant in pairs(OPERATIONS.unary) do
  (isConstant and constant or carries)["Tensor:" .. name] = function(x) return x[name](x) end
end
for name, isConstant in pairs(OPERATIONS.reductions) do
  (isConstant and constant or carries)["Tensor:" .. name] = function(x)
    return {x[name](x), x[name](x, 2)}
  end
end
for name, isConstant in pairs(OPERATIONS.binary) do
  (isConstant and constant or carries)["Tensor:" .. name] = function(x)
    return {x[name](x, x:t() + 0.05), x[name](x, 0.5), x0[name](x0, x + 0.01)}
  end
end

local function square(x) return x:matmul(x:t()) + lai.eye(3, D) end
local function cube(x) return (x ^ 3):sum() end
local function data(x) return lai.dataset(x, x:select(2, 1)) end
local function scaler() return lai.standardize(lai.dataset(x0)) end
local net = lai.mlp{inputs = 3, hidden = {4}, dtype = "float64"}
local scaled = lai.mlp{inputs = 3, hidden = {4}, dtype = "float64"}:set_scaler(
  lai.scaler{center = {0.1, 0.2, 0.3}, scale = {1, 2, 3}, target = {center = 4, scale = 5}})
local losses = {lai.loss.lai{lambda = {0.2, 0.9, false}}, lai.loss.lai{base = "mae", lambda = 0.4}}
local path = os.tmpname()

-- Tensors.
carries["Tensor.__add"] = function(x) return {x + x0, 1 + x} end
carries["Tensor.__sub"] = function(x) return {x0 - x, 1 - x} end
carries["Tensor.__mul"] = function(x) return {x * x0, 2 * x} end
carries["Tensor.__div"] = function(x) return {x0 / x, 1 / x} end
carries["Tensor.__pow"] = function(x) return {x ^ 2, 2 ^ x, x ^ x} end
carries["Tensor.__unm"] = function(x) return -x end
constant["Tensor.__band"] = function(x) return {x:gt(0.5) & x0:gt(0.4), x:gt(0.5) & 1} end
constant["Tensor.__bor"] = function(x) return x:gt(0.5) | x0:gt(0.4) end
constant["Tensor.__bxor"] = function(x) return x:gt(0.5) ~ x0:gt(0.4) end
constant["Tensor.__bnot"] = function(x) return ~x:gt(0.5) end
carries["Tensor:quantile"] = function(x)
  return {x:quantile(0.3), x:quantile({0.1, 0.9}, 1), x:quantile(1, {1, 2}, {keepdims = true})}
end
raises["Tensor:histogram"] = function(x) x:histogram{bins = 2} end
raises["Tensor:unique"] = function(x) x:unique() end
carries["Tensor[]"] = function(x) return {x[2], x[{{1, 2}, {1, 3, 2}}]} end
carries["Tensor:matmul"] = function(x) return {x:matmul(x0), x0:matmul(x)} end
carries["Tensor:dot"] = function(x) return x[1]:dot(x[2]) end
carries["Tensor:outer"] = function(x) return x[1]:outer(x[2]) end
carries["Tensor:clamp"] = function(x) return x:clamp(0.3, 0.7) end
carries["Tensor:where"] = function(x) return {x0:gt(0.5):where(x, 2), x0:gt(0.5):where(2, x)} end
carries["Tensor:t"] = function(x) return x:t() end
carries["Tensor:transpose"] = function(x) return x:transpose(1, 2) end
carries["Tensor:permute"] = function(x) return x:permute{2, 1} end
carries["Tensor:diag"] = function(x) return {x:diag(), x[1]:diag()} end
carries["Tensor:reshape"] = function(x) return {x:reshape{9}, x:t():reshape{9}} end
carries["Tensor:expand"] = function(x) return x:expand{2, 3, 3} end
carries["Tensor:squeeze"] = function(x) return x[{{1, 1}}]:squeeze() end
carries["Tensor:unsqueeze"] = function(x) return x:unsqueeze(1) end
carries["Tensor:select"] = function(x) return x:select(1, 2) end
carries["Tensor:narrow"] = function(x) return x:narrow(2, 2, 2) end
carries["Tensor:index"] = function(x) return x:index(1, {3, 1, 3}) end
carries["Tensor:gather"] = function(x) return x:gather(1, {{1, 2, 3}, {3, 3, 1}}) end
carries["Tensor:masked"] = function(x) return {x:masked(x0:gt(0.5)), x:masked(x:gt(0.5))} end
carries["Tensor:cumsum"] = function(x) return x:cumsum(1) end
carries["Tensor:sort"] = function(x) return {(x:sort(2))} end
carries["Tensor:topk"] = function(x) return {(x:topk(2, 1))} end
carries["Tensor:flip"] = function(x) return x:flip(1) end
carries["Tensor:tril"] = function(x) return x:tril() end
carries["Tensor:triu"] = function(x) return x:triu() end
carries["Tensor:clone"] = function(x) return x:clone() end
carries["Tensor:to"] = function(x) return x:to("float32"):to("float64") * x end
carries["Tensor:copy_"] = function(x) return lai.zeros(3, 3, D):copy_(x) end
refuses["Tensor:fill_"] = function(x) lai.zeros(2):fill_(x:sum()) end
refuses["Tensor:set_"] = function(x) lai.zeros(2):set_(1, x:sum()) end
constant["Tensor:detach"] = function(x) return x:detach() end
constant["Tensor:item"] = function(x) return x:sum():item() end
constant["Tensor:get"] = function(x) return x:get(1, 2) end
constant["Tensor:totable"] = function(x) return x:totable() end
constant["Tensor.shape"] = function(x) return x.shape end
constant["Tensor.dtype"] = function(x) return x.dtype end
constant["Tensor.__len"] = function(x) return #x end
constant["Tensor.__tostring"] = function(x) return tostring(x) end

carries["tensor"] = function(x) return lai.tensor(x, D) end
carries["cat"] = function(x) return lai.cat({x, x0, x}, 2) end
carries["stack"] = function(x) return lai.stack{x0, x} end
refuses["full"] = function(x) lai.full({2}, x:sum()) end
refuses["zeros"] = function(x) lai.zeros(x) end
refuses["ones"] = function(x) lai.ones(x) end
refuses["rand"] = function(x) lai.rand(x) end
refuses["randn"] = function(x) lai.randn(x) end
raises["save"] = function(x) lai.save(path .. ".npz", {x = x}) end

-- Derivatives of derivatives.
carries["grad"] = function(x) return lai.grad(cube)(x) end
carries["value_and_grad"] = function(x) return {lai.value_and_grad(cube)(x)} end
carries["vjp"] = function(x) return {lai.vjp(function(x) return x * x end)(x, x)} end
carries["jvp"] = function(x) return {lai.jvp(function(x) return x * x end)(x, x)} end
carries["jacobian"] = function(x) return lai.jacobian(function(x) return x:square() end)(x) end
carries["hessian"] = function(x) return lai.hessian(cube)(x) end
constant["gradcheck"] = function(x) return lai.gradcheck(cube, x) end

-- Linear algebra.
local linalg = lai.linalg
carries["linalg.solve"] = function(x) return linalg.solve(square(x), x) end
carries["linalg.solve_triangular"] = function(x) return linalg.solve_triangular(x, x) end
carries["linalg.lstsq"] = function(x)
  local solution, residuals, _, values = linalg.lstsq(x:narrow(2, 1, 2), x[1])
  return {solution, residuals, values}
end
carries["linalg.inv"] = function(x) return linalg.inv(square(x)) end
carries["linalg.pinv"] = function(x) return linalg.pinv(x:narrow(2, 1, 2)) end
carries["linalg.cholesky"] = function(x) return linalg.cholesky(square(x)) end
carries["linalg.qr"] = function(x) return {linalg.qr(x)} end
carries["linalg.det"] = function(x) return linalg.det(x) end
carries["linalg.slogdet"] = function(x) return {select(2, linalg.slogdet(x))} end
carries["linalg.svd"] = function(x) return {linalg.svd(x)} end
carries["linalg.svdvals"] = function(x) return linalg.svdvals(x) end
carries["linalg.eigh"] = function(x) return {linalg.eigh(square(x))} end
carries["linalg.eigvalsh"] = function(x) return linalg.eigvalsh(square(x)) end
constant["linalg.matrix_rank"] = function(x) return linalg.matrix_rank(x) end

-- Networks and losses.
carries["MLP.__call"] = function(x) return net(x) end
carries["MLP:input_gradient"] = function(x)
  return {net:input_gradient(x), scaled:input_gradient(x, {units = "original"})}
end
carries["MLP:apply"] = function(x)
  local p = net:parameters()
  p.weights[1] = p.weights[1] * x:sum()
  return {net:apply(net:parameters(), x), net:apply(p, x0)}
end
raises["MLP:set_weights"] = function(x)
  local weights = net:weights()
  weights[1] = weights[1] * x[1]
  net:clone():set_weights(weights)
end
raises["MLP:set_biases"] = function(x)
  local biases = net:biases()
  biases[2] = x[1][{{1, 1}}]
  net:clone():set_biases(biases)
end
carries["Loss:factor"] = function(x)
  return {losses[1]:factor(x), losses[2]:factor(x - 0.5), losses[2]:factor(x[1][1])}
end
raises["Loss:value"] = function(x) losses[1]:value(net, x0, x[1]) end
raises["Loss:gradients"] = function(x) losses[1]:gradients(net, x, x0[1]) end
refuses["loss.lai"] = function(x) lai.loss.lai{lambda = x[1]} end
refuses["lambdas"] = function(x) lai.lambdas(lai.dataset(x0), x[1]) end
raises["penalty.sobolev"] = function(x) lai.penalty.sobolev{targets = x} end
for _, name in ipairs{"jacobian", "double_backprop", "input_gradient"} do
  refuses["penalty." .. name] = function(x) lai.penalty[name]{features = x[1]} end
end
constant["loss.custom"] = function(x) lai.loss.custom(function() return x:sum() end) end
for name, probe in pairs(lai.probe) do raises["probe." .. name] = function(x) probe(net, x) end end
raises["probe.permutation"] = function(x) lai.probe.permutation(net, lai.dataset(x, x0[1])) end
raises["probe.partial_dependence"] = function(x)
  lai.probe.partial_dependence(net, x, {feature = 1})
end
refuses["ProbeResult:compare"] = function(x) lai.probe.noise(net, x0):compare{lai = x} end

-- Data.
carries["dataset"] = function(x) local d = data(x) return {d.x, d.y} end
carries["Dataset.x"] = function(x) return data(x).x end
carries["Dataset.y"] = function(x) return data(x).y end
carries["Dataset.slopes"] = function(x) return lai.dataset(x0, x0[1], {slopes = x * 2}).slopes end
carries["Dataset:split"] = function(x)
  local a, b = data(x):split{validation = 0.4}
  return {a.x, a.y, b.x, b.y}
end
for _, name in ipairs{"head", "tail"} do
  carries["Dataset:" .. name] = function(x) local d = data(x) return d[name](d, 2).x end
end
carries["Dataset:column"] = function(x) return data(x):column("X2") end
carries["Dataset:select"] = function(x) return data(x):select{"X3", "X1"}.x end
carries["Dataset:drop"] = function(x) return data(x):drop("X1").x end
carries["Dataset:with"] = function(x) return {data(x):with{new = x0[1]}.x, lai.dataset(x0):with{new = x[1]}.x} end
carries["Dataset:rows"] = function(x) return data(x):rows(2, 3).x end
carries["Dataset:sort"] = function(x) return data(x):sort("X1", {descending = true}).x end
carries["Dataset:concat"] = function(x) return data(x):concat(data(x)).x end
carries["Dataset:where"] = function(x) return data(x):where{1, 0, 1}.x end
carries["Dataset:folds"] = function(x)
  local parts = {}
  for train, valid in data(x):folds{k = 3} do parts[#parts + 1], parts[#parts + 2] = train.x, valid.x end
  return parts
end
for _, name in ipairs{"describe", "correlations"} do
  raises["Dataset:" .. name] = function(x) local d = data(x) return d[name](d) end
end
raises["Dataset:value_counts"] = function(x) return data(x):value_counts("X1") end
carries["Folds.__call"] = function(x) return data(x):folds{k = 3}().x end
constant["Folds.__len"] = function(x) return #data(x):folds{k = 3} end
constant["Folds.__tostring"] = function(x) return tostring(data(x):folds{k = 3}) end
-- Their data are none of a derivative being taken.
local summaries = {DataSummary = lai.dataset(x0):describe(), Correlations = lai.dataset(x0):correlations()}
for class, summary in pairs(summaries) do
  constant[class .. ".columns"] = function() return summary.columns.X1 end
  constant[class .. ".__tostring"] = function() return tostring(summary) end
  constant[class .. ".__html"] = function() return debug.getmetatable(summary).__html(summary) end
end
-- Pictures are of numbers that are known.
raises.plot = function(x) lai.plot(x[1]) end
raises["Dataset:plot"] = function(x) data(x):plot() end
raises["MLP:slice_plot"] = function(x) net:slice_plot(x, "X1") end
local line = lai.synthetic.line{n = 5}
raises.landscape = function(x)
  lai.landscape{loss = lai.loss.mse(), data = lai.dataset(x:select(2, 1):unsqueeze(2), x:select(2, 2)), points = 3}
end
local picture = lai.plot{1, 2}
constant["Chart.__tostring"] = function() return tostring(picture) end
constant["Chart.__svg"] = function() return debug.getmetatable(picture).__svg(picture) end
local landscape = lai.landscape{loss = lai.loss.mse(), data = line, points = 3}
for _, name in ipairs{"slopes", "intercepts", "values", "minimum"} do
  constant["Landscape." .. name] = function() return landscape[name] end
end
constant["Landscape:plot"] = function() return landscape:plot() end
for _, name in ipairs{"text", "svg"} do constant["Chart:" .. name] = function() return picture[name](picture) end end
constant["Chart:save"] = function()
  picture:save(path .. ".svg")
  os.remove(path .. ".svg")
end
constant["Landscape.__tostring"] = function() return tostring(landscape) end
local counts = lai.dataset(x0):value_counts("X1")
for _, name in ipairs{"name", "values", "counts", "missing"} do
  constant["ValueCounts." .. name] = function() return counts[name] end
end
constant["ValueCounts.__len"] = function() return #counts end
constant["ValueCounts.__tostring"] = function() return tostring(counts) end
constant["ValueCounts.__html"] = function() return debug.getmetatable(counts).__html(counts) end
constant["Correlations.names"] = function() return summaries.Correlations.names end
-- Only the names of the columns matter.
constant["csv"] = function(x)
  local file = path .. ".csv"
  local out = io.open(file, "w")
  out:write("a,b\n1,2\n"):close()
  local d = lai.csv(file, {like = lai.dataset(x:narrow(2, 1, 2), nil, {features = {"b", "a"}})})
  os.remove(file)
  return d.x
end
constant["Dataset.ids"] = function(x) return data(x).ids end
constant["Dataset.__html"] = function(x) local d = data(x) return debug.getmetatable(d).__html(d) end
constant["Dataset.features"] = function(x) return data(x).features end
constant["Dataset.target"] = function(x) return data(x).target end
constant["Dataset.report"] = function(x) return data(x).report end
constant["Dataset.__len"] = function(x) return #data(x) end
constant["Dataset.__tostring"] = function(x) return tostring(data(x)) end
raises["standardize"] = function(x) lai.standardize(data(x)) end
carries["Scaler.__call"] = function(x)
  return {scaler()(x), scaler()(x[1]), scaler()(data(x)).x}
end
carries["Scaler:inverse"] = function(x) return {scaler():inverse(x), scaler():inverse(scaler()(data(x))).x} end
raises["minmax"] = function(x) lai.minmax(data(x), {target = true}) end
refuses["scaler"] = function(x) lai.scaler{center = {1}, scale = {2}, target = x} end
carries["Scaler:inverse_target"] = function(x) return scaled.scaler:inverse_target(x:select(2, 1):unsqueeze(2)) end
carries["MLP:predict"] = function(x) return {scaled:predict(x), scaled:predict(x[1]), scaled:predict(data(x))} end
raises["MLP:evaluate"] = function(x) scaled:evaluate(data(x)) end

-- Training.
for name in pairs(lai.optim) do
  carries["optim." .. name] = function(x) return lai.optim[name]({x * 2}).parameters end
end
raises["ScriptOptimizer:step"] = function(x) lai.optim.sgd(lai.ones(3, 3)):step(x) end
carries["ScriptOptimizer.parameters"] = function(x) return lai.optim.sgd(x).parameters end
constant["ScriptOptimizer:scale_rate"] = function(x) lai.optim.sgd(x):scale_rate(0.5) end
constant["ScriptOptimizer.__tostring"] = function(x) return tostring(lai.optim.sgd(x)) end
raises["train"] = function(x) lai.train{model = net, data = data(x), epochs = 1} end
raises["resume"] = function(x)
  local run = lai.train{model = net, data = data(x0), epochs = 1}
  lai.resume(run, {data = data(x), epochs = 2})
end
raises["sweep"] = function(x)
  lai.sweep{data = data(x), seeds = 1, base = {hidden = {2}, epochs = 1}}
end
raises["tune"] = function(x)
  lai.tune{data = data(lai.cat({x, x, x, x, x, x}, 1)), minimise = "noise.X1", levers = false,
           subject = {rmse = "+500%"}, base = {hidden = {2}, epochs = 1}}
end
local sweep = lai.sweep{data = data(x0), seeds = 1, base = {hidden = {2}, epochs = 1}}
refuses["Sweep:front"] = function(x) sweep:front("rmse", x) end
local store = lai.store(path .. ".db")
refuses["Store:trials"] = function(x) store:trials(x) end
refuses["Store:delete"] = function(x) store:delete(x) end
raises["train_all"] = function(x) lai.train_all{{model = net, data = data(x), epochs = 1}} end

-- Texts.
constant["show"] = function(x)
  local before, shown = print
  print = function(text) shown = text end
  lai.show(x)
  print = before
  return shown
end
refuses["json.encode"] = function(x) lai.json.encode{x} end
refuses["args"] = function(x) lai.args{x = x} end

-- Further calls of functions that are in the tables.
local more = {
  {raises, "Loss:gradients", function(x)
    lai.loss.custom(function(p) return (p - x[1]:unsqueeze(2)):square():mean() end):gradients(net, x0, x0[1])
  end},
  {raises, "ScriptOptimizer:step", function(x) lai.optim.adam(x * 1):step(lai.ones(3, 3)) end},
  {raises, "ScriptOptimizer:step", function(x) lai.optim.lbfgs(x * 1):step(cube) end},
  {raises, "train", function(x)
    lai.train{step = function(p) return p:sum() end, parameters = x, data = data(x0), epochs = 1}
  end},
  {raises, "train", function(x)
    local step = function(p, rows) return (rows:sum() * p - x:sum()):square():sum() end
    lai.train{step = step, parameters = lai.ones(1, D), data = data(x0), epochs = 1}
  end},
  {raises, "train", function(x)
    lai.train{model = net, data = data(x0), validation = data(x), epochs = 1}
  end},
  {raises, "ScriptOptimizer:step", function(x)
    lai.optim.lbfgs(lai.ones(3, 3)):step(function(w) return (w - x):square():sum() end)
  end},
  {raises, "Tensor:copy_", function(x)
    local whole = lai.zeros(2, 3, D)
    whole[1]:copy_(x[1])
    return whole
  end},
  {raises, "Tensor:copy_", function(x)
    local a = lai.zeros(3, 3, D)
    local b = a:t()
    a:copy_(x)
    return b
  end},
  {raises, "save", function(x) lai.save(path .. ".npy", x) end},
  {raises, "save", function(x) lai.save(path .. ".safetensors", {x}) end},
  {raises, "Loss:value", function(x) lai.loss.mse():value(net, x, x0[1]) end},
  {raises, "Loss:value", function(x) lai.penalty.sobolev():value(net, x0, x0[1], {slopes = x}) end},
  {raises, "probe.noise", function(x) lai.probe.noise(net, x0, {noise = function(v) return v * x[1][1] end}) end},
  {raises, "probe.partial_dependence", function(x)
    lai.probe.partial_dependence(net, x0, {feature = 1, grid = x[1]})
  end},
  {refuses, "probe.noise", function(x) lai.probe.noise(net, x0, {sigma = x[1]}) end},
  {refuses, "tensor", function(x) lai.tensor{x[1], x[2]} end},
  {refuses, "tensor", function(x) lai.tensor{{1, x:sum()}} end},
  {carries, "Tensor:copy_", function(x)
    local a = lai.zeros(3, 3, {dtype = "float32"}):copy_(x:t())
    return {a:to("float64") * x, a:t():select(1, 2):to("float64") * 3}
  end},
  {carries, "Tensor:copy_", function(x)  -- a view that nobody has any more
    local a = lai.zeros(9, D):reshape{3, 3}
    a:copy_(x)
    return a * a
  end},
}

-- The entries of the tables are checked.
local loose = {step = 1e-2, tolerance = 1e-3}  -- where float32 rounds on the way
local rounding = {[carries["Tensor:to"]] = true, [more[#more - 1][3]] = true}

-- A sum with different weights of all tensors in a value; nil if there are none.
local function weighted(value)
  if type(value) == "table" then
    local sum
    for _, entry in pairs(value) do
      local part = weighted(entry)
      sum = part and (sum and sum + part or part) or sum
    end
    return sum
  end
  if type(value) ~= "userdata" or not tostring(value):find("[lai.Tensor", 1, true) then return end
  local n = value:reshape{-1}
  return n:to("float64"):dot(lai.linspace(1, 2, math.max(1, #n), D)[{{1, #n}}])
end

local function gradient(f)
  return lai.grad(function(x)
    local value = weighted(f(x))
    return (x * 0):sum() + (value or 0)
  end)(x0)
end

local function message(name, f, x)
  local ok, text = pcall(f, x)
  assert(not ok, name .. " takes a tensor of a derivative being taken, and loses it")
  -- "name: …", after the position
  local short = name:match("[%w_]+$")
  assert(text:find(short .. ": ", 1, true) or name:find("__call"), name .. ": " .. text)
  return text
end

local try = {
  [carries] = function(name, f)
    assert(lai.gradcheck(f, x0, rounding[f] and loose or {}))
    assert(gradient(f):abs():max():item() > 1e-3, name .. ": the derivative is 0")
  end,
  [raises] = function(name, f)
    local text = message(name, function() gradient(f) end)
    assert(text:find("derivative being taken.*detach%(%)") or text:find("clone%(%)"), text)
    f(x0)  -- and it is the record that it will not take
    f(x0:detach())
  end,
  [refuses] = function(name, f)
    assert(message(name, f, x0):find("lai.Tensor", 1, true), name)
    message(name, function() gradient(f) end)
  end,
  [constant] = function(name, f)
    assert(gradient(f):abs():max():item() == 0, name .. " is not constant")
    if name == "Tensor:detach" then return end
    local above, below = weighted(f(x0 + 1e-5)), weighted(f(x0 - 1e-5))
    assert(not above or (above - below):item() == 0, name .. " is not constant")
  end,
}

local known, raising = {}, {}
for kind, check in pairs(try) do
  for name, f in pairs(kind) do
    assert(not known[name], name .. " is in two tables")
    known[name] = true
    if kind == raises then raising[#raising + 1] = name end
    local ok, text = pcall(check, name, f)
    assert(ok, name .. ": " .. tostring(text))
  end
end
for place, case in ipairs(more) do
  local ok, text = pcall(try[case[1]], case[2], case[3])
  assert(ok, ("more, %d, %s: %s"):format(place, case[2], tostring(text)))
end

local missing = {}
for name, takesTensor in pairs(RECORDS) do
  if takesTensor and not known[name] then missing[#missing + 1] = name end
end
assert(#missing == 0, "add to recorded_spec.lua: " .. table.concat(missing, ", "))
for name in pairs(known) do assert(RECORDS[name] ~= nil, "there is no function " .. name) end
table.sort(raising)
print("raise an error for a tensor of a derivative being taken: " .. table.concat(raising, ", "))
store:close()
for _, ending in ipairs{"", ".npz", ".npy", ".safetensors", ".db", ".db.lock"} do os.remove(path .. ending) end
