local function write(text)
  local path = os.tmpname()
  local file = io.open(path, "w")
  file:write(text)
  file:close()
  return path
end
local function csv(text, options)
  local path = write(text)
  local ok, result = pcall(lai.csv, path, options)
  os.remove(path)
  if ok then return result end
  error(result, 0)
end

local d = csv('id,"a, b",c,y\r\n1,2,3,4\r\n5,6,7,8\r\n', {target = "y", drop = {"id"}})
assert(#d == 2 and d.features[1] == "a, b" and d.features[2] == "c" and d.target == "y")
assert(d.x:get(2, 1) == 6 and d.y:get(2, 1) == 8 and d.y.shape[2] == 1)
assert(csv("a,y\n1,2\n", {dtype = "float64"}).x.dtype == "float64" and csv("a\n1\n").y == nil)

-- missing values and text
local text = "a,b,y\n1,,3\n4,5,6\n"
raises("line 2, column 'b'", csv, text)
assert(#csv(text, {missing = "drop"}) == 1)
assert(csv(text, {missing = "mean"}).x:get(1, 2) == 5)
assert(csv(text, {missing = "median"}).x:get(1, 2) == 5 and csv(text, {missing = -1}).x:get(1, 2) == -1)
for _, missing in ipairs{"error", "drop", "mean", "median", 0} do
  for _, cell in ipairs{"oops", "inf", "1e400", "1e39", "16777217"} do
    raises("line 3, column 'b': '" .. cell .. "' is ", csv, "a,b\n1,2\n3," .. cell .. "\n5,\n7,8\n", {missing = missing})
  end
end
raises("'1925036343869802844' is an integer that float64 can only round: drop = \"id\"", csv,
  "id,b\n1925036343869802844,1\n1925036343869802845,2\n", {target = "b", dtype = "float64"})
raises("missing must be 'error', 'drop', 'mean', 'median' or a finite number %(got 'max'%)", csv, text, {missing = "max"})
raises("missing must be", csv, text, {missing = 0 / 0})

-- markers, one or a list, texts or numbers
assert(csv("a\n1\nnone\n", {na = "none", missing = 0}).x:get(2, 1) == 0)
assert(csv("a\n1\n-999.0\n-9\n", {na = {-999, "-9"}, missing = 0}).x:sum():item() == 1)
raises("'NA' is not a number", csv, "a\n1\n2\nNA\n", {na = {}, missing = "mean"})
raises("na%[1%] must be a string or a number", csv, "a\n1\n", {na = {{}}})

-- the report
local report = csv("a,c,b\n1,x,2\n,y,3\n4,,5\n", {missing = "mean", onehot = "c"}).report
assert(report.filled.a == 1 and report.filled.b == nil and report.fills.a == 2.5 and report.dropped == 0)
assert(report.categories.c[2] == "y" and #report.notes == 0 and report.rows == 3)
assert(tostring(report):find("filled: 'a', 1 cell with 2.5"))
report = csv("a,b\n1,2\n,3\n4,\n", {missing = "drop"}).report
assert(report.dropped == 2 and report.dropped_lines[2] == 4 and report.missing.b == 1)
assert(next(report.filled) == nil and lai.dataset{{1}}.report == nil)

-- other forms
local forms = csv("skip\na;b;y\n1.234,5;2;3 % odd\n4;'5';6\n7;8;9\n", {
  target = "y", separator = ";", decimal = ",", thousands = ".", quote = "'", comment = "%", skip = 1, rows = 2})
assert(#forms == 2 and forms.x:get(1, 1) == 1234.5 and forms.x:get(2, 2) == 5)
assert(csv("1\t2\n", {separator = "\t", names = {"u", "v"}}).features[2] == "v")
assert(csv("a,b,c\n1,2,3\n", {columns = {"c", "a"}}).x:get(1, 1) == 3)
assert(csv("a\n1\n2\n3\n4\n", {rows = {2, 3}}).x:sum():item() == 5)
assert(csv("\xe9\n1\n", {encoding = "latin-1"}).features[1] == "é")
raises("separated by ';' %(separator = \";\", decimal = \",\"%)", csv, "a;b\n1,5;2\n2,25;3\n", {target = "b"})
raises("decimal must be another character than separator", csv, "a\n1\n", {decimal = ","})
raises("separator must be one character", csv, "a\n1\n", {separator = "||"})
raises("rows must be a whole number >= 1, or {first, last}", csv, "a\n1\n", {rows = {2, 1}})
raises("encoding must be 'utf%-8'", csv, "a\n1\n", {encoding = "ebcdic"})
raises("drop must be a name or a list of names %(got 3%)", csv, "a\n1\n", {drop = 3})
raises("onehot%[1%] must be a string", csv, "a\n1\n", {onehot = {1}})

-- a first column without a name
local index = csv(",A,B\n0,2,3\n1,5,6\n", {target = "B"})
assert(#index == 2 and index.features[1] == "column 1" and index.report.notes[1]:find("no name"))
assert(#csv("'A','B'\n'1',2,3\n'2',5,6\n", {target = "B", drop = "column 1", quote = "'"}).features == 1)
raises("write 0 and 1 for 'no' and 'yes'", csv, "a,y\n1,yes\n2,no\n", {target = "y"})

local colours = "colour,y\nred,1\nblue,2\nred,3\n"
raises("column 'colour'", csv, colours, {target = "y"})
local hot = csv(colours, {target = "y", onehot = {"colour"}})
assert(#hot.features == 2 and hot.x:sum():item() == 3)

-- tensors and nested tables
local own = lai.dataset(lai.tensor{{1, 2}, {3, 4}, {5, 6}}, {1, 2, 3}, {features = {"a", "b"}, target = "t"})
assert(#own == 3 and own.features[2] == "b" and own.target == "t" and own.y:get(3, 1) == 3)
assert(#own:split{validation = 0.4} == 2 and lai.dataset{{1}, {2}}.y == nil)
assert(lai.dataset{{1, 2}}.features[2] == "X2" and lai.dataset({{1}}, {{1, 2}}).y.shape[2] == 2)
local learnt = lai.train{
  model = lai.mlp{inputs = 2, hidden = {}}, data = own, loss = lai.loss.mse(), pretrain = 0,
  epochs = 2, alpha = 0}
assert(learnt.outcome == "finished" and #learnt.history == 2)
raises("dataset: .*do not agree", lai.dataset, {{1}, {2}}, {1, 2, 3})
-- y has the shape of predictions, so that their difference is never n x n
local flat = lai.dataset({{1, 2}, {3, 4}, {5, 6}}, {1, 2, 3})
local fm = lai.synthetic.friedman1{n = 20}
local f1, f2 = fm:split{}
for _, d in ipairs{d, own, flat, f1, f2, lai.standardize(fm)(fm), lai.synthetic.line{n = 3},
    lai.dataset(flat.x, flat.x:select(2, 1)), lai.dataset(flat.x, {{1}, {2}, {3}})} do
  assert(#d.y.shape == 2 and d.y.shape[1] == #d and d.y.shape[2] == 1)
  local e = lai.mlp{inputs = #d.features}(d.x) - d.y
  assert(e.shape[1] == #d and e.shape[2] == 1)
end
assert(lai.dataset(flat.x, flat.x).y.shape[2] == 2)
raises("dataset: shapes 3x2 and 1x3 of x and y do not agree", lai.dataset, flat.x, {{1, 2, 3}})
raises("do not agree", lai.dataset, flat.x, lai.zeros(3, 3, 1))
local net = lai.mlp{inputs = 2}
local custom = lai.loss.custom(function(prediction, target)
  assert(#target.shape == 2 and target.shape[2] == 1 and #prediction.shape == 2)
  return (prediction - target):square():mean()
end)
local wanted = (net(flat.x) - flat.y):square():mean():item()
for _, loss in ipairs{lai.loss.mse(), custom} do
  for _, y in ipairs{flat.y, flat.y:reshape{-1}, lai.tensor{1, 2, 3}, {{1}, {2}, {3}}} do
    near(loss:value(net, flat.x, y), wanted, 1e-6)
    near((loss:gradients(net, flat.x, y)), wanted, 1e-6)
  end
  near(loss:value(net, flat), wanted, 1e-6)
  for _, y in ipairs{flat.y:t(), lai.zeros(3, 3), {1, 2}, {1}, lai.zeros(3, 1, 1)} do
    raises("x and y do not agree", loss.value, loss, net, flat.x, y)
    raises("x and y do not agree", loss.gradients, loss, net, flat.x, y)
  end
end
lai.train{parameters = lai.zeros(2, 1), data = flat, epochs = 1, batch = 2, step = function(p, x, y)
  assert(#y.shape == 2 and y.shape[1] == #x and y.shape[2] == 1)
  return (x:matmul(p) - y):square():mean()
end}
raises("dataset: .*not rows by columns", lai.dataset, {1, 2})
raises("dataset: features must be 2 names, one per column of x", lai.dataset, {{1, 2}}, nil, {features = {"a"}})
raises("dataset: features must be distinct", lai.dataset, {{1, 2}}, nil, {features = {"a", "a"}})
raises("dataset: x must be", lai.dataset, "x")

-- errors name the place
raises("line 3, column 'b': .*x", csv, "a,b\n1,2\n3,x\n4,5\n6,7\n")
raises("line 3", csv, "a,b\n1,2\n3\n")
raises("csv: ", csv, "")
raises("csv: ", csv, "a,b\n")
raises("did you mean 'price'", csv, "price,a\n1,2\n", {target = "prise"})
raises("did you mean 'target'", csv, "a\n1\n", {traget = "a"})
raises("no such file", lai.csv, "no/such.csv")
raises("path must be a file's path", lai.csv, 3)

-- parts, and synthetic data
local line = lai.synthetic.line{slope = 3, intercept = 4, noise = 0, n = 50}
near((line.x * 3 + 4 - line.y):abs():max():item(), 0, 1e-5)
local a, b = line:split{validation = 0.3, seed = 2}
assert(#a == 35 and #b == 15)
raises("validation must be", line.split, line, {validation = 0})
raises("n must be a whole number >= 1", lai.synthetic.friedman1, {n = 0})
assert(lai.stats.mean_ci{5} == 5 and select(2, lai.stats.mean_ci{5}) == nil)
raises("values must be a list", lai.stats.mean_ci, {})
local mean, half = lai.stats.mean_ci{1e308, 1e308}
assert(mean == 1e308 and half == 0)

-- Predictions or targets of n rows and a vector of n never broadcast to n×n.
do
  local d = lai.dataset({{1}, {2}, {3}}, {1, 2, 3})
  local net = lai.mlp{inputs = 1}
  local vector = lai.tensor{1, 2, 3}
  local pairs_ = "would make 3x3 of 3 rows: give both the same shape, 3x1"
  raises("sub: shapes 3x1 and 3 " .. pairs_, function() return net(d.x) - vector end)
  raises("sub: shapes 3 and 3x1 " .. pairs_, function() return vector - d.y end)
  raises(pairs_, function() return (net(d.x) - d.y):square() * vector end)
  raises(pairs_, function() return net:apply(net:parameters(), d.x):sub(vector) end)
  raises(pairs_, function() return lai.standardize(d)(d).y:gt(vector) end)
  raises(pairs_, function()
    lai.grad(function(w) return (d.x:matmul(w) - d.y):square():mean() end)(lai.ones(1))
  end)
  raises("would make 2x2", function()
    lai.train{data = d, parameters = {lai.ones(1)}, batch = 2, step = function(p, x, y)
      return (x:matmul(p[1]) - y):square():mean()
    end}
  end)
  raises("would make 3x3", function()
    lai.train{model = net, data = d, loss = lai.loss.custom(function(prediction, target)
      return (prediction:squeeze(2) - target):square():mean()
    end)}
  end)
  -- Broadcasting of the same numbers, a row or a scalar is not affected.
  assert((net(d.x) - vector:unsqueeze(2)).shape[2] == 1 and (d.y - d.y:t()).shape[2] == 3)
  assert((d.y - lai.tensor{1}).shape[1] == 3 and (lai.tensor{{1}, {2}, {3}} - vector).shape[2] == 3)
  -- Parts and copies of them still count as rows.
  raises("would make 2x2", function() return d.y[{{1, 2}}] - lai.tensor{1, 2} end)
  raises("would make 2x2", function() return d.y:index(1, {1, 3}) - lai.tensor{1, 2} end)
  raises(pairs_, function() return d.y:clone():detach():to("float64") - vector end)
  raises("where: .*" .. pairs_, function() return d.y:gt(0):where(vector, 0) end)
  assert(#d.y:squeeze(2).shape == 1 and (d.y:squeeze(2) - vector):abs():max():item() == 0)
end
raises("features must be names of their own.*'y'", lai.dataset, {{1, 2}}, {1}, {features = {"a", "y"}, target = "y"})
raises("features must be names of their own.*''", lai.dataset, {{1, 2}}, {1}, {features = {"a", ""}})
