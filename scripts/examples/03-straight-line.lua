-- The paper's appendix: points on y = 3x + 4 under wide noise, a straight line through them. The
-- Lai MAE is least where the line's slope is λ, whatever the slope of the points.
local lai = require "lai"

local half = 1 -- x is uniform on −half … half; the noise is three times as wide
local d = lai.synthetic.line{slope = 3, intercept = 4, noise = 3 * half, n = 4000, seed = 1}

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

-- With the MSE the slope is √λ; `slope = 2` says it directly, as λ = 4 would.
local best = best_slope(lai.loss.lai{base = "mse", slope = 2})
print(("Lai MSE, slope=2 least at slope %4.2f"):format(best))
assert(math.abs(best - 2) < 0.051, "the slope asked for")
