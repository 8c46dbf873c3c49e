begin("operators")
local values = table.move(floats, 1, #floats, #ints + 1, table.move(ints, 1, #ints, 1, {}))
for _, s in ipairs({ "10", "0x10", "1e2", "x", " 7 ", "9223372036854775808" }) do values[#values + 1] = s
  end
local binary = {
  ["+"] = function(a, b) return a + b end, ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end, ["/"] = function(a, b) return a / b end,
  ["//"] = function(a, b) return a // b end, ["%"] = function(a, b) return a % b end,
  ["^"] = function(a, b) return a ^ b end, ["&"] = function(a, b) return a & b end,
  ["|"] = function(a, b) return a | b end, ["~"] = function(a, b) return a ~ b end,
  ["<<"] = function(a, b) return a << b end, [">>"] = function(a, b) return a >> b end,
  ["=="] = function(a, b) return a == b end, ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end, [".."] = function(a, b) return a .. b end,
}
for _, name in ipairs({ "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "==", "<", "<=",
  ".." }) do
  for i, a in ipairs(values) do
    for j, b in ipairs(values) do case(i .. name .. j, binary[name], a, b) end
  end
end
for i, a in ipairs(values) do
  case("-" .. i, function() return -a end)
  case("~" .. i, function() return ~a end)
  case("#" .. i, function() return #a end)
  case("key" .. i, function() local t = {} t[a] = 1 return next(t) end)
  case("tostring" .. i, function() return a == a and tostring(a) end)
end

begin("tonumber")
for i, s in ipairs(texts) do
  case(tostring(i), tonumber, s)
  case("sum " .. i, function() return s + 0 end)
  case("or " .. i, function() return s | 0 end)
  for _, base in ipairs({ 2, 8, 10, 16, 36, 1, 37 }) do case(i .. " in " .. base, tonumber, s, base) end
end
for _, s in ipairs({ "zz", "-ff", " 11 ", "7fffffffffffffff", "ffffffffffffffff", "1ffffffffffffffff",
  "8", "+1", "1.0" }) do
  for _, base in ipairs({ 2, 8, 10, 16, 36 }) do case(s .. " in " .. base, tonumber, s, base) end
end
case("of 1,001 digits", tonumber, ("1"):rep(1001))
case("nil", tonumber)
case("nil in 10", tonumber, nil, 10)
case("number in 10", tonumber, 7, 10)
case("table", tonumber, {})

begin("math")
for _, name in ipairs({
  "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "log", "modf", "rad", "sin",
    "sqrt", "tan",
  "tointeger", "type",
}) do
  for i, a in ipairs(values) do case(name .. i, math[name], a) end
  case(name .. " of nothing", math[name])
  case(name .. " of a table", math[name], {})
  case(name .. " of nil", math[name], nil)
end
for _, name in ipairs({ "atan", "fmod", "log", "max", "min", "ult" }) do
  for i, a in ipairs(values) do
    for j = 1, #values, 3 do case(name .. i .. "," .. j, math[name], a, values[j]) end
  end
end
note("constants", math.pi, math.huge, math.maxinteger, math.mininteger)

begin("for")
local edges = { math.mininteger, math.mininteger + 1, -2, 0, 1, 3, math.maxinteger - 1, math.maxinteger,
  1.5, 0.0, 1 / 0, -1 / 0, "2" }
for i, first in ipairs(edges) do
  for j, last in ipairs(edges) do
    for _, step in ipairs({ 1, -1, 2, math.maxinteger, math.mininteger, 0, 0.5, -1.5, "1" }) do
      case(i .. " to " .. j .. " by " .. step, function()
        local seen = {}
        for n = first, last, step do
          seen[#seen + 1] = n
          if #seen == 4 then break end
        end
        return table.unpack(seen)
      end)
    end
  end
end
