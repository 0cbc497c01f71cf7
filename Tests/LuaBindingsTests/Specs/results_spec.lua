-- Results print readably: epochs' reports, histories, evaluations, lists.
local train, valid = lai.synthetic.friedman1{n = 60, seed = 1}:split{validation = 0.3, seed = 1}
local net = lai.mlp{inputs = 10, hidden = 4}
local run = lai.train{model = net, data = train, validation = valid, epochs = 14, metrics = "r2", seed = 1}
local function has(value, ...)
  local text = tostring(value)
  for _, part in ipairs{...} do assert(text:find(part), text .. " lacks " .. part) end
  assert(not text:find("0x"), text)
end

local errors = net:evaluate(valid)
has(errors, "^Evaluation", "rmse +%d", "r2 +%-?%d", "n +18")
has(errors, "outputs +{y = {mae = %d+.%d+, ", "r2 = %-?%d.%d%d%d, ")
has(errors.outputs, "^{\n  y = {\n    mae = ", "rmse = ")
assert(errors.rmse and not pcall(function() return errors.rsme end))

local history = run.history
has(history[1], "^EpochReport", "epoch +1", "stage +train", "validation_rmse +%d", "metrics +{r2 = ")
assert(tostring(history[1]):find("epoch.*stage.*base_loss.*seconds"), "in the order of the help")
has(history, "^history of 14 epochs\n +epoch +stage +base_loss +validation_rmse +r2\n", "\n +1 ", "\n +…", "\n +14 ")
assert(select(2, tostring(history):gsub("\n", "")) == 10, tostring(history))
has(lai.train{model = net, data = train, epochs = 1}.history, "^history of 1 epoch\n")
has(lai.train{model = net, data = train, epochs = 0}.history, "^history of 0 epochs$")
assert(#history == 14 and history[14].epoch == 14 and history[15] == nil and not rawget(history, "epoch"))
for i, report in ipairs(history) do assert(report.epoch == i) end
local rmse = history.validation_rmse
assert(#rmse == 14 and rmse[3] == history[3].validation_rmse and history.stage[1] == "train")
assert(history.epoch[14] == 14 and math.type(history.epoch[1]) == "integer")
assert(history.r2[2] == history[2].metrics.r2)
assert(history.lai_loss == nil and history._nothing == nil)
raises("history: no field 'validation_rsme' %(did you mean 'validation_rmse'%?%)", function() return history.validation_rsme end)
raises("history: no field 'zzz'; an epoch has epoch, stage", function() return history.zzz end)
local two = lai.train{model = net, data = train, pretrain = 1, epochs = 1, loss = lai.loss.lai{lambda = 0.1}, alpha = 1}.history
assert(two.lai_loss[1] ~= two.lai_loss[1] and two.lai_loss[2] > 0)
-- Still tables as others.
assert(#lai.json.decode(lai.json.encode(rmse)) == 14 and lai.json.encode(history):find('"base_loss"'))
assert(lai.tensor(rmse).shape[1] == 14)

-- Lists and tables of ours.
has(train.features, '{"X1", "X2", ')
has(lai.ones(2, 3).shape, "^{2, 3}$")
has(run.metrics, "^{r2 = ")
has(train:describe().X1, "^{\n  count = 42,\n")
has(train:describe().columns, "X1 = {\n +count = 42,")
has(net:parameters(), "biases = {%[lai.Tensor 4 float32%]")
has(lai, "adam = function lai.adam")
has(lai.loss, "^{\n  custom = function lai.loss.custom")
assert(lai.ones(6):reshape(lai.ones(2, 3).shape).shape[2] == 3)
assert(tostring({}):find("^table: 0x"))

-- lai.show prints as the prompt does.
local before, shown = print, {}
print = function(text) shown[#shown + 1] = text end
lai.show({a = {1, 2}, t = lai.ones(2)}, nil, "x", run.history[1])
lai.show()
print = before
assert(#shown == 4 and shown[1] == "{a = {1, 2}, t = [lai.Tensor 2 float32]}", shown[1])
assert(shown[2] == "nil" and shown[3] == '"x"' and shown[4]:find("^EpochReport"))
