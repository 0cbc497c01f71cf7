-- Scalers of features and targets, and the units of everything that a person reads.
local D = {dtype = "float64"}
local x = lai.tensor({{0, 10}, {2, 10}, {4, 40}}, D)
local raw = lai.dataset(x, lai.tensor({100, 200, 600}, D), {features = {"a", "b"}, target = "price"})

-- Mean and deviation (divisor n), or least and range; of the target when asked.
local s = lai.standardize(raw)
assert(s.target_center == nil and s.center[1] == 2 and s.features[2] == "b")
near(s.scale[1], math.sqrt(8 / 3), 1e-15)
assert(s.mean[2] == s.center[2] and s.std[2] == s.scale[2])
assert(s(raw).y:get(3, 1) == 600)
s = lai.standardize(raw, {target = true})
near(s.target_center[1], 300, 1e-15)
near(s.target_scale[1], math.sqrt(140000 / 3), 1e-15)
near(s(raw).y:get(1, 1), -200 / math.sqrt(140000 / 3), 1e-14)
local m = lai.minmax(raw, {target = true})
assert(m(raw).x:get(2, 1) == 0.5 and m(raw).y:get(2, 1) == 0.2 and m.scale[2] == 30)
assert(tostring(m):find("target price") and m.target_scale[1] == 500)

-- Back: rows, data, predictions.
near((m:inverse(m(x)) - x):abs():max():item(), 0, 1e-12)
local back = m:inverse(m(raw))
near((back.y - raw.y):abs():max():item(), 0, 1e-12)
assert(m:inverse_target(lai.tensor{{0.2}}):item() == 200)
assert(lai.standardize(raw):inverse_target(lai.tensor{{7}}):item() == 7)

-- Given numbers.
local own = lai.scaler{center = {0, 100}, scale = {1, 10}, features = {"a", "b"},
                       target = {center = 5, scale = {2}}, target_name = "price"}
assert(own(raw).x:get(1, 2) == -9 and own(raw).y:get(1, 1) == 47.5 and own.target_center[1] == 5)
for _, case in ipairs{
  {{center = {0}, scale = {0}}, "scale%[1%] must be a finite number > 0"},
  {{center = {0}, scale = {1, 2}}, "one center and one scale"},
  {{center = {}, scale = {}}, "center must be a list of a number or more"},
  {{center = {0}, scale = {1}, features = {"a", "b"}}, "features must be 1 names"},
  {{center = {0}, scale = {1}, target = {center = 1}}, "target.scale must be"},
  {{center = {0}, scale = {1}, target = {center = 1, scale = 1, mean = 1}}, "unknown option 'mean'"},
  {{center = {0}, scale = {1}, target = 7}, "target must be {center = …, scale = …}"},
  {{center = {0}}, "option 'scale' is missing"},
} do raises(case[2], lai.scaler, case[1]) end

-- A second scaling, and data of another scaler, are refused.
raises("Scaler: data must be in their original units", m, m(raw))
raises("standardize: data must be in their original units", lai.standardize, s(raw))
raises("inverse: data: scaled by another scaler than this scaler's data", m.inverse, m, s(raw))
raises("standardize: data must be data with targets", lai.standardize, lai.dataset(x), {target = true})
raises("Scaler: data has the features .* another order", m,
  lai.dataset(x, nil, {features = {"b", "a"}}))

-- A network keeps the scaler of its data; RMSE and metrics are in the target's own units.
local function problem(scale)
  local all = lai.synthetic.friedman1{n = 150, seed = 3, dtype = "float64"}
  return lai.dataset(all.x, all.y * scale, {target = "price"}):split{validation = 0.3, seed = 2}
end
local train, valid = problem(1000)
local scaler = lai.standardize(train, {target = true})
local net = lai.mlp{inputs = 10, hidden = {8}, dtype = "float64"}
local options = {model = net, data = scaler(train), validation = scaler(valid), epochs = 30, batch = 32,
                 optimizer = lai.adam{lr = 1e-2}, metrics = {"mae", "r2"}}
local run = lai.train(options)
local last = run.history[30]
local scale = scaler.target_scale[1]
local e = run.model:predict(valid) - valid.y
near(last.validation_rmse, (e * e):mean():sqrt():item(), 1e-12)
near(last.validation_rmse_scaled * scale, last.validation_rmse, 1e-12)
near(last.metrics.mae, e:abs():mean():item(), 1e-12)
near(last.base_loss, last.validation_rmse_scaled ^ 2, 1)  -- a scaled loss, around 1
assert(last.validation_rmse > 500 and #run.warnings == 0, run.warnings[1])
assert(tostring(run):find("losses of the scaled target, RMSE in the units of price"))
assert(net.scaler == nil and run.model.scaler.target_scale[1] == scale)
-- The same network on the same bits: the scale is one of the report alone.
local plain = lai.train{model = net, data = lai.dataset(options.data.x, options.data.y),
                        validation = lai.dataset(options.validation.x, options.validation.y),
                        epochs = 30, batch = 32, optimizer = lai.adam{lr = 1e-2}}
assert((plain.model(valid.x) - run.model(valid.x)):abs():max():item() == 0)
assert(plain.history[30].validation_rmse == last.validation_rmse_scaled)
assert(plain.history[30].validation_rmse_scaled == nil)
-- Resumed, and on_epoch, likewise.
local state = os.tmpname()
run:save(state)
local more = lai.resume(state, {data = options.data, validation = options.validation, epochs = 31,
                                on_epoch = function(r) assert(r.validation_rmse > 500) end})
assert(more.model.scaler.target_scale[1] == scale and #more.history == 31)
os.remove(state)
-- A scripted model's predictions too.
local scripted = lai.train{
  step = function(p, rows, y) return (rows:matmul(p) - y):square():mean() end,
  predict = function(p, rows) return rows:matmul(p) end, parameters = lai.zeros(10, 1, D),
  data = options.data, validation = options.validation, epochs = 1, metrics = {"max_error"}}
local r = scripted.history[1]
near(r.validation_rmse, r.validation_rmse_scaled * scale, 1e-12)
assert(r.metrics.max_error > 1000)

-- Validation data with a scaler of their own, or none.
raises("train: validation: scaled by another scaler than data; fit one scaler to the training data",
  lai.train, {model = net, data = scaler(train), validation = lai.standardize(valid, {target = true})(valid)})
raises("train: validation: not scaled, but data is", lai.train,
  {model = net, data = scaler(train), validation = valid})
raises("train: validation: scaled, but data is not", lai.train,
  {model = net, data = train, validation = scaler(valid)})
raises("train: data: in original units, but the network takes scaled data", lai.train,
  {model = run.model, data = train})
raises("MLP: data: in original units.*or use predict", run.model, valid)
raises("smoothness: data: in original units", lai.probe.smoothness, run.model, valid)
raises("train: validation: scaled by another", lai.train, {
  step = function(p) return p:sum() end, parameters = lai.ones(1), data = scaler(train),
  validation = lai.standardize(valid)(valid), epochs = 1})

-- A target far from the unit scale is warned of, with the way out; so is an RMSE above its deviation.
for factor, count in pairs{[1000] = 2, [1e-3] = 2, [1] = 1} do
  local a, b = problem(factor)
  local warned = lai.train{model = net, data = a, validation = b, epochs = 1, loss = lai.loss.mse(),
                           optimizer = lai.sgd{lr = 1e-30}}.warnings
  assert(#warned == count, #warned)
  assert(warned[count]:find("^the validation RMSE, .* is above the target's own standard deviation"))
  if count == 2 then
    assert(warned[1]:find("^the target 'price' has a standard deviation of .* is not scaled"))
    assert(warned[1]:find("lai.standardize(train, {target = true})", 1, true))
  end
end
-- The paper's own target, in units of 100,000 dollars with a deviation of 1.15, is not.
local a, b = problem(0.23)
local quiet = lai.train{model = net, data = a, validation = b, epochs = 40, batch = 32,
                        optimizer = lai.adam{lr = 1e-2}}
assert(#quiet.warnings == 0, quiet.warnings[1])

-- λ in original units: slope_original = slope_scaled * s_y / s_x.
local loss = lai.loss.lai{slope = 500, units = "original"}
assert(tostring(loss):find("units original"))
local names = lai.lambdas(train, {slope = 500, scaler = scaler})
near(names.X2, (500 * scaler.scale[2] / scale) ^ 2, 1e-12)
local list = {}
for i, name in ipairs(train.features) do list[i] = names[name] end
options.alpha, options.epochs = 0.5, 3
options.loss = loss
local original = lai.train(options)
options.loss = lai.loss.lai{lambda = list}
local by_hand = lai.train(options)
near((original.model(valid.x) - by_hand.model(valid.x)):abs():max():item(), 0, 1e-9)
near(loss:value(original.model, options.data), options.loss:value(original.model, options.data), 1e-12)
raises("units must be 'scaled' or 'original'", lai.loss.lai, {lambda = 1, units = "dollars"})

-- Slopes and probes in original units; x is scaled in any case.
local k = run.model:input_gradient(options.data)
local ko = run.model:input_gradient(options.data, {units = "original"})
for j = 1, 10 do near(ko:get(4, j), k:get(4, j) * scale / scaler.scale[j], 1e-10) end
local smooth = lai.probe.smoothness(run.model, options.data)
local own_units = lai.probe.smoothness(run.model, options.data, {units = "original"})
near(own_units.variance, smooth.variance * scale ^ 2, 1e-10)
near(own_units.slope_p95[3], smooth.slope_p95[3] * scale / scaler.scale[3], 1e-10)
local noise = lai.probe.noise(run.model, options.data, {repeats = 2})
local own_noise = lai.probe.noise(run.model, options.data, {repeats = 2, units = "original"})
near(own_noise.sensitivity[5], noise.sensitivity[5] * scale, 1e-10)

-- Sweeps: scale_target, with measures in original units; measures of one's own get scaled data.
local seen
local sweep = lai.sweep{
  data = train, seeds = 1, base = {hidden = {4}, epochs = 3, scale_target = true, dtype = "float64"},
  grid = {lambda = {0.1}}, workers = 1,
  measure = {rmse = true, mine = function(trained, data)
    seen = trained.model:evaluate(data).rmse
    assert(data.y:abs():max():item() < 10 and trained.history[3].validation_rmse > 100)
    return seen
  end}}
sweep:run()
for _, row in ipairs(sweep:rows()) do near(row.rmse.mean, row.mine.mean, 1e-9) end
raises("sweep: data must be in original units", lai.sweep, {data = scaler(train), seeds = 1})
