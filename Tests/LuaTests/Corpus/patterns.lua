-- The pattern functions: captures, anchors, sets, frontiers, balance, positions, and malformed ones.
local subject = "2026-03-09T10:11:12Z order-42: {total=19.99, tags=[a, b]} <ada@example.org> 50% "
  .. "(nested (deep) end)"
local patterns = {
  "(%d+)-(%d+)-(%d+)T(%d+):(%d+)", "%a+%-(%d+)", "{(.-)}", "%b()", "%f[%a]%a+%f[%A]", "<(.-)@(.+)>", "()%%()",
  "^2026", "end%)$", "[%w._]+@[%w.]+", "[^%s]+", "(%w)%1", "%[(.*)%]", "x*", ".-", "[]]", "[a-]", "%u%l*", "",
}

function run(round)
  for _, pattern in ipairs(patterns) do
    print(pattern, subject:find(pattern, round), subject:match(pattern), select(2, subject:gsub(pattern, "")))
    local found = {}
    for a, b in subject:gmatch(pattern) do found[#found + 1] = tostring(a) .. "/" .. tostring(b) end
    print(#found, found[1], found[#found])
  end
  for _, wrong in ipairs { "[", "%", "(", ")", "%f", "%b", "(()", "%1", "[%", "[a-" } do
    print(wrong, pcall(string.find, subject, wrong))
  end
  print((" trim me "):match("^%s*(.-)%s*$"), ("a,b,,c"):gsub(",", ";"))
  print(("abc"):gsub("", "-"))
  print(("hello world"):gsub("o", { o = "0" }), ("hello"):gsub("l", function(c) return c:upper() .. "!" end))
  print(("k=v; x=y"):gsub("(%w+)=(%w+)", "%2=%1 %0 %%"), ("abc"):find("b", 1, true))
  print(("a.b"):find(".", 1, true))
  return subject:gsub("%d", function(d) return d + round < 10 and d + round or nil end)
end
