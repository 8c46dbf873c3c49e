-- Specs: what happened, what comes, what is expected. Loaded only into sessions that run specs.
--
-- Commands and handlers run through the code that the host runs them with. What changes is where a stream is
-- read from (`history`: the events that were given, and those that steps emitted), and that what is recorded
-- is looked at. Each spec runs in a session of its own, so nothing here has to be taken back.

local host = ...
local env, json, step = host.env, host.json, host.step
local aggregates, processing = host.aggregates, host.processing

-- Kinds of record; `EffectsReader.swift` reads them.
local EMIT, DECIDED, SEND, READ = 1, 2, 4, 5

-- What a fold sees of an event, and nothing else: a misspelt name is an error here too.
local folded_shape = host.folded_shape()

-- 2026-01-01T00:00:00Z: a time that nobody takes for a real one, until `given.now` sets another.
local time = 1767225600000

local specs, history = {}, {}
local position, steps, batch = 0, 0, 0
local outcome               -- what the newest `when` came to: events by stream, sends, refusals
local unexpected            -- a refusal that no `expect` has named yet, with its place


local function split(stream)
  local at = stream:find("-", 1, true)
  if not at then return stream, "" end
  return stream:sub(1, at - 1), stream:sub(at + 1)
end


function host.check_stream(word, stream)
  if type(stream) ~= "string" or not stream:find("^[^%-]+%-.") then
    error(word .. " needs a stream such as \"order-42\", it got " .. tostring(stream), 3)
  end
end


-- An event as a spec writes it, `{ "OrderPlaced", { total = 5 }, tags = { … } }`, with its data as JSON; with
-- `schema = 1` the data is of that version.
function host.written(word, event, level)
  if type(event) ~= "table" or type(event[1]) ~= "string" then
    error(word .. " needs events such as { \"OrderPlaced\", { total = 5 } }", level + 1)
  end
  local data = event[2]
  if data ~= nil and type(data) ~= "table" then
    error(word .. " needs the data of " .. event[1] .. " to be a table, it is a " .. type(data), level + 1)
  end
  local version = event.schema
  if version ~= nil and (math.type(version) ~= "integer" or version < 1) then
    error(word .. " needs schema to be a version, an integer from 1", level + 1)
  end
  return {
    type = event[1], data = data, text = json.encode(data or {}), version = version,
    tags = event.tags and json.encode(event.tags),
  }
end


local function append(stream, event)
  local events = history[stream] or {}
  history[stream] = events
  position = position + 1
  event.revision, event.position = #events, position
  events[#events + 1] = event
end


-- What happened without a step is checked as the host would: a step's events were, when they were emitted.
local function happen(stream, event, level)
  if not host.old_version(split(stream), event.type, event.version) then
    host.check_emitted(stream, event.type, event.data, level + 1)
    event.version, event.text = nil, json.encode(event.data or {})
  end
  host.check_event(stream, event.type, event.text, event.tags or "[]")
  append(stream, event)
end


-- An event as `EventEnvelope.swift` gives it to a handler, with this data.
local function envelope(stream, event, data)
  local category, key = split(stream)
  return host.shape(host.event_shape(), {
    position = event.position, stream = stream, category = category, key = key, revision = event.revision,
    type = event.type, id = string.format("00000000-0000-4000-8000-%012x", event.position), time = time,
    data = data, meta = { schema = event.version }, tags = event.tags and json.decode(event.tags),
  })
end


-- The events of a stream behind a revision, as the log gives them to a fold; nil when there are none.
function host.read(stream, revision)
  local found, old, is_any_old = {}, {}, false
  for place = revision + 2, #(history[stream] or {}) do
    local event = history[stream][place]
    found[#found + 1] = host.shape(folded_shape, {
      type = event.type, revision = event.revision, data = json.decode(event.text),
      tags = event.tags and json.decode(event.tags),
    })
    local version = host.old_version(split(stream), event.type, event.version)
    is_any_old = is_any_old or version ~= nil
    old[#found] = version and { version, envelope(stream, event, json.decode(event.text)) } or json.null
  end
  return #found > 0 and found or nil, is_any_old and old or nil
end

host.history = host.read


local function has_all(tags, wanted)
  local there = {}
  for _, tag in ipairs(tags) do there[tag] = true end
  for _, tag in ipairs(wanted) do
    if not there[tag] then return false end
  end
  return true
end


-- Whether an event belongs to what `read` asks for; types and tags are JSON or nil.
local function matches(stream, event, wanted, category, types, tags)
  if wanted then return stream == wanted end
  return (not category or split(stream) == category)
    and (not types or has_all(json.decode(types), { event.type }))
    and (not tags or has_all(event.tags and json.decode(event.tags) or {}, json.decode(tags)))
end


-- What `read` finds, oldest first, and the versions of those that are old; as the host gives them.
function host.read_events(wanted, category, types, tags, after, last)
  local found = {}
  for stream, events in pairs(history) do
    for _, event in ipairs(events) do
      if matches(stream, event, wanted, category, types, tags) and event.position > (after or 0) then
        found[#found + 1] = { stream = stream, event = event }
      end
    end
  end
  table.sort(found, function(a, b) return a.event.position < b.event.position end)
  local events, old = json.array({}), {}
  for place = math.max(1, #found - (last or #found) + 1), #found do
    local stream, event = found[place].stream, found[place].event
    events[#events + 1] = envelope(stream, event, json.decode(event.text))
    old[#events] = host.old_version(split(stream), event.type, event.version) or json.null
  end
  return position, events, old
end


local function as_text(value)
  if type(value) == "table" then return json.encode(value) end
  return value
end

local record = host.record

-- Whatever a step asks for goes by here. The host's own check of an event is made at once.
function host.record(kind, ...)
  record(kind, ...)
  local a, b, c, d, accepted, code, text = ...
  if kind == EMIT then
    local event = { type = b, text = as_text(c) or "{}", tags = as_text(d) }
    host.check_event(a, b, event.text, event.tags or "[]")
    local events = outcome.events[a] or {}
    outcome.events[a] = events
    events[#events + 1] = event
    outcome.order[#outcome.order + 1] = { stream = a, event = event }
  elseif kind == READ then
    local _, _, stream, category, types, tags = ...
    for _, emitted in ipairs(outcome.order) do
      if matches(emitted.stream, emitted.event, stream, category, types and json.encode(types),
          tags and json.encode(tags)) and not emitted.event.position then
        error(a .. ": read would have to give " .. emitted.event.type .. " in " .. emitted.stream
          .. ", which this step asked for before it", 0)
      end
    end
  elseif kind == SEND then
    outcome.sent[#outcome.sent + 1] = { stream = a .. "-" .. b, name = c, args = as_text(d), at = accepted }
  elseif kind == DECIDED and not accepted then
    outcome.refusals[#outcome.refusals + 1] = { command = a .. "." .. c, code = code, text = text }
  end
end


local function check_refusals()
  if unexpected then
    error(unexpected.place .. unexpected.command .. " was refused: " .. unexpected.code .. ", "
      .. unexpected.text, 0)
  end
end


-- Chance differs from step to step, and is the same in every run.
local function seeds()
  steps = steps + 1
  return time, steps, ~steps
end


-- A step that ends itself: raised past whatever the script catches, by looking at `aborting` behind it.
local aborting

function host.abort_step(reason)
  aborting = reason
  error("aborted: " .. reason, 0)
end


-- Forgets what a step that ended itself had asked for.
local function forget(before)
  for place = #outcome.order, before.events + 1, -1 do
    local emitted = table.remove(outcome.order, place)
    table.remove(outcome.events[emitted.stream])
    if #outcome.events[emitted.stream] == 0 then outcome.events[emitted.stream] = nil end
  end
  for place = #outcome.sent, before.sent + 1, -1 do table.remove(outcome.sent, place) end
  for place = #outcome.refusals, before.refusals + 1, -1 do table.remove(outcome.refusals, place) end
end


-- One step as a frame of its own: true with all that it asked for, or an error and nothing.
local function run_step(run, ...)
  batch = batch + 1
  aggregates.begin_batch(batch)
  local before = { events = #outcome.order, sent = #outcome.sent, refusals = #outcome.refusals }
  aborting = nil
  local ok, problem = host.attempt(run, ...)
  if aborting then
    outcome.aborted = aborting
    forget(before)
    aggregates.undo_step(false)
    aggregates.settle(batch, false)
    host.begin_step("spec", seeds())
    return
  end
  if not ok then
    aggregates.undo_step(false)
    aggregates.settle(batch, false)
    host.begin_step("spec", seeds())
    outcome = nil           -- nothing of it became true; a spec that caught the error has nothing to look at
    host.rethrow(problem)
  end
  for place = before.events + 1, #outcome.order do
    local emitted = outcome.order[place]
    append(emitted.stream, emitted.event)
  end
  aggregates.settle(batch, true)
  host.begin_step("spec", seeds())
end


-- The data as a handler gets it: all of it, or the fields that it declares.
local function data_for(index, event, is_old)
  local data, fields = json.decode(event.text), host.defined.handler[host.handlers[index]].fields
  if not fields or is_old then return data end
  local read = {}
  for _, field in ipairs(fields) do read[field] = data[field] end
  return host.shape(host.fields_shape(index), read)
end


local function decide(stream, name, args)
  local category, key = split(stream)
  host.check_command(category, key, name, args, 3)
  local file, line = host.where(3)
  run_step(function()
    local now, a, b = seeds()
    aggregates.execute(now, a, b, category, key, name, json.decode(json.encode(args or {})))
  end)
  unexpected = outcome.refusals[1]
  if unexpected then unexpected.place = file .. ":" .. line .. ": " end
end


local function handle(stream, event)
  happen(stream, event, 3)
  local indexes = host.handlers_of(split(stream), event.type, event.tags or "[]")
  if #indexes == 0 then error("when: no handler wants " .. split(stream) .. "." .. event.type, 3) end
  local old = host.old_version(split(stream), event.type, event.version)
  for _, index in ipairs(indexes) do
    local shape = host.defined.handler[host.handlers[index]].fields and host.fields_shape(index)
    run_step(function()
      local now, a, b = seeds()
      local given = envelope(stream, event, data_for(index, event, old))
      processing.handle(index, given, now, a, b, old, shape)
    end)
  end
end


--- Declares a spec: its name is a sentence, its function says what is given, what comes and what is expected.
function env.spec(name, run)
  if type(name) ~= "string" or name == "" then error("spec needs a name, a sentence", 2) end
  if type(run) ~= "function" then error("spec needs a function: spec(\"name\", function() … end)", 2) end
  local file, line = host.where(2)
  for _, other in ipairs(specs) do
    if other.name == name and other.file == file then
      error("spec " .. string.format("%q", name) .. " is declared twice", 2)
    end
  end
  specs[#specs + 1] = { name = name, run = run, file = file, line = line }
end


--- @word given(stream, ...)
--- Says what happened to a stream before: `given("order-1", { "OrderPlaced", { total = 5 } }, …)`.
--- With `schema = 1` behind its data an event has data of that version, which is upcast when it is read.
--- `given.now(milliseconds)` sets the time of the steps that follow.
local function given(_, stream, ...)
  host.check_stream("given", stream)
  for index = 1, select("#", ...) do
    happen(stream, host.written("given", (select(index, ...)), 2), 2)
  end
end

local function given_now(milliseconds)
  if math.type(milliseconds) ~= "integer" then error("given.now needs milliseconds since 1970", 2) end
  time = milliseconds
  host.begin_step("spec", seeds())
end

env.given = setmetatable({ now = given_now }, { __call = given })


local function begin_when()
  check_refusals()
  outcome = { events = {}, order = {}, sent = {}, refusals = {} }
end


--- @word when(stream, what, args)
--- Says what comes, a command or an event, and runs it.
--- `when("order-1", "pay", { amount = 5 })` decides a command; a refusal must be expected.
--- `when("order-1", { "OrderPlaced", { total = 5 } })` appends an event and runs every handler that wants it.
--- `when.tick("close-of-day", milliseconds)` lets a schedule tick; without a time, at that of the spec.
local function when(_, stream, what, args)
  host.check_stream("when", stream)
  begin_when()
  if type(what) == "table" then
    handle(stream, host.written("when", what, 2))
  else
    decide(stream, what, args)
  end
end

local function when_tick(name, milliseconds)
  if not host.defined.schedule[name] then
    error("when.tick: there is no schedule " .. tostring(name) .. "; "
      .. host.suggest_key(name, host.defined.schedule), 2)
  end
  if milliseconds ~= nil and math.type(milliseconds) ~= "integer" then
    error("when.tick needs milliseconds since 1970", 2)
  end
  begin_when()
  local data = { at = milliseconds or time, missed = 0 }
  handle("$schedule-" .. name, { type = "ScheduleTicked", data = data })
end

env.when = setmetatable({ tick = when_tick }, { __call = when })


-- For `expect`, in `expectations.lua`: what the newest `when` came to.
function host.outcome(word)
  if not outcome then error(word .. " needs a when before it", 3) end
  return outcome
end

function host.refusal_was_expected() unexpected = nil end


-- The state of an aggregate as the history makes it.
function host.state(aggregate, key)
  local state = aggregates.state_at(aggregate, key, position)
  host.begin_step("spec", seeds())
  return state
end


local function list_specs()
  local all = json.array({})
  for index, each in ipairs(specs) do
    all[index] = { name = each.name, file = each.file, line = each.line }
  end
  return all
end


local function run_spec(index)
  host.begin_step("spec", seeds())
  specs[index].run()
  check_refusals()
end


return { list_specs = list_specs, run_spec = run_spec }
