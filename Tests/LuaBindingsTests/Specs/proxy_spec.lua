-- Lists and options that present their contents through metamethods: these are read, or the table is
-- refused by name; it is never considered empty.
local function counted(list) -- with __len and a function
  return setmetatable({}, {__len = function() return #list end, __index = function(_, i) return list[i] end})
end
local function listed(list) -- by __pairs
  return setmetatable({}, {__pairs = function() return next, list end})
end
local function behind(list) return setmetatable({}, {__index = list}) end -- by inheritance
local function asked(list) return setmetatable({}, {__index = function(_, i) return list[i] end}) end
local List = {insert = table.insert} -- as many libraries have it
List.__index = List
local function class(list)
  local copy = setmetatable({}, List)
  for k, v in pairs(list) do copy[k] = v end
  return copy
end

local data = lai.synthetic.friedman1{n = 40, seed = 1}
local net = lai.mlp{inputs = 10, hidden = {3}, seed = 1}
local function lists(wrap)
  near(lai.tensor(wrap{1, 2, 4}):sum():item(), 7)
  near(lai.tensor(wrap{wrap{1, 2}, {3, 5}}):sum():item(), 11)
  near(lai.tensor{wrap{1, 2}, wrap{3, 5}}:get(2, 2), 5)
  assert(#lai.mlp{inputs = 1, hidden = wrap{5, 6, 7}}.hidden == 3)
  assert(lai.zeros(wrap{2, 3}).shape[2] == 3)
  near(lai.eye(3)[wrap{2}]:sum():item(), 1)
  near(lai.eye(3)[{wrap{1, 2}, 1}]:sum():item(), 1)
  near(lai.ones(2, 3):sum(wrap{1, 2}):item(), 6)
  assert(tostring(lai.loss.lai{lambda = wrap{0.1, 0.2}}):find("{0.1, 0.2}", 1, true))
  near(lai.cat(wrap{lai.ones(2), lai.ones(3)}):sum():item(), 5)
  assert(lai.json.encode(wrap{1, wrap{}, wrap{2}}) == "[1,[],[2]]")
  assert(#lai.train_all(wrap{{model = net, data = data, epochs = 1}}) == 1)
  local other = net:clone()
  other:set_weights(wrap(net:weights()))
  near(lai.grad(function(p) return p[1]:sum() + 2 * p[2]:sum() end)(wrap{lai.ones(2), lai.ones(2)})[2]:get(1), 2)
  near(lai.ones(3):index(1, wrap{1, 3}):sum():item(), 2)
end
for _, wrap in ipairs{counted, listed, behind, asked, class} do
  -- The contents of an __index function without __len are unknown: it is refused.
  if wrap == asked then
    raises("json.encode: value must be a table whose contents can be read %(got a table whose __index is a function",
      lai.json.encode, asked{})
    raises("mlp: hidden must be", lai.mlp, {inputs = 1, hidden = asked{}})
    raises("tensor: ", lai.tensor, {asked{}})
  end
  local ok, message = pcall(lists, wrap == asked and function(t) return next(t) and asked(t) or t end or wrap)
  assert(ok, message)
end

local function options(wrap)
  local seen
  local run = lai.train(wrap{model = net, data = data, epochs = 2, on_epoch = function(e) seen = e.epoch end})
  assert(#run.history == 2 and seen == 2)
  assert(lai.zeros(2, wrap{dtype = "float64"}).dtype == "float64")
  raises("train: unknown option 'lamda'", lai.train, wrap{model = net, data = data, lamda = 1})
end
for _, wrap in ipairs{listed, behind, class} do options(wrap) end
-- Names that only a function knows are looked up.
assert(#lai.train(asked{model = net, data = data, epochs = 3}).history == 3)
raises("mlp: option 'inputs' is missing", lai.mlp, asked{input = 3})
raises("unknown option '1'", lai.mlp, asked{3})

-- Fields that objects inherit, here from two classes, are values; methods are not.
local Base = {epochs = 4, describe = function() end}
Base.__index = Base
local Mine = setmetatable({data = data, describe = print}, Base)
Mine.__index = Mine
assert(#lai.train(setmetatable({model = net, epochs = 1}, Mine)).history == 1)
assert(#lai.train(setmetatable({model = net}, Mine)).history == 4)
raises("train: unknown option 'epoch'", lai.train, setmetatable({model = net, data = data, epoch = 1}, Mine))
assert(lai.json.encode(setmetatable({x = 1}, {__index = {y = 2, f = print}})) == '{"x":1,"y":2}')

local function named(wrap)
  assert(tostring(lai.loss.lai{lambda = wrap{X1 = 0.5, default = 0.25}}):find("{X1 = 0.5, default = 0.25}", 1, true))
  near(lai.grad(function(p) return 3 * p.a:sum() + p.b.c:sum() end)(wrap{a = lai.ones(1), b = wrap{c = lai.ones(2)}}).a:item(), 3)
  assert(lai.json.encode(wrap{a = wrap{b = 1}}) == '{"a":{"b":1}}')
  local path = os.tmpname() .. ".npz"
  lai.save(path, wrap{w = lai.ones(2)})
  assert(lai.load(path).w.shape[1] == 2)
  os.remove(path)
end
for _, wrap in ipairs{listed, behind, class} do named(wrap) end
raises("loss.lai: lambda must be a table whose contents can be read", lai.loss.lai, {lambda = asked{X1 = 1}})

-- Metamethods that fail, lie or never end.
local function boom() error("boom") end
for _, name in ipairs{"__index", "__len", "__pairs"} do
  raises("boom", lai.tensor, setmetatable({}, {[name] = boom}))
  raises("boom", lai.json.encode, {setmetatable({}, {[name] = boom})})
  raises("boom", lai.train, setmetatable({}, {[name] = boom}))
end
for _, length in ipairs{-1, 0.5, "two", 1e300, math.maxinteger} do
  raises("got a table whose __len returns", lai.tensor, setmetatable({}, {__len = function() return length end}))
end
raises("nil before the length", lai.tensor, setmetatable({1}, {__len = function() return 2 end}))
raises("__index never returns nil", lai.tensor, setmetatable({}, {__index = function() return 1 end}))
raises("__pairs never ends", lai.json.encode, setmetatable({}, {__pairs = function() return function() return 1, 1 end end}))
local own = {}
raises("nest too deep", lai.tensor, setmetatable({}, {__index = function(t, i) return i == 1 and t or nil end}))
own = setmetatable(own, own)
own.__index = own
pcall(lai.tensor, own)
pcall(lai.json.encode, own)
-- The given table is not changed, and tables with other metamethods are read normally.
local plain = setmetatable({1, 2}, {__add = boom, __name = "plain"})
near(lai.tensor(plain):sum():item(), 3)
local proxy = behind{1, 2}
lai.tensor(proxy)
assert(next(proxy) == nil and getmetatable(proxy).__index[1] == 1)

-- A table with a list of its own and defaults in __index is that list.
near(lai.tensor(setmetatable({1, 2, 3}, {__index = function() return 0 end})):sum():item(), 6)
local chain = {}
for _ = 1, 200 do chain = setmetatable({}, {__index = chain}) end
raises("too long a chain of __index tables", lai.mlp, chain)
