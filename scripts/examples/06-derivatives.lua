-- Derivatives of Lua functions of tensors, to any order.
local lai = require "lai"

-- A scalar function and its gradient.
local function f(x) return (x:sin() * x):sum() end
local x = lai.tensor({0.5, 1, 2}, {dtype = "float64"})
print("f'(x):", lai.grad(f)(x))
print("sin x + x cos x:", x:sin() + x * x:cos())

-- Derivatives of derivatives: the fourth derivative of sin is sin.
local g = function(x) return x:sin() end
for _ = 1, 4 do g = lai.grad(g) end
print(("sin''''(0.3) = %.6f, sin(0.3) = %.6f"):format(g(0.3):item(), math.sin(0.3)))

-- Arguments can be nested tables of tensors; further arguments are constants.
local function loss(p, x, y) return (x:matmul(p.w) + p.b - y):square():mean() end
local inputs, targets = lai.randn(20, 2), lai.randn(20)
local value, gradient = lai.value_and_grad(loss)({w = lai.zeros(2), b = lai.zeros(1)}, inputs, targets)
print(("loss %.4f"):format(value:item()), "d/dw:", gradient.w, "d/db:", gradient.b)

-- Whole matrices of derivatives, and products with them without computing the matrix.
local function polar(p)
  local r, t = p:select(1, 1), p:select(1, 2)
  return lai.stack({r * t:cos(), r * t:sin()})
end
local at = lai.tensor({2, 0.3}, {dtype = "float64"})
local J = lai.jacobian(polar)(at)
print("the Jacobian of polar coordinates has determinant r:", lai.linalg.det(J))
local _, along = lai.jvp(polar)(at, lai.tensor({1, 0}, {dtype = "float64"}))
assert((along - J[{ {}, 1 }]):abs():max():item() < 1e-12)
local H = lai.hessian(function(x) return x:square():sum() * x:select(1, 1) end)(x)
assert((H - H:t()):abs():max():item() == 0)

-- A check against finite differences, here up to the third order.
assert(lai.gradcheck(function(x) return x:tanh() * x:exp() end, x, {order = 3}))

-- A detached tensor is a constant: here half of the derivative is dropped on purpose.
print("x · constant x:", lai.grad(function(x) return x * x:detach() end)(3):item())
