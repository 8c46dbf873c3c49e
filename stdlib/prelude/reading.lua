-- `read`: a step looks at events of any streams, and is true only on them: what it read becomes a condition
-- of its frame. Swift reads the events, and checks what can't be seen from here: that nothing which isn't
-- committed yet would belong to them (`ScriptWorker.swift`).

local host = ...
local env, step, json = host.env, host.step, host.json

-- Kind of record; `EffectsReader.swift` reads it.
local READ = 5

local known = { types = true, tags = true, category = true, stream = true, after = true, last = true }

-- What to do instead, by what runs.
local instead = {
  fold = "a fold depends on its event alone; read in the command, and put what counts into the event",
  upcast = "an upcaster depends on its event alone",
  predicate = "where depends on its event alone; read in run",
  projection = "a projection depends on its event and its rows alone",
  query = "a query asks the tables of projections",
}


local function check_place()
  if step.kind == "handler" or step.kind == "command" then return end
  error(instead[step.kind] or "read works in an aggregate's command and in a handler", 3)
end


-- A text or a list of texts, as a list; nil for nil.
local function texts(name, value)
  if value == nil then return nil end
  local list = type(value) == "table" and value or { value }
  local found = {}
  for place, text in pairs(list) do
    if math.type(place) ~= "integer" or type(text) ~= "string" or text == "" then
      error("read needs " .. name .. " to be a list of texts", 3)
    end
    found[#found + 1] = text
  end
  if #found == 0 then error("read needs " .. name .. " to name at least one", 3) end
  return json.array(found)
end


local function check_number(name, value, least)
  if value == nil then return end
  if math.type(value) ~= "integer" or value < least then
    error("read needs " .. name .. " to be an integer from " .. least .. ", it is " .. tostring(value), 3)
  end
end


local function check_query(query)
  if type(query) ~= "table" then error("read needs a table: read { tags = { \"course:9\" } }", 3) end
  for name in pairs(query) do
    if not known[name] then
      error("read has no field " .. tostring(name) .. "; " .. host.suggest_key(name, known), 3)
    end
  end
  check_number("after", query.after, 0)
  check_number("last", query.last, 1)
  for _, name in ipairs { "category", "stream" } do
    local value = query[name]
    if value ~= nil then host.check_text("read's " .. name, value, 3) end
  end
  if query.stream and (query.types or query.tags or query.category) then
    error("read takes a stream, or types, tags and category; not both", 3)
  end
  if not (query.stream or query.types or query.tags or query.category) then
    error("read needs to know what: types, tags, category or stream", 3)
  end
end


--- Reads committed events, oldest first, and makes the step depend on them: if another event that matches is
--- committed before what the step asks for, the step runs again on what is there then.
--- `read { types = { "Enrolled" }, tags = { "course:9" } }`: any of the types and all of the tags; also
--- `category`; or `stream` alone. `after` (a position) leaves out older ones, `last` takes the newest few.
--- In an aggregate's command and in a handler.
function env.read(query)
  check_place()
  check_query(query)
  local types, tags = texts("types", query.types), texts("tags", query.tags)
  local seen, events, old = host.read_events(
    query.stream, query.category, types and json.encode(types), tags and json.encode(tags), query.after,
    query.last)
  if old then
    for place, event in ipairs(events) do
      if old[place] ~= json.null then event.data = host.current(event, old[place]) end
    end
  end
  local file, line = host.where(2)
  local place = file and file .. ":" .. line or "a script"
  host.record(READ, place, seen, query.stream, query.category, types, tags)
  return events
end


return {}
