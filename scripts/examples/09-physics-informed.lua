-- Solving a differential equation with a network: y'' = -y with y(0) = 0 and y'(0) = 1, whose
-- solution is sin. The loss is the residual of the equation, which contains a second derivative in
-- x; training differentiates it once more.
local lai = require "lai"

local net = lai.mlp{inputs = 1, hidden = {24, 24}, outputs = 1, dtype = "float64", seed = 3}
local parameters = net:parameters()
local x = lai.linspace(0, 6, 40, {dtype = "float64"}):reshape({40, 1})

-- This form satisfies the conditions at 0 for all weights: y(0) = 0 and y'(0) = 1.
local function solution(p, x) return x + x * x * net:apply(p, x) / 10 end

local function residual(p)
  local function y(x) return solution(p, x):sum() end
  local function slope(x) return lai.grad(y)(x):sum() end
  return (lai.grad(slope)(x) + solution(p, x)):square():mean()
end

local optimizer = lai.optim.lbfgs(parameters, {max_iter = 100})
for round = 1, 4 do
  local before = optimizer:step(residual)
  print(("round %d: residual %.2e"):format(round, before))
end

local worst = (solution(parameters, x) - x:sin()):abs():max():item()
print(("largest distance from sin: %.1e"):format(worst))
assert(worst < 0.05)
