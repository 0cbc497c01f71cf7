-- L-BFGS trains networks and scripted models: a line comes to least squares
local line = lai.synthetic.line{slope = 3, intercept = 4, noise = 0.1, n = 200, seed = 1}
local x, y = line.x:reshape{200}, line.y:reshape{200}
local dx = x - x:mean()
local slope = ((dx * y):sum() / (dx * dx):sum()):item()
local intercept = y:mean():item() - slope * x:mean():item()
local net = lai.mlp{inputs = 1, hidden = {}, seed = 1}
local run = lai.train{model = net, data = line, epochs = 4, optimizer = lai.lbfgs{max_iter = 10}}
near(run.model(lai.zeros(1, 1)):item(), intercept, 1e-3)
near(run.model(lai.ones(1, 1)):item(), intercept + slope, 1e-3)
assert(run.history[1].learning_rate == 1)
local function squares(p, x, y) return (x * p.k + p.b - y):square():mean() end
local scripted = lai.train{step = squares, parameters = {k = lai.zeros(1), b = lai.zeros(1)}, data = line, epochs = 4,
  optimizer = lai.lbfgs{}}
near(scripted.parameters.k:item(), slope, 1e-3)
near(scripted.parameters.b:item(), intercept, 1e-3)
-- with the Lai loss, in mini-batches
local data = lai.synthetic.friedman1{n = 120, noise = 0.5, seed = 2}
local options = {model = lai.mlp{inputs = 10, hidden = {8}, seed = 1}, data = data, batch = 60, pretrain = 2, epochs = 3,
  loss = lai.loss.lai{lambda = 0.01}, alpha = 0.5, optimizer = lai.lbfgs{max_iter = 5, history = 3, tolerance = 1e-6}}
run = lai.train(options)
assert(run.history[5].base_loss < run.history[1].base_loss)
-- what cannot be
options.clip = 1
raises("clip must be left out with lbfgs, which searches along a line", lai.train, options)
raises("clip must be left out with lbfgs", lai.train, {step = squares, parameters = {k = lai.zeros(1), b = lai.zeros(1)},
  data = line, optimizer = lai.lbfgs{}, clip = 1})
raises("lbfgs: max_iter must be a whole number >= 1 %(got 0%)", lai.lbfgs, {max_iter = 0})
raises("lbfgs: tolerance must be a number >= 0 and finite %(got %-1%)", lai.lbfgs, {tolerance = -1})
raises("lbfgs: unknown option 'lr'", lai.lbfgs, {lr = 1})
raises("adam: beta1 must be a number >= 0 and < 1 %(got 1%)", lai.adam, {beta1 = 1})
raises("sgd: nesterov must be true or false %(got 1%)", lai.sgd, {nesterov = 1})
raises("lion: weight_decay must be a number >= 0 and finite %(got nan%)", lai.lion, {weight_decay = 0 / 0})
raises("optim.lion: centralize must be true or false", lai.optim.lion, lai.zeros(1), {centralize = "yes"})
-- an error in the search leaves the parameters as they were
local w, calls = lai.tensor{3, -2}, 0
local search = lai.optim.lbfgs(w)
raises("enough", function()
  search:step(function(w)
    calls = calls + 1
    if calls == 4 then error("enough") end
    return (w ^ 4):sum()
  end)
end)
assert(w:get(1) == 3 and w:get(2) == -2)
-- centralized: from the gradient of a matrix its rows' means are subtracted, not from that of a vector
local matrix, vector = lai.zeros(2, 3), lai.zeros(3)
lai.optim.sgd({matrix, vector}, {lr = 1, centralize = true}):step{lai.tensor{{1, 2, 6}, {0, -3, 3}}, lai.tensor{1, 2, 6}}
assert((matrix - lai.tensor{{2, 1, -3}, {0, 3, -3}}):abs():max():item() == 0)
assert((vector - lai.tensor{-1, -2, -6}):abs():max():item() == 0)
assert(tostring(lai.lion{centralize = true}):match(
  "lion%(lr 0%.0001, beta1 0%.9, beta2 0%.99, weight decay 0, centralize%)"), tostring(lai.lion{centralize = true}))
