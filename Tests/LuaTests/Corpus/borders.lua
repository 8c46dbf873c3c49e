-- Lists with holes beside other keys: the border that # finds must be the same everywhere.
function run(round)
  local lengths = {}
  for n = 1, 300 do
    local t = {}
    for i = 1, n % 23 + 2 do t[i] = i end
    for i = 1, n % 7 do t["s" .. i * n] = i end
    for i = 1, n % 5 do t[(n * i * 13) % 29] = nil end
    for i = 1, n % 3 do t["s" .. i * n] = nil t["r" .. i] = i end
    t[(n * round * 5) % 31] = n
    lengths[#lengths + 1] = #t
    t[#t + 1] = "end"
    lengths[#lengths + 1] = #t
  end
  print(table.concat(lengths, " "))
  local t = { 1, 2, nil, 4 }
  print(#t, select("#", table.unpack(t)), #{ nil, nil, 3 }, #{ n = 1 }, #{ [1] = 1, [2] = 2, [4] = 4 })
  print(table.remove(t), #t, table.remove({}), table.remove(t, 1), #t, pcall(table.insert, t, 9, "x"))
  print(table.concat({ 1, 2, 3 }, "-", 2), pcall(table.concat, { 1, {}, 3 }))
  print(pcall(table.concat, { 1, nil, 3 }, ",", 1, 3))
  local moved = table.move({ 1, 2, 3 }, 1, 3, 2)
  return { table.unpack(moved) }, #moved, pcall(json.encode, table.move({ 1, 2 }, 1, 2, 3, { 9 }))
end
