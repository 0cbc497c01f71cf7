-- lai.sweep: options and their errors, the script's own functions, searches, tables and files
local data = lai.synthetic.friedman1{n = 60, noise = 0.5, seed = 3}
local base = {hidden = {4}, pretrain = 1, epochs = 2, batch = 16, alpha = 0.5}
local function sweep(options)
  local all = {data = data, base = base, seeds = 2, workers = 2, measure = {rmse = true}}
  for name, value in pairs(options or {}) do all[name] = value end
  return lai.sweep(all)
end

-- errors are at the script's line, and name the option and the point
local function refused(pattern, options)
  local line = debug.getinfo(2, "l").currentline
  local ok, message = pcall(function() lai.sweep(options) end)
  assert(not ok, "no error where one with '" .. pattern .. "' was due")
  assert(message:find("sweep_spec.lua:%d+: sweep: "), message)
  assert(message:find(pattern, 1, true), ("line %d: %s lacks %s"):format(line, message, pattern))
end
refused("option 'data' is missing (a lai.Dataset or a CSV file's path)", {})
refused("target must be left out, or the target of data, which has no name (got 'b')",
  {data = lai.dataset(lai.randn(9, 2), lai.randn(9, 1)), target = "b"})
refused("drop must be left out for data that is no file: leave columns out with d:drop (got 'X1')", {data = data, drop = {"X1"}})
refused("'/nonexistent.csv'", {data = "/nonexistent.csv", target = "y"})
refused("data must be data with one target (got 2)",
  {data = lai.dataset(lai.randn(9, 2), lai.randn(9, 2))})
refused("test must be of 10 features, as data (got 2)",
  {data = data, test = lai.dataset(lai.randn(9, 2), lai.randn(9, 1))})
refused("unknown option 'grids' (did you mean 'grid'?)", {data = data, grids = {}})
refused("base: unknown option 'lr'", {data = data, base = {lr = 1}})
refused("base: unknown option 'hiden' (did you mean 'hidden'?)", {data = data, base = {hiden = {8}}})
refused("base: unknown option 'seed'", {data = data, base = {seed = 1}})
refused("base: unknown option 'checkpoint'", {data = data, base = {checkpoint = "a"}})
refused("base: lambda must be a number > 0", {data = data, base = {lambda = true}})
refused("base must be a table (got 3)", {data = data, base = 3})
refused("grid.lamda must be an option of points (did you mean 'lambda'?)", {data = data, grid = {lamda = {1}}})
refused("lambda = -1: lambda must be > 0 (got -1)", {data = data, grid = {lambda = {1, -1}}})
refused("grid.lambda must be a list of values, or a range {low =, high =} (got 0.1)",
  {data = data, grid = {lambda = 0.1}})
refused("grid.alpha must be one value or more (got none)", {data = data, grid = {alpha = {}}})
refused("unknown feature 'X77'", {data = data, grid = {lambda = {{X77 = 0.1, default = 1}}}})
refused("unknown feature ''", {data = data, grid = {["lambda."] = {1}}})
refused("grid.alpha.X4 must be an option of points", {data = data, grid = {["alpha.X4"] = {1}}})
refused("grid. must be an option of points", {data = data, grid = {[""] = {1}}})
refused("grid must be a table of lists by option (got 1)", {data = data, grid = {{1}}})
refused([[activation = "foo": activation must be]], {data = data, grid = {activation = {"tanh", "foo"}}})
refused("at most 1000000 points (got 1200 x 1200)", (function()
  local list = {}
  for i = 1, 1200 do list[i] = i / 1200 end
  return {data = data, grid = {lambda = list, alpha = list}}
end)())
refused("alpha must be a list, integers, or a range with a step in a grid or zip",
  {data = data, grid = {alpha = {low = 0, high = 1}}})
refused("alpha: low must be < high, 0 (got 1)", {data = data, search = "sobol", trials = 3, grid = {alpha = {low = 1, high = 0}}})
refused("grid.alpha: unknown option 'foo'", {data = data, grid = {alpha = {low = 0, high = 1, foo = 1}}})
refused("grid.alpha: option 'high' is missing", {data = data, grid = {alpha = {low = 0}}})
refused("lambda must be as long as alpha in a zip, 1 values (got 2)",
  {data = data, zip = {lambda = {1, 2}, alpha = {0.1}}})
refused("zip.alpha must be left out, as grid has it", {data = data, grid = {alpha = {1}}, zip = {alpha = {1}}})
refused("trials must be left out without search", {data = data, trials = 3, grid = {alpha = {1}}})
refused("trials must be given with search", {data = data, search = "tpe", grid = {alpha = {low = 0, high = 1}}})
refused("grid must be given: lists and ranges to search in", {data = data, search = "tpe", trials = 3})
refused("search must be 'grid', 'random', 'sobol' or 'tpe' (got 'bayes')", {data = data, search = "bayes"})
local range = {alpha = {low = 0, high = 1}}
refused("subject.rmse must be a number, or a change against the control such as '+2.4%' (got 'foo')",
  {data = data, search = "tpe", trials = 3, grid = range, subject = {rmse = "foo"}})
refused("subject.rmse must be a number or a change such as '+2.4%'",
  {data = data, search = "tpe", trials = 3, grid = range, subject = {rmse = {}}})
refused("measure must be one that the sweep takes: rmse, var, slope.…, slope_p95.… (got 'foo')",
  {data = data, search = "tpe", trials = 3, grid = range, subject = {foo = 1}})
refused("measure must be one that the sweep takes", {data = data, search = "tpe", trials = 3, grid = range, minimise = "foo"})
refused("alpha: value must not be a function: JSON has none", {data = data, grid = {alpha = {print}}})
refused("lambda: value must be finite, as JSON requires (got inf)", {data = data, grid = {lambda = {1 / 0}}})
for _, seeds in ipairs{0, -1, 1.5, 1e9, {}, "2"} do refused("seeds must be", {data = data, seeds = seeds}) end
refused("seeds[2] must be a whole number (got 1.5)", {data = data, seeds = {1, 1.5}})
refused("seeds must be one or more different numbers (got 1, 1)", {data = data, seeds = {1, 1}})
refused("workers must be", {data = data, workers = 0})
refused("timeout must be", {data = data, timeout = 0})
refused("validation must be a share that leaves both parts some of the 60 rows", {data = data, validation = 0.001})
refused("control must be a lai.Loss", {data = data, control = 3})
refused("baselines must be a list of features, or true where measure.noise lists some (got true)", {data = data, baselines = true})
refused("unknown feature 'Q'", {data = data, baselines = {"Q"}})
refused("without X1: features must be more than those that are dropped",
  {data = lai.dataset(lai.randn(30, 1), lai.randn(30, 1)), baselines = {"X1"}})
refused("measure.rmsee must be a function, or one of rmse", {data = data, measure = {rmsee = true}})
refused("measure.rmse must be true or false: a built-in measure; give yours another name",
  {data = data, measure = {rmse = function() end}})
refused("unknown feature 'X44'", {data = data, measure = {noise = {"X44"}}})
refused("measure.noise must be true or a list of features (got 1)", {data = data, measure = {noise = 1}})
refused("measure.noise.sigma must be", {data = data, measure = {noise = {"X1", sigma = 0}}})
refused("unknown option 'sigm'", {data = data, measure = {noise = {"X1", sigm = 0}}})
refused("measure[1] must be one of rmse", {data = data, measure = {"rmsee"}})
refused("measure must be UTF-8 text (got the byte 0xFF at 2)", {data = data, measure = {["a\255"] = print}})
local one = function() return 1 end
for _, name in ipairs{"", ".", "slope.X1", "noise.own", "rmse.x"} do
  refused("measure must be of names of their own (got '" .. name .. "')", {data = data, measure = {[name] = one}})
end
for _, name in ipairs{"n", "kind", "label", "change", "options", "searched", "place", "warning"} do
  refused("measure." .. name .. " must be of another name", {data = data, measure = {[name] = one}})
end
refused("store must be a file's path (got '')", {data = data, store = ""})
refused("store '/nonexistent/a.db': the folder '/nonexistent/' does not exist", {data = data, store = "/nonexistent/a.db"})

-- tables that contain themselves, or are nested deeply
local deep = {}
for _ = 1, 10000 do deep = {deep} end
refused("nested so deeply", {data = data, grid = {lambda = {deep}}})
local loop = {}
loop[1] = loop
refused("nested so deeply", {data = data, grid = {lambda = loop}})
loop = {epochs = 1}
loop.hidden = loop
refused("nested so deeply", {data = data, base = loop})
raises("my index", lai.sweep, {data = data, grid = setmetatable({}, {__pairs = 1, __index = function() error "my index" end})})

-- rows, tables and what is asked of them
local s = sweep{grid = {lambda = {0.1, false}, alpha = {1}}, control = lai.loss.huber(), seeds = {3, -7},
  measure = {smoothness = true, mae = true, noise = {"X4", "X5", sigma = 0.5, repeats = 2}}, baselines = true}
assert(tostring(s) == "Sweep(9 points × 2 seeds, in memory)\n  nothing has run yet: s:run()")
raises("measures must be of rows that have them %(got rmse and var%)", function() s:front("rmse", "var"):plot() end)
assert(#s:front("rmse") == 0 and s:rows()[1].n == 0 and s:rows()[1].rmse == nil)
assert(s:trials()[1].state == "waiting")
assert(s:run() == s and s:run() == s)
local rows = s:rows()
assert(#rows == 9 and #s.measures == 2 + 1 + 20 + 2)
local labels = {}
for i, row in ipairs(rows) do
  labels[i] = row.label
  assert(row.n == 2 and row.failed == 0 and row.kind == (i == 1 and "control" or i < 4 and "point" or "baseline"))
  for _, name in ipairs(s.measures) do
    local e = row[name]
    assert(e.n == 2 and e.low <= e.mean and e.mean <= e.high, name)
  end
end
assert(table.concat(labels, "; ") == "control; alpha = 1, lambda = 0.1; alpha = 1, lambda = false; without X4; "
  .. "noise on 10 % of X4; noise on 30 % of X4; without X5; noise on 10 % of X5; noise on 30 % of X5")
assert(rows[2].options.lambda == 0.1 and rows[3].options.lambda == false and rows[4].name == "without X4")
assert(rows[4]["noise.X4"].mean == 0 and rows[4]["slope.X4"].mean == 0 and rows[4].change["noise.X4"].mean == -100)
assert(next(rows[1].change) == nil)
-- λ = false is the residual: mse here, where the control has another
assert(rows[3].rmse.mean ~= rows[1].rmse.mean)
local byhand = {}
for _, t in ipairs(s:trials()) do
  byhand[t.point] = byhand[t.point] or {}
  byhand[t.point][t.seed] = t.measures
  assert(t.state == "done" and t.outcome == "finished" and t.seconds > 0 and not t.problem)
end
local function log_ratio(label, seed)
  return math.log(byhand[label][seed].mae / byhand.control[seed].mae)
end
local a, b = log_ratio(rows[2].label, 3), log_ratio(rows[2].label, -7)
near(rows[2].change.mae.mean, 100 * (math.exp((a + b) / 2) - 1), 1e-9)
-- half of an interval with one degree of freedom: 12.706 s/√2, and s/√2 is half the difference
near(rows[2].change.mae.high, 100 * (math.exp((a + b) / 2 + 12.706204736432095 * math.abs(a - b) / 2) - 1), 1e-9)
near(rows[1].rmse.mean, (byhand.control[3].rmse + byhand.control[-7].rmse) / 2, 1e-12)
local front = s:front({"rmse", "noise.X4"}, {fresh = 0})
for i = 2, #front do
  assert(front[i].rmse.mean > front[i - 1].rmse.mean and front[i]["noise.X4"].mean < front[i - 1]["noise.X4"].mean)
end
-- on fresh seeds: the control first, beside the means that chose the rows
local fresh = s:front({"rmse", "noise.X4"}, {fresh = 3})
assert(fresh[1].kind == "control" and fresh[1].n == 3 and #fresh >= #front and #fresh <= #front + 1)
for i, row in ipairs(fresh) do
  assert(row.n == 3 and (row.searched or i == 1), row.label)
  assert(not row.searched or row.searched.rmse.mean ~= row.rmse.mean and row.searched.rmse.n == 2)
end
assert(#s:rows() == 9 and s:rows()[1].n == 2)
-- a front is a list that draws itself
assert(#lai.json.decode(lai.json.encode(fresh)) == #fresh and fresh[#fresh + 1] == nil and rawget(fresh, "plot") == nil)
assert(tostring(fresh):find("^front of rmse, noise.X4: %d+ rows, judged on 3 fresh seeds\n") and tostring(fresh):find("\n +control"))
assert(tostring(front):find("on the sweep's own seeds\n") and tostring(s:front("rmse", {fresh = 1})):find("judged on 1 fresh seed\n"))
local picture = fresh:plot():svg()
local has_point = false
for _, row in ipairs(fresh) do has_point = has_point or row.kind == "point" end
assert((picture:find("front, 3 fresh seeds", 1, true) ~= nil) == has_point and picture:find("points, sweep&#39;s seeds", 1, true))
for i = 4, 9 do  -- every baseline, on the front or not
  local on_front = false
  for _, row in ipairs(fresh) do on_front = on_front or row.label == labels[i] end
  assert(picture:find(">" .. labels[i] .. (on_front and "<" or ", sweep&#39;s seeds<"), 1, true), labels[i])
end
assert(not front:plot():svg():find("seeds", 1, true))
local several = tostring(s:front({"rmse", "noise.X4", "var"}, {fresh = 0}):plot())
assert(select(2, several:gsub("beaten by others", "")) <= 3 and select(2, several:gsub("\n +rmse\n", "")) == 2)
assert(fresh:plot("mae", "noise.X5"):svg():find(">mae<", 1, true) and getmetatable(fresh).__html(fresh):find("^<table"))
raises("plot: measures must be two, as in front:plot%('rmse', 'var'%) %(got a front of one%)", function() s:front("rmse", {fresh = 0}):plot() end)
raises("plot: y must be given with x", function() fresh:plot("rmse") end)
raises("plot: measure must be one that the sweep takes: .*did you mean 'rmse'", function() fresh:plot("var", "rsme") end)
raises("plot: self must be what s:front returns %(got a table%)", function() fresh.plot({}) end)
raises("front: no field 'plt' %(did you mean 'plot'", function() return fresh.plt end)
local needed = s:seeds_needed("rmse", 2)
assert(#needed == 9 and needed[1] == false and needed[2] >= 2)
assert(s:seeds_needed("rmse", 1)[2] >= needed[2])

raises("sweep_spec.lua:%d+: table: measure must be one that the sweep takes: .*did you mean 'rmse'", function() s:table("rmsee") end)
raises("table: measure must be one", function() s:table{"slope"} end)
raises("front: measures must be", function() s:front{} end)
raises("front: measure must be one that", function() s:front{"foo"} end)
raises("shard: i must be at most n %(1%)", function() s:shard(2, 1) end)
raises("seeds_needed: percent must be", function() s:seeds_needed("rmse", 0) end)
raises("Sweep: no field or method 'foo'", function() return s.foo end)
raises("run: self must be a lai.Sweep", function() s.run(1) end)

-- tables in all formats, and files of them
assert(tostring(s:table()):find("^  alpha +lambda +n +rmse +change, %% +mae +change, %% +var"))
local t = s:table{"rmse", "noise.X4"}
assert(t:text("text") == tostring(t))
local list = lai.json.decode(t:text("json"))
assert(#list == 9 and list[2].options.alpha == 1 and list[2].rmse.mean == rows[2].rmse.mean)
local csv, lines = t:text("csv"), {}
for line in csv:gmatch("[^\n]+") do lines[#lines + 1] = line end
assert(#lines == 10 and lines[1]:find("^point,alpha,lambda,n,rmse_mean,rmse_low,rmse_high,rmse_change"))
assert(lines[3]:find("^point,1,0.1,2,") and tonumber(lines[3]:match("^point,1,0.1,2,([^,]+)")) == rows[2].rmse.mean)
assert(t:text("md"):find("^| alpha | lambda | n | rmse | change, %% |"))
assert(t:text("tex"):find("^\\begin{tabular}{lrr") and t:text("tex"):find("change, \\%%"))
assert(t:text("html"):find("^<table>"))
raises("text: format must be", function() t:text("pdf") end)
local path = os.tmpname()
for _, format in ipairs{"csv", "md", "tex", "json", "html", "txt"} do
  assert(s:export(path .. "." .. format, {"rmse", "noise.X4"}) == s)
  local f <close> = io.open(path .. "." .. format)
  local text = f:read("a")
  assert(text:gsub("\n$", "") == t:text(format == "txt" and "text" or format):gsub("\n$", ""), format)
  os.remove(path .. "." .. format)
end
os.remove(path)
raises("export: path must be a name that ends in .csv", function() s:export("a.pdf") end)
raises("export: .*no such file or directory", function() s:export("/nonexistent/a.csv") end)

-- the same bits for any number of workers, in a coroutine, and for tables that changed since
local function bits(s)
  local list = {}
  for _, trial in ipairs(s:trials()) do
    trial.seconds = nil
    list[#list + 1] = lai.json.encode(trial)
  end
  return table.concat(list, "\n")
end
local function ladder(workers)
  local grid = {lambda = {0.1, {X4 = 1e-3, default = 0.1}}, ["lambda.X5"] = {0.5}, hidden = {{4}, {3, 3}}}
  local s = sweep{grid = grid, zip = {alpha = {0.5, 1}, batch = {16, 8}}, workers = workers}
  grid.lambda[1], grid.hidden = nil, nil
  return s:run()
end
local first = ladder(1)
assert(#first:rows() == 9 and bits(first) == bits(ladder(4)))
assert(bits(first) == coroutine.wrap(function() return bits(ladder(2)) end)())
local options = first:rows()[6].options
assert(options.alpha == 0.5 and options.batch == 16 and options["lambda.X5"] == 0.5 and options.lambda == 0.1)
assert(options.hidden[1] == 3 and #options.hidden == 2)
assert(first:rows()[8].label == "hidden = {3, 3}, lambda = {X4 = 0.001, default = 0.1}, lambda.X5 = 0.5, alpha = 0.5, batch = 16")

-- an entry of lambda is the same as a table of lambda
local entry = sweep{grid = {["lambda.X4"] = {1e-3}}, base = {hidden = {4}, epochs = 2, alpha = 1, lambda = 0.1}}:run()
local whole = sweep{grid = {lambda = {{X4 = 1e-3, default = 0.1}}}, base = {hidden = {4}, epochs = 2, alpha = 1}}:run()
assert(entry:rows()[2].rmse.mean == whole:rows()[2].rmse.mean and entry:rows()[1].rmse.mean == whole:rows()[1].rmse.mean)
assert(entry:rows()[2].rmse.mean ~= entry:rows()[1].rmse.mean)

-- points that never took the Lai loss: 1 % of 2 epochs of 3 batches is none
local rare = sweep{grid = {lambda = {0.1}, alpha = {0.01, 0.5}}}:run()
local warning = "no batch has taken the Lai loss: alpha 0.01 of so few"
assert(rare:rows()[2].warning == warning and not rare:rows()[3].warning and not rare:rows()[1].warning)
assert(tostring(rare):find("2 † ", 1, true) and tostring(rare):find("\n  † " .. warning .. "$"), tostring(rare))

-- searches
for _, kind in ipairs{"random", "sobol", "tpe"} do
  local function run(workers)
    return sweep{search = kind, trials = 4, round = 2, start = 2, seed = 5, workers = workers, seeds = 1,
      grid = {lambda = {low = 1e-3, high = 1, log = true}, batch = {low = 8, high = 16, integer = true},
        activation = {"tanh", "relu"}, alpha = {low = 0, high = 1, step = 0.25}},
      minimise = "mae", subject = {rmse = "+50%"}, measure = {mae = true}}:run()
  end
  local found = run(1)
  assert(bits(found) == bits(run(4)), kind)
  assert(#found:rows() == 5)
  for i = 2, 5 do
    local o = found:rows()[i].options
    assert(o.lambda >= 1e-3 and o.lambda <= 1 and math.type(o.batch) == "integer" and o.batch <= 16)
    assert(o.alpha % 0.25 == 0 and (o.activation == "tanh" or o.activation == "relu"))
  end
  if kind == "tpe" then
    raises("search must be other than 'tpe' for shards", function() found:shard(1, 2) end)
  end
end

-- the script's own losses
local calls = 0
local weight = lai.full({1, 1}, 2)
local function custom(power)
  return lai.loss.custom(function(y, target) return ((y - target) * weight):abs():pow(power):mean() end)
end
local losses = sweep{grid = {loss = {custom(2), custom(1), lai.loss.huber{delta = 1} + 0.1 * lai.penalty.jacobian(),
  lai.loss.custom(function(y, target) calls = calls + 1 return (y - target):square():mean() end)}},
  base = {hidden = {4}, epochs = 2, batch = 16, alpha = 1}, control = custom(1), baselines = {"X4"}}
weight = nil
collectgarbage()
weight = lai.full({1, 1}, 2)
losses:run()
for _, row in ipairs(losses:rows()) do assert(row.n == 2 and row.failed == 0, row.label) end
assert(losses:rows()[3].rmse.mean == losses:rows()[1].rmse.mean)
assert(calls == 2 * 2 * 3, calls)
assert(losses:rows()[3].label == "loss = loss.custom(base mse)")

-- measures of one's own
local own = sweep{grid = {lambda = {0.1}}, measure = {smoothness = true, rmse2 = function(run, rows)
  assert(#rows == 12 and rows.x.shape[2] == 10 and #run.history == 3 and run.outcome == "finished")
  rows.x:fill_(7)
  return (run.model(rows.x) - rows.y):square():mean():item() ^ 0.5
end, same = function(run, rows)
  return (run.model(rows.x) - rows.y):square():mean():item() ^ 0.5
end}}:run()
for _, row in ipairs(own:rows()) do assert(row.rmse2.mean == row.same.mean and row.rmse2.mean ~= row.rmse.mean) end

-- errors of theirs fail their trials alone
local function failing(f)
  local n = 0
  local s = sweep{grid = {alpha = {0.1, 0.9}}, base = {hidden = {4}, epochs = 1, lambda = 0.1}, seeds = 1, workers = 1,
    measure = {own = function(run, rows) n = n + 1 if n == 2 then return f(run, rows) end return n end}}:run()
  local t = s:trials()
  assert(t[1].state == "done" and t[2].state == "failed" and t[3].state == "done" and not t[2].measures.own)
  assert(s:rows()[2].failed == 1 and s:rows()[2].n == 0 and tostring(s):find("0 %(1 failed%)"))
  return t[2].problem
end
assert(failing(function() error "oh no" end):find("sweep_spec.lua:%d+: oh no"))
for _, object in ipairs{{}, setmetatable({}, {__tostring = function() error "again" end}), 7, true} do
  assert(failing(function() error(object) end):find "%S")
end
assert(failing(function() error() end):find "nil")
assert(failing(function() return 0 / 0 end):find("the measure 'own' must be finite %(got nan%)"))
assert(failing(function() return "7" end):find("the value of measure.own must be a number %(got '7'%)"))
assert(failing(function() end):find("must be a number %(got nil%)"))
assert(failing(coroutine.yield):find("attempt to yield"))
raises("sweep_spec.lua:%d+: run: all 2 trials failed, the last one with: .*nowhere$", function()
  sweep{measure = {own = function() error "nowhere" end}}:run()
end)
raises("run: the first %d trials all failed, the last one with: .*; the others were not run", function()
  sweep{seeds = 9, workers = 1, measure = {own = error}}:run()
end)
assert(sweep{base = {hidden = {4}, epochs = 4, batch = 16, optimizer = lai.sgd{lr = 1e30}}, grid = {optimizer = {lai.adam()}}}
  :run():trials()[1].outcome == "diverged")

-- a sweep within a sweep
local inner = sweep{grid = {lambda = {0.3}}}
assert(sweep{measure = {own = function() return inner:run():rows()[2].rmse.mean end}}:run():rows()[1].own.mean
  == inner:rows()[2].rmse.mean)
local itself
itself = sweep{measure = {own = function() itself:run() return 1 end}}
pcall(itself.run, itself)
for _, trial in ipairs(itself:trials()) do
  assert(trial.state == "failed" and trial.problem:find("run by a sweep that waits for this one"))
end
lai.train{model = lai.mlp{inputs = 10}, data = data, epochs = 1, on_epoch = function() inner:run() end}

-- a store: nothing runs twice, a wider grid runs what is new, and changed functions are others
local file = os.tmpname()
os.remove(file)
local function stored(grid, f, seeds)
  local count = 0
  local s = sweep{store = file, grid = grid, seeds = seeds or 2, measure = {own = f}}
  local t = s:trials()
  for _, trial in ipairs(t) do if trial.state ~= "done" then count = count + 1 end end
  return count, s:run()
end
local scale = 2
local function half(run, rows) return #run.history / scale end
assert(stored({alpha = {0.1}}, half) == 4 and stored({alpha = {0.1}}, half) == 0)
-- so are those that read other globals
function whole(run) return #run.history * unit end
unit = 1
local function outer(run) return whole(run) end
assert(stored({alpha = {0.1}}, outer) == 4 and stored({alpha = {0.1}}, outer) == 0)
unit = 2
assert(stored({alpha = {0.1}}, outer) == 4 and stored({alpha = {0.1}}, outer) == 0)
function whole(run) return unit end
assert(stored({alpha = {0.1}}, outer) == 4)
whole, unit = nil, nil
assert(stored({lambda = {0.1, 0.2}}, half) == 4 and stored({lambda = {0.1, 0.2, 0.3}}, half, 3) == 6)
scale = 3
assert(stored({lambda = {0.1}}, half) == 4)
scale = 2
assert(stored({lambda = {0.1}}, half) == 0)
assert(stored({lambda = {0.1}}, function(run, rows) return #run.history / 2 end) == 4)
assert(stored({lambda = {0.1}}, function(run, rows)
  return #run.history / 2 -- the same code on other lines
end) == 0)
-- a module of the script's own
local module = {helper = function(run) return #run.history end}
local function helped(run) return module.helper(run) end
assert(stored({lambda = {0.1}}, helped) == 4 and stored({lambda = {0.1}}, helped) == 0)
module.helper = function(run) return 2 * #run.history end
assert(stored({lambda = {0.1}}, helped) == 4)
module.weights = lai.ones(2)
assert(stored({lambda = {0.1}}, helped) == 4)
module.itself, module.lai = module, lai
assert(stored({lambda = {0.1}}, helped) == 4 and stored({lambda = {0.1}}, helped) == 0)
local _, last = stored({lambda = {0.1}}, helped)
assert(last:rows()[1].own.mean == 6 and tostring(last):find(file, 1, true))
-- files of rows, with targets for testing or without
local csv, inputs = os.tmpname(), os.tmpname()
do
  local all <close> = io.open(csv, "w")
  local x <close> = io.open(inputs, "w")
  all:write "a,y,b\n" x:write "a,b\n"
  for i = 1, 40 do
    all:write(("%d,%g,%d\n"):format(i, i % 7, i * i % 11))
    x:write(("%d,%d\n"):format(i, i * i % 11))
  end
end
local rows = lai.csv(csv, {target = "y"})
for _, test in ipairs{csv, inputs, rows} do
  local s = lai.sweep{data = csv, target = "y", test = test, base = {hidden = {4}, epochs = 1}, seeds = 1,
    measure = {smoothness = true}}:run()
  local same = lai.sweep{data = rows, test = rows, base = {hidden = {4}, epochs = 1}, seeds = 1,
    measure = {smoothness = true}}:run()
  assert(s:rows()[1].var.mean == same:rows()[1].var.mean and s:rows()[1].rmse.mean == same:rows()[1].rmse.mean)
end
refused("has no column 'z'", {data = csv, target = "z"})
os.remove(csv)
os.remove(inputs)
-- two sweeps on one store at a time
local a, b = sweep{store = file, grid = {lambda = {0.7}}}, sweep{store = file, grid = {lambda = {0.7, 0.8}}}
a:run()
assert(b:trials()[3].state == "done" and b:trials()[5].state == "waiting")
b:shard(1, 2):shard(2, 2)
assert(b:rows()[2].rmse.mean == a:rows()[2].rmse.mean and b:rows()[3].n == 2)
a, b, last = nil, nil, nil
collectgarbage()
collectgarbage()
os.remove(file)
os.remove(file .. ".lock")
