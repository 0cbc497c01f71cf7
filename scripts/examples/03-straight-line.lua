-- The paper's appendix: a straight line through points on y = 3x + 4 with strong noise. The Lai MAE
-- has its minimum where the line's slope is λ, whatever the slope of the points.
local lai = require "lai"

-- x is uniform between -1 and 1, and the noise is four times as wide. (Below about 2.6 times, the
-- slope of the points wins against a distant λ.)
local d = lai.synthetic.line{slope = 3, intercept = 4, noise = 4, n = 4000, seed = 1}

-- A network without hidden layers is a line: one weight, one bias.
local line = lai.mlp{inputs = 1, hidden = {}, outputs = 1, dtype = "float64"}
line:set_biases{lai.tensor({4}, {dtype = "float64"})}

local function best_slope(loss)
  local best, least
  for slope = -4, 8, 0.05 do
    line:set_weights{lai.tensor({{slope}}, {dtype = "float64"})}
    local value = loss:value(line, d.x, d.y)
    if not least or value < least then best, least = slope, value end
  end
  return best
end

print(("MAE            least at slope %5.2f"):format(best_slope(lai.loss.mae())))
for _, lambda in ipairs{0.5, 1, 1.5, 2} do
  local best = best_slope(lai.loss.lai{base = "mae", lambda = lambda})
  print(("Lai MAE, λ=%.1f  least at slope %5.2f"):format(lambda, best))
  assert(math.abs(best - lambda) < 0.051, "the slope is λ")
end

-- With the MSE the slope is √λ, here 6; `slope = 6` says the same.
for _, options in ipairs{{lambda = 36}, {slope = 6}} do
  local best = best_slope(lai.loss.lai(options))
  print(("Lai MSE, λ=36   least at slope %5.2f"):format(best))
  assert(math.abs(best - 6) < 0.051, "the slope is √λ")
end
