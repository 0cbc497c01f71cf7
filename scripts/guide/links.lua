-- Finds links of the site's pages that lead nowhere.
local links = {}

local function read(path)
  local file = io.open(path)
  local text = file and file:read("a")  -- nil for a folder
  if file then file:close() end
  return text
end

local function normal(path)
  local parts = {}
  for part in path:gmatch("[^/]+") do
    if part == ".." then table.remove(parts) elseif part ~= "." then parts[#parts + 1] = part end
  end
  return table.concat(parts, "/")
end

--- Problems of the pages, by their paths within `folder`: addresses of missing files, anchors that are
--- missing in a page, and anchors that a page has twice. Returns also the number of links.
function links.problems(folder, pages)
  local problems, anchors, count = {}, {}, 0
  local function anchorsOf(path)
    if anchors[path] == nil then
      local text = read(folder .. "/" .. path)
      local found = text and {}
      for id in (text or ""):gmatch('%sid="([^"]*)"') do
        if found[id] then problems[#problems + 1] = ("%s: anchor '%s' is there twice"):format(path, id) end
        found[id] = true
      end
      anchors[path] = found or false
    end
    return anchors[path]
  end
  for _, page in ipairs(pages) do
    anchorsOf(page)
    for attribute, address in read(folder .. "/" .. page):gmatch('%s(href)="([^"]*)"') do
      if not address:find("^%a+:") then
        count = count + 1
        local path, anchor = address:match("^([^#]*)#?(.*)$")
        if path:find("/$") then path = path .. "index.html" end
        local target = path == "" and page or normal((page:match("^(.*)/") or "") .. "/" .. path)
        local known = anchorsOf(target)
        if not known or anchor ~= "" and not known[anchor] then
          problems[#problems + 1] = ("%s: %s leads nowhere"):format(page, address)
        end
      end
    end
  end
  return problems, count
end

return links
