--- Instants and durations, both integers of milliseconds: instants since 1970, as `now()` and `e.time` are.
--- The calendar is the Gregorian one in UTC, from the year 1 to 9999; there are no leap seconds.

local time = {}

local DAY = 86400000
local UNITS = {
  millisecond = 1, second = 1000, minute = 60000, hour = 3600000, day = DAY, week = 7 * DAY,
}

-- Days since 1970 of a date, and back; the year begins in March, so that a leap day is its last.
-- Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil, civil_from_days.
local function days_of(year, month, day)
  if month <= 2 then year = year - 1 end
  local era, of_era = year // 400, year % 400
  local of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function date_of(days)
  days = days + 719468
  local era, rest = days // 146097, days % 146097
  local year = (rest - rest // 1460 + rest // 36524 - rest // 146096) // 365
  local of_year = rest - (365 * year + year // 4 - year // 100)
  local part = (5 * of_year + 2) // 153
  local month = part < 10 and part + 3 or part - 9
  return era * 400 + year + (month <= 2 and 1 or 0), month, of_year - (153 * part + 2) // 5 + 1
end

-- More than any rule waits, and far from what an integer can't hold.
local DURATION_MAX = 100000 * DAY

local FIRST, LAST = days_of(1, 1, 1) * DAY, days_of(10000, 1, 1) * DAY - 1

local function month_length(year, month)
  return days_of(month == 12 and year + 1 or year, month % 12 + 1, 1) - days_of(year, month, 1)
end

-- Guards stand one level below the function that they guard: level 3 is the line that called it.
local function check(name, instant)
  if math.type(instant) ~= "integer" or instant < FIRST or instant > LAST then
    error(name .. " needs milliseconds since 1970, from the year 1 to 9999; it got " .. tostring(instant), 3)
  end
end

-- Never as a tail call: that would take away the level.
local function check_result(name, instant)
  if instant < FIRST or instant > LAST then error(name .. " leaves the years 1 to 9999", 3) end
  return instant
end

local function is_date(year, month, day)
  return year >= 1 and year <= 9999 and month >= 1 and month <= 12 and day >= 1
    and day <= month_length(year, month)
end

-- Minutes of "Z" and "+02:00"; nil for any other text.
local function offset_of(text)
  if text == "Z" then return 0 end
  local sign, hours, minutes = text:match("^([+-])(%d%d):?(%d%d)$")
  if not sign or hours + 0 > 23 or minutes + 0 > 59 then return nil end
  return (sign == "-" and -1 or 1) * math.tointeger(hours * 60 + minutes)
end

--- The instant of the step that runs, as `now()` gives it.
function time.now() return (now()) end

--- Reads ISO 8601: a date (its first instant in UTC), or a date and time with `Z` or an offset.
--- Parts of a second beyond the millisecond are cut off. What isn't such a text is an error.
--- Example:
--- > time.parse("2026-03-01T12:00:00+02:00")
--- 1772359200000
--- > time.parse("2026-02-30")
--- error: time.parse needs a date of ISO 8601
function time.parse(text)
  if type(text) ~= "string" then error("time.parse needs a text, it got a " .. type(text), 2) end
  local year, month, day, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  year, month, day = math.tointeger(year), math.tointeger(month), math.tointeger(day)
  if not year or not is_date(year, month, day) then
    error("time.parse needs a date of ISO 8601 such as 2026-01-31T10:00:00Z, it got " .. text, 2)
  end
  local instant = days_of(year, month, day) * DAY
  if rest == "" then return instant end
  local hour, minute, more = rest:match("^T(%d%d):(%d%d)(.*)$")
  local second, fraction, zone = (more or ""):match("^:(%d%d)(%.?%d*)(.*)$")
  if not second then second, fraction, zone = "00", "", more end
  local offset = zone and offset_of(zone)
  if not offset or hour + 0 > 23 or minute + 0 > 59 or second + 0 > 59
    or fraction ~= "" and not fraction:find("^%.%d") then
    error("time.parse needs hh:mm:ss and Z or an offset behind the date, it got " .. text, 2)
  end
  local millisecond = math.tointeger((fraction:sub(2) .. "000"):sub(1, 3))
  instant = instant + math.tointeger(hour * UNITS.hour + (minute - offset) * UNITS.minute) + second * 1000
  return (check_result("time.parse", math.tointeger(instant) + millisecond))
end

--- ISO 8601 with `Z`, or with an offset such as `+02:00`; with milliseconds only where there are some.
--- Example:
--- > time.format(1772359200000)
--- "2026-03-01T10:00:00Z"
--- > time.format(1772359200250, "-05:30")
--- "2026-03-01T04:30:00.250-05:30"
function time.format(instant, offset)
  check("time.format", instant)
  local zone = offset or "Z"
  local minutes = type(zone) == "string" and offset_of(zone)
  if not minutes then error("time.format needs an offset such as +02:00, it got " .. tostring(zone), 2) end
  local parts = time.fields(check_result("time.format", instant + minutes * UNITS.minute))
  local fraction = parts.millisecond > 0 and string.format(".%03d", parts.millisecond) or ""
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d%s%s", parts.year, parts.month, parts.day, parts.hour,
    parts.minute, parts.second, fraction, zone)
end

--- The date alone, `2026-03-01`, in UTC.
--- Example:
--- > time.date(1772359200000)
--- "2026-03-01"
function time.date(instant)
  check("time.date", instant)
  return string.format("%04d-%02d-%02d", date_of(instant // DAY))
end

--- Year, month, day, hour, minute, second, millisecond and weekday (1 is Monday) of an instant, in UTC.
--- Example:
--- > time.fields(time.parse("2026-03-01T10:20:30Z")).weekday
--- 7
function time.fields(instant)
  check("time.fields", instant)
  local days, rest = instant // DAY, instant % DAY
  local year, month, day = date_of(days)
  return {
    year = year, month = month, day = day, hour = rest // UNITS.hour, minute = rest // UNITS.minute % 60,
    second = rest // 1000 % 60, millisecond = rest % 1000, weekday = (days + 3) % 7 + 1,
  }
end

--- A duration in milliseconds from `200ms`, `90s`, `15m`, `1h30m`, `2d`, `1w`, or `PT1H30M` of ISO 8601.
--- Months and years have no fixed length: `time.add` knows them.
--- Example:
--- > time.duration("1h30m")
--- 5400000
--- > time.duration("PT15M")
--- 900000
function time.duration(text)
  if type(text) ~= "string" then error("time.duration needs a text, it got a " .. type(text), 2) end
  local short = { ms = 1, s = 1000, m = UNITS.minute, h = UNITS.hour, d = DAY, w = 7 * DAY }
  local plain, total, last = text, 0, math.huge
  if text:find("^P%w") then
    -- A month before the T, a minute behind it: only the latter is a duration.
    local date, clock = text:match("^P(%w-)T(%w+)$")
    date, clock = date or text:sub(2), clock or ""
    if date:find("^[%dDW]*$") and clock:find("^[%dHMS]*$") then plain = (date .. clock):lower() end
  end
  for count, unit in plain:gmatch("(%d+)(%l+)") do
    local length, number = short[unit], math.tointeger(count)
    -- The units descend, each at most once.
    if not length or length >= last or not number or number > DURATION_MAX // length then
      total = nil
      break
    end
    total, last = total + number * length, length
  end
  if not total or last == math.huge or plain:gsub("%d+%l+", "") ~= "" then
    error("time.duration needs a duration such as 90s, 1h30m or PT15M, it got " .. text, 2)
  end
  return total
end

--- An instant moved along the calendar; a day that the month doesn't have becomes its last.
--- The change may have `years`, `months`, `weeks`, `days`, `hours`, `minutes`, `seconds` and `milliseconds`,
--- also negative ones.
--- Example:
--- > time.date(time.add(time.parse("2026-01-31"), { months = 1 }))
--- "2026-02-28"
function time.add(instant, change)
  check("time.add", instant)
  if type(change) ~= "table" then error("time.add needs a table such as { days = 1 }", 2) end
  local fields = time.fields(instant)
  local months, moved = fields.year * 12 + fields.month - 1, 0
  for unit, count in pairs(change) do
    local length = type(unit) == "string" and UNITS[unit:gsub("s$", "")]
    local is_count = math.type(count) == "integer" and math.abs(count) <= LAST
    if not is_count or not length and unit ~= "months" and unit ~= "years" then
      error("time.add takes integers as years, months, weeks, days …, not " .. tostring(unit) .. " = "
        .. tostring(count), 2)
    end
    if unit == "years" then months = months + 12 * count
    elseif unit == "months" then months = months + count
    elseif math.abs(count) > (LAST - FIRST) // length then error("time.add leaves the years 1 to 9999", 2)
    else moved = moved + count * length end
  end
  local year, month = months // 12, months % 12 + 1
  if year < 1 or year > 9999 then error("time.add leaves the years 1 to 9999", 2) end
  local day = math.min(fields.day, month_length(year, month))
  return (check_result("time.add", days_of(year, month, day) * DAY + instant % DAY + moved))
end

--- The first instant of the hour, day, week (Monday), month or year that an instant is in, in UTC.
--- Example:
--- > time.format(time.start_of(time.parse("2026-03-01T10:20:30Z"), "week"))
--- "2026-02-23T00:00:00Z"
function time.start_of(instant, unit)
  check("time.start_of", instant)
  local fields = time.fields(instant)
  if unit == "year" then return days_of(fields.year, 1, 1) * DAY end
  if unit == "month" then return days_of(fields.year, fields.month, 1) * DAY end
  if unit == "week" then
    return (check_result("time.start_of", (instant // DAY - fields.weekday + 1) * DAY))
  end
  if unit ~= "day" and unit ~= "hour" and unit ~= "minute" then
    error("time.start_of knows minute, hour, day, week, month and year, not " .. tostring(unit), 2)
  end
  return instant // UNITS[unit] * UNITS[unit]
end

--- Whole units from one instant to another (`"days"`, `"months"` …), negative when it is earlier.
--- A month is whole on the same day of the month, or on the last day where there is no such.
--- Example:
--- > time.diff(time.parse("2026-01-31"), time.parse("2026-03-01"), "months")
--- 1
--- > time.diff(0, 90000, "minutes")
--- 1
function time.diff(from, to, unit)
  check("time.diff", from)
  check("time.diff", to)
  local length = type(unit) == "string" and UNITS[unit:gsub("s$", "")]
  if length then return to >= from and (to - from) // length or -((from - to) // length) end
  if unit ~= "months" and unit ~= "years" then
    error("time.diff knows milliseconds to weeks, months and years, not " .. tostring(unit), 2)
  end
  local a, b = time.fields(from), time.fields(to)
  local months, way = (b.year - a.year) * 12 + b.month - a.month, to >= from and 1 or -1
  -- One too many when the last month isn't full.
  if months ~= 0 and (time.add(from, { months = months }) - to) * way > 0 then months = months - way end
  if unit == "months" then return months end
  return months >= 0 and months // 12 or -(-months // 12)
end

return time
