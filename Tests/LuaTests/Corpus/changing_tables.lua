-- Keys that go and come while the table is traversed.
function run(round)
  local t, seen = {}, {}
  for i = 1, 60 do t["k" .. i * 17 % 61] = i end
  for k, v in pairs(t) do
    seen[#seen + 1] = k .. "=" .. v
    t["k" .. (v * 3 % 61)] = nil
    t["new" .. v] = v
    if v % 7 == 0 then t[v] = "number" end
  end
  print(table.concat(seen, " "))
  local left = {}
  for k in pairs(t) do left[#left + 1] = tostring(k) end
  print(table.concat(left, " "))
  local list = {}
  for i = 1, 40 do list[i] = i end
  for i, v in pairs(list) do
    if v % 2 == 0 then list[v // 2] = nil end
    if i < 5 * round then list[#list + 1] = -v end
  end
  local rest = {}
  for i, v in pairs(list) do rest[#rest + 1] = i .. ":" .. v end
  print(table.concat(rest, " "))
  for k in pairs(t) do t[k] = nil end
  local step, state, first = pairs { b = 1, a = 2 }
  local k1 = step(state, first)
  local k2 = step(state, "anything")
  return next(t), k1, k2, step(state), pcall(next, { 1 }, 1), select("#", pairs {})
end
