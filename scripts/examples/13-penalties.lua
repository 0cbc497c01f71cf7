-- Ways to make a network depend less on one feature: the Lai loss with a λ for it, a penalty of its
-- slopes, and noise on it; beside them an L2 penalty and dropout, which know no features. Each is compared
-- with MSE alone over three seeds: its cost in accuracy, and how sensitive the network remains.
local lai = require "lai"

local seeds = {1, 2, 3}
local mse = lai.loss.mse()
local ways = {
  {name = "MSE", loss = mse},
  {name = "Lai, λ = 0.1 for X4", loss = lai.loss.lai{lambda = {X4 = 0.1, default = false}}, alpha = 0.1},
  {name = "Jacobian of X4", loss = mse + lai.penalty.jacobian{weight = 1, features = {"X4"}}},
  {name = "L2", loss = mse + lai.penalty.l2{weight = 0.1}},
  {name = "dropout", loss = mse, dropout = 0.1},
  {name = "noise on X4", loss = mse, input_noise = {X4 = {sigma = 1, share = 0.3}}},
}

local jobs, places = {}, {}
for _, seed in ipairs(seeds) do
  local data = lai.synthetic.friedman1{n = 500, noise = 1, seed = seed}
  local train, valid = data:split{validation = 0.25, seed = seed}
  local scaler = lai.standardize(train)
  for i, way in ipairs(ways) do
    jobs[#jobs + 1] = {
      model = lai.mlp{inputs = 10, hidden = {24}, activation = "tanh", seed = seed},
      data = scaler(train), validation = scaler(valid), batch = 32, pretrain = 15, epochs = 15,
      optimizer = lai.adam{lr = 1e-2}, seed = seed, loss = way.loss, alpha = way.alpha,
      dropout = way.dropout, input_noise = way.input_noise}
    places[#places + 1] = {way = i, valid = scaler(valid)}
  end
end

local rmse, noise = {}, {}
for i in ipairs(ways) do rmse[i], noise[i] = {}, {} end
for i, run in ipairs(lai.train_all(jobs)) do
  local place = places[i]
  local sensitivity = lai.probe.noise(run.model, place.valid.x, {seed = 1}).sensitivity
  table.insert(rmse[place.way], run.history[#run.history].validation_rmse)
  table.insert(noise[place.way], sensitivity[4])
end

local function mean(values) return (lai.stats.mean_ci(values)) end
print("                       validation RMSE   sensitivity to X4")
for i, way in ipairs(ways) do
  print(way.name .. (" "):rep(23 - utf8.len(way.name)) .. ("%15.3f   %11.3f %+4.0f %%"):format(
    mean(rmse[i]), mean(noise[i]), 100 * (mean(noise[i]) / mean(noise[1]) - 1)))
end
assert(mean(noise[2]) < mean(noise[1]) and mean(noise[3]) < mean(noise[1]), "the slopes are smaller")
assert(mean(noise[6]) < mean(noise[1]), "noise makes the network rely less on its feature")
