local linalg = lai.linalg
local function tensor(x) return lai.tensor(x, {dtype = "float64"}) end
local function distance(a, b) return (a - b):abs():sum():item() end

local g = lai.generator(1)
local function random(...) return lai.randn(..., {dtype = "float64", generator = g}) end
local a = random{4, 4} + 4 * tensor(lai.eye(4))
local b = random{4, 2}

-- equations
local x = linalg.solve(a, b)
assert(distance(a:matmul(x), b) < 1e-12)
assert(distance(a:matmul(linalg.solve(a, {1, 2, 3, 4})), tensor{1, 2, 3, 4}) < 1e-12)
assert(distance(linalg.inv(a):matmul(b), x) < 1e-12)
assert(linalg.solve({{2, 0}, {0, 4}}, {2, 2}):get(2) == 0.5)
assert(linalg.solve(lai.eye(2), lai.ones(2)).dtype == "float32")
local t = {{2, 7}, {1, 4}}
assert(linalg.solve_triangular(t, {2, 5}):get(2) == 1)
assert(linalg.solve_triangular(t, {2, 5}, {unitriangular = true}):get(2) == 3)
near(linalg.solve_triangular(t, {9, 4}, {upper = true}):get(1), 1)

-- factors
local q, r = linalg.qr(a)
assert(distance(q:matmul(r), a) < 1e-12)
local s = a:matmul(a:t())
local l = linalg.cholesky(s)
assert(distance(l:matmul(l:t()), s) < 1e-11)
assert(distance(linalg.cholesky(s, {upper = true}), l:t()) < 1e-12)
local sign, logabsdet = linalg.slogdet(a)
near(sign:item() * math.exp(logabsdet:item()), linalg.det(a):item(), 1e-12)

-- spectra
local u, values, vt = linalg.svd(b)
assert(u.shape[1] == 4 and u.shape[2] == 2 and #values == 2 and vt.shape[1] == 2)
assert(distance((u * values):matmul(vt), b) < 1e-12)
assert(distance(linalg.svdvals(b), values) < 1e-12)
local w, v = linalg.eigh(s)
assert(distance(s:matmul(v), v * w) < 1e-10 and w:get(1) < w:get(2))
assert(distance(linalg.eigvalsh(s), w) < 1e-10)
assert(linalg.matrix_rank{{1, 1}, {1, 1 + 1e-9}}:item() == 2)
assert(linalg.matrix_rank({{1, 1}, {1, 1 + 1e-9}}, {rtol = 1e-6}):item() == 1)
assert(distance(linalg.pinv(b):matmul(b), tensor(lai.eye(2))) < 1e-12)

-- least squares
local solution, residuals, rank, singular = linalg.lstsq(b, a)
assert(solution.shape[1] == 2 and solution.shape[2] == 4 and rank == 2 and #singular == 2)
near(residuals:sum():item(), (b:matmul(solution) - a):norm():item() ^ 2, 1e-12)
assert(math.type(rank) == "integer")
assert(select(3, linalg.lstsq({{1, 0}, {0, 1e-3}}, {1, 1}, {rcond = 0.01})) == 1)

-- batches
local batch = random{5, 3, 3}
assert(#linalg.det(batch) == 5)
near(linalg.det(batch):get(2), linalg.det(batch[2]):item(), 1e-12)

-- derivatives
local function positive(x) return x:matmul(x:t()) + lai.eye(4, {dtype = "float64"}) end
assert(lai.gradcheck(function(p) return linalg.solve(p.a, p.b) end, {a = a, b = b}, {order = 2}))
assert(lai.gradcheck(function(x) return linalg.cholesky(positive(x)) end, a, {tolerance = 1e-5}))
assert(lai.gradcheck(function(x) return (linalg.lstsq(x, a)) end, b, {tolerance = 1e-5}))
assert(lai.gradcheck(function(x) return (select(2, linalg.svd(x))) end, b))
assert(distance(lai.grad(function(x) return linalg.det(x):log() end)(s), linalg.inv(s)) < 1e-9)
assert(lai.gradcheck(function(a) return (select(2, linalg.qr(a)):square()):sum() end, random{2, 3}, {order = 2}))

-- errors
raises("^[^:]+:%d+: linalg.solve: the matrix is singular %(pivot 2 is 0%)", function()
  linalg.solve({{1, 1}, {1, 1}}, {1, 2})
end)
raises("linalg.solve: shape 2x3 is not square", linalg.solve, {{1, 2, 3}, {4, 5, 6}}, {1, 2})
raises("linalg.solve: a must be a lai.Tensor or a nested table of numbers %(got nil%)", linalg.solve)
raises("linalg.cholesky: the matrix is not positive definite", linalg.cholesky, {{1, 2}, {2, 1}})
raises("linalg.svd: a must be finite %(got nan%)", linalg.svd, {{0 / 0}})
raises("linalg.eigh: shape 3 is not a matrix", linalg.eigh, {1, 2, 3})
raises("unknown option 'uper' %(did you mean 'upper'%?%)", linalg.cholesky, {{1}}, {uper = true})
raises("rtol must be a finite number >= 0", linalg.pinv, {{1}}, {rtol = -1})

-- Matrices without elements, and too many of them to loop over.
for _, name in ipairs{"pinv", "svdvals", "qr"} do
  local empty = lai.linalg[name](lai.zeros(1 << 30, 0, 1))
  assert(empty.shape[1] == 1 << 30)
end
local ranks = lai.linalg.matrix_rank(lai.zeros(3, 0, 1))
assert(#ranks == 3 and ranks:sum():item() == 0)

-- The derivative of qr is NaN for a matrix that is singular up to rounding; the others of a batch
-- are not affected.
do
  local function f(a)
    return (lai.linalg.qr(a) * lai.tensor({{1, 2}, {3, 4}}, {dtype = "float64"})):sum()
  end
  local regular = lai.tensor({{1, 0.5}, {0.25, 3}}, {dtype = "float64"})
  local singular = lai.tensor({{1, 2}, {2, 4}}, {dtype = "float64"})
  assert(lai.gradcheck(f, regular))
  local g = lai.grad(f)(lai.stack{singular, regular})
  assert(g:get(1, 1, 1) ~= g:get(1, 1, 1))
  near(g:get(2, 1, 2), lai.grad(f)(regular):get(1, 2), 1e-12)
end
