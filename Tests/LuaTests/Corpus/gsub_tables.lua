-- Templates filled from tables with metatables, from functions, and from what can't be filled in.
function run(round)
  local values = setmetatable({ name = "Ada", total = 19.5, none = false, count = 3 }, {
    __index = function(_, key) return "<" .. key .. ">" end,
  })
  local template = "Dear $name, your $count parcels for $total: $missing $none $name."
  print((template:gsub("%$(%w+)", values)))
  print(template:gsub("%$(%w+)", { name = "Bob" }, 2))
  print((template:gsub("%w+", function(word) return #word > 4 and word:upper() or nil end)))
  print((template:gsub("(%$)(%w+)", function(sign, word) return word .. sign end)))
  print(pcall(string.gsub, template, "%$(%w+)", { name = {} }))
  print(pcall(string.gsub, template, "%$(%w+)", function() return print end))
  print(pcall(string.gsub, template, "%w+", "%9"))
  print(pcall(string.gsub, template, "%w+", function(w) error({ word = w }) end))
  local seen = {}
  for word in template:gmatch("%$(%w+)") do seen[word] = (seen[word] or 0) + round end
  for word, times in pairs(seen) do print(word, times) end
  return (("a b c"):gsub("%a", { a = 1, b = 2.5, c = true and "x" })), seen
end
