-- __mode is refused, and does nothing when it is added later: no script sees a collection.
function run(round)
  print(pcall(setmetatable, {}, { __mode = "k" }))
  print(pcall(setmetatable, {}, { __gc = print }))
  local meta = {}
  local cache = setmetatable({}, meta)
  meta.__mode = "kv"
  meta.__gc = function() emit("never", {}) end
  for i = 1, 50 do cache[i] = { i } cache["k" .. i] = { i } end
  for _ = 1, 3000 * round do
    local garbage = { ("x"):rep(50), {} }
    garbage = nil
  end
  local alive = 0
  for _, v in pairs(cache) do alive = alive + v[1] end
  print(pcall(setmetatable, {}, meta))
  local loose = {}
  local held = setmetatable({}, loose)
  loose.__mode = "k"
  for i = 1, 100 do held[{}] = i end
  return alive, #cache, (pcall(next, held))
end
