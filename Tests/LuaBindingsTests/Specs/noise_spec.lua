-- dropout, input noise and adversarial rows in training
local data = lai.synthetic.friedman1{n = 200, seed = 2}
local scaled = lai.standardize(data)(data)
local net = lai.mlp{inputs = 10, hidden = {16}, seed = 1}
local function train(options)
  options.model, options.data = options.model or net, scaled
  options.batch, options.epochs = options.batch or 64, options.epochs or 4
  return lai.train(options)
end
local function same(a, b) return (a.model(scaled.x) - b.model(scaled.x)):abs():max():item() == 0 end

local plain = train{}
assert(same(plain, train{dropout = 0}))
local all = {
  {dropout = 0.2}, {input_noise = 0.1}, {input_noise = {X4 = 0.5}}, {input_noise = {default = 0.5}},
  {input_noise = {X4 = {sigma = 0.5, share = 0.3}}}, {adversarial = {epsilon = 0.1}},
  {input_noise = {X4 = {multiplicative = true}}}, {adversarial = {epsilon = 0.1, share = 0.5}},
  {dropout = 0.1, input_noise = {X4 = 1, X5 = false, default = 0.1}, adversarial = {epsilon = 0.05}},
}
local runs = {}
for i, options in ipairs(all) do
  runs[i] = train(options)
  assert(not same(runs[i], plain) and same(runs[i], train(options)), "noise " .. i)
  assert(runs[i].history[4].base_loss < 1e3)
end
assert(same(train{input_noise = 0.1}, train{input_noise = {default = {sigma = 0.1}}}))
for workers = 1, 3 do
  for i, run in ipairs(lai.train_all(all, {workers = workers})) do assert(same(run, runs[i])) end
end

-- noise on a feature makes the network less sensitive to it
local long = {epochs = 60, optimizer = lai.adam{lr = 1e-2}}
local before = lai.probe.noise(train(long).model, scaled.x).sensitivity[4]
long.input_noise = {X4 = 1}
assert(lai.probe.noise(train(long).model, scaled.x).sensitivity[4] < 0.9 * before)

local function refuses(pattern, options) raises("train: " .. pattern, train, options) end
refuses("dropout must be a number >= 0 and < 1 %(got 1%)", {dropout = 1})
refuses("dropout must be a number >= 0 and < 1 %(got 'x'%)", {dropout = "x"})
refuses("dropout must be 0 for a network without hidden layers %(got 0.1%)",
  {dropout = 0.1, model = lai.mlp{inputs = 10, hidden = {}}})
refuses("input_noise must be a number > 0, or a table by feature name .* %(got 'X4'%)",
  {input_noise = "X4"})
refuses("input_noise must be a table whose keys are feature names %(got 1%)", {input_noise = {0.1}})
refuses("input_noise must be .* %(got a table%)", {input_noise = {}})
refuses("input_noise must be noise on some feature %(got none%)", {input_noise = {X4 = false}})
refuses("unknown feature 'X99' %(did you mean 'X9'%?%)", {input_noise = {X99 = 1}})
refuses("input_noise.X4.sigma must be > 0 and finite %(got 0%)", {input_noise = {X4 = 0}})
refuses("input_noise.X4.sigma must be a number > 0 and finite %(got %-1%)",
  {input_noise = {X4 = {sigma = -1}}})
refuses("input_noise.X4.share must be a number > 0 and <= 1 %(got 0%)",
  {input_noise = {X4 = {share = 0}}})
refuses("input_noise.X4.multiplicative must be true or false %(got 1%)",
  {input_noise = {X4 = {multiplicative = 1}}})
refuses("input_noise.X4 must be a table of sigma, share, multiplicative .*did you mean 'sigma'",
  {input_noise = {X4 = {sgima = 1}}})
refuses("input_noise.X4 must be a number > 0, a table .* or false %(got true%)",
  {input_noise = {X4 = true}})
refuses("adversarial must be a table {epsilon, share} %(got 0.1%)", {adversarial = 0.1})
refuses("adversarial.epsilon must be a number > 0 and finite %(got none%)", {adversarial = {}})
refuses("adversarial.epsilon must be a number > 0 and finite %(got 0%)", {adversarial = {epsilon = 0}})
refuses("adversarial.share must be a number > 0 and <= 1 %(got 2%)",
  {adversarial = {epsilon = 1, share = 2}})
refuses("adversarial must be a table of epsilon, share %(got unknown option 'eps' %(did you mean 'epsilon'%?%)%)",
  {adversarial = {eps = 1}})
raises("dropout must be left out when step is given", lai.train,
  {step = function() end, parameters = lai.tensor{1}, data = data, dropout = 0.1})
