-- creation and printing
local x = lai.tensor({{1, 2, 3}, {4, 5, 6}}, {dtype = "float64"})
assert(tostring(x):match("%[lai%.Tensor 2x3 float64%]$"), tostring(x))
assert(x.dtype == "float64" and #x == 2 and x.shape[1] == 2 and x.shape[2] == 3)
assert(lai.zeros(2, 3).dtype == "float32" and #lai.zeros({4}) == 4)
assert(lai.ones(2, {dtype = "float64"}).dtype == "float64")
assert(lai.full({2}, 7):get(2) == 7 and lai.eye(3):get(2, 2) == 1 and lai.eye(3):get(1, 2) == 0)
assert(#lai.arange(0, 1, 0.25) == 4 and lai.linspace(0, 1, 3):get(2) == 0.5)
assert(lai.tensor(3):item() == 3 and #lai.tensor({}).shape == 1)
local g, h = lai.generator(1), lai.generator(1)
assert(lai.randn(3, {generator = g}):sub(lai.randn(3, {generator = h})):abs():sum():item() == 0)
assert(lai.randn(3, {generator = g}):sub(lai.randn(3, {generator = lai.generator(1)})):abs():sum():item() > 0)

-- elements, views
assert(x:get(2, 3) == 6 and x:get(-1, -1) == 6 and x[2]:get(1) == 4)
local s = x[{ {1, 2}, {2, 3} }]
assert(s.shape[1] == 2 and s:get(2, 1) == 5)
assert(x[{ {}, 2 }]:get(2) == 5 and x[{ {}, {1, 3, 2} }]:get(1, 2) == 3)
assert(x:t().shape[1] == 3 and x:reshape({3, -1}):get(3, 2) == 6)
assert(x:narrow(2, 2, 2):get(1, 1) == 2 and x:select(1, -1):get(1) == 4)
assert(x:unsqueeze(1).shape[1] == 1 and #x:unsqueeze(-1):squeeze().shape == 2)
local copy = x:clone()
copy:set_(1, 1, 9):set_(-1, 2, 8)
assert(copy:get(1, 1) == 9 and copy:get(2, 2) == 8 and x:get(1, 1) == 1)
assert(copy[1]:fill_(0) and copy:get(1, 3) == 0, "a view shares its memory")
-- parts without elements, of an empty axis and after the last element
local none = lai.zeros(0, 3)
assert(none:narrow(1, 1, 0).shape[1] == 0 and none:narrow(2, 2, 2).shape[2] == 2)
for first = 1, 4 do assert(x:narrow(2, first, 0).shape[2] == 0, first) end
assert(x:narrow(2, -1, 0).shape[2] == 0 and lai.zeros(0):narrow(-1, 1, 0).shape[1] == 0)
assert(none[{ {}, {2, 3} }].shape[2] == 2 and none[{ {1, 0} }].shape[1] == 0)
assert(none[{ {1, -1} }].shape[1] == 0 and none[{ {1, #none}, {1, 0} }].shape[2] == 0)
assert(x[{ {1, 0} }].shape[1] == 0 and x[{ {3, 2} }].shape[1] == 0 and x[{ {3, -1} }].shape[1] == 0)
assert(x[{ {}, {4, 3, 2} }].shape[2] == 0 and x[{ {2, 1}, 1 }].shape[1] == 0)
assert(#none:index(1, {}) == 0 and #none:topk(0, 1) == 0 and #lai.cat{none, none} == 0)
raises("narrow: first must be left alone, the axis is empty %(got 1%)", none.narrow, none, 1, 1, 1)
raises("narrow: first must be left alone, the axis is empty %(got 2%)", none.narrow, none, 1, 2, 0)
raises("narrow: first must be 1 to 3, or %-1 to %-3 %(got 5%)", x.narrow, x, 2, 5, 0)
raises("narrow: first must be 1 to 3, or %-1 to %-3 %(got 0%)", x.narrow, x, 2, 0, 0)
raises("narrow: length must be 0 to 2, what is left of the axis %(got 3%)", x.narrow, x, 2, 2, 3)
raises("first must be 1 to 2, or %-1 to %-2 %(got 0%)", function() return x[{ {0, 1} }] end)
raises("last must be 1 to 2, or %-1 to %-2 %(got 3%)", function() return x[{ {1, 3} }] end)
raises("first must be 1 to 2, or %-1 to %-2 %(got 4%)", function() return x[{ {4, 3} }] end)

-- elements that share memory cannot be written to
for _, view in ipairs{lai.zeros(2, 1):expand{2, 3}, lai.zeros(3):expand{2, 3}, lai.zeros(3):expand{2, 3}:t(),
    lai.tensor(0):expand{2, 3}, lai.zeros(2, 1, 3):expand{2, 4, 3}:select(3, 1)} do
  local wanted = ": several elements of the tensor of shape %w+ share one place in memory, as expand makes " ..
    "them; write to its clone%(%), or to the tensor that was expanded"
  raises("copy_" .. wanted, view.copy_, view, lai.ones(view.shape))
  raises("fill_" .. wanted, view.fill_, view, 1)
  raises("set_" .. wanted, view.set_, view, 1, 1, 1)
  assert(view:abs():sum():item() == 0 and view:clone():fill_(1):get(1, 1) == 1)
end
assert(lai.zeros(2, 1):expand{2, 1}:fill_(1):get(2, 1) == 1)

local t = x:totable()
assert(t[2][3] == 6 and x:sum():totable() == 21)

-- arithmetic
assert((x * 2 + 1):get(2, 3) == 13 and (2 / x):get(1, 2) == 1 and (-x):get(1, 1) == -1)
assert((x ^ 2):get(2, 1) == 16 and (1 - x):get(1, 1) == 0)
assert((x + lai.tensor({10, 20, 30})):get(2, 3) == 36)
assert((lai.ones(2) + lai.ones(2, {dtype = "float64"})).dtype == "float64")
assert((lai.ones(2) * 2).dtype == "float32", "a number takes the tensor's type")
near(x:matmul(x:t()):get(1, 2), 32)
near(lai.tensor({1, 2}):dot(lai.tensor({3, 4})):item(), 11)
assert(lai.tensor({1, 2}):outer(lai.tensor({3, 4})):get(2, 1) == 6)
assert(x:gt(3):sum():item() == 3 and x:gt(3):where(x, 0):sum():item() == 15)
assert(x:clamp(2, 5):min():item() == 2 and x:clamp(nil, 5):max():item() == 5)

-- functions and reductions
for _, name in ipairs{"exp", "log", "sqrt", "abs", "sign", "sin", "cos", "tanh", "sigmoid", "relu",
    "softplus", "gelu", "silu"} do
  assert(x[name](x).shape[2] == 3, name)
end
near(x:tanh():get(1, 1), 0.76159415595576)
near(x:mean():item(), 3.5)
near(x:var():item(), 35 / 12)
near(x:std(1):get(1), 1.5)
assert(x:sum(1):get(3) == 9 and x:sum(-1, {keepdims = true}).shape[2] == 1)
assert(x:argmax(2):get(1) == 3 and x:argmin():item() == 1)
near(x:norm():item(), 91 ^ 0.5)

-- errors
raises("matmul: shapes 2x3 and 2x3 do not agree %(3 and 2%)", function() return x:matmul(x) end)
raises("add: shapes 2x3 and 2 do not broadcast", function() return x + lai.ones(2) end)
raises("y must be a lai.Tensor or a number %(got 'a'%)", function() return x + "a" end)
raises("sum: axis must be 1 to 2, or %-1 to %-2 %(got 0%)", function() return x:sum(0) end)
raises("index 1 must be 1 to 2, or %-1 to %-2 %(got 3%)", function() return x:get(3, 1) end)
raises("indices must be 2, one an axis %(got 1%)", function() return x:get(3) end)
raises("did you mean 'shape'", function() return x.shpe end)
raises("rows must have the same length: %[2%] has 1", lai.tensor, {{1, 2}, {3}})
raises("%[1%]%[2%] must be a number %(got 'a'%)", lai.tensor, {{1, "a"}})
raises("nest too deep", function() local l = {} l[1] = l lai.tensor(l) end)
raises("not enough memory", lai.zeros, 1e6, 1e6)
raises("not negative", lai.zeros, -1)
raises("dtype must be 'float32' or 'float64' %(got 'int8'%)", lai.zeros, 2, {dtype = "int8"})
raises("did you mean 'dtype'", lai.zeros, 2, {dtpe = "float32"})
raises("item: shape 2x3", function() return x:item() end)

-- Views of more elements than memory holds: reading them one by one would never end.
raises("expand: not enough memory", function() return lai.ones(1):expand{1 << 40} end)
assert(#lai.ones(1):expand{1000} == 1000)
