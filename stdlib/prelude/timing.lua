-- What comes later: when a sent command is due, and schedules. A schedule is a handler of its own ticks,
-- which the host records as events when they are due (`Timekeeper.swift`); here it gets its words and its
-- function.

local host = ...
local step, word = host.step, host.word

-- 9999-12-31T23:59:59.999Z: what a date can be written for.
local TIME_MAX = 253402300799999

local due_names = { at = true, after = true }


-- Milliseconds of `after`, a text or a number.
local function wait_of(after, level)
  local wait = after
  if type(after) == "string" then wait = host.duration(after) end
  wait = math.tointeger(wait)
  if not wait or wait < 0 then
    error("the option after must be a duration such as \"15m\" or \"1h30m\", or milliseconds; it is "
      .. tostring(after), level + 1)
  end
  return wait
end


-- When a command is due by the options of `send`, in milliseconds since 1970; nil for at once.
function host.due(options, level)
  if options == nil then return nil end
  if type(options) ~= "table" then error("options must be a table: { after = \"15m\" }", level + 1) end
  for name in pairs(options) do
    if not due_names[name] then
      error("send has no option " .. tostring(name) .. "; there are at and after", level + 1)
    end
  end
  if options.at ~= nil and options.after ~= nil then
    error("send takes at or after, not both", level + 1)
  end
  local at = options.at
  if options.after ~= nil then at = step.time + wait_of(options.after, level + 1) end
  if at == nil then return nil end
  local due = math.type(at) and math.tointeger(at)
  if not due or due < 0 or due > TIME_MAX then
    error("the option at must be milliseconds since 1970, up to the year 9999; it is " .. tostring(at),
      level + 1)
  end
  if due <= step.time then return nil end
  return due
end


local missed_choices = { one = true, all = true, none = true }

--- Declares what is done at certain times: `cron` (five fields, or `"@daily"` …) names them, `run` is
--- `function(tick)`, with `tick.time`, `tick.missed` and `tick.name`.
--- Optional: `zone` (`"Europe/Berlin"`; the default is `"UTC"`), `missed` (`"one"`, `"all"` or `"none"` of
--- the ticks that nobody was there for), `retry`, `on_failure` ("park" or "stop").
word("schedule", {
  cron = "string", zone = "string?", missed = "string?", retry = "table?", on_failure = "string?",
  run = "function",
}, function(name, body)
  body.zone = body.zone or "UTC"
  body.missed = body.missed or "one"
  body.on_failure = body.on_failure or "park"
  local complaint = host.schedule_complaint(body.cron, body.zone)
  if complaint then host.complain("schedule", name, "has " .. complaint) end
  if not missed_choices[body.missed] then
    host.complain("schedule", name, "has missed = " .. body.missed .. "; it is \"one\", \"all\" or \"none\"")
  end
  if body.on_failure ~= "park" and body.on_failure ~= "stop" then
    host.complain("schedule", name, "has on_failure = " .. body.on_failure .. "; it is \"park\" or \"stop\"")
  end
end)


-- The time of a tick's step is the scheduled one, however late it runs.
local function ticking(name, body)
  return function(e)
    local data = e.data
    step.time = data.at
    body.run({ name = name, time = data.at, missed = data.missed })
  end
end


-- Adds the handler of each schedule; returns what the host has to know of them.
function host.schedules(order, defined)
  local all = host.json.array({})
  for index, name in ipairs(order.schedule) do
    local body = defined.schedule[name]
    all[index] = { name = name, cron = body.cron, zone = body.zone, missed = body.missed }
    order.handler[#order.handler + 1] = name
    defined.handler[name] = {
      index = #order.handler, on = { "$schedule.ScheduleTicked" }, delivery = "exactly-once",
      on_failure = body.on_failure, retry = body.retry,
      where = function(e) return e.key == name end,
      run = ticking(name, body),
    }
  end
  host.schedule_names = order.schedule
  return all
end


return {}
