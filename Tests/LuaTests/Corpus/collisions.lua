-- Many keys with the same beginnings, ends and lengths, put in and taken out by several ways.
function run(round)
  local a, b = {}, {}
  for i = 1, 700 do a[("%08d-same-end"):format(i * 7919 % 701)] = i end
  for i = 700, 1, -1 do b[("%08d-same-end"):format(i * 7919 % 701)] = i end
  for i = 1, 300 do a["gone" .. i] = i end
  for i = 300, 1, -1 do a["gone" .. i] = nil end
  local function sum(t)
    local s, n, first = 0, 0, nil
    for k, v in pairs(t) do
      s = (s * 131 + v * #k) % 1000000007
      n, first = n + 1, first or k
    end
    return s, n, first
  end
  print(sum(a))
  print(sum(b))
  local long = {}
  for i = 1, 50 do long[("x"):rep(60) .. i] = i long[i .. ("y"):rep(60)] = i end
  print(sum(long))
  local numbers = {}
  for i = 1, 200 do numbers[i * 2 ^ 30] = i numbers[i / 8] = i numbers[-i] = i end
  local out = {}
  for k in pairs(numbers) do out[#out + 1] = tostring(k) end
  print(table.concat(out, " "))
  return json.encode(a) == json.encode(b), #json.encode(long), (next(a)), round
end
