-- Data, a network, the paper's training, and its effect on the network.
local lai = require "lai"

local train, valid = lai.synthetic.friedman1{n = 2000, noise = 1, seed = 1}
  :split{validation = 0.2, seed = 1}
local scaler = lai.standardize(train)
train, valid = scaler(train), scaler(valid)

local net = lai.mlp{inputs = 10, hidden = {32, 32}, outputs = 1, activation = "tanh", seed = 1}
print(net)

-- 40 epochs of plain MSE, then 40 epochs in which a tenth of the mini-batches use the Lai loss.
local function train_with(loss)
  return lai.train{model = net, data = train, validation = valid, loss = loss, alpha = 0.1,
                   pretrain = 40, epochs = 40, batch = 64, optimizer = lai.adam{lr = 3e-3},
                   seed = 1}
end
local plain = train_with(lai.loss.mse())
local smooth = train_with(lai.loss.lai{lambda = 0.01})

for name, run in pairs{MSE = plain, Lai = smooth} do
  local last = run.history[#run.history]
  print(("%s: RMSE %.3f, variance of the outputs %.2f"):format(
    name, last.validation_rmse, lai.probe.smoothness(run.model, valid.x).variance))
end

assert(plain.history[#plain.history].validation_rmse < 2.5, "the target's deviation is 5")
assert(lai.probe.smoothness(smooth.model, valid.x).variance
  < lai.probe.smoothness(plain.model, valid.x).variance, "the Lai loss smooths")
