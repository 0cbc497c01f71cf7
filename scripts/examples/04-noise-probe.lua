-- How much a network's output changes when noise is added to one feature, and why that measures its
-- slope.
local lai = require "lai"

-- For ŷ = w·x the result is known: the mean of |w ε| is |w| √(2/π).
local weights = {3, -2, 0.5, 0}
local linear = lai.mlp{inputs = 4, hidden = {}, outputs = 1}
linear:set_weights{lai.tensor{weights}}
local x = lai.randn(2000, 4, {generator = lai.generator(1)})
local probe = lai.probe.noise(linear, x, {sigma = 1, repeats = 16, seed = 1})
print(probe)
for j, w in ipairs(weights) do
  local expected = math.abs(w) * math.sqrt(2 / math.pi)
  assert(math.abs(probe.sensitivity[j] - expected) < 0.02 * expected + 1e-9, "|w| √(2/π)")
end

-- Twice the noise changes a line's output twice as much; that of a saturated tanh network less.
local double = lai.probe.noise(linear, x, {sigma = 2, repeats = 16, seed = 1})
assert(math.abs(double.sensitivity[1] / probe.sensitivity[1] - 2) < 1e-3)

local net = lai.mlp{inputs = 4, hidden = {32}, outputs = 1, activation = "tanh", seed = 1}
local wide = lai.tensor(net:weights()[1]:totable()) * 10
net:set_weights{wide, net:weights()[2]}
local once = lai.probe.noise(net, x, {sigma = 1, repeats = 4, seed = 1}).sensitivity[1]
local twice = lai.probe.noise(net, x, {sigma = 2, repeats = 4, seed = 1}).sensitivity[1]
print(("a saturated tanh network, X1: %.4f for σ = 1, %.4f for σ = 2"):format(once, twice))
assert(twice < 1.9 * once, "it saturates")

-- Two networks on the same rows with the same noise: the changes have errors of their own, which are
-- smaller than those of the two numbers.
local flat = net:clone():set_weights{wide / 2, net:weights()[2]}
local found = lai.probe.noise(net, x, {features = {"X1", 2}, sigma = {X1 = 0.5, default = 1}})
  :compare{steep = net, flat = flat}
print(found)
assert(found.control == "steep" and found.change.flat[1] < 0)
assert(found.difference_error.flat[1] < found.standard_error.flat[1])

-- Where the slopes are: the mean prediction by values of X1.
print(lai.probe.partial_dependence(net, x, {feature = "X1", points = 7}))
