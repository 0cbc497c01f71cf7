-- λ by name, the share of slopes above it, and warnings.
local data = lai.synthetic.friedman1{n = 200, seed = 2}
local l = lai.lambdas(data, 0.1)
assert(l.X1 == 0.1 and l.X10 == 0.1)
l.X8 = 1e-3
assert(tostring(lai.loss.lai{lambda = l}):find("X8 = 0.001", 1, true))
local scaler = lai.standardize(data)
local s = lai.lambdas(data, {slope = {X4 = 0.5, default = false}, scaler = scaler})
local deviation = data.x:select(2, 4):std(1):item()
near(s.X4, (0.5 * deviation) ^ 2, 1e-6)
assert(s.X5 == false)
assert(lai.lambdas(data, {slope = 0.5, base = "mae"}).X2 == 0.5)
assert(lai.lambdas(data, {slope = 0.5}).X2 == 0.25 and lai.lambdas(data, {slope = 0.5, base = "mse"}).X2 == 0.25)
-- with a scaler the slope is times s_x/s_y, and λ that or its square
near(lai.lambdas(data, {slope = 0.5, base = "mae", scaler = scaler}).X4, 0.5 * deviation, 1e-6)
local both, spread = lai.standardize(data, {target = true}), data.y:select(2, 1):std(1):item()
near(lai.lambdas(data, {slope = 0.5, base = "mae", scaler = both}).X4, 0.5 * deviation / spread, 1e-6)
near(lai.lambdas(data, {slope = 0.5, scaler = both}).X4, (0.5 * deviation / spread) ^ 2, 1e-6)
assert(lai.lambdas(data, {lambda = {X1 = 3, default = 2}}).X1 == 3)
local named = lai.dataset(lai.randn(5, 2), lai.randn(5), {features = {"age", "size"}})
assert(lai.lambdas(named, 2).age == 2)
for _, wrong in ipairs{0, -1, {}, {slope = 1, lambda = 1}, {lambda = 1, scaler = scaler},
  {slopes = 1}, "0.1", {slope = {X11 = 1, default = 1}}} do
  assert(not pcall(lai.lambdas, data, wrong))
end

-- y = 3 x: a λ of 36 wants slopes of 6
local x = lai.linspace(-1, 1, 200):reshape{200, 1}
local y = x * 3 + lai.randn(200, 1, {generator = lai.generator(1)}) * 0.1
local function train(lambda)
  return lai.train{model = lai.mlp{inputs = 1, hidden = {}, seed = 1}, data = lai.dataset(x, y),
    loss = lai.loss.lai{lambda = lambda}, alpha = 0.5, pretrain = 60, epochs = 20, batch = 20,
    optimizer = lai.adam{lr = 0.03}}
end
local run = train(0.1)
assert(#run.warnings == 0)
assert(run.history[1].above_kink == nil)
near(run.history[#run.history].above_kink.X1, 1, 0)
