-- Tables and functions as keys: usable, shown without an address, never traversed.
function run(round)
  local key, other, f = {}, {}, function() end
  local t = { [key] = "table", [f] = "function", [print] = "C function", plain = 1 }
  print(t[key], t[other], t[f], t[print], key == key, key == other, rawequal(key, key))
  print(tostring(key), tostring(f), tostring(print), ("%s %s"):format(key, f))
  print(pcall(function() for k in pairs(t) do print(k) end end))
  print(pcall(next, t))
  print(pcall(json.encode, t))
  t[key], t[f], t[print] = nil, nil, nil
  for k, v in pairs(t) do print(k, v) end
  print(pcall(function() return key .. "" end))
  print(pcall(function() return key + other end))
  print(pcall(function() return key < other end))
  print(pcall(function() return #f end))
  print(pcall(function() return t.plain.x.y end))
  print(pcall(function() t[nil] = 1 end))
  print(pcall(function() t[0 / 0] = 1 end))
  print(pcall(error, key), pcall(error, f), select(2, pcall(error)))
  print(pcall(setmetatable, key, { __gc = f }), pcall(setmetatable, 1, key))
  return pcall(emit, "bad", t and { key = f })
end
