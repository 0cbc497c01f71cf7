-- lai.tune: what it finds, says and refuses
local data = lai.synthetic.friedman1{n = 200, noise = 0.5, seed = 1}
local base = {hidden = {6}, pretrain = 3, epochs = 4, batch = 32, alpha = 1,
              optimizer = lai.adam{lr = 1e-2}}
local function options(more)
  local all = {data = data, base = base, levers = false, budget = 110, minimise = "noise.X4",
               subject = {rmse = "+60%"}}
  for name, value in pairs(more or {}) do all[name] = value end
  return all
end

-- An answer on fresh seeds
local store = os.tmpname()
os.remove(store)
-- What a function's variables hold is part of its key: 0 both times.
local calls = 0
local function counted()
  calls = calls + 1
  return 1
end
local t = lai.tune(options{store = store, measure = {mine = counted}})
assert(t.complete and t.best and not t.nearest and #t.failures == 0)
assert(t.best.kind == "point" and t.best.n == 5)
assert(t.best.options.lambda.X4 > 0 and t.best.options.lambda.default == false)
assert(t.model(data.x).shape[1] == #data)
assert(t.best.change["noise.X4"].mean < 0 and t.best.change.rmse.mean <= 60)
assert(t.best["noise.X4"].low < t.best["noise.X4"].mean and t.best.mine.mean == 1)
assert(t.trials <= 110 and #t.front > 1 and #t.rows == 5)
for i = 2, #t.front do assert(t.front[i - 1]["noise.X4"].mean <= t.front[i]["noise.X4"].mean) end
local text = tostring(t)
for _, part in ipairs{"least noise.X4 with rmse ≤ +60 %", "best: lambda", "without X4", "fresh seeds"} do
  assert(text:find(part, 1, true), part)
end
assert(t:table():text("csv"):find("noise.X4_change", 1, true))
do
  local page = os.tmpname() .. ".html"
  assert(t:report(page, {title = "Quiet"}) == t)
  local html = io.open(page):read "a"
  for _, part in ipairs{"<h1>Quiet</h1>", "least noise.X4 with rmse ≤ +60 %", "<li>best: lambda", "Results on fresh seeds",
                        "<h2>Baselines</h2>", "<svg", "<dt>minimise</dt><dd>noise.X4</dd>", "<dt>base.optimizer</dt><dd>adam"} do
    assert(html:find(part, 1, true), part)
  end
  os.remove(page)
end

-- A store has it all: nothing is trained, the result is the same.
assert(calls == t.trials)
calls = 0
local again = lai.tune(options{store = store, measure = {mine = counted}})
assert(tostring(again:table()) == tostring(t:table()) and again.trials == t.trials and calls == 0)

-- Out of reach: what fails and by how much
local far = lai.tune(options{minimise = "rmse", subject = {["noise.X4"] = "-99%"}})
assert(not far.best and not far.model and far.nearest and #far.failures == 1)
assert(far.failures[1].measure == "noise.X4" and far.failures[1].by.mean > 0)
assert(far.better[1].name == "without X4")
assert(tostring(far):find("noise.X4 ≤ −99 %% fails by"))

-- 1 % of 4 epochs of 4 batches is none: every point is the control, and none is announced as the best
local few = {}
for name, value in pairs(base) do few[name] = value end
few.alpha = 0.01
local none = lai.tune(options{base = few})
assert(not none.best and none.nearest.change["noise.X4"].mean == 0 and #none.failures == 1)
assert(none.failures[1].measure == "noise.X4" and none.failures[1].bound == "noise.X4 < the control's")
assert(none.failures[1].by.mean == 0 and none.failures[1].by.high == 0)
assert(none.nearest.warning == "no batch has taken the Lai loss: alpha 0.01 of so few")
text = tostring(none)
assert(text:find("found nothing better than the control; nearest: lambda", 1, true), text)
assert(text:find("\n  no batch has taken the Lai loss: alpha 0.01 of so few\n", 1, true), text)
assert(not t.best.warning and not tostring(t):find("has taken", 1, true))

-- One λ for all features
local all = lai.tune(options{minimise = "var", budget = 90})
assert(type((all.best or all.nearest).options.lambda) == "number")

-- Questions without an answer, at the line
raises("tune_spec.*:%d+: tune: unknown feature 'Z'", function()
  local _ = lai.tune(options{minimise = "noise.Z"})
end)
raises("minimise must be one that the sweep takes", lai.tune, options{minimise = "slope.Z"})
raises("unknown feature", lai.tune, options{minimise = "noise.X4", features = {"Z"}})
raises("minimise must be a measure of which less is better", lai.tune, options{minimise = "r2"})
raises("subject.noise.X4 must be > 0", lai.tune, options{subject = {["noise.X4"] = -1}})
raises("subject.rmse must be .*%+2.4%%", lai.tune, options{subject = {rmse = "+2.4"}})
raises("subject.nois must be one that", lai.tune, options{subject = {nois = 1}})
raises("budget must be >= .*for the report", lai.tune, options{budget = 80})
raises("report_seeds", lai.tune, options{report_seeds = 2})
raises("did you mean 'minimise'", lai.tune, options{minimize = "rmse"})
raises("must be finite %(got nan%)", lai.tune, options{measure = {mine = function() return 0 / 0 end}})
raises("base.loss must be a residual", lai.tune, options{
  base = {loss = lai.loss.custom(function(y, target) return (y - target):square():mean() end)}})
raises("base.lambda must be left out", lai.tune, options{base = {lambda = 0.1}})
raises("control must be a residual", lai.tune, options{control = lai.loss.lai{lambda = 0.1}})
for _, suffix in ipairs{"", ".lock", "-wal", "-shm"} do os.remove(store .. suffix) end
