-- Makes the site, or with --out "" only runs the pages of the guide. Started by scripts/docs and the tests.
local lai = require "lai"

local function lines(command)
  local process = assert(io.popen(command))
  local result = {}
  for line in process:lines() do result[#result + 1] = line end
  process:close()
  return result
end

--- An absolute path: pages run in folders of their own.
local function absolute(path) return path:find("^/") and path or lines("pwd")[1] .. "/" .. path end
local here = absolute(arg[0]):match("^(.*)/[^/]*$")
package.path = here .. "/?.lua;" .. package.path
local page, html, guide = require "page", require "html", require "guide"
local reference, links = require "reference", require "links"
local options = lai.args({
  out = {default = "", help = "The folder of the site; without it the pages are only run."},
  swift = {default = "", help = "Modules that DocC has documented in OUT/swift, separated by commas."},
}, "Makes the guide and the Lua reference.")
local program = arg[-1]:find("/") and absolute(arg[-1]) or arg[-1]

local function readAll(path)
  local file = assert(io.open(path))
  local text = file:read("a")
  file:close()
  return text
end

local function stop(problems)
  io.stderr:write(table.concat(problems, "\n"), "\n")
  os.exit(1, true)  -- which also removes the folder
end

-- The pages run at the same time, each in a process and a folder of its own.
local folder = assert(lines("mktemp -d")[1])
local removed <close> = setmetatable({}, {__close = function() os.execute("rm -rf " .. page.quoted(folder)) end})
local names = lines(("cd %s && ls *.md"):format(page.quoted(here)))
-- index.md is the first page, not the last one.
table.sort(names, function(a, b) return (a == "index.md" and "" or a) < (b == "index.md" and "" or b) end)
local pages, problems = {}, {}
for i, name in ipairs(names) do
  local text = readAll(here .. "/" .. name)
  pages[i] = {
    name = name, text = text,
    title = text:match("^# ([^\n]+)") or error(name .. " must begin with '# ' and its title", 0),
    address = name:gsub("%.md$", ".html"), blocks = page.blocks(text, name),
    finish = page.start(program, here, here .. "/" .. name, ("%s/%d"):format(folder, i)),
  }
end
for _, entry in ipairs(pages) do
  entry.outputs = entry.finish()
  table.move(page.problems(entry.name, entry.blocks, entry.outputs), 1, 1000, #problems + 1, problems)
end
if #problems > 0 then stop(problems) end
if options.out == "" then
  print(("%d pages run"):format(#pages))
  return
end

local written = {}
local function write(path, text)
  local file = assert(io.open(options.out .. "/" .. path, "w"))
  assert(file:write(text))
  assert(file:close())
  if path:find("%.html$") then written[#written + 1] = path end
end

assert(os.execute(("mkdir -p %s/lua"):format(page.quoted(options.out))))
write("style.css", readAll(here .. "/style.css"))
local records = lai.json.decode(table.concat(lines(page.quoted(program) .. " --reference"), "\n"))
local entries, addresses = reference.pages(records)

local function inGuide(name) return addresses[name] and "lua/" .. addresses[name] end
for i, entry in ipairs(pages) do
  write(entry.address, html.page{
    title = entry.title, body = guide.body(entry.text, entry.outputs, inGuide, folder), entries = pages,
    address = entry.address, part = "Guide", before = pages[i - 1], after = pages[i + 1]})
end

local function inReference(name) return addresses[name] end
local index = {title = "Overview", address = "index.html"}
local list = table.move(entries, 1, #entries, 2, {index})
for i, entry in ipairs(list) do
  write("lua/" .. entry.address, html.page{
    title = entry == index and "Lua reference" or entry.title, part = "Lua reference",
    root = "../", entries = list, address = entry.address,
    body = entry == index and reference.index(records, entries, addresses) or reference.body(entry, inReference),
    before = list[i - 1], after = list[i + 1]})
end

-- DocC's pages: each module, and its articles.
local modules = {}
for name in options.swift:gmatch("[^,]+") do
  local address = "swift/documentation/" .. name:lower() .. "/"
  local items = {('<li><a href="%s">%s</a>'):format(address, name)}
  local catalogue = ("%s/../../Sources/%s/%s.docc"):format(here, name, name)
  for _, path in ipairs(lines("ls -d " .. page.quoted(catalogue) .. "/*.md 2>/dev/null")) do
    local article = path:match("([^/]+)%.md$")
    if article ~= name then
      items[#items + 1] = ('<br><a href="%s%s/">%s</a>'):format(
        address, article:lower(), html.escape(readAll(path):match("^# ([^\n]+)")))
    end
  end
  modules[#modules + 1] = table.concat(items, "\n") .. "</li>"
end
local swift = #modules == 0
  and "<p>This copy of the site was made without it; <code>scripts/docs</code> makes it.</p>\n"
  or "<ul>\n" .. table.concat(modules, "\n") .. "\n</ul>\n"
write("swift.html", html.page{
  title = "Swift reference", address = "swift.html", entries = pages, part = "Guide",
  body = "<h1>Swift reference</h1>\n<p>The public types and functions of the package's libraries, with formulas, "
    .. "shapes and units. The pages are made by DocC and need a web server, unlike the rest of this site; in the "
    .. "folder of the site, <code>python3 -m http.server</code> is one.</p>\n" .. swift})

local broken, count = links.problems(options.out, written)
if #broken > 0 then stop(broken) end
print(("%d pages with %d links"):format(#written, count))
