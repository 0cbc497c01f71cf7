-- medians, quantiles, histograms, distinct elements; masks; sorted data and counted values. The numbers
-- themselves are compared with NumPy's in ops_spec.
local x = lai.tensor{3, 1, 2, 10}
assert(x:median():item() == 2.5 and x.median == debug.getmetatable(x).__index(x, "median"))
assert(x:quantile(0.25):item() == 1.75 and #x:quantile(0.5).shape == 0)
assert(x:quantile{0, 1}:get(2) == 10 and #x:quantile({0.5}) == 1)
assert(x:reshape{2, 2}:quantile(0.5, {keepdims = true}).shape[2] == 1)
local nan = 0 / 0
local strange = lai.tensor{{1, nan}, {2, 4}}
assert(strange:median():item() ~= strange:median():item() and strange:median(2):get(2) == 3)
assert(lai.tensor{math.huge, math.huge}:median():item() == math.huge)
assert(lai.tensor{-math.huge, 1, math.huge}:median():item() == 1)
raises("quantile: q must be between 0 and 1, or a list of such numbers %(got 25%)", x.quantile, x, 25)
raises("quantile: q%[2%] must be between 0 and 1 %(got %-1%)", x.quantile, x, {0, -1})
raises("quantile: .*q", x.quantile, x)
raises("median: shape 0 has no element to choose from", lai.zeros(0).median, lai.zeros(0))
raises("quantile: shape 0 has no element", function() lai.zeros(0):quantile(0.5) end)
raises("axis", x.quantile, x, 0.5, 3)
-- The gradient goes to the elements that were selected, ties too.
local g = lai.grad(function(t) return t:median() end)
local function text(t) return table.concat(t:totable(), " ") end
assert(text(g(x)) == "0.5 0.0 0.5 0.0", text(g(x)))
assert(text(g(lai.tensor{5, 5, 5})) == "0.0 1.0 0.0")
local shares = lai.grad(function(t) return t:quantile(0.9) end)(lai.tensor{1, 0})
near(shares:get(1), 0.9)
near(shares:get(2), 0.1)
assert(lai.gradcheck(function(t) return (t:square():quantile({0.1, 0.6}, 2)):sum() end,
  lai.randn(3, 5, {dtype = "float64"}), {order = 2}))
local gradient = g(lai.tensor{1, nan})
assert(gradient:get(1) ~= gradient:get(1))

local counts, edges = x:histogram{bins = 3}
assert(#counts == 3 and counts:get(1) == 3 and edges:get(4) == 10 and counts.dtype == "float64")
assert(edges.dtype == "float32" and x:to("float64"):histogram():sum():item() == 4)
assert(x:histogram{bins = lai.tensor{0, 2, 3}}:get(2) == 2)
raises("histogram: range must be given for elements that are not all finite %(got none, and an element is nan%)",
  strange.histogram, strange)
assert(strange:histogram{bins = 2, range = {0, 4}}:sum():item() == 3)
assert(lai.tensor{1, math.huge}:histogram{bins = {0, 2}}:item() == 1)
raises("bins must be a whole number >= 1, a list of edges or 'auto' %(got 0%)", x.histogram, x, {bins = 0})
raises("bins must be edges that do not fall %(got 0, 2, 1%)", x.histogram, x, {bins = {0, 2, 1}})
raises("bins must be .* %(got 'fd'%)", x.histogram, x, {bins = "fd"})
raises("range must be two finite numbers, the smaller one first %(got 2, 1%)", x.histogram, x, {range = {2, 1}})
raises("range must be a list of two numbers %(got 3%)", x.histogram, x, {range = {1, 2, 3}})
raises("range must be left out where bins has the edges", x.histogram, x, {bins = {0, 1}, range = {0, 1}})

local values, times = lai.tensor{2, nan, 1, 2, nan}:unique()
assert(#values == 3 and values:get(1) == 1 and values:get(3) ~= values:get(3) and times:get(3) == 2)

-- masks
local small, even = lai.tensor{1, 1, 0, 0}, lai.tensor{0, 1, 0, 1}
assert(text(small & even) == "0.0 1.0 0.0 0.0" and text(small | even) == "1.0 1.0 0.0 1.0")
assert(text(small ~ even) == "1.0 0.0 0.0 1.0" and text(~small) == "0.0 0.0 1.0 1.0")
assert(text(small & 1) == text(small) and text(0 | even) == text(even))
assert((x:gt(1) & ~x:gt(5)):sum():item() == 2)
raises("&: the left side must be a mask of 0 and 1, such as x:gt%(0%) or x:ne%(0%) %(got 3%)", function() return x & small end)
raises("|: the right side must be a mask of 0 and 1, .* %(got 2%)", function() return small | 2 end)
raises("~: self", function() return ~x end)
raises("a lai.Tensor or a number", function() return small & true end)
raises("shape", function() return small & lai.ones(3) end)

-- data
local d = lai.dataset({{1, 5}, {3, 4}, {1, 3}, {nan, 2}}, {1, 2, 3, 4},
  {features = {"rooms", "age"}, target = "price", ids = {"a", "b", "b", "c"}})
assert(text(d:sort("rooms"):column("price")) == "1.0 3.0 2.0 4.0")
assert(text(d:sort("rooms", {descending = true}):column("price")) == "2.0 1.0 3.0 4.0")
assert(text(d:sort{"rooms", "age"}:column("price")) == "3.0 1.0 2.0 4.0")
assert(d:sort("price", {descending = true}).ids[1] == "c")
raises("unknown feature 'room' %(did you mean 'rooms'%?%)", d.sort, d, "room")
local c = d:value_counts("rooms")
assert(#c == 2 and c.values[1] == 1 and c.counts[1] == 2 and c.missing == 1 and c.name == "rooms")
assert(tostring(c) == "  rooms    count   share\n  1            2  66.7 %\n  3            1  33.3 %\n  missing      1",
  tostring(c))
assert(d:value_counts("id").values[1] == "b" and tostring(d:value_counts("id")):find("b       2  50.0 %%"), tostring(d:value_counts("id")))
raises("unknown feature 'prise' %(did you mean 'price'%?%)", d.value_counts, d, "prise")
assert(tostring(lai.dataset(lai.arange(0, 40):reshape{40, 1}):value_counts("X1")):find("… 20 more"))

-- printing: plain numbers, first and last rows
local long = tostring(lai.arange(0, 226):reshape{226, 1})
assert(long == "   0\n   1\n   2\n ...\n 223\n 224\n 225\n[lai.Tensor 226x1 float32]", long)
assert(tostring(lai.tensor{150208.3, 93567}) == " 150208.3   93567.0\n[lai.Tensor 2 float32]")
