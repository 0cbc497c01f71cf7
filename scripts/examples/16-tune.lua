-- λ found for you: as little sensitivity to X4 as an error that is 3 % larger allows. What is printed
-- comes from fresh seeds and from rows that the search never saw; baselines stand beside it.
local lai = require "lai"

local data = lai.synthetic.friedman1{n = 600, noise = 1, seed = 1}
local t = lai.tune{
  data = data,
  minimise = "noise.X4", subject = {rmse = "+3%"},
  base = {hidden = {16}, pretrain = 15, epochs = 15, batch = 64, optimizer = lai.adam{lr = 1e-2}},
  budget = 160,
  -- store = "tune.db",  -- a script that was stopped then goes on where it was
}
print(t)

-- The rows as tables. options can be given to lai.train; change is in % against the control.
local row = t.best or t.nearest
print(("\nλ = %g: sensitivity %+.0f %%, error %+.1f %%"):format(
  row.options.lambda.X4, row.change["noise.X4"].mean, row.change.rmse.mean))
for _, failure in ipairs(t.failures) do
  print(("not kept: %s, by %+.1f points"):format(failure.bound, failure.by.mean))
end
for _, baseline in ipairs(t.better) do print("better by plainer means: " .. baseline.label) end

-- What the search tried, on two seeds each, as far as nothing else is better in both.
print("\nsensitivity and error, changes in %")
for _, point in ipairs(t.front) do
  if point.kind == "point" then
    print(("  %+6.1f %+6.2f  %s"):format(
      point.change["noise.X4"].mean, point.change.rmse.mean, point.label))
  end
end
