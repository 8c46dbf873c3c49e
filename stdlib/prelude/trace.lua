-- Where in the scripts a step asked for what it recorded. Loaded only into sessions that look into a step
-- again, so it costs nothing elsewhere.
--
-- Nothing is decided here: the words are called through with what they were given. What a command emits is
-- recorded when the command has ended, so its places are noted at `emit` and wait for their records.

local host = ...

-- Kinds of record; `EffectsReader.swift` reads them.
local EMIT, DECIDED, SEND = 1, 2, 4

local places = {}           -- of the events that the step asked for, in order: "file:line", "" when unknown
local waiting, first = {}, 1        -- places of what the command being decided has emitted


-- The innermost line of the app's own files that is running.
local function place()
  for level = 3, 40 do
    local file, line = host.where(level)
    if file and not file:find("^prelude/") and not file:find("^library/") then return file .. ":" .. line end
  end
  return ""
end


local emit_own, record = host.emit_own, host.record

function host.emit_own(type, data, options)
  waiting[#waiting + 1] = place()
  return emit_own(type, data, options)
end


function host.record(kind, ...)
  if kind == EMIT then
    if waiting[first] then
      places[#places + 1] = waiting[first]
      first = first + 1
    else
      places[#places + 1] = place()
    end
  elseif kind == DECIDED then
    local _, _, _, _, accepted = ...
    places[#places + 1] = place()
    if not accepted then waiting, first = {}, 1 end
  elseif kind == SEND then
    places[#places + 1] = place()
  end
  return record(kind, ...)
end


-- The places of the last step, which are forgotten with it.
local function take_places()
  local taken = host.json.array(places)
  places, waiting, first = {}, {}, 1
  return taken
end


return { take_places = take_places }
