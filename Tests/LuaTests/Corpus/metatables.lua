-- Objects with every metamethod that a script can use.
local Money = {}
Money.__index = Money
Money.__name = "Money"
local function money(cents) return setmetatable({ cents = cents }, Money) end
function Money.__add(a, b) return money(a.cents + (type(b) == "number" and b or b.cents)) end
function Money.__eq(a, b) return a.cents == b.cents end
function Money.__lt(a, b) return a.cents < b.cents end
function Money.__le(a, b) return a.cents <= b.cents end
function Money.__tostring(m) return ("%d.%02d"):format(m.cents // 100, m.cents % 100) end
function Money.__concat(a, b) return tostring(a) .. "&" .. tostring(b) end
function Money.__len(m) return m.cents end
function Money.__unm(m) return money(-m.cents) end
function Money.__call(m, n) return money(m.cents * n) end
function Money.__pairs(m)
  return function(_, k) if not k then return "cents", m.cents end end, m, nil
end
function Money:double() return self(2) end

local function closing(name, log)
  return setmetatable({}, { __close = function(_, e) table.insert(log, name .. " " .. tostring(e)) end })
end

function run(round)
  local a, b = money(1250), money(99 * round)
  print(a + b, a + 1, a == money(1250), a < b, a >= b, a .. b, a .. "x", #a, -b, a:double(), a(3))
  for k, v in pairs(a) do print(k, v) end
  print(("%s and %10s"):format(a, b), tostring(a), getmetatable(a) == Money)
  print(rawlen(a), rawequal(a, money(1250)))
  print(tostring(setmetatable({}, { __name = "Thing" })))
  print(pcall(tostring, setmetatable({}, { __tostring = "x" })))
  print(pcall(function() return a * b end))
  print(pcall(function() return a.cents.x.y end))
  local log = {}
  do
    local first <close> = closing("first", log)
    local second <close> = closing("second", log)
    log[#log + 1] = "body"
  end
  print(table.concat(log, ", "), getmetatable(""), getmetatable(json.array {}))
  local default = setmetatable({}, { __index = function(t, k) t[k] = k .. k return t[k] end })
  print(default.a, default.b, default.a, next(default))
  local function note(_, k, v) log[k] = v end
  local proxy = setmetatable({}, { __newindex = note, __metatable = "locked" })
  proxy.x = 1
  print(log.x, rawlen(proxy), getmetatable(proxy), pcall(setmetatable, proxy, {}))
  local counted = 0
  local three = setmetatable({}, { __index = function(_, i) return i < 3 and i or nil end })
  for i in ipairs(three) do counted = i end
  return a, tostring(b), counted
end
