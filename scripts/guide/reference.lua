-- The Lua reference, from the records that `lai --reference` prints.
local html = require "html"
local reference = {}

local function fileName(title) return title:lower():gsub(" ", "-") .. ".html" end

--- The pages, in order: {title=, address=, group= or class= or fields=}, and the address of each name.
function reference.pages(records)
  local pages, addresses = {}, {}
  local function add(title, kind, record)
    -- The address within lua/.
    local page = {title = title, address = fileName(title), kind = kind, record = record}
    -- "Probes" the group and "ProbeResult" the class have names of their own; so must all.
    assert(not addresses[page.address], "two pages have the name " .. page.address)
    addresses[page.address] = page.address
    pages[#pages + 1] = page
    return page
  end
  for _, group in ipairs(records.groups) do
    local page = add(group.title, "group", group)
    for _, entry in ipairs(group.functions) do addresses[entry.name] = page.address .. "#" .. entry.name end
  end
  for _, class in ipairs(records.classes) do
    local page = add(class.name, "class", class)
    addresses["lai." .. class.name] = page.address
    for _, list in ipairs{class.properties, class.methods} do
      for _, entry in ipairs(list) do addresses[entry.name] = page.address .. "#" .. entry.name end
    end
  end
  for _, fields in ipairs(records.tables) do
    addresses["lai." .. fields.name] = add(fields.name, "table", fields).address
  end
  return pages, addresses
end

--- Text as paragraphs: lines that were broken are joined, short ones are kept, some being formulas.
local function paragraphs(text)
  local lines, last = {}, 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    if last >= 70 then lines[#lines] = lines[#lines] .. " " .. line else lines[#lines + 1] = line end
    last = #line
  end
  local result = {}
  for _, line in ipairs(lines) do
    if line ~= "" then result[#result + 1] = "<p>" .. html.prose(line) .. "</p>\n" end
  end
  return table.concat(result)
end

--- A type in LuaLS's notation, with links to classes.
local function typeText(text, link)
  local words = html.escape(text):gsub("|", "|<wbr>"):gsub("lai%.%u%w*", function(name)
    local address = link(name)
    return address and ('<a href="%s">%s</a>'):format(address, name)
  end)
  return "<code>" .. words .. "</code>"
end

local function rows(entries, link)
  local lines = {}
  for _, entry in ipairs(entries) do
    local fallback = entry.default and "default <code>" .. html.escape(entry.default) .. "</code>"
      or entry.optional and "optional" or ""
    lines[#lines + 1] = ("<tr><td><code>%s</code></td><td>%s<br><span class=\"grey\">%s</span></td><td>%s</td></tr>"):format(
      html.escape(entry.name), typeText(entry.type, link), fallback, html.prose(entry.summary))
  end
  return table.concat(lines, "\n")
end

local function tableOf(title, label, entries, link)
  if #entries == 0 then return "" end
  return html.wide(('<table>\n<thead><tr><th scope="col">%s</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>\n<tbody>\n%s\n</tbody>\n</table>'):format(
    title, rows(entries, link)), label)
end

local function entryText(entry, link)
  local parts = {('<section class="entry">\n<h2 id="%s"><a href="#%s"><code>%s</code></a></h2>\n'):format(
    entry.name, entry.name, html.escape(entry.signature))}
  parts[#parts + 1] = "<p>" .. html.prose(entry.summary) .. "</p>\n"
  local arguments = {}
  for _, parameter in ipairs(entry.parameters) do
    if #parameter.options == 0 then arguments[#arguments + 1] = parameter end
  end
  parts[#parts + 1] = tableOf("Argument", "Arguments of " .. entry.name, arguments, link)
  for _, parameter in ipairs(entry.parameters) do
    parts[#parts + 1] = tableOf("Option", "Options of " .. entry.name, parameter.options, link)
    parts[#parts + 1] = tableOf("Key of an entry", "Entries of " .. parameter.name .. " of " .. entry.name,
      parameter.entries, link)
  end
  if entry.returns ~= "nil" then parts[#parts + 1] = "<p>Returns " .. typeText(entry.returns, link) .. "</p>\n" end
  parts[#parts + 1] = paragraphs(entry.details)
  if entry.example ~= "" then
    parts[#parts + 1] = html.wide("<pre><code>" .. html.lua(entry.example, link) .. "</code></pre>",
      "Example of " .. entry.name, "code")
  end
  parts[#parts + 1] = "</section>\n"
  return table.concat(parts)
end

--- A list of what a page has, for a quick look: name and summary.
local function overview(entries, link)
  local lines = {}
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = ('<tr><td><a href="%s"><code>%s</code></a></td><td>%s</td></tr>'):format(
      link(entry.name), html.escape(entry.name), html.prose(entry.summary))
  end
  return "<table>\n<tbody>\n" .. table.concat(lines, "\n") .. "\n</tbody>\n</table>"
end

--- The body of a page.
function reference.body(page, link)
  local record, parts = page.record, {}
  local function add(text) parts[#parts + 1] = text end
  add(("<h1>%s</h1>\n"):format(html.escape(page.kind == "group" and page.title or "lai." .. page.title)))
  if page.kind == "group" then
    add(html.wide(overview(record.functions, link), "Functions"))
    for _, entry in ipairs(record.functions) do add(entryText(entry, link)) end
    return table.concat(parts)
  end
  add("<p>" .. html.prose(record.summary) .. "</p>\n")
  if page.kind == "table" then return table.concat(parts) .. tableOf("Field", "Fields", record.fields, link) end
  if #record.operators > 0 then
    local operators = {}
    for _, operator in ipairs(record.operators) do operators[#operators + 1] = "<code>" .. html.escape(operator) .. "</code>" end
    add("<p>Operators: " .. table.concat(operators, ", ") .. "</p>\n")
  end
  if #record.methods > 0 then add(html.wide(overview(record.methods, link), "Methods")) end
  for _, entry in ipairs(record.properties) do
    add(('<section class="entry">\n<h2 id="%s"><a href="#%s"><code>%s</code></a></h2>\n<p>%s: %s</p>\n</section>\n'):format(
      entry.name, entry.name, entry.name, typeText(entry.returns, link), html.prose(entry.summary)))
  end
  for _, entry in ipairs(record.methods) do add(entryText(entry, link)) end
  return table.concat(parts)
end

--- The first page: groups, classes, and all names in order of the alphabet.
function reference.index(records, pages, addresses)
  local lists = {group = {}, class = {}, ["table"] = {}}
  for _, page in ipairs(pages) do
    local list = lists[page.kind]
    local names, text = {}, page.record.summary and html.prose(page.record.summary)
    for _, entry in ipairs(page.record.functions or {}) do names[#names + 1] = entry.name:gsub("^lai%.", "") end
    list[#list + 1] = ('<tr><td><a href="%s">%s</a></td><td>%s</td></tr>'):format(
      page.address, html.escape(page.title), text or html.escape(table.concat(names, ", ")))
  end
  local function section(title, list)
    return ("<h2>%s</h2>\n"):format(title)
      .. html.wide("<table>\n<tbody>\n" .. table.concat(list, "\n") .. "\n</tbody>\n</table>", title)
  end
  local names, items = {}, {}
  for name in pairs(addresses) do
    if not name:find("%.html$") then names[#names + 1] = name end
  end
  local function key(name) return name:gsub("^lai%.", ""):gsub("^%u%w*[:.]", ""):lower() .. " " .. name end
  table.sort(names, function(a, b) return key(a) < key(b) end)
  for _, name in ipairs(names) do
    items[#items + 1] = ('<li><a href="%s"><code>%s</code></a></li>'):format(addresses[name], name)
  end
  return "<h1>Lua reference</h1>\n<p>Generated from the records that make the prompt's help, so "
    .. "<code>? lai.train</code> at the prompt says the same. <a href=\"#names\">All names</a> are below.</p>\n"
    .. section("Functions", lists.group) .. section("Classes", lists.class)
    .. section("Tables of named fields", lists["table"])
    .. '<h2 id="names">All names</h2>\n<ul class="names">\n' .. table.concat(items, "\n") .. "\n</ul>\n"
end

return reference
