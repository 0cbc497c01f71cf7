-- One value for a list of one, a name for an object with its defaults, and hints for the names of other
-- libraries.
local data = lai.dataset({{1, 2}, {3, 4}, {5, 6}}, {1, 2, 3}, {features = {"a", "b"}, target = "price"})
local function same(a, b) assert(tostring(a) == tostring(b), tostring(a) .. " is not " .. tostring(b)) end

same(lai.mlp{inputs = 2, hidden = 16}, lai.mlp{inputs = 2, hidden = {16}})
assert(#lai.mlp{inputs = 2, hidden = {}}.hidden == 0)
raises("mlp: hidden must be a whole number >= 1, or a list of them %(got 0%)", lai.mlp, {inputs = 2, hidden = 0})
same(lai.penalty.jacobian{features = "a"}, lai.penalty.jacobian{features = {"a"}})
assert(lai.dataset({{1}}, nil, {features = "a"}).features[1] == "a")
local both = data:column{"b", "price"}
assert(both.shape[1] == 3 and both.shape[2] == 2 and both:get(3, 1) == 6 and both:get(3, 2) == 3)
raises("column: unknown feature 'c'", data.column, data, {"a", "c"})
raises("column: name must be a name or a list of names %(got 1%)", data.column, data, 1)
assert(data:with{one = 1}:column("one"):sum():item() == 3 and data:with{price = 7}:column("price"):get(2) == 7)
raises("with: columns.x must be", data.with, data, {x = "1"})

raises('plot: unknown option \'y\'; write lai.plot{{x = …, y = …}}', lai.plot, {y = {1}})
raises('unknown option \'logy\'; write yscale = "log"', lai.plot, {{1, 2}, logy = true})
raises('no field or method \'savefig\'; write chart:save', function() return lai.plot{1, 2}:savefig("x.png") end)
raises('no field or method \'plot\'; write lai.plot', function() return lai.ones(2):plot() end)

local net = lai.mlp{inputs = 2, hidden = 2}
local function trained(options)
  options.model, options.data, options.epochs, options.seed = net, data, 2, 1
  return lai.train(options)
end
local function loss(run) return run.history[2].base_loss end
assert(loss(trained{loss = "mae"}) == loss(trained{loss = lai.loss.mae()}))
assert(loss(trained{loss = "mae"}) ~= loss(trained{loss = "mse"}))
assert(loss(trained{optimizer = "sgd"}) == loss(trained{optimizer = lai.sgd()}))
assert(loss(trained{optimizer = "sgd"}) ~= loss(trained{optimizer = "adam"}))
assert(loss(trained{schedule = "cosine"}) == loss(trained{schedule = lai.schedule.cosine()}))
raises("train: loss must be written out: lai.loss.lai{lambda = 0.1} %(got 'lai'%)", trained, {loss = "lai"})
raises("train: loss must be a lai.Loss, or one of 'mse', .* %(did you mean 'mae'%?%) %(got 'mea'%)", trained, {loss = "mea"})
raises("train: optimizer must be a lai.Optimizer, such as lai.adam{lr = 0.001}, or one of .*'adam'.* %(got 'adm'%)",
  trained, {optimizer = "adm"})
raises("train: schedule must be .*lai.schedule.step{every = 30}.* %(got 'step'%)", trained, {schedule = "step"})
raises("train: metrics must be one of .*'r2'.* %(got 'r3'%)", trained, {metrics = "r3"})

-- A vector has one axis.
local v = lai.tensor{3, 1, 2}
assert(v:sort():get(1) == 1 and v:sort{descending = true}:get(1) == 3 and v:sort(1, {descending = true}):get(1) == 3)
assert(v:cumsum():get(3) == 6 and v:flip():get(1) == 2 and v:topk(1):item() == 3)
raises("sort: axis must be given for a tensor of 2 axes %(got nil%)", both.sort, both)

-- Hints.
local function hints(words, f, ...) raises(words:gsub("[%(%)%.%[%]%*%-%+%?]", "%%%0"), f, ...) end
local function field(object, name) return function() return object[name] end end
hints("unknown option 'lr'; write optimizer = lai.adam{lr = …}", lai.train, {lr = 1})
hints("unknown option 'batch_size' (did you mean 'batch'?)", lai.train, {batch_size = 1})
hints("unknown option 'epoch' (did you mean 'epochs'?)", lai.train, {epoch = 1})
hints("unknown option 'test_size' (did you mean 'test'?)", data.split, data, {test_size = 0.2})
hints("unknown option 'n_splits' (did you mean 'k'?)", data.folds, data, {n_splits = 3})
hints("Dataset: no field 'price', which is a column; write d:column(\"price\")", field(data, "price"))
hints("Dataset: no field [1]; write d:rows(1, 1)", field(data, 1))
hints("no field or method 'shape'; write #d for the rows", field(data, "shape"))
hints("no field or method 'columns'; write d.features", field(data, "columns"))
hints("no field or method 'groupby'; write d:where(mask)", function() data:groupby("a") end)
hints("no field or method 'iloc'; write d:rows(first, last)", field(data, "iloc"))
hints("no field or method 'values'; write d.x and d.y", field(data, "values"))
hints("no field or method 'descrbe' (did you mean 'describe'?)", field(data, "descrbe"))
hints("Run: no field or method 'predict'; write run.model:predict(x)", field(trained{}, "predict"))
hints("MLP: no field or method 'fit'; write lai.train{model = net", field(net, "fit"))
hints("Tensor: no field or method 'view'; write x:reshape{…}", field(v, "view"))
hints("lai: no field 'read_csv'; write lai.csv(path", field(lai, "read_csv"))
hints("lai: no field 'mean'; write x:mean([axis], [{…}])", field(lai, "mean"))

-- Networks are written as safetensors.
hints("save: path must be a name that ends in .safetensors, the format that is written (got 'm.pkl')", net.save, net, "m.pkl")
