-- gradients of tensors, tables and numbers
local function cube(x) return (x ^ 3):sum() end
local x = lai.tensor({1, 2}, {dtype = "float64"})
assert(lai.grad(cube)(x):get(2) == 12 and lai.grad(cube)(2):item() == 12)
local g = lai.grad(function(p, scale) return (p.w * p.list[1] * scale):sum() end)(
  {w = x, list = {lai.full({2}, 5, {dtype = "float64"})}, unused = lai.ones(3)}, 2)
assert(g.w:get(1) == 10 and g.list[1]:get(2) == 4 and g.unused:sum():item() == 0)
assert(g.unused.dtype == "float32" and g.unused.shape[1] == 3)
local value, slope = lai.value_and_grad(cube)(x)
assert(value:item() == 9 and slope:get(1) == 3)

-- of any order
local f = function(x) return x:sin() end
for order = 1, 8 do f = lai.grad(f) end
near(f(0.3):item(), math.sin(0.3))
near(lai.hessian(function(p) return (p.a * p.b):sum() end)({a = x, b = x}).a.b:get(1, 1), 1)
near(lai.jacobian(function(x) return {first = x * 2, x:sum()} end)(x).first:get(2, 2), 2)
assert(#lai.jacobian(function(x) return lai.stack({x, x}) end)(x).shape == 3)
local y, t = lai.jvp(function(x, c) return x * c end)(x, lai.ones(2), 3)
assert(y:get(2) == 6 and t:get(1) == 3)
local y, c = lai.vjp(function(x) return {x * 2, x:sum()} end)(x, {lai.ones(2), lai.tensor(1)})
assert(y[2]:item() == 3 and c:get(1) == 3)
-- d/dx [x · d/dy (x + y)]: the variables are not confused
assert(lai.grad(function(x) return x * lai.grad(function(y) return x + y end)(2) end)(3):item() == 1)

-- where formulas are singular: the right value, else NaN
local D = {dtype = "float64"}
local origin = lai.zeros(2, D)
local bend = lai.hessian(function(v) return v:norm():square() end)(origin)
assert(bend:get(1, 1) == 2 and bend:get(1, 2) == 0)
local none = lai.hessian(function(v) return v:norm() end)(origin)
assert(none:get(1, 1) ~= none:get(1, 1))
local powers = lai.hessian(function(p) return p.a ^ p.b end){a = lai.tensor(0, D), b = lai.tensor(2, D)}
assert(powers.a.a:item() == 2 and powers.a.b:item() == 0 and powers.b.b:item() == 0)
local softplus = function(x) return x:softplus() end
near(lai.grad(lai.grad(softplus))(lai.tensor(40, D)):item() / 4.248354255291589e-18, 1)
local adjugate = lai.grad(function(a) return lai.linalg.det(a):sum() end)(lai.tensor({{1, 2}, {2, 4}}, D))
near(adjugate:get(1, 1), 4)
near(adjugate:get(1, 2), -2)
assert(lai.gradcheck(function(a) return {lai.linalg.qr(a)} end, lai.tensor({{1, 2, 3}, {4, 6, 5}}, D), {order = 2}))

-- constants
assert(lai.grad(function(x) return x:detach() * x end)(3):item() == 3)
assert(lai.grad(function(x) return x * x:item() end)(3):item() == 3)
assert(lai.gradcheck(function(p) return p.x:matmul(p.x:t()):tanh() end, {x = lai.randn(2, 3)}, {order = 2}))
raises("gradcheck: the gradient of order 1 is wrong in variable 1 of shape 2, element 1: ",
  lai.gradcheck, function(x) return x * x:detach() end, lai.tensor({1, 2}))

-- errors
local ones = lai.ones(2)
raises("grad: the value of f must be a scalar lai.Tensor %(got nil%)", lai.grad(function() end), ones)
raises("grad: the value of f must be a scalar lai.Tensor %(got a table%)",
  lai.grad(function(x) return {x} end), ones)
raises("grad: the value of f must be a scalar lai.Tensor %(got 2%)",
  lai.grad(function(x) return x:sum():item() end), ones)
raises("grad: the function must return one number, a scalar tensor %(got one of shape 2%)",
  lai.grad(function(x) return x end), ones)
raises("grad: x%[2%]%.w must be a lai.Tensor or a table of them %(got 'a'%)",
  lai.grad(cube), {ones, {w = "a"}})
raises("grad: x must be a lai.Tensor or a table of them %(got nil%)", lai.grad(cube))
raises("grad: f must be a function %(got 3%)", lai.grad, 3)
raises("x's keys must be names, or positions without gaps", lai.grad(cube), {[2.5] = ones})
raises("tables nested without end", function() local l = {} l[1] = l lai.grad(cube)(l) end)
raises("vjp: the cotangent must have the form of its counterpart: 1 tensors %(got 2%)",
  lai.vjp(function(x) return x end), ones, {ones, ones})
raises("vjp: shapes 2 and 3 of a value and its cotangent differ",
  lai.vjp(function(x) return x end), ones, lai.ones(3))
raises("fill_: the tensor is part of a derivative being taken", lai.grad(function(x)
  local y = x * 2
  y:fill_(0)
  return y:sum()
end), ones)
local failure = {}
local ok, got = pcall(lai.grad(lai.grad(function(x) error(failure) end)), ones)
assert(not ok and got == failure, "an error object keeps its identity")
ones:fill_(1)  -- nothing is recorded any more
local nest = cube
for _ = 1, 65 do nest = lai.grad(nest) end
raises("derivatives nest more than 64 deep", nest, 1)

-- other operations
local m = lai.tensor({{3, 1, 2}, {6, 5, 4}})
local sorted, places = m:sort(2)
assert(sorted:get(1, 1) == 1 and places:get(1, 1) == 2 and places:get(2, 3) == 1)
assert(m:sort(-1, {descending = true}):get(2, 1) == 6)
local best, where = m:topk(1, 1)
assert(best:get(1, 3) == 4 and where:get(1, 3) == 2)
assert(m:topk(2, 2, {largest = false}):get(1, 2) == 2)
assert(m:index(2, {-1, 1}):get(1, 1) == 2 and m:index(1, lai.tensor({2, 2})).shape[1] == 2)
assert(m:gather(2, places):get(1, 3) == 3)
assert(m:masked(m:gt(3)):totable()[3] == 4 and m:cumsum(1):get(2, 1) == 9)
assert(m:permute({2, 1}):get(3, 1) == 2 and m:flip(2):get(1, 1) == 2)
assert(m:tril():get(1, 2) == 0 and m:triu(1):get(1, 1) == 0 and m:diag():get(2) == 5)
assert(lai.cat({m, m}, -1).shape[2] == 6 and lai.stack({m, m}, -1).shape[3] == 2)
assert(m:sum({1, 2}):item() == 21 and m:sum({1, -1}, {keepdims = true}).shape[1] == 1)
assert(m:mean({keepdims = true}).shape[2] == 1)
assert(lai.ones(2, 3, 4):matmul(lai.ones(4, 5)).shape[3] == 5)
raises("sum: axis must be a whole number or a list of them %(got 'a'%)", function() return m:sum("a") end)
raises("sum: axes must be different from each other", function() return m:sum({1, -2}) end)
raises("index: places%[1%] must be 1 to 2, or %-1 to %-2 %(got 3%)", function() return m:index(1, {3}) end)
raises("index: places%[1%] must be a whole number %(got 1.5%)", function() return m:index(1, {1.5}) end)
raises("gather: shapes 2x3 and 1x3 differ", function() return m:gather(2, {{1, 1, 1}}) end)
raises("cat: shapes 2x3 and 3x2 differ", lai.cat, {m, m:t()})
raises("topk: k must be 0 to 3", function() return m:topk(4, 2) end)
lai.manual_seed(3)
local a = lai.randn(2)
lai.manual_seed(3)
assert((a - lai.randn(2)):abs():sum():item() == 0)
raises("zeros: shape must be of at most 64 axes %(got 65%)", function()
  local shape = {}
  for axis = 1, 65 do shape[axis] = 1 end
  lai.zeros(shape)
end)
raises("unsqueeze: shape must be of at most 64 axes", function()
  local x = lai.ones(1)
  for _ = 1, 65 do x = x:unsqueeze(1) end
end)
raises("not enough memory", lai.grad(function(x) return (x * lai.zeros(1e6, 1e6)):sum() end), ones)
ones:fill_(1)

-- results own their memory: writing to one changes nothing else
do
  local x, w = lai.tensor{1, 2, 3}, lai.tensor{4, 5, 6}
  local g = lai.grad(function(v) return v:sum() end)(x)
  g:set_(1, 0)
  assert(g:get(2) == 1 and x:get(1) == 1)
  local g = lai.grad(function(p) return (p.a + p.b):sum() end){a = x, b = w}
  g.a:fill_(9)
  assert(g.b:get(1) == 1 and w:get(1) == 4)
  local c = lai.tensor{7, 8, 9}
  local y, g = lai.vjp(function(v) return v end)(x, c)
  y:fill_(0)
  g:set_(2, 0)
  assert(x:get(1) == 1 and c:get(2) == 8 and g:get(1) == 7)
  local y, t = lai.jvp(function(v) return {v, v} end)(x, c)
  t[1]:fill_(0)
  y[1]:fill_(0)
  assert(t[2]:get(1) == 7 and c:get(1) == 7 and y[2]:get(1) == 1 and x:get(1) == 1)
  local J = lai.jacobian(function(v) return v + 0 end)(x)
  J:set_(1, 1, 5)
  assert(J:get(2, 2) == 1 and J:get(1, 2) == 0)
  local value, g = lai.value_and_grad(function(v) return v end)(lai.tensor(3))
  value:fill_(0)
  assert(g:item() == 1)
  local captured = lai.tensor(2)
  lai.value_and_grad(function() return captured end)(x):fill_(0)
  assert(captured:item() == 2)
end

-- no derivative is lost silently (recorded_spec.lua checks all functions)
raises("save: the tensor is part of a derivative being taken, which would be lost here; use tensor " ..
  "operations, or its detach%(%)", lai.grad(function(x) lai.save("never.npy", x) return x:sum() end), ones)
raises("tensor: %[1%] must be a number %(got a lai.Tensor; lai.stack and lai.cat join tensors%)",
  lai.tensor, {lai.tensor(1)})
raises("fill_: value must be a number; copy_ takes tensors", function() ones:fill_(lai.tensor(1)) end)

-- clamp of NaN is NaN, and so is its slope; between and beyond the bounds it is 1 and 0.
do
  local g = lai.grad(function(x) return x:clamp(0, 1):sum() end)(lai.tensor{0 / 0, 0.5, 2, -1})
  assert(g:get(1) ~= g:get(1) and g:get(2) == 1 and g:get(3) == 0 and g:get(4) == 0)
end
