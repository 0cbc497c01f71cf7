-- A sweep over λ and α with three seeds. A seed fixes split, initial weights, batches and noise, so
-- changes are taken against the control with the same seed. Points share their pre-training.
local lai = require "lai"

local s = lai.sweep{
  data = lai.synthetic.friedman1{n = 1000, noise = 1, seed = 1},
  base = {hidden = {16, 16}, pretrain = 30, epochs = 30, batch = 64, optimizer = lai.adam{lr = 3e-3}},
  grid = {lambda = {1, 0.1, {X4 = 0.01, default = 1}}, alpha = {0.02, 0.1}},
  seeds = 3,
  measure = {smoothness = true, noise = {"X4"}, slopes = function(run, data) -- your own, of a network and held-out rows
    return run.model:input_gradient(data.x):abs():mean():item()
  end},
  store = arg[1], -- a file such as sweep.db: a second run with a wider grid trains what is new
}
s:run()
print(s:table{"rmse", "var", "noise.X4", "slopes"})

-- The points that no other beats in both, trained again with five fresh seeds.
local front = s:front{"rmse", "noise.X4"}
print(front:plot())
for _, row in ipairs(front) do
  print(("%-50s rmse %.2f, noise.X4 %.2f"):format(row.label, row.rmse.mean, row["noise.X4"].mean))
end

for _, row in ipairs(s:rows()) do
  assert(row.n == 3)
  if type(row.options.lambda) == "table" then assert(row.change["noise.X4"].mean < 0) end
end
