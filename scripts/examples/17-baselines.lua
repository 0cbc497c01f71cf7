-- Is the Lai loss the best way to make a network less sensitive to a feature? The sweep compares it
-- with plainer ones: the network does not see the feature, or it is trained with noise on it.
local lai = require "lai"

local s = lai.sweep{
  data = lai.synthetic.friedman1{n = 1000, noise = 1, seed = 1},
  base = {hidden = {16, 16}, activation = "silu", pretrain = 30, epochs = 30, alpha = 0.2, batch = 64,
          optimizer = lai.adam{lr = 3e-3}, lambda = {X5 = 1, default = false}},
  grid = {["lambda.X5"] = {1, 0.1, 0.01, 0.001}},
  seeds = 3, baselines = {"X5"}, measure = {noise = {"X5"}},
}
print(s:run():table{"rmse", "noise.X5"})

-- A Lai result that a baseline beats in both measures is beaten, by these means at least.
local rows = s:rows()
for _, lai_row in ipairs(rows) do
  for _, row in ipairs(rows) do
    if lai_row.kind == "point" and row.kind == "baseline" and row.rmse.mean < lai_row.rmse.mean
      and row["noise.X5"].mean < lai_row["noise.X5"].mean then
      print(("%s: beaten by %s"):format(lai_row.label, row.label))
    end
  end
end
