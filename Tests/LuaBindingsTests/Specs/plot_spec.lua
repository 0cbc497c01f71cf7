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

-- every option changes the picture
do
  local y, z = {1, 20, 300}, {{1, 2, 3}, {2, 4, 6}}
  local function differ(option, one, other)
    local a, b = lai.plot(one):svg(), lai.plot(other):svg()
    assert(a ~= b, option .. " changes nothing")
  end
  for option, value in pairs{title = "t", xlabel = "t", ylabel = "t", xscale = "log", yscale = "log", xlim = {0, 9}, ylim = {-1, 999},
                             legend = false, theme = "dark"} do
    differ(option, {{y = y, name = "n"}, [option] = value}, {{y = y, name = "n"}})
  end
  differ("columns", {panels = {{y}, {y}}, columns = 2}, {panels = {{y}, {y}}})
  for option, value in pairs{x = {3, 4, 9}, name = "n", color = 3, dash = "dotted", marker = "star", tooltips = {"a", "b", "c"}} do
    differ(option, {{y = y, [option] = value}}, {{y = y}})
  end
  for option, values in pairs{bins = {2, 3}, values = {{1, 2, 9}, {1, 2, 3}}} do
    local one, other = {kind = "histogram", values = {1, 2, 9}, bins = 2}, {kind = "histogram", values = {1, 2, 9}, bins = 2}
    one[option], other[option] = values[1], values[2]
    differ(option, {one}, {other})
  end
  for option, values in pairs{errors = {{1, 2, 3}, {3, 2, 1}}, low = {{0, 1, 2}, {-9, 1, 2}}, high = {{9, 99, 999}, {9, 99, 500}}} do
    for _, kind in ipairs{"bars", "errors"} do
      local one, other = {kind = kind, y = y}, {kind = kind, y = y}
      if option ~= "errors" then
        one.low, one.high, other.low, other.high = {0, 1, 2}, {9, 99, 500}, {0, 1, 2}, {9, 99, 500}
      end
      one[option], other[option] = values[1], values[2]
      differ(option, {one}, {other})
    end
  end
  for _, kind in ipairs{"heatmap", "contour", "surface"} do
    differ("x", {{kind = kind, z = z, x = {1, 2, 9}}}, {{kind = kind, z = z}})
    differ("y", {{kind = kind, z = z, y = {1, 9}}}, {{kind = kind, z = z}})
    differ("z", {{kind = kind, z = z}}, {{kind = kind, z = {{1, 2, 3}, {2, 9, 6}}}})
  end
  differ("levels", {{kind = "contour", z = z, levels = {3}}}, {{kind = "contour", z = z, levels = {2}}})
  differ("texts", {{kind = "text", x = {1}, y = {2}, texts = {"a"}}}, {{kind = "text", x = {1}, y = {2}, texts = {"b"}}})
  assert(lai.plot{{y = y, color = "#12ab9f"}}:svg():find("#12ab9f", 1, true))
  -- names of places are shared by series
  local shared = lai.plot{{kind = "bars", x = {"a", "b"}, y = {1, 2}}, {kind = "bars", x = {"b", "c"}, y = {1, 2}}}:svg()
  assert(select(2, shared:gsub(">b<", "")) == 1 and shared:find ">c<")
  local chart = lai.plot{{1, 2}, {2, 1}}
  assert(select(2, chart:text{height = 9}:gsub("\n", "")) == 9 and select(2, chart:text{height = 30}:gsub("\n", "")) == 30)
  assert(chart:text{color = true, theme = "dark"}:find("\27[93m", 1, true) and chart:text{color = true, theme = "light"}:find("\27[31m", 1, true))
  assert(chart:text{color = true} == chart:text{color = true, theme = "light"} and not chart:text{color = false, theme = "dark"}:find "\27")
end

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

raises("save: unknown option 'widht' %(did you mean 'width'", function() chart:save("x.svg", {widht = 300}) end)
raises("text: theme must be 'automatic', 'light' or 'dark' %(got 'black'%)", function() chart:text{theme = "black"} end)
raises("text: width must be between 1 and 10000 %(got 0%)", function() chart:text{width = 0} end)
raises("must end in one of .svg, .png, .pdf, .txt", function() lai.plot{{1, 2}, file = "x.jpg"} end)

-- files
local path = os.tmpname()
chart:save(path .. ".svg", {width = 320, theme = "dark"})
assert(io.open(path .. ".svg"):read "a":find 'width="320"' and io.open(path .. ".svg"):read "a":find "lai%-dark")
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
raises("plot: takes 1 argument %(got 2%)", function() train:plot("X4", {points = 3}) end)
-- long names stand beside bars that lie
local named = lai.dataset(train.x, train.y, {features = {"age of the house", "rooms per household", "population", "distance to the coast",
  "latitude", "longitude", "income", "year", "a", "b"}})
local lying = tostring(lai.probe.noise(lai.mlp{inputs = 10, hidden = {2}}, named):plot())
assert(lying:find "distance to the coast┤" and lying:find "sensitivity", lying)
-- a terminal of 10 columns
for name, picture in pairs{run = run:plot(), probe = lai.probe.noise(run.model, scaler(valid)):plot(), comparison = found:compare{a = run.model, b = run.model}:plot(),
                           slice = slice, loss = lai.loss.lai{lambda = 0.1}:plot(), data = train:plot(), column = train:plot "X4",
                           sweep = s:plot("alpha", "rmse"), measures = s:plot("rmse", "var"), front = s:front("rmse", "var", {fresh = 0}):plot()} do
  for _, ascii in ipairs{true, false} do
    local text = picture:text{width = 10, ascii = ascii}
    for line in text:gmatch "[^\n]+" do assert(utf8.len(line) <= 10, name .. ": " .. line) end
  end
end

-- reports: one page, nothing else
do
  local page = os.tmpname() .. ".html"
  s:report(page, {title = "λ & α"})
  local text = io.open(page):read "a"
  assert(text:find "<h1>λ &amp; α</h1>" and text:find "</table>" and text:find "<svg" and text:find "</html>%s*$")
  for _, heading in ipairs{"Question", "Results", "Figures", "Data", "Options", "Environment"} do
    assert(text:find("<h2>" .. heading .. "</h2>", 1, true), heading)
  end
  assert(text:find("4 points, the control, each with 2 seeds", 1, true) and text:find("<dt>rows</dt><dd>64</dd>", 1, true), text:match "Data.-Options")
  assert(text:find("<dd>X1, X2, X3", 1, true) and text:find("<dt>seeds</dt><dd>1, 2</dd>", 1, true))
  -- The table's numbers and a picture per setting and measure, and of two measures.
  assert(text:find(s:table():text "html", 1, true) and select(2, text:gsub("<svg", "")) == 5)
  -- The script itself, where there is one, may say anything.
  text = text:gsub("<h2>Script</h2>.*", ""):gsub("http://www.w3.org/2000/svg", "")
  assert(not text:find "http")
  assert(text:find("<dt>base.hidden</dt><dd>{4}</dd>", 1, true) and text:find("<dt>cores</dt>", 1, true))
  assert(run:report(page) == page and io.open(page):read "a":find "Training run")
  local about = io.open(page):read "a"
  assert(about:find("<dt>best epoch</dt><dd>" .. run.best_epoch .. ", ", 1, true) and about:find("<dt>outcome</dt><dd>finished</dd>", 1, true))
  assert(about:find("<dt>alpha</dt><dd>0.5</dd>", 1, true) and about:find("<dt>batch</dt><dd>16</dd>", 1, true) and about:find "<svg")
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
