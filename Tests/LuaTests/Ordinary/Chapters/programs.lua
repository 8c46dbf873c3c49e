begin("tables")
local function list(t) local s = {} for i = 1, 6 do s[i] = tostring(t[i]) end return table.concat(s, " ")
  .. " #" .. #t end
for _, n in ipairs({ -1, 0, 1, 2, 3, 4, 5, math.maxinteger, math.mininteger }) do
  for size = 0, 3 do
    local function fresh() return table.move({ "a", "b", "c" }, 1, size, 1, {}) end
    case("insert " .. n .. " of " .. size, function() local t = fresh() table.insert(t, n, "x") return
      list(t) end)
    case("remove " .. n .. " of " .. size, function() local t = fresh() return table.remove(t, n), list(t)
      end)
  end
end
case("insert one", table.insert, {})
case("insert four", table.insert, {}, 1, 2, 3)
case("insert nil", table.insert, nil, 1)
case("insert at text", table.insert, {}, "x", 1)
case("remove of nothing", table.remove, {})
case("remove twice", function() local t = { 1, 2 } return table.remove(t), table.remove(t),
  table.remove(t), #t end)
case("concat hole", table.concat, { 1, nil, 3 }, ",", 1, 3)
case("concat table", table.concat, { {} })
case("concat numbers", table.concat, { 1, 2.5, "x" }, "-")
case("concat bad", table.concat, 1)
case("pack", function() local t = table.pack(1, nil, 3, nil) return t.n, t[1], t[2], t[3] end)
case("pack none", function() return table.pack().n end)
case("unpack", table.unpack, { 1, 2, 3 })
case("unpack nil", table.unpack, { 1, nil, 3 }, 1, 3)
case("unpack many", table.unpack, {}, 1, 1e8)
case("unpack all", table.unpack, {}, math.mininteger, math.maxinteger)
case("move overlap", function() return list(table.move({ 1, 2, 3 }, 1, 3, 2)) end)
case("move down", function() return list(table.move({ 1, 2, 3, 4 }, 2, 4, 1)) end)
case("move many", table.move, {}, math.mininteger, 0, 1)
case("move far", table.move, {}, 1, 2, math.maxinteger)
case("move bad", table.move, {}, 1, 2)
case("move to text", table.move, {}, 1, 1, 1, "x")
case("sort", function() local t = { 3, 1, 2.5, -1 } table.sort(t) return list(t) end)
case("sort texts", function() local t = { "b", "a", "", "B" } table.sort(t) return list(t) end)
case("sort down", function() local t = { 1, 3, 2 } table.sort(t, function(a, b) return a > b end) return
  list(t) end)
case("sort mixed", table.sort, { 1, "x" })
case("sort tables", table.sort, { {}, {} })
case("sort bad", table.sort, { 1, 2 }, 1)
case("sort error", table.sort, { 1, 2 }, function() error("mine", 0) end)
case("sort nothing", table.sort, {})
case("length", function() return #{ 1, 2, 3 }, #{ n = 1 }, #{ 1, 2, nil }, #"abc" end)
case("key types", function() local t = { [1.0] = "a", [2 ^ 53] = "b" } return t[1], t[2 ^ 53 | 0], next({
  [3.0] = 1 }) end)
case("nil key", function() local t = {} t[nil] = 1 end)
case("NaN key", function() local t = {} t[0 / 0] = 1 end)
case("read nil key", function() return ({})[nil] end)

begin("metamethods")
for _, event in ipairs({ "add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl",
  "shr", "concat", "eq", "lt", "le" }) do
  local mt = { ["__" .. event] = function(a, b) return type(a) .. type(b) end }
  local x, y = setmetatable({}, mt), setmetatable({}, mt)
  local ops = {
    add = function(a, b) return a + b end, sub = function(a, b) return a - b end, mul = function(a, b)
      return a * b end, div = function(a, b) return a / b end,
    mod = function(a, b) return a % b end, pow = function(a, b) return a ^ b end, idiv = function(a, b)
      return a // b end, band = function(a, b) return a & b end,
    bor = function(a, b) return a | b end, bxor = function(a, b) return a ~ b end, shl = function(a, b)
      return a << b end, shr = function(a, b) return a >> b end,
    concat = function(a, b) return a .. b end, eq = function(a, b) return a == b end, lt = function(a, b)
      return a < b end, le = function(a, b) return a <= b end,
  }
  for i, pair in ipairs({ { x, y }, { x, 1 }, { 1, x }, { x, "s" }, { "s", x }, { {}, 1 }, { 1, {} }, {
    {}, {} }, { "s", {} }, { true, 1 } }) do case(event .. i, ops[event], pair[1], pair[2]) end
end
case("index table", function() return setmetatable({}, { __index = { x = 1 } }).x end)
case("index function", function() return setmetatable({}, { __index = function(_, k) return k end }).abc
  end)
case("index chain", function() local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x end)
case("newindex", function() local log = {} local t = setmetatable({}, { __newindex = log }) t.a = 1 return
  rawlen(t), log.a end)
case("call", function() return setmetatable({}, { __call = function(self, ...) return type(self), ... end
  })(1, 2) end)
case("call nothing", function() return ({})() end)
case("unm", function() return -setmetatable({}, { __unm = function() return "minus" end }) end)
case("bnot", function() return ~setmetatable({}, { __bnot = function() return "not" end }) end)
case("len", function() return #setmetatable({}, { __len = function() return "len" end }) end)
case("metatable", function() return getmetatable(setmetatable({}, { __metatable = "locked" })) end)
case("locked", function() setmetatable(setmetatable({}, { __metatable = 1 }), {}) end)
case("tostring", function() return tostring(setmetatable({}, { __tostring = function() return "own" end
  })) end)
case("bad tostring", function() return tostring(setmetatable({}, { __tostring = function() return {} end
  })) end)
case("pairs", function() local s = "" for k, v in pairs(setmetatable({}, { __pairs = function() return
  function(_, k) if not k then return 1, 2 end end end })) do s = s .. k .. v end return s end)
case("ipairs", function() local s = "" for i, v in ipairs(setmetatable({}, { __index = function(_, i) if i
  < 4 then return i * 2 end end })) do s = s .. i .. v end return s end)
case("set metatable of text", setmetatable, "x", {})
case("set bad metatable", setmetatable, {}, 1)
case("set no metatable", setmetatable, {})
case("raw", function() local t = setmetatable({ 1 }, { __eq = error, __len = error }) return rawequal(t,
  {}), rawlen(t), rawlen("abc") end)

begin("closing")
local function closer(log, name, fails) return setmetatable({}, { __close = function(_, e) log[#log + 1] =
  name .. ":" .. tostring(e) if fails then error(fails, 0) end end }) end
case("order", function() local log = {} do local a <close> = closer(log, "a") local b <close> =
  closer(log, "b") local c <close> = nil local d <close> = false end return table.concat(log, " ") end)
case("error", function() local log = {} local ok, e = pcall(function() local a <close> = closer(log, "a")
  local b <close> = closer(log, "b") error("x", 0) end) return ok, e, table.concat(log, " ") end)
case("error inside", function() local log = {} local ok, e = pcall(function() local a <close> =
  closer(log, "a", "from a") local b <close> = closer(log, "b", "from b") error("x", 0) end) return ok, e,
  table.concat(log, " ") end)
case("return", function() local log = {} local function f() local a <close> = closer(log, "a") return "r",
  #log end return f(), table.concat(log, " ") end)
case("break", function() local log = {} for i = 1, 3 do local a <close> = closer(log, "a" .. i) if i == 2
  then break end end return table.concat(log, " ") end)
case("goto", function() local log = {} do ::again:: local a <close> = closer(log, "a") if #log < 2 then
  goto again end end return table.concat(log, " ") end)
case("for", function() local log = {} for i in function(_, i) i = (i or 0) + 1 if i < 3 then return i end
  end, nil, nil, closer(log, "it") do log[#log + 1] = i end return table.concat(log, " ") end)
case("bad value", function() local a <close> = {} end)
case("bad number", function() local a <close> = 42 end)
case("const", function() local a <const> = 42 return a end)

begin("control")
case("goto", function() local n = 0 for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end n = n
  + i * j end ::continue:: end return n end)
case("closures", function() local f = {} for i = 1, 3 do local x = i * 10 f[i] = function() x = x + 1
  return i + x end end return f[1](), f[1](), f[2](), f[3]() end)
case("varargs", function(...) local a, b = ... return select("#", ...), a, b, (...), ... end, 1, nil, 3)
case("assignment", function() local a, b, c = 1, 2 a, b = b, a local t = {} local i = 1 i, t[i] = i + 1,
  20 return a, b, c, i, t[1], t[2] end)
case("and or", function() return nil and 1, false or nil, 1 and 2, nil == false, not nil, 0 and "zero" end)
case("numeric for copy", function() local s = 0 for i = 1, 3 do local j = i i = 10 s = s + j end return s
  end)
case("repeat scope", function() local n = 0 repeat local done = n == 3 n = n + 1 until done return n end)
case("integer division", function() return 7 // 2, -7 // 2, 7 // -2, 7.0 // 2, -7 % 3, 7 % -3, -7.5 % 2, 5
  % math.huge, -5 % math.huge end)
case("divide by zero", function() return 1 // 0 end)
case("modulo zero", function() return 1 % 0 end)
case("float divide by zero", function() return 1 / 0, -1 / 0, 1.0 // 0, 1 % 0.0 end)
case("method", function() local t = { n = 1 } function t:add(x) self.n = self.n + x return self end return
  t:add(2):add(3).n end)
case("select", function() return select(-2, 1, 2, 3), select("#"), select(2, "a", "b") end)
case("select 0", select, 0)
case("precedence", function() return 2 ^ 3 ^ 2, -2 ^ 2, not 1 == 2, 1 .. 2 .. 3, 2 + 3 << 1, 5 & 3 | 8, 1
  < 2 == true, "a" .. 1 + 2 end)

begin("errors")
case("text", error, "x")
case("text 0", error, "x", 0)
case("table", function() local ok, e = pcall(error, { 7 }) return ok, e[1] end)
case("nil", error)
case("number", error, 5)
local function level(n) error("here", n) end
for n = 0, 3 do case("level " .. n, function() level(n) end) end
case("assert", assert, false)
case("assert text", assert, nil, "why")
case("assert table", function() return select("#", assert(1, 2, 3)) end)
case("assert nothing", assert)
case("xpcall", xpcall, error, function(e) return "handled " .. tostring(e) end, "x")
case("xpcall fails", xpcall, error, error, "x")
case("xpcall ok", xpcall, select, type, 2, "a", "b")
case("xpcall bad", xpcall, error)
case("pcall nothing", pcall)
for i, f in ipairs({
  function() return nil + 1 end, function() return {} .. "x" end, function() local t = nil return t.x end,
    function() return undefined.x end, function() undefined() end, function() local t = {} t.x.y = 1 end,
  function() local t = {} t.a.b.c = 1 end, function() return 1 < "x" end, function() return {} < {} end,
    function() return nil < 1 end, function() return #nil end, function() return -{} end, function()
    return 1 & 1.5 end, function() return "a" | 1 end,
  function() return 2 ^ 63 | 0 end, function() ("x")() end, function() ("x"):nothing() end, function()
    local a = "x" return a.b.c end, function() return ("x").y.z end, function() for i = 1, 10, 0 do end
    end, function() for i = "a", 2 do end end, function() for i = 1, {} do end end,
  function() for k in 5 do end end, function() for k in nil do end end, function() return math.floor("x")
    end, function() return ("x"):rep() end, function() return ("x"):rep(1.5) end, function() string.rep()
    end, function() return ("x"):bad(1) end, function() local s <const> = 1 return s() end,
  function() setmetatable(1, 2) end, function() return tostring() end, function() return ipairs() end,
    function() return pairs() end, function() return next({}, "absent") end, function() return rawlen(5)
    end, function() return select() end, function() return type() end, function() return getmetatable() end,
}) do case("message " .. i, f) end

begin("arguments")
local names = {}
for _, l in ipairs({ "math", "string", "table", "utf8" }) do
  for _, n in ipairs({
    "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "log", "max", "min",
      "modf", "rad", "sin", "sqrt", "tan", "tointeger", "type", "ult", "byte", "char", "find", "format",
      "gmatch", "gsub", "len", "lower", "match",
    "pack", "packsize", "rep", "reverse", "sub", "unpack", "upper", "concat", "insert", "move", "remove",
      "sort", "codepoint", "codes", "offset",
  }) do if _ENV[l][n] then names[#names + 1] = { l .. "." .. n, _ENV[l][n] } end end
end
for _, n in ipairs({ "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal",
  "rawlen", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall" }) do names[#names + 1] = {
  n, _ENV[n] } end
local odd = { n = 9, 1, -1, 1.5, "x", "2", {}, true, error }
for _, f in ipairs(names) do
  case(f[1] .. "()", f[2])
  for i = 1, odd.n do
    case(f[1] .. "(" .. i .. ")", f[2], odd[i])
    for j = 1, odd.n do case(f[1] .. "(" .. i .. "," .. j .. ")", f[2], odd[i], odd[j]) end
  end
end
