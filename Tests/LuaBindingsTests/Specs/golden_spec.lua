-- The Lai losses written in Lua with lai.grad of lai.grad, compared with PyTorch's values and the
-- hand-written step.
local file = assert(io.open(GOLDEN))
local golden = lai.json.decode(file:read("a"))
file:close()
assert(#golden.cases == 66)

local double = {dtype = "float64"}
local activations = {
  identity = function(z) return z end,
  leaky_relu = function(z) return z:gt(0):where(z, 0.01 * z) end,
  elu = function(z) return z:gt(0):where(z, z:minimum(0):exp() - 1) end,
}

local function forward(p, activation, x)
  for layer = 1, #p.weights do
    x = x:matmul(p.weights[layer]:t()) + p.biases[layer]
    if layer < #p.weights then x = (activations[activation] or x[activation])(x) end
  end
  return x
end

local function factor(k, lambda, kind)
  if kind == "mse" then return (k * k):maximum(lambda) / (lambda:minimum(1) * (1 + k * k)) end
  return k:abs():maximum(lambda) / (lambda:minimum(1) * (1 + k * k):sqrt())
end

local function lai_loss(case, p, x, y, lambda)
  local kind = case.loss:sub(5)
  local outputs = case.sizes[#case.sizes]
  local prediction = forward(p, case.activation, x)
  local total
  for output = 1, outputs do
    local k = lai.grad(function(x) return forward(p, case.activation, x):select(2, output):sum() end)(x)
    local e = prediction:narrow(2, output, 1) - y:narrow(2, output, 1)
    local v = (kind == "mse" and e * e or e:abs()) * factor(k, lambda, kind)
    if case.reduction == "batch" then v = v:mean(1, {keepdims = true}) end
    local l1, l2 = v:sum(2), v:norm(2)
    local norm = case.norm == "l1" and l1 or case.norm == "l2" and l2 or case.mix * l1 + (1 - case.mix) * l2
    total = total and total + norm:mean() or norm:mean()
  end
  return total / outputs
end

local worst = 0
local function compare(got, wanted, what)
  if type(wanted) == "table" then wanted = lai.tensor(wanted, double) end
  local scale = math.max(1e-300, wanted:abs():max():item())
  local difference = (got - wanted):abs():max():item() / scale
  worst = math.max(worst, difference)
  assert(difference <= 1e-9, what .. " differs by " .. difference)
end

for number, case in ipairs(golden.cases) do
  local p = {weights = {}, biases = {}}
  for layer = 1, #case.weights do
    p.weights[layer] = lai.tensor(case.weights[layer], double)
    p.biases[layer] = lai.tensor(case.biases[layer], double)
  end
  local x, y = lai.tensor(case.x, double), lai.tensor(case.y, double)
  local lambda = lai.tensor(case.lambda_, double)
  local value, gradients = lai.value_and_grad(function(p) return lai_loss(case, p, x, y, lambda) end)(p)
  near(value:item(), case.value, 1e-9)

  local hidden = {table.unpack(case.sizes, 2, #case.sizes - 1)}
  local net = lai.mlp{inputs = case.sizes[1], hidden = hidden, outputs = case.sizes[#case.sizes],
    activation = case.activation, dtype = "float64"}
  net:set_weights(p.weights):set_biases(p.biases)
  local loss = lai.loss.lai{base = case.loss:sub(5), lambda = case.lambda_, norm = case.norm, mix = case.mix,
    reduction = case.reduction}
  local step_value, step = loss:gradients(net, x, y)
  near(value:item(), step_value, 1e-9)
  for layer = 1, #case.weights do
    local what = ("case %d, layer %d"):format(number, layer)
    compare(gradients.weights[layer], case.weight_gradients[layer], what)
    compare(gradients.biases[layer], case.bias_gradients[layer], what)
    compare(gradients.weights[layer], step.weights[layer], what .. ", step")
    compare(gradients.biases[layer], step.biases[layer], what .. ", step")
  end
end
