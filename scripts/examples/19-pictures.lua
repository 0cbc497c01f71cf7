-- Pictures: results draw themselves, at a terminal with characters, in files as SVG, PNG or PDF.
local lai = require "lai"

local train, valid = lai.synthetic.friedman1{n = 400, noise = 1, seed = 1}:split{validation = 0.25, seed = 1}
local scaler = lai.standardize(train, {target = true})
local function trained(loss)
  return lai.train{model = lai.mlp{inputs = 10, hidden = {16}, activation = "tanh", seed = 1}, data = scaler(train),
                   validation = scaler(valid), loss = loss, alpha = 0.2, pretrain = 15, epochs = 15, batch = 32,
                   optimizer = lai.adam{lr = 1e-2}, seed = 1}
end
local plain, quiet = trained(lai.loss.mse()), trained(lai.loss.lai{lambda = {X4 = 1e-2, default = false}})

print(quiet:plot())
local noise = lai.probe.noise(plain.model, scaler(valid), {features = {"X1", "X2", "X4"}})
print(noise:compare{mse = plain.model, lai = quiet.model}:plot())
print(lai.probe.partial_dependence(quiet.model, scaler(valid), {feature = "X4"}):plot())
print(train:plot("X4"))

-- Any numbers: a list of series, and options beside them.
local k = lai.linspace(-3, 3, 121)
print(lai.plot{{x = k, y = lai.loss.lai{base = "mae", lambda = 0.5}:factor(k:unsqueeze(2)), name = "λ = 0.5"},
               {x = k, y = lai.loss.lai{base = "mae", lambda = 1}:factor(k:unsqueeze(2)), name = "λ = 1"},
               xlabel = "slope", ylabel = "factor"})

local path = os.tmpname()
quiet:plot():save(path .. ".svg")
quiet:report(path .. ".html", {title = "A quiet network"})
for _, ending in ipairs{"", ".svg", ".html"} do os.remove(path .. ending) end
