-- An ensemble: networks that differ by their initial weights and batches, trained in parallel. The
-- mean of their predictions is better than the predictions of one.
local lai = require "lai"

local train, valid = lai.synthetic.friedman1{n = 1000, noise = 1, seed = 1}
  :split{validation = 0.3, seed = 1}
local scaler = lai.standardize(train)
train, valid = scaler(train), scaler(valid)

local jobs = {}
for seed = 1, 5 do
  jobs[seed] = {
    model = lai.mlp{inputs = 10, hidden = {32, 32}, seed = seed}, data = train, seed = seed,
    epochs = 60, batch = 32, optimizer = lai.adam{lr = 3e-3}}
end
-- on_run is called as each run ends, in any order: a place to save it.
local runs = lai.train_all(jobs, {on_run = function(run, i)
  print(("network %d: %.2f seconds"):format(i, run.seconds))
end})

local function rmse(prediction) return ((prediction - valid.y) ^ 2):mean():item() ^ 0.5 end
local sum, errors = 0, {}
for i, run in ipairs(runs) do
  local prediction = run.model(valid.x)
  sum, errors[i] = sum + prediction, rmse(prediction)
end
local one, together = lai.stats.mean_ci(errors), rmse(sum / #runs)
print(("RMSE of one network %.3f, of their mean %.3f"):format(one, together))
assert(together < one)
