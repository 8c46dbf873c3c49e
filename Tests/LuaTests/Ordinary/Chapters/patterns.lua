begin("classes")
for letter in ("acdglpsuwxACDGLPSUWXz.%b"):gmatch(".") do
  local found = {}
  for byte = 0, 255 do
    local ok, hit = pcall(string.find, string.char(byte), "^%" .. letter .. "$")
    found[#found + 1] = not ok and "e" or hit and "1" or "0"
  end
  note(letter, table.concat(found))
end
for _, set in ipairs({
  "[a-f]", "[^a-f]", "[%a-z]", "[a-]", "[]]", "[^]]", "[%]]", "[a%-z]", "[-a]", "[^-a]", "[%w_]",
    "[^%s%d]", "[a-cx-z]", "[z-a]",
  "[%]", "[a", "[^", "[]", "[^]", "[\0-\x1f]", "[%z]", "[\x80-\xff]", "[%a%]x]", "[[:alpha:]]",
}) do
  local found = {}
  for byte = 0, 255 do
    local ok, hit = pcall(string.find, string.char(byte), set)
    found[#found + 1] = not ok and hit or hit and "1" or "0"
  end
  note(set, table.concat(found))
end

local subjects = {
  "", "a", "aa", "aaab", "hello world", "  x = 10,  y=20 ", "(a(b)c)(d", "THE (quick) fox", "a.b-c%d",
    "\0a\0b", "one\ntwo\r\nthree",
  "key=value; k2=v2", "x^y$z", "äöü€", "aXbXc", "2026-01-02T03:04:05Z", ("ab"):rep(20),
}
local patterns = {
  "", "a", ".", "a*", "a+", "a-", "a?", "^a", "a$", "^a$", "^", "$", "^$", "a*b", "a-b", ".-b", ".*b",
    "(a)", "()", "(a*)", "(a)(b)",
  "()a()", "((a)(b))", "%w+", "%s*", "(%w+)%s*=%s*(%w+)", "%b()", "%bxx", "%b", "%b(", "%f[%w]%w+",
    "%f[%W]", "%f[a]", "%fa", "%f",
  "(.)%1", "(.)(.)%2%1", "%1", "(%1)", "(a", "a)", "(", ")", "(()", "[", "[^", "[a-", "%", "a%", "x*",
    "(x*)", ".-", ".-$", "^.-$", "(.-)%s",
  "[^%s]+", "%d+", "(%d+)-(%d+)", "%d%d%d%d", "[%w%-]+", "a-$", "^a-", "b*$", "^^a", "a$b", "$a", "\0",
    "%z", "[\0]", "a\0", "%%", "%.", "%-",
  "(%a+) (%a+)", "^(%s*)(.-)(%s*)$", "[aeiou]", "[^aeiou]*", "%u%l*", "(((((((((a)))))))))", "%a+$", "*",
    "+", "-", "?", "**", "a**", "a+-", "(a)*",
  "%2", "()%1", "(a)%2", "(a*(.)%w(%s*))", "\n", "[\n\r]+", "X", "%x+", "%p", "%c", "%g+",
}
local function all(s, p, init)
  local found = {}
  for a, b in s:gmatch(p, init) do
    found[#found + 1] = tostring(a) .. "/" .. tostring(b)
    if #found > 60 then error("endless") end
  end
  return table.concat(found, ";")
end
begin("patterns")
for i, s in ipairs(subjects) do
  for _, p in ipairs(patterns) do
    local name = i .. " " .. p
    case("find " .. name, string.find, s, p)
    case("find plain " .. name, string.find, s, p, 1, true)
    case("match " .. name, string.match, s, p)
    case("match -3 " .. name, string.match, s, p, -3)
    case("gmatch " .. name, all, s, p)
    case("gmatch 2 " .. name, all, s, p, 2)
    case("gsub " .. name, string.gsub, s, p, "<%0>")
    case("gsub 1 " .. name, string.gsub, s, p, "%1", 1)
    case("gsub table " .. name, string.gsub, s, p, { a = "A", b = false, [1] = "one", hello = 5 })
    case("gsub function " .. name, string.gsub, s, p, function(a, b) if a ~= "a" then return b or a end
      end, 3)
  end
end
begin("replacements")
for _, r in ipairs({ "", "x", "%", "%%", "%0", "%1", "%2", "%9", "%a", "%-", "a%", "%1%0%%", "\0", 5, 1.5
  }) do
  case(tostring(r), string.gsub, "abc", "(b)", r)
  case("no capture " .. r, string.gsub, "abc", "b", r)
  case("place " .. r, string.gsub, "abc", "()b", r)
end
for i, r in ipairs({ true, {}, type, error }) do case("kind " .. i, string.gsub, "abc", "b", r) end
case("nil", string.gsub, "abc", "b", nil)
case("none", string.gsub, "abc", "b")
case("table value", string.gsub, "abc", "b", { b = {} })
case("function value", string.gsub, "abc", "b", function() return {} end)
case("true value", string.gsub, "abc", "b", function() return true end)
for _, n in ipairs(places) do
  case("count " .. n, string.gsub, "aaa", "a", "b", n)
  case("from " .. n, string.find, "abcabc", "b", n)
  case("plain from " .. n, string.find, "abcabc", "b", n, true)
  case("empty from " .. n, string.find, "abc", "", n)
  case("gmatch from " .. n, all, "abcabc", "b", n)
end
case("33 captures", string.find, "a", ("()"):rep(33))
case("32 captures", string.find, "a", ("()"):rep(32))
case("deep", string.match, ("x"):rep(300), ("x-"):rep(300))
case("deep groups", string.find, ("("):rep(300), ("%("):rep(300))
