-- JSON
assert(lai.json.encode(lai.json.decode('{"a":[1,2.5,true,"x"],"b":{}}'))
  == '{"a":[1,2.5,true,"x"],"b":[]}')
assert(math.type(lai.json.decode("3")) == "integer")
assert(lai.json.decode("2.5") == 2.5)
assert(math.type(lai.json.decode("1.0")) == "float" and math.type(lai.json.decode("1e3")) == "float")
assert(lai.json.encode{1, 1.0, -0.0} == "[1,1.0,-0.0]" and lai.json.encode(1 << 62) == tostring(1 << 62))
assert(lai.json.decode("18446744073709551616") == 2.0^64)
assert(lai.json.decode(lai.json.encode("a\0ä😀\u{2028}\"\\")) == "a\0ä😀\u{2028}\"\\")
raises("not valid JSON", lai.json.decode, "{bad")
raises("must be a string", lai.json.decode, 3)
for _, text in ipairs{"NaN", "Infinity", "1e400", "01", "1.", ".5", "+1", "1 2", "[1,]", "'a'", "",
  '{"a":1,"a":2}', '"\\ud800"', '"\\udc00\\ud800"', '"a\nb"', "12345678901234567890123",
  "-9223372036854775809", ("["):rep(1e5)} do
  raises("json.decode: not valid JSON: .* at byte %d+$", lai.json.decode, text)
end
raises("json.decode: text must be UTF%-8 text %(got the byte 0xFF at 3%)", lai.json.decode, '"a\xff"')
raises("json.decode: text must be UTF%-8 text %(got the byte 0xC0 at 2%)", lai.json.decode, '"\xc0\xaf"')

raises("contains itself", function() local t = {} t.t = t lai.json.encode(t) end)
raises("value%[1%] must not be a function", lai.json.encode, {print})
raises("value must not be a lai.Tensor", lai.json.encode, lai.zeros(1))
raises("value%[1%] must be finite, as JSON requires %(got inf%)", lai.json.encode, {1 / 0})
raises("value.a.b must be finite, as JSON requires %(got nan%)", lai.json.encode, {a = {b = 0 / 0}})
raises("value has both names and positions", lai.json.encode, {1, a = 2})
raises("value%['x y'%] has both", lai.json.encode, {["x y"] = {1, a = 2}})
raises("value%.a%[2%] is nil: a JSON list has no gaps", lai.json.encode, {a = {1, nil, 3}})
raises("value must have strings or 1 to n for keys %(got 1.5%)", lai.json.encode, {[1.5] = 1})
raises("value must have strings or 1 to n for keys %(got 0%)", lai.json.encode, {[0] = 1})
raises("value must be UTF%-8 text %(got the byte 0xFF at 1%)", lai.json.encode, "\xff")
raises("value.a%[2%] must be UTF%-8 text %(got the byte 0xC3 at 2%)", lai.json.encode, {a = {1, "x\xc3\x28"}})
raises("value.a has a key that must be UTF%-8 text %(got the byte 0xED at 1%)", lai.json.encode,
  {a = {["\xed\xa0\x80"] = 1}})
raises("value has the key .* in two forms of Unicode", lai.json.encode, {["é"] = 1, ["e\u{301}"] = 2})

-- strings that are not UTF-8 are not valid names of files and columns
raises("path must be UTF%-8 text", lai.csv, "\xff.csv")
raises("features%[1%] must be UTF%-8 text", lai.dataset, {{1}}, nil, {features = {"\xff"}})

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
local described = {
  epochs = {default = 3, help = "Epochs."}, setup = {default = "near", choices = {"near", "far"}},
}
arg = {"--epochs", "5"}
o = lai.args(described, "A script.")
assert(o.epochs == 5 and o.setup == "near")
arg = {"--setup", "fa"}
raises("args: %-%-setup must be one of near, far %(got 'fa'%); %-%-help lists the options", lai.args, described)
arg = {"--epochs", "x"}
raises("%-%-epochs must be a number %(got 'x'%)", lai.args, described)
arg = {}
raises("defaults.a must be a default, or a table with default, help and choices", lai.args, {a = {help = "b"}})
raises("unknown option 'hlp' %(did you mean 'help'%?%)", lai.args, {a = {default = 1, hlp = "b"}})
raises("defaults.a.choices must be a list that has the default", lai.args, {a = {default = 1, choices = {2}}})
raises("defaults.a.help must be a string", lai.args, {a = {default = 1, help = 7}})
raises("description must be a string", lai.args, {a = 1}, 7)

-- generators
local a, b = lai.generator(3), lai.generator(3)
for _ = 1, 10 do assert(a:uniform() == b:uniform()) end
assert(a:normal() == b:normal())

-- What long work shows
assert(lai.progress() == "picture" and lai.progress("bar") == "picture" and lai.progress("off") == "bar")
assert(lai.progress("picture") == "off")
raises("progress: show must be 'picture', 'bar' or 'off' %(got 'on'%)", lai.progress, "on")
