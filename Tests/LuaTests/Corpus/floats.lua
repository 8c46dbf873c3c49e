-- Numbers as text and back: the two kinds, rounding, the edges, NaN without a sign.
local numbers = {
  0.1, 1 / 3, 2 / 3, 1e15, 1e16, 123456.789, 5e-324, 2 ^ 53, 2 ^ 63, -0.0, 100, 1e2,
  1e100, math.pi, 0.1 + 0.2,
  4.35 * 100, 1.005 * 1000, math.huge, -math.huge, 3.0, -7 // 2, -7 % 3, -7.5 // 2, 7 % -3.5,
  1e308 * 10, 1 // 0.0,
}

function run(round)
  for i, n in ipairs(numbers) do
    print(i, n, math.type(n), tostring(n), ("%.3f %g %e"):format(n, n, n), math.tointeger(n))
    if n - n == 0 then emit("n-" .. i, { n = n, half = n / 2, text = json.encode(n) }) end
  end
  local nan = 0 / 0
  print(nan, -nan, tostring(nan), ("%s"):format(-nan), nan == nan, math.type(nan), nan .. "" == "x")
  print(math.floor(-3.5), math.ceil(-3.5), math.floor(1e300))
  print(math.fmod(-7, 3), math.fmod(7.5, -2), math.modf(-3.7))
  print(math.max(1, 2.5), math.min(-1, -1.0), math.abs(math.mininteger), math.ult(-1, 1))
  print(7 // 2, 7 / 2, 7 % 2.5)
  print(tonumber("0x10"), tonumber("1e1"), tonumber(" 12 "), tonumber("12a"))
  print(tonumber("z", 36), tonumber("0x.8p1"))
  print(1 == 1.0, math.maxinteger + 1 == math.mininteger, math.maxinteger + 1.0, 1 < 1.5)
  print(2 ^ 53 == 2 ^ 53 + 1)
  print(pcall(function() return 1 // 0 end))
  print(pcall(function() return 1.5 | 1 end))
  local sum = 0
  for i = 1, 1000 do sum = sum + i / 10 * round end
  local t = { [1] = "int", [1.5] = "float", [2 ^ 53] = "big" }
  t[1.0] = "same"
  return sum, t[1], json.encode(0.1 + 0.2), math.sqrt(2), 10 // 3 * 3 + 10 % 3, t[9007199254740992]
end
