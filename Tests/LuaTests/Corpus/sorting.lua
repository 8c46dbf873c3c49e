-- Ties keep their order; comparisons that contradict themselves still give one order.
local function names(list)
  local out = {}
  for i, item in ipairs(list) do out[i] = item.name end
  return table.concat(out, " ")
end

function run(round)
  local list = {}
  for i = 1, 500 do list[i] = { name = "n" .. i, rank = (i * 7919 + round) % 9, weight = (i % 13) / 4 } end
  table.sort(list, function(a, b) return a.rank < b.rank end)
  print(names(list))
  table.sort(list, function(a, b) return a.weight > b.weight end)
  print(names(list))
  table.sort(list, function() return true end)
  print(names(list))
  table.sort(list, function(a, b) return a.rank <= b.rank end)
  print(names(list))
  local pipes = {}
  for i = 1, 3000 do pipes[i] = { i <= 1500 and i or 3001 - i, i } end
  table.sort(pipes, function(a, b) return a[1] < b[1] end)
  local sum = 0
  for i, pipe in ipairs(pipes) do sum = (sum * 31 + pipe[2] * i) % 1000000007 end
  local words = { "b", "B", "a", "é", "", "ab", "a\0b", "10", "9", "ä" }
  table.sort(words)
  local numbers = { 3, 2.5, -1, 1e300, 0.0, -0.0, math.mininteger, math.maxinteger, 2 ^ 63, -math.huge }
  table.sort(numbers)
  return sum, words, json.encode { table.unpack(numbers, 2) }, pcall(table.sort, { 1, "x", {} })
end
