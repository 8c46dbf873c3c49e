-- Recursion without end: the stack, and not the memory, is what runs out.
local first

local function second(n) return 1 + first(n + 1) end

function first(n) return 1 + second(n + 1) end

function run()
  print(pcall(first, 1))
  local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
  print(pcall(function() return t.a end))
  return first(1)
end
