-- Sobolev training: if the slopes of the target are known too, fit both. The network then follows
-- the curve between a few points.
local lai = require "lai"

local function target(x) return (2 * x):sin() + 0.5 * x end
local true_slopes = lai.grad(function(x) return target(x):sum() end)

local x = lai.linspace(-3, 3, 10):reshape({10, 1})
local test = lai.linspace(-3, 3, 200):reshape({200, 1})

-- Targets and their slopes are columns of the data side by side; the loss separates them.
local function fit(weight)
  local net = lai.mlp{inputs = 1, hidden = {32, 32}, outputs = 1, seed = 1}
  local slopes = true_slopes(x)
  local parameters = net:parameters()
  local optimizer = lai.optim.lbfgs(parameters, {max_iter = 300})
  optimizer:step(function(p)
    local prediction
    local k = lai.grad(function(x)
      prediction = net:apply(p, x)
      return prediction:sum()
    end)(x)
    return (prediction - target(x)):square():mean() + weight * (k - slopes):square():mean()
  end)
  return (net:apply(parameters, test) - target(test)):square():mean():sqrt():item()
end

local plain, sobolev = fit(0), fit(1)
print(("RMSE between the points: %.4f from values alone, %.4f with slopes"):format(plain, sobolev))
assert(sobolev < plain / 2)
