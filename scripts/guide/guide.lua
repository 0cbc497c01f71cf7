-- The guide's pages as HTML: Markdown through cmark-gfm, and what the program said after each block.
local html, page = require "html", require "page"
local guide = {}

local function slug(text)
  return (text:gsub("<[^>]*>", ""):gsub("&%a+;", ""):lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", ""))
end

--- What a block printed and showed.
local function outputs(parts, number)
  local pieces = {}
  for i, part in ipairs(parts) do
    local label = ("%s of block %d"):format(({svg = "Picture", html = "Table"})[part.kind] or "Output", number)
    if i > 1 then label = label .. ", part " .. i end
    if part.kind == "svg" then
      pieces[#pieces + 1] = html.wide(part.text, label, "picture")
    elseif part.kind == "html" then
      pieces[#pieces + 1] = html.wide(part.text, label, "output")
    else
      local class = part.kind == "error" and "output error" or "output"
      pieces[#pieces + 1] = html.wide("<pre>" .. html.escape(part.text) .. "</pre>", label, class)
    end
  end
  return table.concat(pieces)
end

local function markdown(text, folder)
  local path = folder .. "/page.md"
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  local process = assert(io.popen("cmark-gfm --unsafe --smart -e table " .. page.quoted(path)))
  local result = process:read("a")
  if not process:close() or result == "" then error("cmark-gfm does not run", 0) end
  return result
end

--- The page's body. `results` has the outputs of each block of Lua, `link(name)` the address of a
--- function in the reference, or nil.
function guide.body(text, results, link, folder)
  local body, number, count, tables = markdown(text, folder), 0, 0, 0
  body = body:gsub('<pre><code class="language%-(%w+)">(.-)</code></pre>\n?', function(language, code)
    count = count + 1
    local label = ("Code %d, %s"):format(count, language)
    if language ~= "lua" then return html.wide("<pre><code>" .. code .. "</code></pre>", label, "code") end
    number = number + 1
    code = html.lua(html.unescape(code), link)
    return html.wide("<pre><code>" .. code .. "</code></pre>", label, "code") .. outputs(results[number], number)
  end)
  body = body:gsub("<code>(%a+[%.:][%w_%.]+)</code>", function(name)
    local address = link(name)
    return address and ('<a href="%s"><code>%s</code></a>'):format(address, name)
  end)
  body = body:gsub("<h([23])>(.-)</h%1>", function(level, title)
    return ('<h%s id="%s">%s</h%s>'):format(level, slug(title), title, level)
  end)
  body = body:gsub('href="([%w%-]+)%.md', 'href="%1.html')
  -- Tables of the text; those of outputs are in their regions already.
  return (body:gsub("\n<table>.-</table>", function(text)
    tables = tables + 1
    return "\n" .. html.wide(text, "Table " .. tables)
  end))
end

return guide
