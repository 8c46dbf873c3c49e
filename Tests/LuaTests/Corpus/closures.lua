-- Functions that keep something: counters, memo tables, streams of values, tail calls.
local function counter(step)
  local n = 0
  return function() n = n + step return n end, function() return n end
end

local memo = {}
local function fib(n)
  if n < 2 then return n end
  memo[n] = memo[n] or fib(n - 1) + fib(n - 2)
  return memo[n]
end

local function each(list, f) for i = 1, #list do f(list[i], i) end end
local function map(list, f) local out = {} each(list, function(v, i) out[i] = f(v) end) return out end

function run(round)
  local up, peek = counter(round)
  local down = counter(-1)
  for _ = 1, 5 do up() down() end
  local made = {}
  for i = 1, 5 do made[i] = function(x) i = i + x return i end end
  print(made[1](1), made[1](1), made[5](10), peek(), down())
  local function loop(n, sum) if n == 0 then return sum end return loop(n - 1, sum + n) end
  print(loop(20000, 0), fib(80), table.concat(map({ 1, 2, 3 }, function(v) return v * v end), " "))
  local compose = function(...)
    local all = { ... }
    return function(x) for _, f in ipairs(all) do x = f(x) end return x end
  end
  print(compose(tostring, string.reverse, tonumber)(123), select("#", nil, nil), select(-1, "a", "b"))
  print((function(...) local a, b = ... return b, a, ... end)(1, 2))
  local keys = {}
  for k in pairs(memo) do keys[#keys + 1] = k end
  return keys, #keys, peek()
end
