-- Integer rules: wrap-around, shifts, division, conversions, and texts that become numbers.
function run(round)
  local max, min = math.maxinteger, math.mininteger
  print(max + round, min - round, max * 2, min // -1, -min, min % -1, 5 // -3, -5 // 3, 5 % -3, -5 % 3)
  print(1 << 63, -1 >> 1, 1 << -1, ~0, 0xFF ~ 0x0F)
  print(6 & 3, 6 | 3, "10" + 5, "0x10" * 2, "3" // 1)
  print(10 == "10", 10 .. 20, -2 ^ 2, 2 ^ -1, 7 // 1.0, 3 | 0, math.tointeger(3.0), #"10")
  print(pcall(function() return "a" + 1 end))
  print(pcall(function() return {} < 1 end))
  print(pcall(function() return 2 ^ 53 | 0, 2 ^ 64 | 0 end))
  print(tonumber("9223372036854775807"), tonumber("9223372036854775808"), tonumber("-9223372036854775808"))
  for i = max - 2, max do print(i) end
  for i = 3, 1, -1 do print(i) end
  for x = 1.0, 2, 0.25 do print(x) end
  print(pcall(function() for i = 1, 10, 0 do end end))
  print(string.format("%x", max), string.format("%d", 3.0), pcall(string.format, "%d", 3.5))
  return max // 10, min // 10
end
