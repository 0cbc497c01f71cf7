-- JSON
assert(lai.json.encode(lai.json.decode('{"a":[1,2.5,null,true,"x"],"b":{}}'))
  == '{"a":[1,2.5,null,true,"x"],"b":[]}')
assert(math.type(lai.json.decode("3")) == "integer")
assert(lai.json.decode("2.5") == 2.5)
raises("not valid JSON", lai.json.decode, "{bad")
raises("must be a string", lai.json.decode, 3)
raises("contain themselves", function() local t = {} t.t = t lai.json.encode(t) end)
raises("no function", lai.json.encode, {print})
raises("finite", lai.json.encode, {1 / 0})
raises("both names and positions", lai.json.encode, {1, a = 2})

-- the command line
arg = {"--epochs", "7", "--hidden=8,16", "--flag", "--name", "x y"}
local o = lai.args{epochs = 1, hidden = {64}, flag = false, name = "", rate = 0.5}
assert(o.epochs == 7 and o.hidden[1] == 8 and o.hidden[2] == 16 and o.flag == true)
assert(o.name == "x y" and o.rate == 0.5)
arg = {"--epoch", "7"}
raises("unknown option '%-%-epoch' %(did you mean '%-%-epochs'%?%)", lai.args, {epochs = 1})
arg = {"--epochs", "many"}
raises("%-%-epochs must be a number %(got 'many'%)", lai.args, {epochs = 1})
arg = {"--epochs"}
raises("'%-%-epochs' is missing", lai.args, {epochs = 1})
arg = {"word"}
raises("command line must be", lai.args, {epochs = 1})

-- generators
local a, b = lai.generator(3), lai.generator(3)
for _ = 1, 10 do assert(a:uniform() == b:uniform()) end
assert(a:normal() == b:normal())
