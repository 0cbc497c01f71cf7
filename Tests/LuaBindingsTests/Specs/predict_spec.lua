-- From a raw CSV file to predictions for new rows, as scikit-learn makes them.
--
-- The numbers are those of scikit-learn 1.9.1 in float64, on the rows that `row` below makes:
--   numbers = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())
--   columns = ColumnTransformer([("n", numbers, ["a", "b"]), ("c", OneHotEncoder(), ["kind"])])
--   model = TransformedTargetRegressor(make_pipeline(columns, LinearRegression()), transformer=StandardScaler())
--   model.fit(X(1..40), y(1..40)); model.predict(X(41..46)); root_mean_squared_error, r2_score, …
local predicted = {92585.5588061844, 71773.93337372463, 93647.48476383714, 85578.46102593109,
                   108155.33858379157, 99302.6321357312}
local errors = {rmse = 4386.737781400533, mae = 3663.076343041539, r2 = 0.9037945355524639,
                max_error = 8079.66141620843}

local function row(i)
  local a, b, kind = 100 + 30 * math.sin(i), math.cos(3 * i), i * i % 7 % 3
  local price = 50000 + 400 * a - 9000 * b + 5000 * kind + 3000 * math.sin(11 * i)
  return {a = i % 7 == 3 and "" or ("%.3f"):format(a), b = i % 9 == 5 and "" or ("%.4f"):format(b),
          kind = ("xyz"):sub(kind + 1, kind + 1), price = ("%.0f"):format(price)}
end
local paths = {}
local function write(first, last, names, change)
  local path = os.tmpname()
  paths[#paths + 1] = path
  local lines = {table.concat(names, ",")}
  for i = first, last do
    local r = row(i)
    if change then change(r, i) end
    local cells = {}
    for k, name in ipairs(names) do cells[k] = r[name] or "0" end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  io.open(path, "w"):write(table.concat(lines, "\n"), "\n"):close()
  return path
end

local raw = lai.csv(write(1, 40, {"a", "b", "kind", "price"}),
  {target = "price", onehot = "kind", missing = "mean", dtype = "float64"})
local scaler = lai.standardize(raw, {target = true})
local net = lai.mlp{inputs = #raw.features, hidden = {}, dtype = "float64"}
local run = lai.train{model = net, data = scaler(raw), epochs = 60, batch = 40, optimizer = lai.lbfgs{}}
assert(tostring(run.model):find("parameters, takes scaled data)", 1, true) and not tostring(net):find "scaled")
local path = os.tmpname()
paths[#paths + 1] = path
run.model:save(path)
local again = lai.mlp_load(path)  -- all that another process needs

-- Columns in another order, more of them, no target or an empty one: all the same.
local new = write(41, 46, {"a", "b", "kind", "price"})
for _, file in ipairs{
  new, write(41, 46, {"kind", "id", "b", "a"}),
  write(41, 46, {"a", "b", "kind", "price"}, function(r) r.price = "" end),
} do
  for _, model in ipairs{run.model, again} do
    local y = model:predict(file)
    assert(y.shape[1] == 6 and y.shape[2] == 1)
    for i, wanted in ipairs(predicted) do near(y:get(i, 1), wanted, 1e-7) end
  end
end
for _, measures in ipairs{again:evaluate(new), again:evaluate(new).outputs.price} do
  for name, wanted in pairs(errors) do near(measures[name], wanted, 1e-7) end
end
assert(again:evaluate(new).n == 6)
raises("no field 'rsme'", function() return again:evaluate(new).rsme end)

-- Data, scaled or not, and rows.
local y = again:predict(raw)
assert((again:predict(scaler(raw)) - y):abs():max():item() < 1e-8)
assert((again:predict(raw.x) - y):abs():max():item() == 0)
assert(again:predict(raw.x[3]):item() == y:get(3, 1))
local e = again:evaluate(scaler(raw))
near(e.rmse, again:evaluate(raw).rmse, 1e-12)
near(e.rmse, (y - raw.y):square():mean():sqrt():item(), 1e-12)
-- By name, in any order.
local names, order = {}, {}
for k = #raw.features, 1, -1 do
  names[#names + 1], order[#order + 1] = raw.features[k], raw.x:select(2, k)
end
local turned = lai.dataset(lai.stack(order, 2), raw.y, {features = names, target = "price"})
assert((again:predict(turned) - y):abs():max():item() == 0)
assert(again:evaluate(turned).rmse == again:evaluate(raw).rmse)
raises("predict: data lacks 'kind=z', feature 5 of the network's data", again.predict, again,
  lai.dataset(raw.x, nil, {features = {"a", "b", "kind=x", "kind=y", "kind=w"}}))
raises("predict: MLP: shape", again.predict, lai.mlp{inputs = 5}, {{1, 2}})
raises("predict: data: scaled by another scaler than the network's data", again.predict, again,
  lai.minmax(raw)(raw))
raises("evaluate: data has the target 'cost', the network's data 'price'", again.evaluate, again,
  lai.dataset(raw.x, raw.y, {target = "cost"}))
raises("evaluate: data must be data with targets", again.evaluate, again, lai.dataset(raw.x))
raises("evaluate: data must be a lai.Dataset or the path of a CSV file", again.evaluate, again, raw.x)
raises("predict: x must be a lai.Tensor.* or the path of a CSV file", again.predict, again, true)

-- What a file may not have.
local function refused(pattern, names, change)
  raises(pattern, again.predict, again, write(41, 44, names, change))
end
refused("predict: .*, line 1: has no column 'kind' %(did you mean 'kinds'%?%)", {"a", "b", "kinds"})
refused("line 3, column 'kind': .w. is none of its 3 categories: 'x', 'y', 'z'", {"a", "b", "kind"},
  function(r, i) if i == 42 then r.kind = "w" end end)
refused("line 2, column 'a': .*dear.* is not a number", {"a", "b", "kind"}, function(r) r.a = "dear" end)
raises("evaluate: .*has no column 'price'", again.evaluate, again, write(41, 44, {"a", "b", "kind"}))
raises("predict: .*no such file", again.predict, again, path .. ".csv")
raises("predict: file must be left out for a network that was trained without names", again.predict,
  lai.mlp{inputs = 2}, new)
-- Nothing fills what was an error in training; a category that is missing is none.
local strict = lai.csv(write(1, 40, {"kind", "price"}), {target = "price", onehot = "kind"})
local of_kind = lai.train{model = lai.mlp{inputs = 3}, data = lai.minmax(strict, {target = true})(strict), epochs = 1}.model
raises("column 'kind': the value is missing, and the data before had nothing to replace it",
  of_kind.predict, of_kind, write(41, 41, {"kind", "a"}, function(r) r.kind = "" end))
local blank = write(41, 41, {"a", "b", "kind"}, function(r) r.kind = "" end)
local none = raw.x[1]:clone()
for k, v in ipairs{tonumber(row(41).a), raw.report.fills.b, 0, 0, 0} do none:set_(k, v) end  -- 41 has no b
near(again:predict(blank):item(), again:predict(none):item(), 1e-12)

-- A network of named tensors reads files too; older networks predict as they are.
local tensors = lai.train{model = lai.mlp{inputs = 2}, data = lai.dataset(raw.x[{{1, 40}, {1, 2}}], raw.y * 1e-5,
  {features = {"a", "b"}}), epochs = 1}.model
assert(tensors:predict(write(1, 2, {"b", "a"})).shape[1] == 2)
local plain = lai.mlp{inputs = 2}
assert((plain:predict({{1, 2}}) - plain({{1, 2}})):abs():max():item() == 0)
raises("set_scaler: scaler must be of 1 targets", plain.set_scaler, plain,
  lai.scaler{center = {0, 0}, scale = {1, 1}, target = {center = {0, 0}, scale = {1, 1}}})
for _, file in ipairs(paths) do os.remove(file) end
