-- Texts put together in every way, short and long, with every kind of value in them.
function run(round)
  local parts = {}
  for i = 1, 300 do parts[#parts + 1] = i % 3 == 0 and i / 4 or i % 3 == 1 and i or "w" .. i end
  local all = table.concat(parts, "-")
  print(all)
  print(#all, all:upper():reverse():sub(-40), ("ab"):rep(5, "."), ("x"):rep(0), ("x"):rep(-1))
  print(("%d|%5d|%-5d|%05d|%+d|%x|%X|%#o"):format(42, 42, 42, 42, 42, 255, 255, 8))
  print(("%s|%10s|%-10s|%.3s"):format("lua", "lua", "lua", "lualua"))
  print(("%q"):format("a\n\0\"\\\r1"), ("%q"):format(1 / 3), ("%q"):format(math.mininteger))
  print(("%s %s %s %s %s"):format(nil, true, {}, print, json.null), ("%c%c"):format(76, 117))
  print(tostring(nil), tostring({}), tostring(run), tostring(json.array {}), tostring(("x").rep))
  print(1 .. "", 1.0 .. "", -0.0 .. "", 1e15 .. "", 2 ^ 53 .. "", 1e100 .. "")
  print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" < "a", "10" < "9")
  for _, wrong in ipairs { "%d", "%y", "%", "%p", "%5.123f" } do print(pcall(string.format, wrong, {})) end
  return all, #all, ("é"):byte(1, -1)
end
