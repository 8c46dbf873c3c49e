-- `given.fixture`: events that were captured from a log (`perilune capture`), as what happened before.

local host = ...
local env, json, past = host.env, host.json, host.past

local given = env.given

-- The form that this reads; `Testing.md` describes it.
local FORMAT, VERSION = "perilune-fixture", 1

local member_names = {
  stream = true, type = true, data = true, tags = true, schema = true, time = true, meta = true,
}


-- The event that a member of a fixture stands for, and what is wrong with it.
local function event_of(each)
  if type(each) ~= "table" then return nil, "is no object" end
  for name in pairs(each) do
    if not member_names[name] then
      return nil, "has no member " .. tostring(name) .. "; " .. host.suggest_key(name, member_names)
    end
  end
  if type(each.stream) ~= "string" or type(each.type) ~= "string" then return nil, "needs stream and type" end
  if each.data ~= nil and type(each.data) ~= "table" then return nil, "needs data to be an object" end
  if each.schema ~= nil and (math.type(each.schema) ~= "integer" or each.schema < 1) then
    return nil, "needs schema to be a version, an integer from 1"
  end
  local time
  if each.time ~= nil then
    time = type(each.time) == "string" and host.time_of(each.time)
    if not time then return nil, "needs time as in 2026-08-01T09:30:00Z" end
  end
  return {
    type = each.type, data = each.data, text = json.encode(each.data or {}), version = each.schema or 1,
    tags = each.tags and json.encode(each.tags), meta = each.meta and json.encode(each.meta), time = time,
  }
end


local function events_of(name)
  local ok, fixture = host.pcall(json.decode, host.fixture(name))
  if not ok then error("given.fixture: " .. name .. " isn't JSON: " .. tostring(fixture), 3) end
  if type(fixture) ~= "table" or fixture.format ~= FORMAT or type(fixture.events) ~= "table" then
    error("given.fixture: " .. name .. " is no fixture; perilune capture writes one", 3)
  end
  if fixture.version ~= VERSION then
    error("given.fixture: " .. name .. " has version " .. tostring(fixture.version)
      .. " of the form; this program reads version " .. VERSION, 3)
  end
  return fixture.events
end


--- Says what happened before: the events of a fixture, which `perilune capture` has made from a log.
--- `given.fixture("fixtures/order.json")` names a file of the app's folder. The events come in their order,
--- with their times, and the spec goes on from the time of the last one; positions are counted anew.
function given.fixture(name)
  if type(name) ~= "string" then error("given.fixture needs the name of a file of the app's folder", 2) end
  -- A time that the spec has chosen isn't taken back.
  local newest = past.is_chosen and past.time or 0
  for place, each in ipairs(events_of(name)) do
    local event, complaint = event_of(each)
    if complaint then error("given.fixture: " .. name .. ": event " .. place .. " " .. complaint, 2) end
    local ok, problem = host.pcall(past.happen, each.stream, event, 1)
    if not ok then
      -- The place is the fixture's, and no line of this file.
      local text = tostring(problem):gsub("^prelude/[%w_]+%.lua:%d+: ", "")
      error("given.fixture: " .. name .. ": event " .. place .. ": " .. text, 2)
    end
    newest = math.max(newest, event.time)
  end
  if newest > 0 then past.time, past.is_chosen = newest, true end
  host.rest()
end


return {}
