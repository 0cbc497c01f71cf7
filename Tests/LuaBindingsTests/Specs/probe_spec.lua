-- Options of probes, own noise, partial dependence and comparisons. Their numbers are tested in
-- LearningTests.
local function linear(weights)
  local net = lai.mlp{inputs = #weights, hidden = {}, activation = "identity", dtype = "float64"}
  return net:set_weights{lai.tensor({weights}, {dtype = "float64"})}
end
local net, half, other = linear{2, -3, 0.5}, linear{1, -1.5, 0.25}, linear{1, 1, 1}
local g = lai.generator(3)
local x = lai.randn(200, 3, {generator = g, dtype = "float64"}) + 1
local data = lai.dataset(x, net(x), {features = {"size", "X8", "age"}, target = "price"})
local function deviation(j) return x:select(2, j):var():sqrt():item() end
local normal = math.sqrt(2 / math.pi)

-- Features: a name, an index, or a list of them, in this order; numbers as among all.
for _, name in ipairs{"noise", "dgsm", "permutation", "worst_case", "smoothness", "monotonicity"} do
  local probe = lai.probe[name]
  local all = probe(net, data)
  assert(table.concat(all.features, " ") == "size X8 age")
  for _, case in ipairs{{"X8", {2}}, {-1, {3}}, {{"age", 1}, {3, 1}}, {{"X8", "X1"}, {2, 1}}} do
    local some = probe(net, data, {features = case[1]})
    assert(#some.features == #case[2] and #some.standard_error == #case[2])
    for k, j in ipairs(case[2]) do
      assert(some.features[k] == all.features[j])
      assert(some.standard_error[k] == all.standard_error[j])
    end
  end
  raises("unknown feature 'sise' %(did you mean 'size'%?%)", probe, net, data, {features = "sise"})
  raises("features must be from 1 to 3, or from %-3 to %-1 %(got 0%)", probe, net, data, {features = 0})
  raises("features%[2%] must be another feature %(got 2, which is there already%)", probe, net, data,
    {features = {"X8", 2}})
  raises("features must be a feature's name or index, or a list of them %(got true%)", probe, net,
    data, {features = true})
  raises("features must be .* %(got a table%)", probe, net, data, {features = {}})
end

-- σ as a number, a list or by name; kinds of noise.
local noise = lai.probe.noise
local many = {repeats = 200}
local function with(options, more)
  local all = {}
  for k, v in pairs(options) do all[k] = v end
  for k, v in pairs(more) do all[k] = v end
  return all
end
local named = noise(net, data, with(many, {sigma = {X8 = 0.5, default = 2, age = false}}))
assert(#named.sensitivity == 2 and named.features[2] == "X8")
assert(named.sigma[1] == 2 and named.sigma[2] == 0.5)
near(named.sensitivity[2], 0.5 * 3 * deviation(2) * normal, 0.01)
local listed = noise(net, data, with(many, {sigma = {2, 0.5, 1}}))
assert(listed.sensitivity[2] == named.sensitivity[2] and #listed.sigma == 3)
assert(noise(net, data, {sigma = 0.5}).sigma == 0.5)
local uniform = noise(net, data, with(many, {kind = "uniform", features = "X8"}))
near(uniform.sensitivity[1], 3 * deviation(2) * math.sqrt(3) / 2, 0.01)
assert(tostring(uniform):find("^NoiseSensitivity%(uniform, sigma 1%)\n"))
local share = noise(net, data, with(many, {kind = "multiplicative", sigma = 0.1, features = "X8"}))
near(share.sensitivity[1], 0.1 * 3 * x:select(2, 2):abs():mean():item() * normal, 0.01)
assert(noise(net, data, {multiplicative = true}).sensitivity[1]
  == noise(net, data, {kind = "multiplicative"}).sensitivity[1])
raises("sigma must be given for every feature, or with a default %(got none for size%)", noise, net,
  data, {sigma = {X8 = 1}})
assert(#noise(net, data, {sigma = {X8 = 1}, features = "X8"}).sensitivity == 1)
raises("sigma.X8 must be >= 0 %(got %-1%)", noise, net, data, {sigma = {X8 = -1, default = 1}})
raises("kind must be 'additive', 'multiplicative' or 'uniform' %(got 'pink'%)", noise, net, data,
  {kind = "pink"})
raises("unknown option 'sigmas' %(did you mean 'sigma'%?%)", noise, net, data, {sigmas = 1})

-- Noise of one's own gets the values in original units, the name and a generator.
local scaler = lai.scaler{center = {10, 20, 30}, scale = {2, 4, 5}, features = data.features,
                          target = {center = 1, scale = 7}}
local original = scaler:inverse(scaler(data))
local seen = {}
local own = noise(net, scaler(data), {repeats = 2, noise = function(values, feature, generator)
  seen[#seen + 1] = feature
  assert(#values == 200 and generator:normal() ~= 0)
  local j = (#seen + 1) // 2
  near(values:get(7), original.x:get(7, j), 1e-9)
  return values + 3
end})
assert(table.concat(seen, " ") == "size size X8 X8 age age")
near(own.sensitivity[2], 3 * 3 / 4, 1e-9)
near(own.sensitivity[3], 3 * 0.5 / 5, 1e-9)
local function random(values, _, generator)
  return values + lai.randn(#values, {generator = generator, dtype = "float64"})
end
local drawn = noise(net, data, {noise = random})
assert(drawn.sensitivity[3] == noise(net, data, {noise = random, features = "age"}).sensitivity[1])
near(noise(net, data, {noise = random, repeats = 200}).sensitivity[1], 2 * normal, 0.01)
assert(noise(net, data, {features = 1, noise = function(v) return v:totable() end}).sensitivity[1] == 0)
raises("sigma must be left out with noise", noise, net, data, {noise = random, sigma = 1})
raises("the value of noise must be a tensor of 200 numbers, one per row %(got nil%)", noise, net, data,
  {noise = function() end})
raises("the value of noise must be a tensor of 200 numbers, one per row %(got 1%)", noise, net, data,
  {noise = function() return {1} end})
raises("noise must be a function %(got 1%)", noise, net, data, {noise = 1})
local mine = {}
local ok, thrown = pcall(noise, net, data, {noise = function() error(mine) end})
assert(not ok and thrown == mine)
raises("unknown option 'noise'", lai.probe.dgsm, net, data, {noise = random})

-- σ in the units of the features.
near(noise(net, scaler(data), with(many, {sigma_units = "scaled", features = 1})).sensitivity[1],
  2 * normal, 0.01)
local raw = noise(net, scaler(data), with(many, {sigma_units = "original", sigma = {X8 = 0.5}, features = "X8"}))
near(raw.sensitivity[1], 0.5 * 3 / 4 * normal, 0.01)

-- Partial dependence.
local curve = lai.probe.partial_dependence(net, data, {feature = "X8", points = 5})
local column = x:select(2, 2)
assert(#curve.values == 5 and curve.features[1] == "X8")
near(curve.values[1], column:min():item(), 1e-12)
near(curve.values[5], column:max():item(), 1e-12)
local rest = net(x):squeeze() + 3 * column
for k = 1, 5 do
  near(curve.mean[k], rest:mean():item() - 3 * curve.values[k], 1e-9)
  near(curve.slope[k], -3, 1e-12)
  near(curve.standard_error[k], math.sqrt(rest:var():item() / 199), 1e-9)
end
assert(tostring(curve):find("^PartialDependence\n  X8 +mean prediction  standard error  mean slope\n"))
local grid = lai.probe.partial_dependence(net, scaler(data), {feature = 2, grid = {20, 24}})
near(grid.slope[1], -3 * 7 / 4, 1e-9)
near(grid.mean[2] - grid.mean[1], -3 * 7, 1e-9)
assert(grid.values[2] == 24)
assert(lai.probe.partial_dependence(net, scaler(data), {feature = 2, grid = {20}, units = "scaled"}).slope[1] == -3)
raises("feature must be a feature's name or index %(got a table%)", lai.probe.partial_dependence, net,
  data, {feature = {"X8", "age"}})
raises("option 'feature' is missing", lai.probe.partial_dependence, net, data, {points = 3})
raises("grid must be a list of numbers %(got a tensor of shape 1x2%)", lai.probe.partial_dependence,
  net, data, {feature = 1, grid = {{1, 2}}})
raises("points must be a whole number from 2 to 100000 %(got 1%)", lai.probe.partial_dependence, net,
  data, {feature = 1, points = 1})
raises("no field or method 'valuez'", function() return drawn.valuez end)
raises("values: a result of lai.probe.noise does not have it", function() return drawn.values end)

-- A bound of more than the whole says nothing.
local wave = lai.mlp{inputs = 1, hidden = {1}, activation = "sin", dtype = "float64"}
wave:set_weights{{{9}}, {{1}}}
local steep = lai.probe.dgsm(wave, lai.linspace(-1, 1, 101, {dtype = "float64"}):unsqueeze(2))
assert(steep.bound[1] > 1 and tostring(steep):find(">1$"))

-- Comparisons: the network that was measured is the control, under its name among the models.
local probe = noise(net, data, {repeats = 3, features = {"X8", "size"}})
local found = probe:compare{mse = net, lai = half, more = other}
assert(table.concat(found.models, " ") == "mse lai more" and found.control == "mse")
assert(found.probe == "noise" and found.column == "sensitivity")
assert(table.concat(found.features, " ") == "X8 size")
assert(found.value.mse[1] == probe.sensitivity[1])
assert(found.standard_error.mse[2] == probe.standard_error[2])
assert(found.value.more[2] == noise(other, data, {repeats = 3, features = {"X8", "size"}}).sensitivity[2])
-- Half as steep on every row: by 50 %, and that is certain.
for k = 1, 2 do
  near(found.change.lai[k], -50, 1e-9)
  assert(found.change_error.lai[k] < 1e-9 and found.standard_error.lai[k] > 1e-3)
  near(found.difference.lai[k], -0.5 * probe.sensitivity[k], 1e-9)
  assert(found.change.mse[k] == 0 and found.difference_error.lai[k] > 1e-3)
end
local text = tostring(found)
assert(text:find("^NoiseSensitivity: sensitivity ± standard error, and paired changes against mse\n"))
assert(text:find("\n  feature +mse +lai +more +change, lai +change, more\n  X8 "))
assert(text:find("%-50.0 %% ± 0.0"))
assert(probe:compare{lai = half}.models[1] == "control")
local swapped = probe:compare({mse = net, lai = half}, {control = "lai"})
assert(swapped.models[1] == "lai" and #swapped.models == 2)
near(swapped.change.mse[1], 100, 1e-9)
assert(#probe:compare({b = half, a = other}, {control = "b"}).models == 2)
assert(lai.probe.permutation(net, data):compare{lai = half}.column == "importance")
assert(#lai.probe.partial_dependence(net, data, {feature = 1}):compare{lai = half}.change.lai == 20)
-- Also with noise of one's own, which the result keeps.
local kept = noise(net, data, {noise = function(v, f, generator) return random(v, f, generator) end})
collectgarbage()
near(kept:compare{lai = half}.change.lai[1], -50, 1e-9)
raises("compare: models must be a table of networks by name %(got nil%)", probe.compare, probe)
raises("compare: models.lai must be a lai.MLP %(got 3%)", probe.compare, probe, {lai = 3})
raises("compare: models must be a table whose keys are names %(got the key 1%)", probe.compare, probe, {net})
raises("compare: control must be one of 'lai' %(got 'mse'%)", probe.compare, probe, {lai = half}, {control = "mse"})
raises("compare: models must be networks beside the control 'mse' %(got none%)", probe.compare, probe, {mse = net})
raises("compare: models.control must be the network that was measured, or have another name", probe.compare,
  probe, {control = half})
raises("compare: models.small must be a network of 3 features, as was measured %(got 2%)", probe.compare, probe, {small = linear{1, 2}})
raises("compare: unknown option 'controll' %(did you mean 'control'%?%)", probe.compare, probe, {lai = half}, {controll = "x"})
-- Networks that were trained on other columns.
local trained = lai.train{model = linear{0, 0, 0}, epochs = 1,
                          data = lai.dataset(x, net(x), {features = {"size", "X9", "age"}})}.model
raises("data lacks 'X9'", probe.compare, probe, {lai = trained})
