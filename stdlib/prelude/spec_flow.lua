-- `when`: what comes, what follows from it, and time that passes. One `when` is one step, or one event with
-- the handlers that want it; the others go on until nothing is left to do.

local host = ...
local env, past, flow = host.env, host.past, host.flow

-- Things that may follow from one moment, before it is taken for a circle: a flow of an app is ten times
-- shorter.
local FOLLOWING_MAX = 1000

-- Moments at which something falls due that a jump of the clock may pass: a schedule of every hour in six
-- weeks. Beyond, a spec takes long, and says little more.
local MOMENTS_MAX = 1000

local when = {}

--- @word when(stream, what, args)
--- Says what comes, a command or an event, and runs it.
--- `when("order-1", "pay", { amount = 5 })` decides a command; a refusal must be expected.
--- `when("order-1", { "OrderPlaced", { total = 5 } })` appends an event and runs every handler that wants it.
--- What follows from what these ask for doesn't happen by itself: see `when.settled`.
local function when_comes(_, stream, what, args)
  host.check_stream("when", stream)
  flow.begin()
  if type(what) == "table" then
    local event = host.written("when", what, 2)
    past.happen(stream, event, 2)
    if not flow.deliver(event) then
      error("when: no handler wants " .. past.split(stream) .. "." .. event.type, 2)
    end
  else
    flow.decide(stream, what, args)
  end
end


local function tick(name, at, missed)
  local body = host.defined.schedule[name]
  local event = {
    type = "ScheduleTicked", data = { at = at, missed = missed, cron = body.cron, zone = body.zone },
  }
  past.happen("$schedule-" .. name, event, 2)
  flow.deliver(event)
end


--- Lets a schedule tick, at a time in milliseconds since 1970 or at that of the spec.
function when.tick(name, milliseconds)
  if not host.defined.schedule[name] then
    error("when.tick: there is no schedule " .. tostring(name) .. "; "
      .. host.suggest_key(name, host.defined.schedule), 2)
  end
  if milliseconds ~= nil and math.type(milliseconds) ~= "integer" then
    error("when.tick needs milliseconds since 1970", 2)
  end
  flow.begin()
  tick(name, milliseconds or past.time, 0)
end


-- What a thing that is to be done is, for who looks for a circle: without its key, which may differ each
-- time.
local function link(item)
  if item.sent then return past.split(item.sent.stream) .. "." .. item.sent.name .. " sent by " .. item.by end
  return past.split(item.event.stream) .. "." .. item.event.type .. " by " .. item.by
end


-- The newest circle that led to a thing, as a sentence.
local function circle(item)
  local names, seen = { link(item) }, link(item)
  local cause = item.cause
  while cause do
    table.insert(names, 1, link(cause))
    if link(cause) == seen then return table.concat(names, " -> ") end
    cause = cause.cause
  end
  return "the newest is " .. seen
end


-- A command that was sent, as the host's own processor gets it.
local function send(sent)
  local aggregate, key = past.split(sent.stream)
  local event = {
    type = "CommandSent",
    data = { aggregate = aggregate, key = key, command = sent.name, args = host.json.decode(sent.args) },
  }
  past.happen("$sent-" .. sent.stream, event, 2)
  flow.deliver(event)
end


-- Does what is to be done, and what follows from it, in order, until nothing is left.
local function settle(word, level)
  local pending, first = flow.pending, 1
  while pending[first] do
    local item = pending[first]
    if first > FOLLOWING_MAX then
      error(word .. ": " .. FOLLOWING_MAX .. " things followed, and there is no end to it: " .. circle(item),
        level + 1)
    end
    first = first + 1
    flow.cause = item
    if item.sent then send(item.sent) else flow.deliver(item.event) end
  end
  flow.pending, flow.cause = {}, nil
end


--- Lets everything happen that follows from what the spec's steps asked for, until nothing is left.
--- Handlers run on the events that were emitted, sent commands are decided, and so on. What is sent for later
--- waits. It belongs to the newest `when`: `expect` then looks at all of it.
function when.settled()
  flow.go_on()
  settle("when.settled", 2)
end


-- The next moment at which something is due, in milliseconds; nil when nothing is.
local function next_due(ticks)
  local due
  for _, next in ipairs(ticks) do due = math.min(due or next, next) end
  for _, timer in ipairs(flow.timers) do due = math.min(due or timer.due, timer.due) end
  return due
end


-- Takes the timers that are due, the earliest first, and of those the one that was set first.
local function take_due(now)
  local due, later = {}, {}
  for place, timer in ipairs(flow.timers) do
    timer.place = place
    local list = timer.due <= now and due or later
    list[#list + 1] = timer
  end
  table.sort(due, function(a, b)
    if a.due ~= b.due then return a.due < b.due end
    return a.place < b.place
  end)
  flow.timers = later
  return due
end


local function fire(timers)
  for _, timer in ipairs(timers) do flow.pending[#flow.pending + 1] = timer end
end


local function too_many(word, level)
  error(word .. ": more than " .. MOMENTS_MAX .. " things fall due until then; move the clock less far",
    level + 1)
end


-- Moves the clock on, and stops at each moment at which something is due: ticks first, in the order in which
-- the schedules are declared, then timers, as the host takes them.
local function run_until(target, word, level)
  local names, ticks = host.schedule_names, {}
  for place in ipairs(names) do ticks[place] = host.next_tick(place, past.time) end
  local moments, due = 0, next_due(ticks)
  while due and due <= target do
    moments = moments + 1
    if moments > MOMENTS_MAX then too_many(word, level + 1) end
    past.time = math.max(past.time, due)
    for place, name in ipairs(names) do
      if ticks[place] <= past.time then
        tick(name, ticks[place], 0)
        ticks[place] = host.next_tick(place, ticks[place])
      end
    end
    fire(take_due(past.time))
    settle(word, level + 1)
    due = next_due(ticks)
  end
  past.time = target
end


-- The host stands still until then, and finds what fell due when it starts again.
local function stand_still_until(target, word, level)
  local from = past.time
  past.time = target
  for place, name in ipairs(host.schedule_names) do
    local missed = host.missed_ticks(place, from, target, MOMENTS_MAX + 1)
    if #missed > 2 * MOMENTS_MAX then too_many(word, level + 1) end
    for index = 1, #missed, 2 do tick(name, missed[index], missed[index + 1]) end
  end
  fire(take_due(target))
  settle(word, level + 1)
end


local option_names = { down = true }

local function move(target, options, word, level)
  if options ~= nil and type(options) ~= "table" then
    error(word .. " takes options such as { down = true }", level + 1)
  end
  for name in pairs(options or {}) do
    if not option_names[name] then
      error(word .. " has no option " .. tostring(name) .. "; there is down", level + 1)
    end
  end
  if target < past.time then error(word .. " can't go back; given.now can", level + 1) end
  flow.begin()
  settle(word, level + 1)
  local go = options and options.down and stand_still_until or run_until
  go(target, word, level + 1)
  host.rest()
end


--- Lets time pass, `"30m"` or milliseconds, and all happen that falls due meanwhile, in its order.
--- Schedules tick, commands that were sent for then are decided. At each moment everything follows from it
--- that does, as with `when.settled`. With `{ down = true }` the host stands still meanwhile, and makes up at
--- the end what it missed.
function when.later(duration, options)
  local wait = duration
  if type(duration) == "string" then wait = host.duration(duration) end
  wait = math.tointeger(wait)
  if not wait or wait < 0 then
    error("when.later needs a duration such as \"30m\", or milliseconds; it got " .. tostring(duration), 2)
  end
  move(past.time + wait, options, "when.later", 2)
end


--- Lets time pass like `when.later`, up to a time in milliseconds since 1970.
function when.at(milliseconds, options)
  if math.type(milliseconds) ~= "integer" then error("when.at needs milliseconds since 1970", 2) end
  move(milliseconds, options, "when.at", 2)
end

env.when = setmetatable(when, { __call = when_comes })


return {}
