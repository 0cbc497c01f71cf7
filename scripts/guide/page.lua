-- A page of the guide: Markdown whose blocks of Lua form one session.
local page = {}

--- The Lua blocks of a page, in order: {code=, raises=, line=}. A block marked "lua error" must raise.
function page.blocks(text, name)
  local blocks, number, block = {}, 0, nil
  for line in (text .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local mark = line:match("^```%s*(.*)$")
    if block then
      if mark then
        block.code = table.concat(block, "\n")
        if block.isLua then blocks[#blocks + 1] = block end
        block = nil
      else
        block[#block + 1] = line
      end
    elseif mark then
      local language, rest = mark:match("^(%S*)%s*(.*)$")
      block = {isLua = language == "lua", raises = rest == "error", line = number}
      if language == "" or block.isLua and rest ~= "" and rest ~= "error" then
        error(("%s:%d: a block must be marked with its language, or with `lua error` (got '%s')")
          :format(name, number, mark), 0)
      end
    end
  end
  if block then error(("%s:%d: this block has no end"):format(name, block.line), 0) end
  return blocks
end

--- A word of a shell's command.
function page.quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- Starts a fresh interpreter that runs a page's blocks in a new folder. `finish` waits for it and
--- returns, for each block, a list of {kind=, text=}: "text", "svg", "html" or "error".
function page.start(program, here, path, folder)
  local command = ("mkdir -p %s && cd %s && exec %s %s %s 2>&1"):format(
    page.quoted(folder), page.quoted(folder), page.quoted(program), page.quoted(here .. "/session.lua"),
    page.quoted(path))
  local process = assert(io.popen(command))
  return function()
    local text = process:read("a")
    local ended = process:close()
    local outputs = {}
    for kind, part in text:gmatch("\0(%a+)\n([^\0]*)") do
      if kind == "block" then
        outputs[#outputs + 1] = {}
      elseif part ~= "" then
        local parts, text = outputs[#outputs], part:gsub("\n$", "")
        local last = parts[#parts]
        if last and last.kind == "text" and kind == "text" then
          last.text = last.text .. "\n" .. text
        else
          parts[#parts + 1] = {kind = kind, text = text}
        end
      end
    end
    if not ended then error(("%s: the session ended early: %s"):format(path, text:sub(-500)), 0) end
    return outputs
  end
end

--- What is wrong with the outputs of a page: blocks that raise, or that do not although they should.
function page.problems(name, blocks, outputs)
  local problems = {}
  for i, block in ipairs(blocks) do
    local failure
    for _, part in ipairs(outputs[i] or {}) do
      if part.kind == "error" then failure = part.text end
    end
    if failure and not block.raises then
      problems[#problems + 1] = ("%s:%d: %s"):format(name, block.line, failure)
    elseif block.raises and not failure then
      problems[#problems + 1] = ("%s:%d: this block raises no error"):format(name, block.line)
    end
  end
  return problems
end

return page
