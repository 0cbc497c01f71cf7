-- A curve through noisy points in two ways: a polynomial fitted by least squares, and a Gaussian
-- process whose smoothness is learnt by differentiating through the Cholesky factor of its
-- covariance.
local lai = require "lai"
local linalg = lai.linalg
local f64 = {dtype = "float64"}

-- Forty points on sin(3x) + x/2 with noise of 0.2, and a grid on which the curve is wanted.
local n, g = 40, lai.generator(3)
local function truth(x) return (3 * x):sin() + x / 2 end
local x = lai.rand({n}, {dtype = "float64", generator = g}) * 6 - 3
local y = truth(x) + 0.2 * lai.randn({n}, {dtype = "float64", generator = g})
local grid = lai.linspace(-3, 3, 61, f64)
local function rmse(curve) return math.sqrt((curve - truth(grid)):square():mean():item()) end

-- Least squares: one column of the matrix per power of x.
local function powers(x, degree)
  local columns = {}
  for k = 0, degree do columns[k + 1] = x ^ k end
  return lai.stack(columns, 2)
end
for _, degree in ipairs{3, 9} do
  local weights, _, rank = linalg.lstsq(powers(x, degree), y)
  local curve = powers(grid, degree):matmul(weights)
  print(("polynomial of degree %d, rank %2d   RMSE %.3f"):format(degree, rank, rmse(curve)))
end

-- A Gaussian process: the covariance of points is size² exp(-½ distance² / length²), plus noise.
local function covariance(p, a, b)
  local distance = a:unsqueeze(2) - b
  return (2 * p.size - 0.5 * distance:square() / (2 * p.length):exp()):exp()
end
local function factor(p)
  return linalg.cholesky(covariance(p, x, x) + lai.eye(n, f64) * (2 * p.noise):exp())
end

-- -log p(y) without its constant: ½ |L⁻¹ y|² + log det L, and its gradient by the logarithms of
-- size, length and noise, through the factor.
local function surprise(p)
  local l = factor(p)
  return 0.5 * linalg.solve_triangular(l, y):square():sum() + l:diag():log():sum()
end
local p = {size = lai.zeros(1, f64), length = lai.zeros(1, f64), noise = lai.zeros(1, f64)}
local slope = lai.value_and_grad(surprise)
local before = slope(p):item()
for _ = 1, 300 do
  local _, d = slope(p)
  for name, value in pairs(p) do p[name] = value - 0.02 * d[name]:clamp(-10, 10) end
end
local after = slope(p):item()
print(("-log p(y) %.1f, learnt %.1f: size %.2f, length %.2f, noise %.2f"):format(before, after,
  p.size:exp():item(), p.length:exp():item(), p.noise:exp():item()))

-- The mean and the standard deviation of the process on the grid.
local l = factor(p)
local between = covariance(p, x, grid)
local weights = linalg.solve_triangular(l:t(), linalg.solve_triangular(l, y), {upper = true})
local mean = between:t():matmul(weights)
local shrinkage = linalg.solve_triangular(l, between):square():sum(1)
local deviation = ((2 * p.size):exp() - shrinkage):sqrt()
print(("Gaussian process                 RMSE %.3f, known to ±%.3f"):format(
  rmse(mean), deviation:mean():item()))

assert(after < before and rmse(mean) < 0.15, "the process finds the curve")
assert(math.abs(p.noise:exp():item() - 0.2) < 0.06, "and the noise")
