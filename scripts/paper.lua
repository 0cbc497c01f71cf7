-- The experiments of section 6 of YuFei Lai, "Lai Loss: A Novel Loss for Gradient Control" (arXiv
-- 2405.07884), with the training of section 5: a smaller λ gives a smoother network (Table 1), and
-- a small λ for one feature makes the network less sensitive to that feature (Tables 2 and 3).
--
--   scripts/lai scripts/paper.lua                                             synthetic data
--   scripts/lai scripts/paper.lua --data train.csv --test test.csv --seeds 5  the paper's data
--
-- The paper's data: kaggle competitions download -c playground-series-s3e1
-- Without --data it is Friedman's function #1 of ten features, of which the first five matter:
-- y = 10 sin(π X1 X2) + 20 (X3 − 1/2)² + 10 X4 + 5 X5 + noise.
local lai = require "lai"

local options = lai.args{
  data = "", test = "", target = "MedHouseVal", seeds = 3,
  pretrain = 100, epochs = 100, alpha = 0.01, batch = 256, hidden = {64, 64}, activation = "tanh",
}
assert(options.seeds >= 1, "--seeds must be at least 1")

-- ---- Data: `all` is split again for each seed; `test` has the inputs for the probes.

-- The given names that are columns of the file.
local function present(path, names)
  local found = {}
  for line in io.lines(path) do
    local header = "," .. line:gsub('[\r"]', "") .. ","
    for _, name in ipairs(names) do
      if header:find("," .. name .. ",", 1, true) then found[#found + 1] = name end
    end
    return found
  end
  return found
end

local all, test, quiet -- quiet: the feature with a λ of its own
if options.data ~= "" then
  all = lai.csv(options.data, {target = options.target, drop = present(options.data, {"id"})})
  if options.test ~= "" then
    test = lai.csv(options.test, {drop = present(options.test, {"id", options.target})})
  end
  quiet = #all.features
else
  -- Size and feature were chosen to show the pattern of the paper's tables: a demonstration, not
  -- evidence.
  all = lai.synthetic.friedman1{n = 8000, noise = 1, seed = 1}
  test = lai.synthetic.friedman1{n = 5000, noise = 0, seed = 2}
  quiet = 5 -- the last one that matters
end

-- ---- Runs: one network and split per seed, five losses each, two runs at a time.

local own = ("X%d"):format(quiet)
local losses = {
  {name = "MSE", loss = lai.loss.mse()},
  {name = "λ=1e-1", loss = lai.loss.lai{lambda = 1e-1}},
  {name = "λ=1e-2", loss = lai.loss.lai{lambda = 1e-2}},
  {name = "λ=1e-3", loss = lai.loss.lai{lambda = 1e-3}},
  {name = "λ=1e-1, 1e-3 for " .. own, loss = lai.loss.lai{lambda = {[own] = 1e-3, default = 0.1}}},
}
local MSE, UNIFORM, OWN = 1, 2, 5

local jobs, inputs, held_out = {}, {}, {}
for seed = 1, options.seeds do
  local train, valid = all:split{validation = 0.2, seed = seed}
  local scaler = lai.standardize(train)
  train, valid = scaler(train), scaler(valid)
  inputs[seed] = test and scaler(test).x or valid.x
  held_out[seed] = valid
  local net = lai.mlp{inputs = #all.features, hidden = options.hidden, outputs = 1,
                      activation = options.activation, seed = seed}
  for _, entry in ipairs(losses) do
    jobs[#jobs + 1] = {
      model = net, data = train, loss = entry.loss, alpha = options.alpha,
      pretrain = options.pretrain, epochs = options.epochs, batch = options.batch,
      optimizer = lai.adam{lr = 1e-3}, seed = seed,
    }
  end
end
local runs = lai.train_all(jobs, {workers = 2})
for i, run in ipairs(runs) do
  assert(run.outcome == "finished", ("run %d %s: no tables from unfinished runs"):format(i, run.outcome))
end

-- measured[i][seed]: RMSE, variance, and at [j] the sensitivity to feature j, for losses[i].
local measured = {}
for i in ipairs(losses) do
  measured[i] = {}
  for seed = 1, options.seeds do
    local run = runs[(seed - 1) * #losses + i]
    local errors = run.model(held_out[seed].x) - held_out[seed].y
    local values = {rmse = (errors ^ 2):mean():item() ^ 0.5}
    values.var = lai.probe.smoothness(run.model, inputs[seed]).variance
    local noise = lai.probe.noise(run.model, inputs[seed], {sigma = 1, repeats = 2, seed = seed})
    for j = 1, #all.features do values[j] = noise.sensitivity[j] end
    measured[i][seed] = values
  end
end

-- ---- Tables

local function mean(i, measure)
  local values = {}
  for seed = 1, options.seeds do values[seed] = measured[i][seed][measure] end
  return ("%.4f"):format((lai.stats.mean_ci(values)))
end

-- The change against MSE with the same seed in percent, with a 95 % confidence interval over seeds.
local function change(i, measure)
  local changes = {}
  for seed = 1, options.seeds do
    changes[seed] = 100 * (measured[i][seed][measure] / measured[MSE][seed][measure] - 1)
  end
  local center, half = lai.stats.mean_ci(changes)
  return half and ("%+.1f ± %.1f"):format(center, half) or ("%+.1f"):format(center)
end

local function print_table(title, rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for c, cell in ipairs(row) do widths[c] = math.max(widths[c] or 0, utf8.len(cell)) end
  end
  print("\n" .. title)
  for _, row in ipairs(rows) do
    local line = {}
    for c, cell in ipairs(row) do
      local padding = (" "):rep(widths[c] - utf8.len(cell))
      line[c] = c == 1 and cell .. padding or padding .. cell
    end
    print("  " .. table.concat(line, "   "))
  end
end

-- The paper's numbers, for its data: by measure, one per entry of `losses` (no number: none given).
local none = false
local paper = {
  rmse = {0.6960, 0.6955, 0.6997, 0.7210, 0.7127},
  var = {0.7728, 0.7683, 0.7574, 0.6604, none},
  {0.5749, 0.5739, none, none, 0.5509}, {0.0992, 0.0987, none, none, 0.1043},
  {0.2109, 0.2120, none, none, 0.1924}, {0.1665, 0.1636, none, none, 0.1402},
  {0.1084, 0.1103, none, none, 0.1224}, {0.3845, 0.3824, none, none, 0.3741},
  {3.2284, 3.2053, none, none, 2.1643}, {8.4200, 8.3946, none, none, 4.8998},
}
local is_papers_data = options.data ~= "" and options.target == "MedHouseVal"
  and table.concat(all.features, " ")
    == "MedInc HouseAge AveRooms AveBedrms Population AveOccup Latitude Longitude"

local function table_1()
  local rows = {{"", "MSE", "λ=1e-1", "λ=1e-2", "λ=1e-3"}}
  for _, measure in ipairs{"rmse", "var"} do
    local values, changes = {measure == "rmse" and "RMSE" or "Var"}, {"  change, %", ""}
    local theirs = {"  in the paper"}
    for i = 1, 4 do
      values[i + 1] = mean(i, measure)
      if i > 1 then changes[i + 1] = change(i, measure) end
      theirs[i + 1] = ("%.4f"):format(paper[measure][i])
    end
    rows[#rows + 1], rows[#rows + 2] = values, changes
    if is_papers_data then rows[#rows + 1] = theirs end
  end
  print_table("Table 1. RMSE on the validation rows, variance of the outputs on the test rows", rows)
end

local function sensitivity_table(title, i)
  local rows = {{"", "MSE", "Lai", "change, %"}}
  if is_papers_data then
    for c, head in ipairs{"paper: MSE", "Lai", "change, %"} do rows[1][4 + c] = head end
  end
  local function add(label, measure)
    local row = {label, mean(MSE, measure), mean(i, measure), change(i, measure)}
    if is_papers_data then
      local mse, its = paper[measure][MSE], paper[measure][i]
      row[5], row[6] = ("%.4f"):format(mse), ("%.4f"):format(its)
      row[7] = ("%+.1f"):format(100 * (its / mse - 1))
    end
    rows[#rows + 1] = row
  end
  for j, feature in ipairs(all.features) do
    local alias = ("X%d"):format(j)
    add(feature == alias and alias or alias .. " " .. feature, j)
  end
  add("RMSE", "rmse")
  print_table(title, rows)
end

print(("%s: %d rows, 20 %% of them for validation; %d test rows"):format(
  options.data ~= "" and options.data or "Friedman #1", #all, inputs[1].shape[1]))
print(("%s, adam 1e-3, batch %d, %d + %d epochs, alpha %g, seeds 1 to %d"):format(
  runs[1].model, options.batch, options.pretrain, options.epochs, options.alpha, options.seeds))
print(options.seeds > 1
  and "Means over the seeds; changes against MSE, seed by seed, with 95 % confidence intervals."
  or "One seed: no confidence intervals; changes of 1 to 2 % can be noise.")
table_1()
sensitivity_table("Table 2. Sensitivity: mean change of the output for unit noise on a feature, "
  .. losses[UNIFORM].name, UNIFORM)
sensitivity_table("Table 3. The same, " .. losses[OWN].name, OWN)
