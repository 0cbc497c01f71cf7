-- Logistic regression by Newton's method, with lai.hessian: quadratic convergence in a few steps,
-- and standard errors from the same Hessian.
local lai = require "lai"

local n, d = 500, 3
local g = lai.generator(7)
local double = {dtype = "float64", generator = g}
local x = lai.cat({lai.ones(n, 1, {dtype = "float64"}), lai.randn(n, d, double)}, 2)
local truth = lai.tensor({-0.5, 1, -2, 0.3}, {dtype = "float64"})
local y = lai.rand(n, double):lt(x:matmul(truth):sigmoid())

-- The negative log likelihood: log(1 + exp(z)) - y z, summed.
local function loss(w)
  local z = x:matmul(w)
  return (z:softplus() - y * z):sum()
end

local w = lai.zeros(d + 1, {dtype = "float64"})
for step = 1, 12 do
  local value, gradient = lai.value_and_grad(loss)(w)
  local size = gradient:norm():item()
  print(("step %d: loss %.6f, |gradient| %.1e"):format(step, value:item(), size))
  if size < 1e-8 then break end
  w = w - lai.linalg.solve(lai.hessian(loss)(w), gradient)
end
assert(lai.grad(loss)(w):norm():item() < 1e-8)

local errors = lai.linalg.inv(lai.hessian(loss)(w)):diag():sqrt()
for i = 1, d + 1 do
  print(("w%d = %6.3f ± %.3f (true %4.1f)"):format(i, w:get(i), 1.96 * errors:get(i), truth:get(i)))
  assert(math.abs(w:get(i) - truth:get(i)) < 4 * errors:get(i))
end
