-- From a raw CSV file, with missing cells and a column of text, to predictions in dollars.
local lai = require "lai"
local path, g = os.tmpname(), lai.generator(1)
local file = assert(io.open(path, "w"))
file:write("rooms,age,place,price\n")
for i = 1, 400 do
  local rooms, age, place = g:uniform() * 6 + 1, g:uniform() * 50, i % 3 + 1
  file:write(("%.1f,%s,%s,%.0f\n"):format(rooms, i % 20 == 0 and "" or ("%.0f"):format(age),
    ({"coast", "town", "inland"})[place], 6e4 * rooms - 1e3 * age - 4e4 * place + 2e5 + 1e4 * g:normal()))
end
file:close()

local train, valid = lai.csv(path, {target = "price", onehot = "place", missing = "mean"}):split{seed = 1}
local scaler = lai.standardize(train, {target = true})
local run = lai.train{model = lai.mlp{inputs = 5, hidden = {16}}, data = scaler(train), batch = 32,
  validation = scaler(valid), epochs = 60, optimizer = lai.adam{lr = 1e-2}, metrics = {"mae"}}
print(run)  -- RMSE in dollars
run.model:save(path .. ".safetensors")

-- Another process needs this file alone: it has scalers, categories and fills.
local net = lai.mlp_load(path .. ".safetensors")
io.open(path, "w"):write("place,rooms,age\ncoast,5,10\ninland,2.5,\n"):close()
print(net:predict(path), ("R² %.3f"):format(net:evaluate(valid).r2))
os.remove(path)
os.remove(path .. ".safetensors")
