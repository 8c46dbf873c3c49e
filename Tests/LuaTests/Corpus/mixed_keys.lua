-- Tables with keys of every kind that has an order, put in by many ways.
function run(round)
  local function fill(order)
    local t = {}
    for _, k in ipairs(order) do t[k] = tostring(k) end
    return t
  end
  local keys = {
    3, "3", 3.5, -1, true, "a", "", 1, 2, false, "b", 2 ^ 40, -2.5, "aa", math.mininteger, 1e300, "\0", "é",
  }
  local backwards = {}
  for i = #keys, 1, -1 do backwards[#backwards + 1] = keys[i] end
  for _, t in ipairs { fill(keys), fill(backwards) } do
    if round == 2 then
      for i = 1, 100 do t["x" .. i] = i end
      for i = 1, 100 do t["x" .. i] = nil end
    end
    local seen = {}
    for k, v in pairs(t) do seen[#seen + 1] = math.type(k) or type(k) seen[#seen + 1] = v end
    print(table.concat(seen, " "), next(t))
    print(#t, t[3.0], t["3"], rawlen(t), select("#", table.unpack(t, 1, 3)))
  end
  local list = { 10, 20, 30, nil, 50, x = 1, [7] = 70 }
  for k, v in pairs(list) do print(k, v) end
  for i, v in ipairs(list) do print(i, v) end
  return pcall(json.encode, fill(keys))
end
