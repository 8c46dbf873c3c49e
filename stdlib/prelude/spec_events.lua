-- The events of a spec: those that were given, and those that steps emitted, in one order, as in a log. Folds
-- and `read` look here, and not into the host's log.
--
-- An event is { stream, type, text (its data as JSON), version (of old data alone), tags and meta (JSON or
-- nil), revision, position, time }.

local host = ...
local env, json = host.env, host.json

-- What a fold sees of an event, and nothing else: a misspelt name is an error here too.
local folded_shape = host.folded_shape()

local order, streams = {}, {}

-- 2026-01-01T00:00:00Z: a time that nobody takes for a real one, until `given.now` sets another.
local past = { order = order, time = 1767225600000 }
host.past = past


local function split(stream)
  local at = stream:find("-", 1, true)
  if not at then return stream, "" end
  return stream:sub(1, at - 1), stream:sub(at + 1)
end
past.split = split


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
    tags = event.tags and json.encode(event.tags), meta = event.meta and json.encode(event.meta),
  }
end


function past.append(stream, event)
  local events = streams[stream] or {}
  streams[stream] = events
  event.stream, event.revision, event.position = stream, #events, #order + 1
  event.time = event.time or past.time
  events[#events + 1] = event
  order[#order + 1] = event
end


-- What happened without a step is checked as the host would: a step's events were, when they were emitted.
function past.happen(stream, event, level)
  if not host.old_version(split(stream), event.type, event.version) then
    host.check_emitted(stream, event.type, event.data, level + 1)
    event.version, event.text = nil, json.encode(event.data or {})
  end
  host.check_event(stream, event.type, event.text, event.tags or "[]")
  past.append(stream, event)
end


function past.id(event) return string.format("00000000-0000-4000-8000-%012x", event.position) end


-- An event as `EventEnvelope.swift` gives it to a handler, with this data.
function past.envelope(event, data)
  local category, key = split(event.stream)
  local meta = event.meta and json.decode(event.meta) or {}
  meta.schema = event.version
  return host.shape(host.event_shape(), {
    position = event.position, stream = event.stream, category = category, key = key,
    revision = event.revision, type = event.type, id = past.id(event), time = event.time, data = data,
    meta = meta, tags = event.tags and json.decode(event.tags),
  })
end


-- The version of an event's data when it is old; nil for others.
function past.old(event) return host.old_version(split(event.stream), event.type, event.version) end


-- The events of a stream behind a revision, as the log gives them to a fold; nil when there are none.
function host.read(stream, revision)
  local found, old, is_any_old = {}, {}, false
  for place = revision + 2, #(streams[stream] or {}) do
    local event = streams[stream][place]
    found[#found + 1] = host.shape(folded_shape, {
      type = event.type, revision = event.revision, data = json.decode(event.text),
      tags = event.tags and json.decode(event.tags),
    })
    local version = past.old(event)
    is_any_old = is_any_old or version ~= nil
    old[#found] = version and { version, past.envelope(event, json.decode(event.text)) } or json.null
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
function past.matches(stream, event, wanted, category, types, tags)
  if wanted then return stream == wanted end
  -- A pattern without a category doesn't mean the host's own events.
  if not category and stream:byte() == 36 then return false end
  return (not category or split(stream) == category)
    and (not types or has_all(json.decode(types), { event.type }))
    and (not tags or has_all(event.tags and json.decode(event.tags) or {}, json.decode(tags)))
end


-- What `read` finds, oldest first, and the versions of those that are old; as the host gives them.
function host.read_events(wanted, category, types, tags, after, last)
  local found = {}
  for _, event in ipairs(order) do
    if past.matches(event.stream, event, wanted, category, types, tags) and event.position > (after or 0) then
      found[#found + 1] = event
    end
  end
  local events, old = json.array({}), {}
  for place = math.max(1, #found - (last or #found) + 1), #found do
    local event = found[place]
    events[#events + 1] = past.envelope(event, json.decode(event.text))
    old[#events] = past.old(event) or json.null
  end
  return #order, events, old
end


-- The state of an aggregate as the history makes it.
function host.state(aggregate, key)
  local state = host.aggregates.state_at(aggregate, key, #order)
  host.rest()
  return state
end


local given = {}

--- @word given(stream, ...)
--- Says what happened to a stream before: `given("order-1", { "OrderPlaced", { total = 5 } }, …)`.
--- With `schema = 1` behind its data an event has data of that version, which is upcast when it is read.
--- It may have `tags` and `meta` too.
local function given_events(_, stream, ...)
  host.check_stream("given", stream)
  for index = 1, select("#", ...) do
    past.happen(stream, host.written("given", (select(index, ...)), 2), 2)
  end
end


--- Sets the time of what follows, in milliseconds since 1970. Nothing falls due by it.
function given.now(milliseconds)
  if math.type(milliseconds) ~= "integer" then error("given.now needs milliseconds since 1970", 2) end
  past.time, past.is_chosen = milliseconds, true
  host.rest()
end

env.given = setmetatable(given, { __call = given_events })


return {}
