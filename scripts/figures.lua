-- The figures of "Lai Loss: A Novel Loss for Gradient Control" (Lai, arXiv 2405.07884).
local lai = require "lai"
local options = lai.args({
  out = {default = "figures", help = "the folder to write to"},
  formats = {default = "svg,png,pdf", help = "any of svg, png, pdf and txt"},
}, "Draws the paper's figures.")
local quoted = "'" .. options.out:gsub("'", "'\\''") .. "'"
if not os.execute("mkdir -p -- " .. quoted) then os.exit(1) end

local function save(name, chart)
  for format in options.formats:gmatch "[^,]+" do
    chart:save(("%s/%s.%s"):format(options.out, name, format))
  end
  print(name)
end

-- Section 2: the two branches of the Lai MAE for an error of 1, over the angle of the tangent.
local angle = lai.linspace(0, 90, 181)
local radians = angle * (math.pi / 180)
local curves = {title = "max(sin θ, λ cos θ)", xlabel = "θ in degrees", ylabel = "loss of an error of 1"}
for i, lambda in ipairs{2, 1, 0.5} do
  local y = radians:sin():maximum(radians:cos() * lambda)
  curves[#curves + 1] = {x = angle, y = y, name = "λ = " .. lambda, color = i}
  -- The branches meet, and the loss is least, at tan θ = λ.
  local kink = math.atan(lambda)
  curves[#curves + 1] = {kind = "points", x = math.deg(kink), y = math.sin(kink), marker = "diamond", color = i}
end
save("section2-branches", lai.plot(curves))

-- Section 6: validation RMSE of a control and three Lai runs, on synthetic data.
local train, valid = lai.synthetic.friedman1{n = 2000, noise = 1, seed = 1}:split{validation = 0.2, seed = 1}
local scaler = lai.standardize(train)
local jobs, names = {}, {"MSE", "λ = 0.1", "λ = 0.01", "λ = 0.001"}
for i, lambda in ipairs{false, 0.1, 0.01, 0.001} do
  jobs[i] = {model = lai.mlp{inputs = 10, hidden = {32, 32}, activation = "tanh", seed = 1},
             data = scaler(train), validation = scaler(valid), seed = 1, pretrain = 50, epochs = 50, alpha = 0.02,
             batch = 64, optimizer = lai.adam{lr = 1e-3},
             loss = lambda and lai.loss.lai{lambda = lambda} or lai.loss.mse()}
end
local validation = {title = "Validation RMSE", xlabel = "epoch", ylabel = "RMSE", yscale = "log",
                    {kind = "vline", x = 50.5, name = "end of pre-training", dash = "dotted", color = "#707070"}}
for i, run in ipairs(lai.train_all(jobs)) do
  local rmse = {}
  for epoch, report in ipairs(run.history) do rmse[epoch] = report.validation_rmse end
  validation[#validation + 1] = {y = rmse, name = names[i], color = i}
end
save("section6-validation", lai.plot(validation))

-- Appendix A: losses of straight lines on points of y = 3x + 4. With this much noise the Lai MAE is least at
-- slope λ and the Lai MSE at √λ; with little noise there is a valley on the wrong side as well.
local function landscape(name, noise, loss)
  local data = lai.synthetic.line{slope = 3, intercept = 4, noise = noise, width = 2, n = 400, seed = 1}
  local l = lai.landscape{loss = loss, data = data, slope = {-8, 8}, intercept = {-8, 16}}
  save(name, l:plot())
  print(l)
end
for _, lambda in ipairs{1, 2, 1.5, 0.5, 0.01, 100} do
  landscape("appendix-mae-" .. lambda, 8, lai.loss.lai{base = "mae", lambda = lambda})
end
landscape("appendix-mse-36", 8, lai.loss.lai{base = "mse", lambda = 36})
landscape("appendix-mae-1-little-noise", 0.5, lai.loss.lai{base = "mae", lambda = 1})
landscape("appendix-mse-36-little-noise", 0.5, lai.loss.lai{base = "mse", lambda = 36})
