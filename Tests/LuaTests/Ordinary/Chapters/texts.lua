begin("places")
for _, i in ipairs(places) do
  case("byte " .. i, string.byte, "abc", i)
  case("sub " .. i, string.sub, "abc", i)
  case("codepoint " .. i, utf8.codepoint, "aä€", i)
  case("rep " .. i, function() return i < 5 and ("ab"):rep(i, ",") end)
  case("len from " .. i, utf8.len, "aä€x", i)
  case("offset " .. i, utf8.offset, "aä€x", i)
  case("char " .. i, string.char, i)
  case("utf8.char " .. i, utf8.char, i)
  case("select " .. i, select, i, "a", "b", "c")
  for _, j in ipairs(places) do
    case("byte " .. i .. "," .. j, string.byte, "abc", i, j)
    case("sub " .. i .. "," .. j, string.sub, "abc", i, j)
    case("codepoint " .. i .. "," .. j, utf8.codepoint, "aä€", i, j)
    case("len " .. i .. "," .. j, utf8.len, "aä€x", i, j)
    case("offset " .. i .. "," .. j, utf8.offset, "aä€x", i, j)
    case("unpack " .. i .. "," .. j, string.unpack, "b", "abc", i)
    case("concat " .. i .. "," .. j, function() return table.concat({ 1, 2, 3 }, ",", i, j) end)
    case("move " .. i .. "," .. j, function() return j - i < 5 and j - i >= 0 and
      table.concat(table.move({ 1, 2, 3 }, i, j, 2, {}), ",") end)
    case("table.unpack " .. i .. "," .. j, function() return math.ult(j - i, 9) and table.unpack({ 1, 2, 3
      }, i, j) end)
  end
end

begin("format")
local values = { 0, 1, -1, 65, 255, math.maxinteger, math.mininteger, 0.0, -0.0, 0.5, 1e15, 1e16, 1e100,
  3.14159, 1 / 0, -1 / 0, 2.0 ^ 53, "7", "x", "a\nb\0c\"\\\r\t\200", true }
for letter in ("aAcdeEfgGioqsuxX%py"):gmatch(".") do
  for _, flags in ipairs({ "", "5", "-5", "05", "+", " ", "#", ".3", "10.2", "-10.2", "+.0", "99", "100",
    ".99", ".100", "-+ #0", "0-5", "  ", "-----", "------" }) do
    local f = "%" .. flags .. letter
    for i, v in ipairs(values) do case("[" .. f .. "] " .. i, string.format, "[" .. f .. "]", v) end
    case("[" .. f .. "] none", string.format, "[" .. f .. "]")
  end
end
case("table", string.format, "%d", {})
case("nil", string.format, "%s", nil)
case("two", string.format, "%s %s", 1)
case("end", string.format, "%")
case("own", string.format, "%s|%5s", setmetatable({}, { __tostring = function() return "own" end }),
  setmetatable({}, { __tostring = function() return "o" end }))
case("bad own", string.format, "%s", setmetatable({}, { __tostring = function() return 1 end }))
case("%s%%", string.format, "%s%%%s", "a", "b")
case("long", string.format, "%s", ("x"):rep(300))
case("long with width", string.format, "%5s", ("x"):rep(300))
case("zeros", string.format, "%5s", "a\0b")

begin("pack")
local numbers = { 0, 1, -1, 127, 128, 255, 256, 32767, 65535, 2 ^ 31 | 0, math.maxinteger,
  math.mininteger, 1.5, "3", "x" }
for _, order in ipairs({ "<", ">", "=", "!", "<!4", ">!8", "<!16", "!3", "!17" }) do
  for _, f in ipairs({ "b", "B", "h", "H", "i", "I", "l", "L", "j", "J", "T", "i1", "i3", "i7", "i8",
    "i9", "i16", "I16", "i17", "i0", "f", "d", "n", "Xi4", "xi4", "bi4", "bXi8", "z", "s", "s1", "s2",
    "c5", "c", "x", "k", " b " }) do
    case(order .. f .. " size", string.packsize, order .. f)
    for i, v in ipairs(numbers) do
      local text
      case(order .. f .. " " .. i, function() text = string.pack(order .. f, 1, v) return text end)
      case(order .. f .. " one " .. i, function() text = string.pack(order .. f, v) return text end)
      if text then case(order .. f .. " back " .. i, string.unpack, order .. f, text) end
    end
    case(order .. f .. " short", string.unpack, order .. f, "ab")
  end
end
for _, s in ipairs({ "", "a", "abcde", "a\0b", ("x"):rep(300) }) do
  for _, f in ipairs({ "z", "s1", "s2", "s", "c3", "c5", "c300", "zz", "s1s1" }) do
    case(f .. #s, function() return string.unpack(f, string.pack(f, s, s)) end)
  end
end

begin("utf8")
local odd = { "", "a", "ä", "€", "😀", "\x80", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
  "\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "a\xe2\x82", "aä€😀z", "\xe2\x82\xac\x80", "a\x80",
  "\0" }
for i, s in ipairs(odd) do
  for _, lax in ipairs({ false, true }) do
    local name = i .. tostring(lax)
    case("len " .. name, utf8.len, s, 1, -1, lax)
    case("codepoint " .. name, utf8.codepoint, s, 1, -1, lax)
    case("codes " .. name, function()
      local seen = {}
      for place, code in utf8.codes(s, lax) do seen[#seen + 1] = place .. "=" .. code end
      return table.concat(seen, " ")
    end)
  end
  for n = -3, 3 do case("offset " .. i .. "," .. n, utf8.offset, s, n) end
  case("pattern " .. i, string.match, s, "^" .. utf8.charpattern .. "$")
end
for _, c in ipairs({ 0, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xffff, 0x10000, 0x10ffff, 0x110000, 0x7fffffff,
  0x80000000, -1 }) do case("char " .. c, utf8.char, c) end
case("chars", utf8.char, 72, 228, 8364)
case("no chars", utf8.char)
case("many chars", function() return #utf8.char(table.unpack(table.move({ 8364 }, 1, 1, 1))) end)

begin("case and order")
local bytes = {}
for i = 0, 255 do bytes[i + 1] = string.char(i) end
local every = table.concat(bytes)
note("upper", every:upper()) note("lower", every:lower()) note("reverse", every:reverse()) note("len",
  #every)
local words = { "", "a", "A", "b", "aa", "ab", "a\0", "a\0b", "ä", "Z", "\xff", "a b" }
for i, a in ipairs(words) do
  for j, b in ipairs(words) do note(i .. "<" .. j, a < b, a <= b, a == b) end
end
