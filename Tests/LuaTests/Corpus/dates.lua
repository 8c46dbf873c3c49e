-- Calendar arithmetic in whole days, as rules do it: no clock, only numbers.
local function from_days(days)
  local z = days + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * mp + 2) // 5 + 1
end

local function to_days(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era = y // 400
  local yoe = y - era * 400
  local doy = (153 * (month > 2 and month - 3 or month + 9) + 2) // 5 + day - 1
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end

local weekdays = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" }

function run(round)
  local by_weekday = {}
  for days = -800000, 800000, 4999 * round do
    local year, month, day = from_days(days)
    if to_days(year, month, day) ~= days then error("day " .. days .. " came back as another") end
    local name = weekdays[days % 7 + 1]
    by_weekday[name] = (by_weekday[name] or 0) + 1
  end
  local due = {}
  for month = 1, 12 do
    local y, m, d = from_days(to_days(2028, month + 1 > 12 and 1 or month + 1, 1) - 1)
    due[#due + 1] = ("%04d-%02d-%02d %s"):format(y, m, d, weekdays[to_days(y, m, d) % 7 + 1])
  end
  local y, m, d, h = ("1999-12-31T23:59:60Z"):match("(%d+)-(%d+)-(%d+)T(%d+)")
  for name, count in pairs(by_weekday) do print(name, count) end
  return due, to_days(tonumber(y), tonumber(m), tonumber(d)) * 86400 + h * 3600, by_weekday
end
