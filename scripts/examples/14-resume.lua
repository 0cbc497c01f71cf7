-- Checkpoints: a run is stopped in the middle and resumed from its file. It ends with the same bits as a
-- run that was never stopped, also with dropout and early stopping.
local lai = require "lai"

local train, valid = lai.synthetic.friedman1{n = 500, noise = 1, seed = 1}
  :split{validation = 0.2, seed = 1}
local path = os.tmpname()

local function options(changes)
  local all = {
    model = lai.mlp{inputs = 10, hidden = {16, 16}, seed = 1}, data = train, validation = valid,
    loss = lai.loss.lai{lambda = 1}, alpha = 0.1, pretrain = 10, epochs = 30, batch = 32,
    optimizer = lai.adam{lr = 1e-2}, dropout = 0.1, patience = 20, seed = 1}
  for name, value in pairs(changes) do all[name] = value end
  return all
end

local whole = lai.train(options{})

-- The same run, ended by on_epoch after epoch 17. A run that is killed resumes from epoch 15.
local part = lai.train(options{
  checkpoint = path, checkpoint_every = 5,
  on_epoch = function(report) return report.epoch < 17 end})
print(("stopped after %d of %d epochs"):format(#part.history, #whole.history))

local resumed = lai.resume(path, {data = train, validation = valid})
print(("resumed to %d epochs, validation RMSE %.6f"):format(
  #resumed.history, resumed.history[#resumed.history].validation_rmse))

local different = 0
for layer, weights in ipairs(resumed.model:weights()) do
  different = different + weights:ne(whole.model:weights()[layer]):sum():item()
end
print(("%d weights differ from the run that was never stopped"):format(different))
assert(different == 0 and #resumed.history == #whole.history, "the same bits")
os.remove(path)
