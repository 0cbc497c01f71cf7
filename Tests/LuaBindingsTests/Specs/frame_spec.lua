-- data sets: looking, shaping, parts, and files of columns
local x = lai.tensor({{1, .5}, {2, -1}, {4, 2.5}, {8, 7}, {16, -3}, {32, 0}, {64, 1}}, {dtype = "float64"})
local y = lai.tensor({3, 1, 4, 1, 5, 9, 2}, {dtype = "float64"})
local d = lai.dataset(x, y, {features = {"a", "b"}, target = "y", ids = {11, 12, 13, 14, 15, 16, 17}})
local function near(a, b) assert(math.abs(a - b) <= 1e-12 * math.max(1, math.abs(b)), a .. " is not " .. b) end
local function list(t) return table.concat(t:totable(), " ") end

-- looking; the numbers are those of pandas' describe and corr of these seven rows
local s = d:describe()
near(s.a.mean, 18.142857142857142) near(s.a.std, 22.93780410464038511)
near(s.a.q25, 3) near(s.a.median, 8) near(s.a.q75, 24) near(s.a.max, 64)
near(s.b.mean, 1) near(s.b.std, 3.14907393794853041) near(s.b.q25, -0.5) near(s.b.median, 0.5) near(s.b.q75, 1.75)
assert(math.type(s.y.count) == "integer" and s.y.count == 7 and s.y.missing == 0 and s.columns.y.min == 1)
assert(tostring(s):find "75 %%" and not tostring(s):find "missing")
raises("'c'", function() return s.c end)
raises("'z'", function() return d:correlations().z end)
local c = d:correlations()
near(c.a.a, 1) near(c.a.b, -0.10729191711155137) near(c.y.a, 0.18404341632797561)
near(c.columns.b.y, -0.38474338780912010)
assert(tostring(c):find "^with y: ")
assert(tostring(lai.dataset(lai.tensor{{0/0}, {1}}):describe()):find "missing")
assert(tostring(d):find "Dataset%(7 rows" and tostring(d):find "11 +1 +0.5 +3\n")
assert(#d:head() == 5 and #d:head(2) == 2 and #d:tail(3) == 3 and d:tail(1).ids[1] == 17 and #d:head(99) == 7)

-- columns
assert(list(d:column "b") == list(x:select(2, 2)) and list(d:column "y") == list(y) and d.ids[2] == 12)
assert(d:column("id")[7] == 17)
raises("unknown feature 'aa' %(did you mean 'a'", function() d:column "aa" end)
local two = d:select{"b", "a"}
assert(two.features[1] == "b" and two.x:get(3, 1) == 2.5 and two.ids[3] == 13 and two.target == "y")
assert(#d:drop("a").features == 1 and d:drop{"a"}.features[1] == "b")
raises("names that leave a feature", function() d:drop{"a", "b"} end)
raises("distinct", function() d:select{"a", "a"} end)
raises("unknown feature 'z'", function() d:drop "z" end)
local w = d:with{c = d:column("a") * 2, a = lai.zeros(7), y = {1, 2, 3, 4, 5, 6, 7}}
assert(table.concat(w.features, " ") == "a b c" and w.x:get(4, 3) == 16 and w.x:get(4, 1) == 0 and w.y:get(7, 1) == 7)
raises("of 'c' is not %[7%]", function() d:with{c = lai.ones(6)} end)
raises("original units", function() lai.standardize(d)(d):with{c = lai.ones(7)} end)
raises("tensors by name", function() d:with{lai.ones(7)} end)
local numbered = lai.synthetic.line{n = 3}:concat(lai.synthetic.line{n = 2})
assert(#numbered == 5)
assert(lai.dataset(lai.randn(4, 3)):select{"X3"}.features[1] == "X3")

-- scalers follow
local scaler = lai.standardize(d, {target = true})
local scaled = scaler(d):select{"b"}
local back = scaled.x * scaler.std[2] + scaler.mean[2]
for i = 1, 7 do near(back:get(i, 1), x:get(i, 2)) end
raises("scaled", function() d:concat(scaler(d)) end)

-- rows
assert(list(d:rows(2, 3):column "a") == "2.0 4.0" and list(d:rows(-2, -1):column "a") == "32.0 64.0" and list(d:rows(-2):column "a") == "32.0")
assert(list(d:rows{7, -7, 7}:column "a") == "64.0 1.0 64.0" and d:rows{7, -7}.ids[2] == 11)
for _, bad in ipairs{0, 8, -8} do
  raises("must be between 1 and 7, or from the end %-1 to %-7", function() d:rows(bad) end)
  raises("rows%[2%] must be between", function() d:rows{1, bad} end)
end
raises("last must be >= first, 5", function() d:rows(5, 4) end)
assert(list(d:where(d:column("b"):gt(0)):column "a") == "1.0 4.0 8.0 64.0")
raises("keeps none", function() d:where(lai.zeros(7)) end)
raises("is not %[7%]", function() d:where(lai.ones(6)) end)
local both = d:concat(d:rows(1, 2))
assert(#both == 9 and both.ids[9] == 12 and both.y:get(9, 1) == 1)
raises("the same ids and text columns", function() d:concat(lai.dataset(x, y, {features = {"a", "b"}, target = "y"})) end)
raises("the second data", function() d:concat(d:select{"b", "a"}) end)

-- parts
local big = lai.synthetic.friedman1{n = 200, seed = 5}
local a1, b1 = big:split{seed = 3}
local a2, b2, c2 = big:split{test = 0.1, seed = 3}
assert(#a2 == 140 and #b2 == 40 and #c2 == 20 and list(b1.x:reshape{400}) == list(b2.x:reshape{400}))
local function means(...) local t = {} for i, p in ipairs{...} do t[i] = p.y:mean():item() end return t end
local even = means(big:split{test = 0.2, stratify = 20, seed = 1})
assert(math.abs(even[1] - even[2]) < 0.3 and math.abs(even[1] - even[3]) < 0.3)
local grouped = lai.dataset(lai.randn(90, 2), lai.randn(90), {ids = (function()
  local ids = {} for i = 1, 90 do ids[i] = "g" .. i % 9 end return ids end)()})
local function disjoint(...)
  local seen = {}
  for i, part in ipairs{...} do
    for _, id in ipairs(part.ids) do assert((seen[id] or i) == i, id) seen[id] = i end
  end
end
local ga, gb, gc = grouped:split{validation = 0.3, test = 0.2, group = "id"}
disjoint(ga, gb, gc)
assert(#ga + #gb + #gc == 90 and #gb == 30 and #gc == 20)
for _, options in ipairs{{k = 3}, {k = 4, stratify = true}, {k = 3, group = "id"}, {k = 90}} do
  local seen, n = {}, 0
  local data = lai.dataset(grouped.x, grouped.y, {ids = (function() local t = {} for i = 1, 90 do t[i] = i end return t end)()})
  if options.group then data = grouped end
  for train, valid in data:folds(options) do
    n = n + #valid
    assert(#train + #valid == 90 and math.abs(#valid - 90 / options.k) < 1)
    if options.group then disjoint(train, valid) else
      for _, id in ipairs(valid.ids) do assert(not seen[id]) seen[id] = true end
    end
  end
  assert(n == 90)
end
raises("k must be between 2 and the number of rows, 7", function() d:folds{k = 8} end)
raises("k must be between 2 and the number of groups, 9", function() grouped:folds{k = 10, group = "id"} end)
raises("k must be", function() d:folds{k = 1} end)
raises("stratify must be left out with a group", function() big:split{stratify = true, group = "X1"} end)
raises("without a single target", function() lai.dataset(x):split{stratify = true} end)
raises("leaves both parts some of the 7 rows", function() d:split{validation = 0.01} end)
raises("leaves each part some of the 7 rows", function() d:split{validation = 0.01, test = 0.5} end)
raises("unknown feature 'g'", function() d:split{group = "g"} end)

-- files of columns
local path = os.tmpname() .. ".csv"
local function text() local f = io.open(path) local t = f:read "a" f:close() return t end
lai.save(path, {id = d.ids, price = lai.tensor{.1, 2, 3, 4, 5, 6, 1e10}})
assert(text():find "^id,price\n11,0.1\n12,2\n" and text():find "17,1e%+10\n$")
lai.save(path, d)
local again = lai.csv(path, {target = "y", drop = {"id"}, dtype = "float64"})
assert(list(again.x:reshape{14}) == list(x:reshape{14}) and list(again.y:reshape{7}) == list(y))
lai.save(path, {{"name", {'a "b", c', "d\ne"}}, {"n", lai.ones(2)}})
assert(text() == 'name,n\n"a ""b"", c",1\n"d\ne",1\n')
raises("columns.b must be of 2 rows, as a %(got 3%)", lai.save, path, {a = {1, 2}, b = {1, 2, 3}})
raises("'n' twice", lai.save, path, {{"n", {1}}, {"n", {2}}})
raises("is not %[n%] or %[n%]%[1%]", lai.save, path, {a = {1, 2}, b = lai.ones(2, 2)})
raises("ends in .csv for columns", lai.save, path .. ".npz", {a = {1}, b = lai.ones(1)})
raises("columns by name", lai.save, path, lai.ones(3))
assert(text():find "^name", "an error leaves the file")
os.remove(path)

-- ids and new rows
local function file(text) local f = io.open(path, "w") f:write(text) f:close() return path end
local train = lai.csv(file "name,kind,a,b,y\nn1,u,1,,3\nn2,v,2,4,5\nn3,u,3,8,7\n",
  {target = "y", id = "name", onehot = "kind", missing = "mean"})
assert(table.concat(train.features, " ") == "kind=u kind=v a b" and train.ids[3] == "n3" and train:column("name")[1] == "n1")
local new = lai.csv(file "b,name,a,kind,other\n,m1,9,v,zzz\n1,m2,,u,zzz\n", {like = train, id = "name"})
assert(table.concat(new.features, " ") == "kind=u kind=v a b" and not new.y and new.ids[2] == "m2")
assert(list(new.x:reshape{8}) == "0.0 1.0 9.0 6.0 1.0 0.0 2.0 1.0")
assert(lai.csv(file "b,a,kind,y\n1,2,u,3\n", {like = train}).y:item() == 3)
assert(lai.csv(file "b,a,kind\n1,2,u\n", {like = train:select{"b", "a"}}).x:get(1, 1) == 1)
raises("'w' is none of its 2 categories: 'u', 'v'", function() lai.csv(file "b,a,kind\n1,2,w\n", {like = train}) end)
local odd = lai.csv(file "b,a,kind\n1,2,w\n3,4,v\n", {like = train, unknown = "ignore"})
assert(list(odd.x:reshape{8}) == "0.0 0.0 2.0 1.0 0.0 1.0 4.0 3.0" and odd.report.unknown.kind == 1)
assert(next(lai.csv(file "b,a,kind\n1,2,u\n", {like = train, unknown = "ignore"}).report.unknown) == nil)
raises("unknown must be left out without like", function() lai.csv(path, {unknown = "ignore"}) end)
raises("unknown must be 'error' or 'ignore'", function() lai.csv(path, {like = train, unknown = "skip"}) end)
raises("has no column 'kind'", function() lai.csv(file "b,a,kin\n1,2,w\n", {like = train}) end)
raises("target must be left out with like", function() lai.csv(path, {like = train, target = "y"}) end)
raises("like must be data with names", function() lai.csv(path, {like = lai.dataset(lai.ones(2, 2))}) end)
raises("id must be another column than the target", function() lai.csv(path, {target = "a", id = "a"}) end)
raises("has no column 'nam', named in id", function() lai.csv(path, {id = "nam"}) end)
os.remove(path)

-- the correlations of 13 columns fit in 80 characters, without empty rows or columns
do
  local many = lai.dataset(lai.randn(50, 13, {generator = lai.generator(1)}), lai.randn(50),
    {target = "a target of some length"})
  local text = tostring(many:correlations())
  for line in text:gmatch "[^\n]+" do assert(utf8.len(line) <= 80, line) end
  assert(text:find "\n +1 +2 +3[ 0-9]+ 13 *\n" and text:find "\n +14 .*[%d.]+$")
  for line in tostring(many):gmatch "[^\n]+" do assert(utf8.len(line) <= 80, line) end
end

-- text columns beside the features
do
  local made = {}
  local function file(text)
    local path = os.tmpname()
    made[#made + 1] = path
    local f <close> = io.open(path, "w")
    f:write(text)
    return path
  end
  local path = file "id,agent,kind,a,y\n1,Ann,u,1,10\n2,Bob,v,,20\n3,Ann,u,3,\n4,Cid,u,4,40\n5,Bob,v,6,50\n"
  raises('missing_target = "drop" leaves such rows out', function()
    lai.csv(path, {target = "y", keep = {"agent"}, id = "id", onehot = "kind", missing = "mean"})
  end)
  local t = lai.csv(path, {target = "y", keep = "agent", id = "id", onehot = "kind", missing = "mean",
    missing_target = "drop"})
  -- pandas: df.dropna(subset = ["y"]), then fillna(mean): (1 + 4 + 6) / 3.
  assert(#t == 4 and math.abs(t.x:get(2, 3) - 11 / 3) < 1e-6 and t.ids[3] == 4)
  assert(t.report.dropped == 1 and t.report.dropped_lines[1] == 4 and t.report.filled.a == 1)
  assert(tostring(t.report):find "kept as text: 'id', 'agent'")
  assert(t:column("agent")[1] == "Ann" and #t.features == 3 and tostring(t):find "1 +Ann")
  assert(t:rows{4, 1}:column("agent")[1] == "Bob" and t:select{"a"}:column("agent")[2] == "Bob")
  assert(t:concat(t):column("agent")[8] == "Bob" and lai.standardize(t)(t):column("agent")[3] == "Cid")
  raises("the same ids and text columns", function() t:concat(lai.dataset(t.x, t.y, {features = t.features, target = "y", ids = t.ids})) end)
  raises("unknown feature 'kind' %(it became 'kind=u', 'kind=v'%)", function() t:column "kind" end)
  raises("keep must be without the target", function() lai.csv(path, {keep = "y", target = "y"}) end)
  -- groups and strata by text
  for seed = 1, 5 do
    local a, b = t:concat(t):split{validation = .4, group = "agent", seed = seed}
    local seen = {}
    for _, name in ipairs(a:column "agent") do seen[name] = true end
    for _, name in ipairs(b:column "agent") do assert(not seen[name]) end
    local _, half = t:concat(t):split{validation = .5, stratify = "agent", seed = seed}
    local count = {}
    for _, name in ipairs(half:column "agent") do count[name] = (count[name] or 0) + 1 end
    assert(count.Ann == 1 and count.Bob == 2 and count.Cid == 1)
  end
  -- new rows have the ids and texts that the file has, also like a network
  local net = lai.train{model = lai.mlp{inputs = 3, hidden = {2}}, data = t, epochs = 1}.model
  local new = file "a,kind,agent,id\n,v,Dan,77\n"
  for _, like in ipairs{t, net} do
    local n = lai.csv(new, {like = like})
    assert(n.ids[1] == 77 and n:column("agent")[1] == "Dan" and math.abs(n.x:get(1, 3) - 11 / 3) < 1e-6)
    assert(net:predict(n):item() == net:predict(new):item())
  end
  assert(lai.csv(file "kind,a\nu,1\n", {like = t}).ids == nil)
  raises("no column 'agent', named in keep", function() lai.csv(file "kind,a\nu,1\n", {like = t, keep = "agent"}) end)
  raises('missing_target = "drop" leaves such rows out', function() net:evaluate(path) end)
  assert(#lai.csv(path, {like = net, missing_target = "drop"}) == 4)
  raises("has no column 'y', the target", function() net:evaluate(new) end)
  local copy = file ""
  lai.save(copy .. ".csv", t)
  assert(io.open(copy .. ".csv"):read "a" == "id,agent,kind=u,kind=v,a,y\n1,Ann,1,0,1,10\n2,Bob,0,1,3.6666667,20\n4,Cid,1,0,4,40\n5,Bob,0,1,6,50\n")
  os.remove(copy .. ".csv")
  -- another target leaves the way from a file to the features as it was
  local log = t:with{y = t:column("y"):log()}
  local other = lai.train{model = lai.mlp{inputs = 3, hidden = {2}}, data = log, epochs = 1}.model
  assert(other:predict(new):item())
  assert(lai.csv(path, {like = log}).y == nil)
  for _, path in ipairs(made) do os.remove(path) end
end

-- a marker does not cancel the ones before in the advice
raises('na = {"%-", "x"} reads it as missing', function() lai.csv(file "a,b\n1,2\n-,3\nx,4\n", {na = "-"}) end)
