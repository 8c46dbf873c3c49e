-- Nesting up to the limits, and just beyond them.
local function nest(depth)
  local t = { depth = depth }
  for i = 1, depth - 1 do t = i % 2 == 0 and { t } or { inner = t, [tostring(i)] = i } end
  return t
end

local function count(n) return n == 0 and 0 or 1 + count(n - 1) end

function run(round)
  print(json.encode(nest(10)))
  print(#json.encode(nest(64)), pcall(json.encode, nest(65)))
  print(pcall(json.decode, ("["):rep(65) .. ("]"):rep(65)))
  print(#json.encode(json.decode(("["):rep(64) .. ("]"):rep(64))))
  local loop = {}
  loop.self = loop
  print(pcall(json.encode, loop))
  print(count(5000))
  local f = function(x) return x end
  for _ = 1, 150 do
    local g = f
    f = function(x) return (pcall(g, x)) end
  end
  print(f(1))
  print(pcall(string.rep, "x", -1), pcall(string.gsub, ("("):rep(40), ("%("):rep(40), ""))
  print(pcall(string.find, ("a"):rep(300), ("a-"):rep(300) .. "b"))
  emit("deep", nest(30 * round))
  return nest(5)
end
