local time = require "time"

local function at(text) return time.parse(text) end

spec("every day of 33 years is read back as it is written", function()
  local day = at("1999-12-31")
  local last = at("2032-12-31")
  local before = 30
  while day <= last do
    local fields = time.fields(day)
    if time.parse(time.date(day)) ~= day then error("the day " .. time.date(day) .. " isn't read back") end
    if fields.day ~= 1 and fields.day ~= before + 1 then error("a day is left out at " .. time.date(day)) end
    before = fields.day
    day = day + 86400000
  end
end)

spec("leap years follow the Gregorian rule", function()
  expect.equal(time.date(at("2000-02-28") + 86400000), "2000-02-29")
  expect.equal(time.date(at("1900-02-28") + 86400000), "1900-03-01")
  expect.equal(time.date(at("2024-02-29") + 86400000), "2024-03-01")
  expect.blame(function() local _ = at("2100-02-29") end, "time.parse needs a date of ISO 8601")
end)

spec("known instants are right", function()
  expect.equal(at("1970-01-01T00:00:00Z"), 0)
  expect.equal(at("2001-09-09T01:46:40Z"), 1000000000000)
  expect.equal(at("1969-12-31T23:59:59.999Z"), -1)
  expect.equal(time.format(-1), "1969-12-31T23:59:59.999Z")
  expect.equal(time.format(1), "1970-01-01T00:00:00.001Z")
  expect.equal({ at("0001-01-01"), time.date(-62135596800000) }, { -62135596800000, "0001-01-01" })
  expect.equal(at("9999-12-31T23:59:59.999Z"), 253402300799999)
  expect.equal(time.date(253402300799999), "9999-12-31")
  expect.equal(time.format(time.add(0, { years = 8029 })), "9999-01-01T00:00:00Z")
  expect.equal(time.fields(0).weekday, 4)
  expect.equal(time.fields(-1).weekday, 3)
end)

spec("texts that mean one instant are one instant", function()
  for _, text in ipairs {
    "2026-03-01T10:00Z", "2026-03-01T10:00:00.000Z", "2026-03-01T12:00:00+02:00", "2026-03-01T12:00+0200",
    "2026-03-01T04:30:00-05:30", "2026-03-01T10:00:00.0009Z", "2026-02-28T10:01:00-23:59",
  } do
    expect.equal(time.format(at(text)), "2026-03-01T10:00:00Z")
  end
end)

spec("what is no instant is refused on the caller's line", function()
  for _, text in ipairs {
    "", "2026", "2026-13-01", "2026-00-01", "2026-12-32", "0000-01-01", "2026-01-01T10:00",
    "2026-01-01 10:00Z",
    "2026-01-01T24:00Z", "2026-01-01T10:60Z", "2026-01-01T10:00:60Z", "2026-01-01T10:00:00.Z",
    "2026-01-01T10:00:0012Z", "2026-01-01T10:00Z ", "2026-01-01T10:00+24:00",
  } do
    expect.blame(function() local _ = time.parse(text) end, "time.parse needs")
  end
  expect.blame(function() local _ = time.parse("0001-01-01T00:00+01:00") end,
    "time.parse leaves the years 1 to 9999")
  expect.blame(function() local _ = time.date(-62135596800001) end, "time.date needs milliseconds")
  expect.blame(function() local _ = time.date(253402300800000) end, "time.date needs milliseconds")
  expect.blame(function() local _ = time.parse("10000-01-01") end, "time.parse needs a date")
  expect.blame(function() local _ = time.parse(5) end, "time.parse needs a text, it got a number")
  expect.blame(function() local _ = time.format(0, "CET") end, "time.format needs an offset")
  expect.blame(function() local _ = time.fields("0") end, "time.fields needs milliseconds")
  expect.blame(function() local _ = time.format(1.5) end, "time.format needs milliseconds")
  expect.blame(function() local _ = time.date(math.maxinteger) end, "time.date needs milliseconds")
end)

spec("durations are read in both of their forms", function()
  local all = {
    ["200ms"] = 200, ["90s"] = 90000, ["15m"] = 900000, ["1h30m"] = 5400000, ["2d"] = 172800000,
    ["1w"] = 604800000, ["100000d"] = 8640000000000,
    PT1H30M = 5400000, P2D = 172800000, P1DT12H = 129600000, P1W = 604800000, ["0s"] = 0,
  }
  for text, milliseconds in pairs(all) do
    expect.equal({ text, time.duration(text) }, { text, milliseconds })
  end
  for _, text in ipairs {
    "", "5", "5x", "m", "1.5h", "-5s", "5m1h", "5m5m", "P1M", "P1Y", "P", "PT", "PT5", "1h 5m",
    "99999999999999999999s", "100001d",
  } do
    expect.blame(function() local _ = time.duration(text) end, "time.duration needs a duration")
  end
end)

spec("a duration is a text", function()
  expect.blame(function() local _ = time.duration(90) end, "time.duration needs a text, it got a number")
end)

spec("adding months keeps the day where the month has it", function()
  local function plus(text, change) return time.date(time.add(at(text), change)) end
  expect.equal(plus("2024-01-31", { months = 1 }), "2024-02-29")
  expect.equal(plus("2024-02-29", { years = 1 }), "2025-02-28")
  expect.equal(plus("2026-03-31", { months = -1 }), "2026-02-28")
  expect.equal(plus("2026-01-15", { months = 25 }), "2028-02-15")
  expect.equal(plus("2026-12-31", { days = 1 }), "2027-01-01")
  expect.equal(plus("2026-10-31", { months = 2 }), "2026-12-31")
  expect.equal(plus("2026-11-30", { months = 1, days = 1, weeks = 1 }), "2027-01-07")
  local later = time.add(at("2026-01-31T10:20:30.400Z"), { months = 1 })
  expect.equal(time.format(later), "2026-02-28T10:20:30.400Z")
  expect.equal(time.format(time.add(0, { minutes = 2, seconds = 3 })), "1970-01-01T00:02:03Z")
  expect.blame(function() local _ = time.add(0, { days = 10000000 }) end, "time.add leaves the years")
  expect.blame(function() local _ = time.add(0, { years = -1970 }) end, "time.add leaves the years 1 to 9999")
  expect.equal(time.date(time.add(0, { years = -1969 })), "0001-01-01")
  expect.blame(function() local _ = time.add(0, 5) end, "time.add needs a table such as")
  expect.blame(function() local _ = time.add(at("9999-12-31"), { days = 1 }) end, "time.add leaves the years")
  expect.equal(time.format(time.add(0, { hours = -1, milliseconds = 5 })), "1969-12-31T23:00:00.005Z")
  expect.blame(function() local _ = time.add(0, { months = 1.5 }) end, "not months = 1.5")
  expect.blame(function() local _ = time.add(0, { moons = 1 }) end, "not moons = 1")
  expect.blame(function() local _ = time.add(0, { years = 8030 }) end, "leaves the years 1 to 9999")
  expect.blame(function() local _ = time.add(0, { weeks = math.maxinteger }) end, "time.add")
end)

spec("the beginning of a unit is in it, and nothing earlier is", function()
  local instant = at("2026-11-25T10:20:30.400Z")
  local begins = {
    minute = "2026-11-25T10:20:00Z", hour = "2026-11-25T10:00:00Z", day = "2026-11-25T00:00:00Z",
    week = "2026-11-23T00:00:00Z", month = "2026-11-01T00:00:00Z", year = "2026-01-01T00:00:00Z",
  }
  for unit, text in pairs(begins) do expect.equal(time.format(time.start_of(instant, unit)), text) end
  expect.equal(time.format(time.start_of(-1, "day")), "1969-12-31T00:00:00Z")
  expect.blame(function() local _ = time.start_of(0, "moon") end, "time.start_of knows")
end)

spec("a difference is whole units, and turns its sign with its direction", function()
  local a, b = at("2026-01-31"), at("2026-02-28")
  expect.equal({ time.diff(a, b, "months"), time.diff(b, a, "months") }, { 1, 0 })
  expect.equal({ time.diff(a, b, "days"), time.diff(b, a, "days") }, { 28, -28 })
  expect.equal({ time.diff(5, 5, "days"), time.diff(5, 5, "months") }, { 0, 0 })
  expect.equal({ time.diff(0, 61999, "seconds"), time.diff(61999, 0, "minutes") }, { 61, -1 })
  expect.equal({ time.diff(a, b, "weeks"), time.diff(b, a + 1, "days") }, { 4, -27 })
  expect.equal(time.diff(at("2026-01-15T10:00Z"), at("2026-02-15T09:59Z"), "months"), 0)
  expect.equal(time.diff(at("2026-01-15T10:00Z"), at("2026-03-15T10:00Z"), "months"), 2)
  expect.equal(time.diff(at("2026-01-15"), at("2022-01-16"), "years"), -3)
  expect.equal(time.diff(at("2020-01-15"), at("2026-01-15"), "years"), 6)
  expect.equal(time.diff(at("2024-02-29"), at("2026-02-27"), "years"), 1)
  expect.equal(time.diff(at("2026-01-15"), at("2025-01-16"), "months"), -11)
  expect.blame(function() local _ = time.diff(0, 1, "moons") end, "time.diff knows")
end)

spec("now is the time of the step", function()
  given.now(at("2026-05-01T12:00Z"))
  expect.equal(time.format(time.now()), "2026-05-01T12:00:00Z")
end)
