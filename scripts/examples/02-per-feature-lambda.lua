-- λ per feature: a network that depends less on X4. A small λ costs accuracy, and also changes the
-- slopes of other features: the table shows both.
local lai = require "lai"

local train, valid = lai.synthetic.friedman1{n = 2000, noise = 1, seed = 1}
  :split{validation = 0.2, seed = 1}
local scaler = lai.standardize(train)
train, valid = scaler(train), scaler(valid)
local net = lai.mlp{inputs = 10, hidden = {32, 32}, outputs = 1, activation = "tanh", seed = 1}

local function measured(loss)
  local run = lai.train{model = net, data = train, validation = valid, loss = loss, alpha = 0.05,
                        pretrain = 40, epochs = 40, batch = 64, optimizer = lai.adam{lr = 3e-3},
                        seed = 1}
  local noise = lai.probe.noise(run.model, valid.x, {sigma = 1, seed = 1})
  return noise.sensitivity, run.history[#run.history].validation_rmse
end

-- Names are the data's columns or X1, X2, …; a list has one number per feature; `false` leaves a
-- feature out of the penalty.
local plain, plain_rmse = measured(lai.loss.mse())
local quiet, quiet_rmse = measured(lai.loss.lai{lambda = {X4 = 1e-2, default = 1}})

local function row(name, a, b)
  print(("%-7s  %6.3f   %6.3f    %+5.1f %%"):format(name, a, b, 100 * (b / a - 1)))
end
print("feature     MSE   X4 quiet   change")
for j = 1, 5 do row("X" .. j, plain[j], quiet[j]) end -- the other five do not matter
row("RMSE", plain_rmse, quiet_rmse)

local function ratio(j) return quiet[j] / plain[j] end
assert(ratio(4) < 0.6, "X4 matters much less")
for _, j in ipairs{1, 2, 3, 5} do assert(ratio(4) < ratio(j), "and falls more than the others") end
