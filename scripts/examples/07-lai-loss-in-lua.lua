-- The Lai loss written in Lua. It contains slopes, which are derivatives, so its gradient is a
-- double backward. Compared with the built-in loss.
local lai = require "lai"

local data = lai.synthetic.friedman1{n = 64, seed = 1}
local net = lai.mlp{inputs = 10, hidden = {32, 32}, dtype = "float64", seed = 1}
local x, y = data.x:to("float64"), data.y:to("float64")
local lambda = 0.1

local function lai_loss(p)
  local prediction
  local slopes = lai.grad(function(x)
    prediction = net:apply(p, x)
    return prediction:sum()
  end)(x)
  local k2 = slopes:square()
  local factor = k2:maximum(lambda) / (math.min(1, lambda) * (1 + k2))
  return ((prediction - y):square() * factor):mean(1):norm()
end

local value, gradients = lai.value_and_grad(lai_loss)(net:parameters())
local built_in = lai.loss.lai{lambda = lambda}
local wanted, expected = built_in:gradients(net, x, y)
print(("in Lua %.12f, built in %.12f"):format(value:item(), wanted))
for layer = 1, 3 do
  local difference = (gradients.weights[layer] - expected.weights[layer]):abs():max():item()
  print(("layer %d: the gradients differ by %.1e"):format(layer, difference))
  assert(difference < 1e-12)
end

-- In training, a loss in Lua receives predictions and slopes from the fast step and returns what
-- the step needs to continue: ∂L/∂prediction and ∂L/∂slopes.
local scripted = lai.loss.custom(function(prediction, target, slopes)
  local k2 = slopes:square()
  local factor = k2:maximum(lambda) / (math.min(1, lambda) * (1 + k2))
  return ((prediction - target):square() * factor):mean(1):norm()
end)
local function train_with(loss)
  return lai.train{model = net, data = data, loss = loss, alpha = 1, epochs = 20, batch = 16}
end
local a, b = train_with(scripted), train_with(built_in)
print(("after 20 epochs: %.9f in Lua (%.3f s), %.9f built in (%.3f s)"):format(
  a.history[20].lai_loss, a.seconds, b.history[20].lai_loss, b.seconds))
assert(math.abs(a.history[20].lai_loss / b.history[20].lai_loss - 1) < 1e-6)
