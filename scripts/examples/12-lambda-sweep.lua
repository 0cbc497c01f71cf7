-- The effect of λ on slopes and accuracy: a sweep over λ with several seeds, in parallel. Each
-- result is written when its run ends, so that nothing is lost if the script is stopped.
local lai = require "lai"

local lambdas, seeds = {0.1, 0.03, 0.01}, {1, 2, 3}
local all = lai.synthetic.friedman1{n = 2000, noise = 1, seed = 1}

-- Runs with the same seed begin alike, with the base loss: train_all pre-trains once for all of
-- them.
local jobs, entries = {}, {}
local function job(name, seed, loss)
  local train, valid = all:split{validation = 0.2, seed = seed}
  local scaler = lai.standardize(train)
  entries[#entries + 1] = {name = name, seed = seed, valid = scaler(valid)}
  jobs[#jobs + 1] = {
    model = lai.mlp{inputs = 10, hidden = {32, 32}, activation = "tanh", seed = seed},
    data = scaler(train), validation = scaler(valid), loss = loss, alpha = 0.05, pretrain = 30,
    epochs = 30, batch = 64, optimizer = lai.adam{lr = 3e-3}, seed = seed}
end
for _, seed in ipairs(seeds) do
  job("MSE", seed, lai.loss.mse())
  for _, lambda in ipairs(lambdas) do
    job(("λ = %g"):format(lambda), seed, lai.loss.lai{lambda = lambda})
  end
end

local path = arg[1] or os.tmpname()
print("each run is written to " .. path .. " as it ends")
local results = assert(io.open(path, "w"))
lai.train_all(jobs, {workers = 2, on_run = function(run, i)
  if run.outcome ~= "finished" then return end -- reported on standard error
  local smooth = lai.probe.smoothness(run.model, entries[i].valid.x)
  results:write(lai.json.encode{
    name = entries[i].name, seed = entries[i].seed,
    rmse = run.history[#run.history].validation_rmse, slope = smooth.mean_slope[4]}, "\n")
  results:flush()
  -- Add run.model:save(…) to keep the networks.
end})
results:close()

-- Runs end in any order; the table finds results by name.
local measured = {}
for line in io.lines(path) do
  local result = lai.json.decode(line)
  local values = measured[result.name] or {rmse = {}, slope = {}}
  measured[result.name] = values
  values.rmse[#values.rmse + 1], values.slope[#values.slope + 1] = result.rmse, result.slope
end
if not arg[1] then os.remove(path) end

local function cell(values)
  return ("%.3f ± %.3f"):format(lai.stats.mean_ci(values))
end
print("            validation RMSE   mean |slope| of X4")
local last
for i = 1, #lambdas + 1 do
  local name = entries[i].name
  local values = measured[name]
  print(name .. (" "):rep(12 - utf8.len(name)) .. cell(values.rmse) .. "     " .. cell(values.slope))
  local slope = lai.stats.mean_ci(values.slope)
  assert(#values.rmse == #seeds and (not last or slope < last), "a smaller λ gives a smaller slope")
  last = slope
end
