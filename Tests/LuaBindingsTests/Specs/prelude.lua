-- Helpers for every spec.
lai = require "lai"

function raises(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "no error where one matching '" .. pattern .. "' was due")
  assert(tostring(message):find(pattern), tostring(message) .. " does not match " .. pattern)
end

function near(a, b, tolerance)
  local bound = (tolerance or 1e-6) * math.max(1, math.abs(b))
  assert(math.abs(a - b) <= bound, ("%.9g is not near %.9g"):format(a, b))
end
