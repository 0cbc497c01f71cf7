local net = lai.mlp{inputs = 3, hidden = {5, 4}, outputs = 2, activation = "gelu", seed = 3, dtype = "float64"}
assert(tostring(net) == "MLP(3 -> 5 -> 4 -> 2, gelu, 54 parameters)", tostring(net))
assert(net.inputs == 3 and net.outputs == 2 and net.hidden[2] == 4 and net.parameter_count == 54)
local x = lai.randn(7, 3, {dtype = "float64", generator = lai.generator(1)})
assert(net(x).shape[1] == 7 and net(x).shape[2] == 2)
assert(#net:input_gradient(x).shape == 3)

-- slopes against finite differences
local k, h = net:input_gradient(x), 1e-6
local moved = x:clone():set_(2, 3, x:get(2, 3) + h)
near(k:get(2, 1, 3), (net(moved):get(2, 1) - net(x):get(2, 1)) / h, 1e-5)

-- weights, biases, clone: copies
local twin = net:clone()
local weights = net:weights()
assert(#weights == 3 and weights[1].shape[1] == 5 and weights[1].shape[2] == 3)
weights[1]:fill_(0)
assert((net(x) - twin(x)):abs():max():item() == 0, "weights() are copies")
net:set_weights(weights)
assert((net(x) - twin(x)):abs():max():item() > 0)
twin:set_weights(weights):set_biases(net:biases())
assert((net(x) - twin(x)):abs():max():item() == 0)

-- files
local path = os.tmpname()
net:save(path)
local loaded = lai.mlp_load(path)
assert(tostring(loaded) == tostring(net) and loaded.dtype == "float64")
assert((net(x) - loaded(x)):abs():max():item() == 0)
local file = io.open(path, "rb")
local bytes = file:read("a")
file:close()
for _, length in ipairs{0, 4, 20, #bytes // 2, #bytes - 1} do
  file = io.open(path, "wb")
  file:write(bytes:sub(1, length))
  file:close()
  raises("mlp_load: '" .. path:gsub("%p", "%%%0"), lai.mlp_load, path)
end
os.remove(path)
raises("no such file", lai.mlp_load, path)

-- a scaler is saved with the network
local raw = lai.tensor({{1, 5, 2}, {3, 9, 2}, {8, 7, 1}}, {dtype = "float64"})
local rows = path .. ".csv"
file = io.open(rows, "w")
file:write("a,b,c\n1,5,2\n3,9,2\n8,7,1\n")
file:close()
local scaler = lai.standardize(lai.csv(rows, {dtype = "float64"}))
os.remove(rows)
assert(net.scaler == nil and loaded.scaler == nil)
assert(net:set_scaler(scaler) == net)
for _, copy in ipairs{net, net:clone(), lai.mlp_load((net:save(path) and path))} do
  assert((copy.scaler(raw) - scaler(raw)):abs():max():item() == 0)
  assert((copy(x) - loaded(x)):abs():max():item() == 0, "only kept")
end
os.remove(path)
raises("set_scaler: scaler must be of 2 features, as the network takes %(got 3%)",
  net.set_scaler, lai.mlp{inputs = 2}, scaler)

-- so are the names of the columns that it was trained on
local ab = lai.dataset({{1, 2}, {3, 5}}, {1, 2}, {features = {"a", "b"}, target = "t"})
local trained = lai.train{model = lai.mlp{inputs = 2, hidden = {3}}, data = ab, epochs = 1}.model
assert(lai.mlp{inputs = 2}.features == nil and lai.mlp{inputs = 2}.target == nil)
for _, copy in ipairs{trained, trained:clone():set_weights(trained:weights()),
    lai.mlp_load((trained:save(path) and path))} do
  assert(copy.features[1] == "a" and copy.features[2] == "b" and copy.target == "t")
  raises("in another order", copy, lai.dataset({{1, 2}}, nil, {features = {"b", "a"}}))
end
os.remove(path)

-- the same seed gives the same weights
local a, b = lai.mlp{inputs = 2, seed = 5}, lai.mlp{inputs = 2, seed = 5}
assert((a:weights()[1] - b:weights()[1]):abs():max():item() == 0)

-- losses
local y = lai.randn(7, 2, {dtype = "float64", generator = lai.generator(2)})
local mse = lai.loss.mse()
near(mse:value(net, x, y), ((net(x) - y) ^ 2):mean():item(), 1e-12)
near(lai.loss.mae():value(net, x, y), (net(x) - y):abs():mean():item(), 1e-12)
local value, gradients = mse:gradients(net, x, y)
assert(value == mse:value(net, x, y) and #gradients.weights == 3 and #gradients.biases == 3)
-- numbers that are not finite do not vanish in a norm
for _, base in ipairs{"mse", "mae"} do
  for _, norm in ipairs{"l1", "l2", "elastic"} do
    for _, reduction in ipairs{"batch", "sample"} do
      local loss = lai.loss.lai{base = base, lambda = 0.1, norm = norm, reduction = reduction}
      for _, bad in ipairs{0 / 0, 1 / 0} do
        local value = loss:value(lai.mlp{inputs = 2, hidden = {4}, seed = 1}, {{1, bad}, {3, 4}}, {1, 2})
        assert(value ~= value or value == 1 / 0, base .. norm .. reduction .. value)
      end
    end
  end
end
raises("value: lambda must be 1.17.*e%-38 to 3.4.*e%+38 in float32 %(got 1e%-60%)",
  function() lai.loss.lai{lambda = 1e-60}:value(lai.mlp{inputs = 1}, {{1}}, {1}) end)
raises("lambda must be finite %(got inf%)", lai.loss.lai, {lambda = 1 / 0})
local loss = lai.loss.lai{base = "mae", lambda = 0.5}
assert(tostring(loss) == "loss.lai(base mae, lambda 0.5, norm l2, reduction batch)", tostring(loss))
near(loss:factor(0.5):item(), 1 / 1.25 ^ 0.5, 1e-12)
near(lai.loss.lai{slope = 0.5}:factor({0.5}):item(), 1 / 1.25, 1e-12)
local named = lai.loss.lai{lambda = {X2 = 1e-3, X3 = false, default = 0.1}}
local listed = lai.loss.lai{lambda = {0.1, 1e-3, false}}
local steep = lai.mlp{inputs = 3, hidden = {5}, outputs = 2, seed = 9, dtype = "float64"}
assert(named:value(steep, x, y) == listed:value(steep, x, y))
assert(lai.loss.lai{lambda = 0.1}:value(steep, x, y) ~= listed:value(steep, x, y))

-- errors
raises("%[2%] must be a whole number >= 1", function()
  lai.mlp{inputs = 2, hidden = {3, 0}}
end)
raises("option 'inputs' is missing", lai.mlp, {})
raises("did you mean 'activation'", lai.mlp, {inputs = 2, activaton = "relu"})
raises("activation must be 'identity'.* %(got 'relo'%)", lai.mlp, {inputs = 2, activation = "relo"})
raises("MLP: shape 5x2 is not that of rows with 3 columns", function() net(lai.zeros(5, 2)) end)
raises("weights must be 3 tensors", function() net:set_weights({}) end)
raises("weights of layer 1 must be of shape 5x3 %(got 2x2%)", function()
  net:set_weights({lai.eye(2), lai.eye(2), lai.eye(2)})
end)
raises("lambda must be > 0 %(got 0%)", lai.loss.lai, {lambda = 0})
raises("lambda must be > 0 %(got %-1%)", lai.loss.lai, {lambda = -1})
raises("lambda must be > 0 %(got nan%)", lai.loss.lai, {lambda = 0 / 0})
raises("lambda must be given, or slope", lai.loss.lai, {})
raises("lambda must be left out when slope is given", lai.loss.lai, {lambda = 1, slope = 1})
raises("lambda must be a list of 3 entries", function()
  lai.loss.lai{lambda = {1, 2}}:value(net, x, y)
end)
local columns = os.tmpname()
file = io.open(columns, "w")
file:write("a,b,c,d\n1,5,2,1\n3,9,2,2\n")
file:close()
raises("lambda.b must be left out, as X2 is the same feature %(got 2%)", lai.train, {
  model = lai.mlp{inputs = 3}, data = lai.csv(columns, {target = "d"}),
  loss = lai.loss.lai{lambda = {b = 2, X2 = 1, default = 1}}})
os.remove(columns)
raises("unknown feature 'Y1'", function() lai.loss.lai{lambda = {Y1 = 1, default = 1}}:value(net, x, y) end)
raises("x and y do not agree", function() mse:value(net, x, lai.zeros(3)) end)
