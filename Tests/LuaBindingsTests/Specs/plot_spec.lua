-- pictures: series, options, files, and objects that draw themselves
local x = lai.linspace(0, 6, 30)
local chart = lai.plot{{x = x, y = x:sin(), name = "sine"}, {kind = "points", x = x, y = x:cos()},
                       title = "Waves", xlabel = "time", ylim = {-2, 2}}
assert(tostring(chart):find "Waves" and tostring(chart):find "sine" and tostring(chart):find "time")
for line in tostring(chart):gmatch "[^\n]+" do assert(utf8.len(line) <= 80) end
for line in chart:text{width = 40, ascii = true}:gmatch "[^\n]+" do assert(#line <= 40 and not line:find "[\x80-\xff]") end
assert(not chart:text():find "\27" and chart:text{color = true}:find "\27%[")
assert(chart:svg():find "^<svg" and chart:svg():find "sine")
assert(lai.plot(x, x * x):svg() == lai.plot{{x = x, y = x * x}}:svg())
assert(lai.plot{1, 4, 9}:svg() == lai.plot{{1, 4, 9}}:svg() and lai.plot(lai.tensor{1, 4, 9}):svg() == lai.plot{1, 4, 9}:svg())

-- every kind of series
local z = lai.tensor{{1, 2, 3}, {2, 4, 6}}
for _, series in ipairs{
  {kind = "line", y = {1, 0/0, 3}}, {kind = "bars", x = {"a", "b"}, y = {1, 2}, errors = {.1, .2}},
  {kind = "band", low = {1, 2}, high = {2, 3}}, {kind = "errors", y = {1, 2}, low = {0, 1}, high = {2, 4}},
  {kind = "histogram", values = lai.randn(100), bins = 7}, {kind = "heatmap", z = z}, {kind = "contour", z = z, levels = {3}},
  {kind = "surface", z = z, x = {1, 2, 4}, y = {0, 9}}, {kind = "text", x = {1}, y = {2}, texts = {"here"}},
  {kind = "vline", x = 2}, {kind = "hline", y = {1, 2}, color = "#aa0000"}, {kind = "points", y = {}, marker = "star"},
} do
  assert(#tostring(lai.plot{series}) > 0 and lai.plot{series}:svg():find "</svg>", series.kind)
end
assert(tostring(lai.plot{{kind = "bars", x = {"apples", "pears"}, y = {1, 2}}}):find "pears")
local several = lai.plot{panels = {{{1, 2}, title = "left"}, {{2, 1}, title = "right", yscale = "log"}}, columns = 2}
assert(several:svg():find "left" and several:svg():find "right")

-- what is wrong is named
raises("%[1%].kind must be 'line', 'points'", lai.plot, {{kind = "bar", y = {1}}})
raises("series 'me': x and y differ in length %(2 and 3%)", lai.plot, {{x = {1, 2}, y = {1, 2, 3}, name = "me"}})
raises("%[1%].high must be given for kind = 'band' %(got nil%)", lai.plot, {{kind = "band", low = {1}}})
raises("unknown option 'xlable' %(did you mean 'xlabel'", lai.plot, {{1, 2}, xlable = "u"})
raises("%[2%] must be a table of .*unknown option 'yy'", lai.plot, {{1, 2}, {yy = {1}}})
raises("panels%[1%].title must be a string %(got 3%)", lai.plot, {panels = {{{1, 2}, title = 3}}})
raises("left out with a list of series", lai.plot, {{1, 2}, panels = {{{1, 2}}}})
raises("xscale must be left out where x are texts", lai.plot, {{x = {"a"}, y = {1}, kind = "bars"}, xscale = "log"})
raises("z must be %[rows%]%[columns%]", lai.plot, {{kind = "heatmap", z = {1, 2}}})
raises("series must be a list of series", lai.plot, 3)
raises("color must be '#rrggbb'", lai.plot, {{y = {1}, color = "red"}})
raises("must end in one of .svg, .png, .pdf, .txt", function() chart:save "x.jpg" end)
raises("no such file or directory", function() chart:save "/nonexistent/x.svg" end)

-- files
local path = os.tmpname()
chart:save(path .. ".svg"):save(path .. ".txt")
assert(io.open(path .. ".svg"):read "a" == chart:svg() and io.open(path .. ".txt"):read "a":find "Waves")
lai.plot{{1, 2}, file = path .. ".svg"}
assert(io.open(path .. ".svg"):read "a" == lai.plot{1, 2}:svg())
os.remove(path .. ".svg") os.remove(path .. ".txt") os.remove(path)

-- objects
local train, valid = lai.synthetic.friedman1{n = 80}:split()
local scaler = lai.standardize(train, {target = true})
local run = lai.train{model = lai.mlp{inputs = 10, hidden = {4}}, data = scaler(train), validation = scaler(valid), pretrain = 2,
                      epochs = 3, alpha = 0.5, batch = 16, loss = lai.loss.lai{lambda = 0.1}}
assert(tostring(run:plot()):find "validation RMSE" and run:plot():svg():find "Lai batches")
assert(tostring(lai.probe.noise(run.model, scaler(valid)):plot()):find "X10")
local found = lai.probe.noise(run.model, scaler(valid), {features = {"X4", "X1"}})
assert(found:compare{now = run.model, then_ = run.model:clone()}:plot():svg():find "then_")
local slice = lai.probe.partial_dependence(run.model, scaler(valid), {feature = "X4", points = 5}):plot()
assert(slice:svg():find "mean prediction" and slice:svg():find "mean slope" and slice:svg():find "X4")
assert(run.model:slice_plot(scaler(valid), "X4"):svg():find "mean slope")
raises("unknown feature 'X44'", function() run.model:slice_plot(scaler(valid), "X44") end)
assert(lai.loss.lai{lambda = 0.1}:plot():svg():find "λ = 0.1" and tostring(train:plot("X4")):find "X4")
raises("one Lai loss in it", function() lai.loss.mse():plot() end)
raises("unknown feature 'X44'", function() train:plot "X44" end)
local s = lai.sweep{data = train, base = {hidden = {4}, epochs = 1}, grid = {alpha = {0.1, 1}, lambda = {0.1, 1}}, seeds = 2}
s:run()
assert(s:plot("alpha", "rmse"):svg():find "lambda 0.1" and tostring(s:plot("lambda", "var")):find "control")
local both = s:plot("rmse", "var"):svg()
assert(both:find "points" and both:find "control" and both:find "alpha = 0.1, lambda = 1")
raises("differ in: alpha, lambda %(did you mean 'lambda'", function() s:plot("lamda", "var") end)
raises("measure must be one that the sweep takes", function() s:plot("lambda", "vra") end)

-- reports: one page, nothing else
do
  local page = os.tmpname() .. ".html"
  s:report(page, {title = "λ & α"})
  local text = io.open(page):read "a"
  assert(text:find "<h1>λ &amp; α</h1>" and text:find "</table>" and text:find "<svg" and text:find "</html>%s*$")
  -- The script itself, where there is one, may say anything.
  text = text:gsub("<h2>Script</h2>.*", ""):gsub("http://www.w3.org/2000/svg", "")
  assert(not text:find "http")
  assert(text:find("<dt>base.hidden</dt><dd>{4}</dd>", 1, true) and text:find("<dt>cores</dt>", 1, true))
  assert(run:report(page) == page and io.open(page):read "a":find "Training run")
  s:report(page, {measures = "slope.X4"})
  assert(io.open(page):read "a":find("<th>slope.X4</th>", 1, true))
  raises("measure must be one that the sweep takes", function() s:report(page, {measures = {"slop.X4"}}) end)
  raises("a name that ends in .html", function() s:report "x.pdf" end)
  raises("no such file or directory", function() run:report "/nonexistent/x.html" end)
  os.remove(page)
end

-- landscapes
local line = lai.synthetic.line{slope = 3, intercept = 4, noise = 8, width = 2, n = 400}
local l = lai.landscape{loss = lai.loss.lai{base = "mae", lambda = 1}, data = line, slope = {-4, 4}, intercept = {-8, 16}, points = 25}
assert(math.abs(l.minimum.slope - 1) < 1e-9 and l.values.shape[1] == 25 and #l.slopes == 25 and tostring(l):find "slope 1,")
assert(tostring(l:plot()):find "Lai MAE, λ = 1" and math.abs(l.values:min():item() - l.minimum.value) < 1e-12)
raises("slope must be {first, last}", function() lai.landscape{loss = lai.loss.mse(), data = line, slope = {2, 1}} end)
raises("one feature and one target", function() lai.landscape{loss = lai.loss.mse(), data = train} end)
