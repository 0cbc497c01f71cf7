-- The Lua reference, from the records that `lai --reference` prints.
local html = require "html"
local reference = {}

-- What the kinds of pages describe.
local sections = {group = "Functions", class = "Classes", ["table"] = "Tables of named fields"}

local function fileName(title) return title:lower():gsub(" ", "-") .. ".html" end

--- The pages, in order: {title=, address=, group= or class= or fields=}, and the address of each name.
function reference.pages(records)
  local pages, addresses = {}, {}
  local function add(title, kind, record)
    -- The address within lua/.
    local page = {title = title, address = fileName(title), kind = kind, record = record, section = sections[kind]}
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

--- Text as paragraphs. Lines that were broken are joined; short ones are kept, some being formulas, and
--- indented ones are columns.
local function paragraphs(text, label)
  local parts, last = {}, ""
  for line in (text .. "\n"):gmatch("(.-)\n") do
    local kind = line:find("^  ") and "columns" or "text"
    local previous = parts[#parts]
    local continues = kind == "columns" or #last >= 70 and not line:find("^Source")
    if previous and previous.kind == kind and continues then
      previous.text = previous.text .. (kind == "columns" and "\n" or " ") .. line
    elseif line ~= "" then
      parts[#parts + 1] = {kind = kind, text = line}
    end
    last = line
  end
  for i, part in ipairs(parts) do
    parts[i] = part.kind == "text" and "<p>" .. html.prose(part.text) .. "</p>\n"
      or html.wide("<pre>" .. html.escape(part.text) .. "</pre>", label)
  end
  return table.concat(parts)
end

--- A type in LuaLS's notation, with links to classes.
local function typeText(text, link)
  local words = html.escape(text):gsub("|", "|<wbr>"):gsub("lai%.%u%w*", function(name)
    local address = link(name)
    return address and ('<a href="%s">%s</a>'):format(address, name)
  end)
  return "<code>" .. words .. "</code>"
end

--- Names with their types, defaults and meanings, one below the other on a narrow screen.
local function list(title, entries, link, level)
  if #entries == 0 then return "" end
  local lines = {}
  for _, entry in ipairs(entries) do
    local fallback = entry.default and " = <code>" .. html.escape(entry.default) .. "</code>"
      or entry.optional and ", optional" or ""
    lines[#lines + 1] = ('<dt><code class="own">%s</code> <span class="grey">%s%s</span></dt>\n<dd>%s</dd>'):format(
      html.escape(entry.name), typeText(entry.type, link), fallback, html.prose(entry.summary))
  end
  local heading = "h" .. (level or 3)
  return ("<%s>%s</%s>\n<dl>\n%s\n</dl>\n"):format(heading, title, heading, table.concat(lines, "\n"))
end

--- A heading that is a link to itself, for the address of an entry.
local function heading(name, text)
  return ('<h2 id="%s"><a href="#%s"><code>%s</code></a></h2>\n'):format(name, name, html.escape(text))
end

local function entryText(entry, link)
  local parts = {'<section class="entry">\n', heading(entry.name, entry.signature)}
  parts[#parts + 1] = "<p>" .. html.prose(entry.summary) .. "</p>\n"
  local arguments = {}
  for _, parameter in ipairs(entry.parameters) do
    if #parameter.options == 0 then arguments[#arguments + 1] = parameter end
  end
  parts[#parts + 1] = list("Arguments", arguments, link)
  for _, parameter in ipairs(entry.parameters) do
    parts[#parts + 1] = list("Options", parameter.options, link)
    parts[#parts + 1] = list(
      ("Keys of each entry of <code>%s</code>"):format(parameter.name), parameter.entries, link)
  end
  if entry.returns ~= "nil" then parts[#parts + 1] = "<p>Returns " .. typeText(entry.returns, link) .. "</p>\n" end
  parts[#parts + 1] = paragraphs(entry.details, "Details of " .. entry.name)
  if entry.example ~= "" then
    parts[#parts + 1] = html.wide("<pre><code>" .. html.lua(entry.example, link) .. "</code></pre>",
      "Example of " .. entry.name, "code")
  end
  parts[#parts + 1] = "</section>\n"
  return table.concat(parts)
end

--- What a page has, for a quick look: names and summaries.
local function overview(entries, link)
  local lines = {}
  for _, entry in ipairs(entries) do
    lines[#lines + 1] = ('<dt><a href="%s"><code>%s</code></a></dt>\n<dd>%s</dd>'):format(
      link(entry.name), html.escape(entry.name), html.prose(entry.summary))
  end
  return "<dl>\n" .. table.concat(lines, "\n") .. "\n</dl>\n"
end

--- The body of a page.
function reference.body(page, link)
  local record, parts = page.record, {}
  local function add(text) parts[#parts + 1] = text end
  add(("<h1>%s</h1>\n"):format(html.escape(page.kind == "group" and page.title or "lai." .. page.title)))
  if page.kind == "group" then
    add(overview(record.functions, link))
    for _, entry in ipairs(record.functions) do add(entryText(entry, link)) end
    return table.concat(parts)
  end
  add("<p>" .. html.prose(record.summary) .. "</p>\n")
  if page.kind == "table" then return table.concat(parts) .. list("Fields", record.fields, link, 2) end
  if #record.operators > 0 then
    local operators = {}
    for i, operator in ipairs(record.operators) do operators[i] = "<code>" .. html.escape(operator) .. "</code>" end
    add("<p>Operators: " .. table.concat(operators, ", ") .. "</p>\n")
  end
  if #record.methods > 0 then add(overview(record.methods, link)) end
  for _, entry in ipairs(record.properties) do
    add('<section class="entry">\n' .. heading(entry.name, entry.name))
    add(("<p>%s: %s</p>\n</section>\n"):format(typeText(entry.returns, link), html.prose(entry.summary)))
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
    list[#list + 1] = ('<dt><a href="%s">%s</a></dt>\n<dd>%s</dd>'):format(
      page.address, html.escape(page.title), text or html.escape(table.concat(names, ", ")))
  end
  local function section(kind)
    return ("<h2>%s</h2>\n<dl>\n%s\n</dl>\n"):format(sections[kind], table.concat(lists[kind], "\n"))
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
    .. section("group") .. section("class") .. section("table")
    .. '<h2 id="names">All names</h2>\n<ul class="names">\n' .. table.concat(items, "\n") .. "\n</ul>\n"
end

return reference
