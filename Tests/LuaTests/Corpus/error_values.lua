-- A table as an error, in all its ways through handlers; then raised once more, where nothing catches it.
local function shown(value)
  return setmetatable({ code = "x" }, { __tostring = function() return value end })
end
local function closing(f) return setmetatable({}, { __close = f }) end

function run(round)
  local failure = { code = "short", text = "only 7 there", have = 7, want = 9.5, list = { 1, 2 } }
  print(pcall(error, failure))
  print(select(2, pcall(error, { f = print })).f == print, pcall(error, "text", 0), pcall(error, "text", 2))
  local ok, why = pcall(error, shown("shown"))
  print(ok, tostring(why), why.code)
  print(pcall(attempt, function() error(failure) end))
  print(xpcall(error, function(e) return e.code end, failure))
  print(pcall(function()
    local c <close> = closing(function(_, e) error(e.code .. " closed") end)
    error(failure)
  end))
  failure.round = round
  error(failure)
end
