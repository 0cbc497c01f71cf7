local base = os.tmpname()
local function path(name) return base .. name end
local function same(a, b)
  assert(#a.shape == #b.shape and a.dtype == b.dtype)
  for axis, extent in ipairs(a.shape) do assert(b.shape[axis] == extent) end
  if a:sum():item() ~= 0 then assert((a - b):abs():max():item() == 0) end
end

-- one tensor
local x = lai.randn(3, 4, {dtype = "float64", generator = lai.generator(1)})
assert(select("#", lai.save(path ".npy", x)) == 0)
assert(select("#", lai.load(path ".npy")) == 1)
same(x, lai.load(path ".npy"))
lai.save(path ".npy", x:t())
same(x:t(), lai.load(path ".npy"))
for _, suffix in ipairs{".npz", ".safetensors"} do
  lai.save(path(suffix), x)
  local tensors = lai.load(path(suffix))
  same(x, tensors.arr_0)
  assert(next(tensors, "arr_0") == nil)
end

-- existing files: links, permissions, and what is not a file
assert(os.execute(("ln -s %s %s && chmod 640 %s"):format(path ".npy", path ".link.npy", path ".npy")))
lai.save(path ".link.npy", x)
same(x, lai.load(path ".npy"))
local function mode(name)
  local pipe <close> = io.popen("ls -l " .. name)
  return pipe:read("l"):sub(1, 10)
end
assert(mode(path ".npy") == "-rw-r-----" and mode(path ".link.npy"):sub(1, 1) == "l")
os.remove(path ".link.npy")
assert(os.execute("mkfifo " .. path ".fifo.npy"))
raises("is not a file", lai.save, path ".fifo.npy", x)
assert(os.execute("mkfifo " .. path ".fifo.safetensors"))
raises("is not a file", function() lai.mlp{inputs = 1}:save(path ".fifo.safetensors") end)
os.remove(path ".fifo.safetensors")
assert(mode(path ".fifo.npy"):sub(1, 1) == "p")
os.remove(path ".fifo.npy")

-- a list, a table, none
for _, suffix in ipairs{".npz", ".safetensors"} do
  local y = lai.arange(0, 70000)
  lai.save(path(suffix), {x, y, lai.zeros(0, 3)})
  local tensors = lai.load(path(suffix))
  same(x, tensors.arr_0)
  same(y, tensors.arr_1)
  assert(tensors.arr_2.shape[1] == 0)
  lai.save(path(suffix), {weights = x, ["ä b/c.d"] = y})
  tensors = lai.load(path(suffix))
  same(x, tensors.weights)
  same(y, tensors["ä b/c.d"])
  lai.save(path(suffix), {})
  assert(next((lai.load(path(suffix)))) == nil)
end

-- metadata, compression
lai.save(path ".safetensors", {x = x}, {metadata = {k = "v", ["ü"] = "line\nbreak"}})
local tensors, metadata = lai.load(path ".safetensors")
same(x, tensors.x)
assert(metadata.k == "v" and metadata["ü"] == "line\nbreak")
lai.save(path ".safetensors", x)
assert(next(select(2, lai.load(path ".safetensors"))) == nil)
lai.save(path ".npz", lai.zeros(100000), {compressed = true})
local file <close> = io.open(path ".npz", "rb")
assert(file:seek("end") < 2000)
assert(lai.load(path ".npz").arr_0.shape[1] == 100000)
assert(select("#", lai.load(path ".npz")) == 1)

-- mapped: writing stays in memory
for _, suffix in ipairs{".npy", ".safetensors"} do
  lai.save(path(suffix), x)
  local mapped = lai.load(path(suffix), {map = true})
  mapped = suffix == ".npy" and mapped or mapped.arr_0
  same(x, mapped)
  mapped:fill_(0)
  assert(mapped:sum():item() == 0)
  local again = lai.load(path(suffix))
  same(x, suffix == ".npy" and again or again.arr_0)
  lai.save(path(suffix), mapped)
end

-- 64-bit integers
local function integers(value)
  local header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }\n"
  local file <close> = io.open(path ".npy", "wb")
  file:write("\x93NUMPY\1\0", string.pack("<s2i8", header, value))
end
integers(2^53 | 0)
assert(lai.load(path ".npy"):item() == 2^53)
integers((2^53 | 0) + 1)
raises("holds the integer 9007199254740993, which float64 can only round", lai.load, path ".npy")
assert(lai.load(path ".npy", {round = true}):item() == 2^53)

-- errors
raises("must end in .npy, .npz or .safetensors", lai.load, path ".csv")
raises("must end in .npy, .npz or .safetensors", lai.save, path "", x)
raises("no such file", lai.load, path "none.npz")
raises("holds one tensor, not several by name", lai.save, path ".npy", {x})
raises("holds one tensor, not several by name", lai.save, path ".npy", {x = x})
raises("tensors must be a lai.Tensor, a list of them, a table of them by name, or a lai.Dataset", lai.save, path ".npz", 3)
raises("tensors%['b'%] must be a lai.Tensor %(got 2%)", lai.save, path ".npz", {b = 2})
raises("tensors%[2%] must be a lai.Tensor", lai.save, path ".npz", {x, {1, 2}})
raises("a list or a table by name", lai.save, path ".npz", {x, b = x})
raises("a tensor's name must be a string", lai.save, path ".npz", {[1.5] = x})
raises("a tensor's name must be UTF%-8 text", lai.save, path ".npz", {["\xff"] = x})
raises("other than __metadata__", lai.save, path ".safetensors", {__metadata__ = x})
raises("metadata must be left out except for .safetensors", lai.save, path ".npz", x, {metadata = {}})
raises("metadata%['k'%] must be a string", lai.save, path ".safetensors", x, {metadata = {k = 1}})
raises("compressed must be false except for .npz", lai.save, path ".npy", x, {compressed = true})
raises("map must be false for an .npz", lai.load, path ".npz", {map = true})
raises("unknown option 'mapped'", lai.load, path ".npz", {mapped = true})
local broken <close> = io.open(path ".npz", "wb")
broken:write("PK")
broken:flush()
raises("is a zip archive that ends too early", lai.load, path ".npz")

-- files that are not of the format
for suffix, kind in pairs{[".npy"] = "%.npy", [".npz"] = "%.npz", [".safetensors"] = "safetensors"} do
  local text <close> = io.open(path(suffix), "wb")
  text:write("a,b\n1,2\n")
  text:flush()
  raises("is not a " .. kind .. " file %(it seems to be text%)", lai.load, path(suffix))
end
raises("is not a safetensors file", lai.mlp_load, path ".safetensors")
lai.save(path ".safetensors", {x = x})
raises("is not a network that lai saved", lai.mlp_load, path ".safetensors")

-- some of the tensors
for _, suffix in ipairs{".npz", ".safetensors"} do
  lai.save(path(suffix), {weights = x, bias = lai.ones(2)})
  local some = lai.load(path(suffix), {names = {"bias"}})
  assert(some.bias.shape[1] == 2 and some.weights == nil)
  same(x, lai.load(path(suffix), {names = "weights"}).weights)
  raises("has no tensor 'weight' %(did you mean 'weights'%?%)", lai.load, path(suffix), {names = "weight"})
  raises("has no tensor 'q' %(it has '", lai.load, path(suffix), {names = {"bias", "q"}})
end
raises("names must be a name or a list", lai.load, path ".npz", {names = {}})
lai.save(path ".npy", x)
raises("names must be left out for an .npy", lai.load, path ".npy", {names = "x"})
raises("of different names", lai.save, path ".npz", {["é"] = x, ["e\u{301}"] = x})

-- contents of a .npz that are not numbers; made by np.savez_compressed("labels.npz",
-- a=np.arange(3.), labels=np.array(["x", "y"]), o=np.array([{}, 1], dtype=object))
local found, skipped = lai.load(FIXTURES .. "/labels.npz")
assert(found.a:sum():item() == 3 and found.labels == nil and found.o == nil)
assert(skipped.labels:find("texts") and skipped.o:find("Python objects"))
assert(select("#", lai.load(FIXTURES .. "/labels.npz", {names = "a"})) == 1)
raises("'labels.npy' cannot be read: .*texts", lai.load, FIXTURES .. "/labels.npz", {names = {"a", "labels"}})

for _, suffix in ipairs{"", ".npy", ".npz", ".safetensors"} do os.remove(path(suffix)) end
