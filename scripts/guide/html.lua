-- The pieces of the site's HTML: escaped text, coloured Lua, and the frame of a page.
local html = {}

function html.escape(text)
  return (text:gsub("[&<>\"]", {["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;"}))
end

function html.unescape(text)
  return (text:gsub("&(%a+);", {amp = "&", lt = "<", gt = ">", quot = '"'}))
end

--- Text with `code` in backquotes.
function html.prose(text)
  return (html.escape(text):gsub("`([^`]+)`", "<code>%1</code>"))
end

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return " ..
             "then true until while"):gmatch("%a+") do keywords[word] = true end

--- The class and the end of the token of Lua that begins at a place.
local function token(code, place)
  local level = code:match("^%-?%-?%[(=*)%[", place)
  local isComment = code:find("^%-%-", place)
  if level and (isComment or code:find("^%[", place)) then
    local _, last = code:find("]" .. level .. "]", place, true)
    return isComment and "comment" or "string", last or #code
  elseif isComment then
    return "comment", code:find("\n", place, true) and code:find("\n", place, true) - 1 or #code
  end
  local quote = code:match("^[\"']", place)
  if quote then
    local last = place + 1
    while last < #code and code:sub(last, last) ~= quote do
      last = last + (code:sub(last, last) == "\\" and 2 or 1)
    end
    return "string", last
  end
  local word = code:match("^[%a_][%w_]*", place)
  if word == "lai" then word = code:match("^lai[%w_%.]*", place) end
  if word then return keywords[word] and "keyword" or "name", place + #word - 1 end
  local number = code:match("^%.?%d[%w%.]*", place)
  if number then return "number", place + #number - 1 end
  return nil, place
end

--- Lua with its tokens in spans; names of lai's functions are links if `link(name)` knows their address.
function html.lua(code, link)
  local parts, place = {}, 1
  while place <= #code do
    local class, last = token(code, place)
    local text = code:sub(place, last)
    local address = class == "name" and link(text)
    text = html.escape(text)
    if address then
      text = ('<a href="%s">%s</a>'):format(address, text)
    elseif class and class ~= "name" then
      text = ('<span class="%s">%s</span>'):format(class, text)
    end
    parts[#parts + 1] = text
    place = last + 1
  end
  return table.concat(parts)
end

--- What may be wider than the screen: it scrolls by itself, also with the keyboard.
function html.wide(content, label, class)
  return ('<div class="wide %s" role="region" tabindex="0" aria-label="%s">%s</div>\n'):format(
    class or "", html.escape(label), content)
end

--- A whole page. `root` leads to the site's first page: "" or "../"; `entries` are the links of the
--- list at the side, {title=, address=, section=}; `before` and `after` are its neighbours.
function html.page(options)
  local root = options.root or ""
  local function item(entry)
    local current = entry.address == options.address and ' aria-current="page"' or ""
    return ('<li><a href="%s"%s>%s</a></li>'):format(entry.address, current, html.escape(entry.title))
  end
  local items, neighbours, section = {}, {}, nil
  for _, entry in ipairs(options.entries) do
    if entry.section ~= section then
      section = entry.section
      items[#items + 1] = ("</ul>\n<p>%s</p>\n<ul>"):format(section)
    end
    items[#items + 1] = item(entry)
  end
  for _, side in ipairs{{"before", "prev", "← %s"}, {"after", "next", "%s →"}} do
    local entry = options[side[1]]
    if entry then
      neighbours[#neighbours + 1] = ('<a rel="%s" href="%s">%s</a>'):format(
        side[2], entry.address, side[3]:format(html.escape(entry.title)))
    end
  end
  local around = #neighbours == 0 and "" or '<nav class="neighbours" aria-label="Neighbouring pages">'
    .. table.concat(neighbours, "\n") .. "</nav>\n"
  return ([[<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s · Lai</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="%sstyle.css">
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<nav aria-label="Parts of the site"><a class="home" href="%sindex.html">Lai</a>
<a href="%slua/index.html">Lua reference</a>
<a href="%sswift.html">Swift reference</a>
<a class="to-contents" href="#contents">Contents</a></nav>
</header>
<div class="columns">
<main id="main" tabindex="-1">
%s
%s</main>
<nav id="contents" class="contents" aria-label="%s">
<p>%s</p>
<ul>
%s
</ul>
</nav>
</div>
</body>
</html>
]]):format(html.escape(options.title), root, root, root, root, options.body, around,
    options.part, options.part, table.concat(items, "\n"))
end

return html
