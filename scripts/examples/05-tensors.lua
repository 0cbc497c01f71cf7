-- Tensors: creation, indexing, broadcasting, reductions and shared memory.
local lai = require "lai"

local x = lai.arange(1, 13):reshape({3, 4})
print(x)
print("row 2:", x[2])
print("rows 1 and 3, last two columns:", x[{ {1, 3, 2}, {-2, -1} }])
print("rows in another order:", x:index(1, {3, 1}))

-- NumPy's broadcasting: subtract each column's mean, divide by its standard deviation.
local z = (x - x:mean(1)) / x:std(1)
assert(z:mean(1):abs():max():item() < 1e-6)

-- Comparisons return masks.
local mask = x:gt(6)
print(("%d elements above 6, their sum is %g"):format(mask:sum():item(), x:masked(mask):sum():item()))
print("the others as 0:", mask:where(x, 0))

-- Slices, transposes and expansions are views: they share memory with the original.
local corner = x[{ {1, 2}, {1, 2} }]
corner:fill_(0)
assert(x:get(1, 1) == 0 and x:t():get(2, 1) == 0)
assert(x:clone():fill_(9):get(1, 1) == 9 and x:get(1, 1) == 0)

-- float32 with float64 gives float64.
local y = lai.linspace(0, 1, 4, {dtype = "float64"})
print((x + y).dtype, x:matmul(y))

-- Random numbers from a separate stream; the same seed yields the same numbers.
local g = lai.generator(42)
local sample = lai.randn(1000, {generator = g})
print(("mean %.3f, deviation %.3f"):format(sample:mean():item(), sample:std():item()))

local values, places = sample:topk(3, 1)
print("the three largest:", values, "at", places)

-- Files that NumPy and others can read.
local path = os.tmpname()
lai.save(path .. ".npz", {x = x, y = y})
local back = lai.load(path .. ".npz")
assert((back.x - x):abs():max():item() == 0 and back.y.dtype == "float64")
os.remove(path)
os.remove(path .. ".npz")
