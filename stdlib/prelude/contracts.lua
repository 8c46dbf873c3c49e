-- Contracts: what the data of a type of event must be, and how data of an older version becomes that.
--
-- Invariants: what is emitted fits its contract and carries its version; whatever reads a recorded event for
-- a script comes by `host.current`, so that no script ever sees an older version; nothing recorded changes.
-- `EventSchemas.swift` tells which events are old, so that the others cost nothing here.

local host = ...
local env, json, step = host.env, host.json, host.step
local misfit = host.misfit

-- Kinds of value; `kinds.c` reads them.
local codes = { any = 0, string = 1, integer = 2, number = 3, boolean = 4, list = 5, table = 6 }
local LIST, TABLE, OPTIONAL = codes.list, codes.table, 16

-- As deep as fields may be nested: deeper data is better described as "table".
local DEPTH_MAX = 16

-- A contract that names no category.
local ANY = "*"

-- Names that were looked for and are remembered: an app has few, whatever its data has.
local SLIPS_MAX = 256

local contracts = {}        -- type -> category or ANY -> contract
host.contracts_of_types = contracts
local slips, slip_count = {}, 0    -- stranger and absent names -> the name that was meant, or false


local function find(category, type)
  local named = contracts[type]
  return named and (named[category] or named[ANY])
end


local function raise(place, text) error(place .. text, 0) end


local function quoted(name) return string.format("%q", name) end


-- The contract of a name, "OrderPlaced" or "order.OrderPlaced", made where there is none yet.
local function contract_of(word, name, place)
  local category, type = name:match("^([^%.%-]+)%.([^%.]+)$")
  if not category then category, type = ANY, name end
  if type:find(".", 1, true) then
    raise(place, word .. " " .. quoted(name) .. " is no event; write \"Type\" or \"category.Type\"")
  end
  local named = contracts[type] or {}
  contracts[type] = named
  if next(named) and (category == ANY) ~= (named[ANY] ~= nil) then
    local both = " is declared both with a category and without: write it in each"
    raise(place, word .. " " .. quoted(name) .. both)
  end
  named[category] = named[category] or { name = name, type = type, steps = {}, places = {}, place = place }
  return named[category]
end


local kind_of


local function members_of(fields, path, refuse, depth)
  local kinds = { [0] = TABLE }
  for name, declared in pairs(fields) do
    if type(name) ~= "string" or name == "" or name == "?" then
      refuse(path == "" and "fields" or path, "needs names, it has " .. tostring(name))
    end
    local optional = name:sub(-1) == "?"
    if optional then name = name:sub(1, -2) end
    local kind = kind_of(declared, path == "" and name or path .. "." .. name, refuse, depth + 1)
    if optional and type(kind) == "table" then
      kind[0] = kind[0] | OPTIONAL
    elseif optional then
      kind = kind | OPTIONAL
    end
    if kinds[name] then refuse(name, "is declared twice") end
    kinds[#kinds + 1] = name
    kinds[#kinds + 1] = kind
    kinds[name] = true
  end
  return kinds
end


-- A declared kind as `kinds.c` reads it: "string", { "string" } for a list of these, or a table of fields.
function kind_of(declared, path, refuse, depth)
  if depth > DEPTH_MAX then refuse(path, "is nested deeper than " .. DEPTH_MAX .. " levels") end
  if type(declared) == "string" then
    local optional = declared:sub(-1) == "?"
    local plain = optional and declared:sub(1, -2) or declared
    if not codes[plain] then
      refuse(path, "is declared as " .. quoted(declared) .. "; " .. host.suggest_key(plain, codes))
    end
    return codes[plain] | (optional and OPTIONAL or 0)
  end
  if type(declared) ~= "table" then
    refuse(path, "needs a kind such as \"string\", it has a " .. type(declared))
  end
  if rawlen(declared) == 0 then return members_of(declared, path, refuse, depth) end
  for key in pairs(declared) do
    if key ~= 1 then refuse(path, "is a list of one kind: { \"string\" }, or { { sku = \"string\" } }") end
  end
  return { [0] = LIST, kind_of(declared[1], path .. "[]", refuse, depth + 1) }
end


--- @word event "name" { … }
--- Declares what the data of a type of event must be; the name is a type, or "category.Type".
--- `fields` maps names to "string", "integer", "number", "boolean", "list", "table" or "any", with "?" behind
--- it when it may be absent; to `{ kind }` for a list of these; or to a table of fields. Fields that aren't
--- declared are kept. `version` is 1 unless told, and grows with each `upcast`.
--- `event "OrderPlaced" { version = 2, fields = { customer = "string", total = "integer" } }`
host.word("event", { version = "number?", fields = "table?" }, function(name, body)
  local file, line = host.where(3)
  local place = file .. ":" .. line .. ": "
  local contract = contract_of("event", name, place)
  local version = body.version or 1
  if math.type(version) ~= "integer" or version < 1 then
    raise(place, "event " .. quoted(name) .. " needs version to be an integer from 1, it is " .. version)
  end
  contract.version, contract.place = version, place
  contract.kinds = body.fields and members_of(body.fields, "", function(path, text)
    raise(place, "event " .. quoted(name) .. ": " .. path .. " " .. text)
  end, 1)
end)


--- Turns data of an older version into that of the next, wherever a script reads such an event.
--- `change` is `function(data, e)` and returns the data; it knows the event alone, no time and no chance.
--- `upcast("OrderPlaced", 1, function(data) data.total = data.amount return data end)`
function env.upcast(name, version, change)
  host.check_text("the event", name, 2)
  if math.type(version) ~= "integer" or version < 1 then
    error("upcast needs the version that it starts from, an integer from 1", 2)
  end
  if type(change) ~= "function" then
    error("upcast needs a function: upcast(" .. quoted(name) .. ", 1, function(data) … return data end)", 2)
  end
  local file, line = host.where(2)
  local place = file .. ":" .. line .. ": "
  local contract = contract_of("upcast", name, place)
  if contract.steps[version] then
    error("upcast " .. quoted(name) .. " from version " .. version .. " is declared twice", 2)
  end
  contract.steps[version], contract.places[version] = change, place
end


-- Every version must lead to the current one, which without a contract is that of the last upcaster.
local function check_steps(contract)
  local last = 0
  for version in pairs(contract.steps) do last = math.max(last, version) end
  contract.version = contract.version or last + 1
  if last >= contract.version then
    raise(contract.places[last], "upcast " .. quoted(contract.name) .. " leads to version " .. last + 1
      .. ", but the event is declared with version " .. contract.version)
  end
  for version = 1, contract.version - 1 do
    if not contract.steps[version] then
      raise(contract.place, "event " .. quoted(contract.name) .. " has version " .. contract.version
        .. ", and nothing leads to it from version " .. version .. "; declare upcast("
        .. quoted(contract.name) .. ", " .. version .. ", function(data) … return data end)")
    end
  end
end


-- The name that was meant by one that no contract has, when it is a slip.
local function slip(name, absent, edits)
  local key = name .. "\0" .. table.concat(absent, "\0") .. (edits or "")
  local near = slips[key]
  if near == nil then
    near = host.nearest(name, absent, edits) or false
    if slip_count == SLIPS_MAX then slips, slip_count = {}, 0 end
    slips[key], slip_count = near, slip_count + 1
  end
  return near
end


-- What `misfit` found, as a path and a text; nil when nothing is wrong. A name that is nearly a declared one,
-- which is absent beside it, is wrong where `strict` is asked for; elsewhere when the declared one has to be
-- there.
local function explain(path, wanted, found, doubts, strict)
  local is_absent = found == "absent" or found == "null"
  if doubts and (strict or is_absent) then
    for _, doubt in ipairs(doubts) do
      local near = slip(doubt[2], doubt[3], not is_absent and 1 or nil)
      if near then return doubt[1], "is no field of it; did you mean " .. quoted(near) .. "?" end
    end
  end
  if not path then return nil end
  return path == "" and "data" or path, "must be " .. wanted .. ", it is " .. found
end


local function category_of(stream)
  local at = stream:find("-", 1, true)
  return at and stream:sub(1, at - 1) or stream
end


-- Refuses an event that doesn't fit its contract, at the line of the script that asks for it; else the
-- version to record it with, nil for the first. Instead of a stream its category will do.
function host.check_emitted(stream, type, data, level)
  local named = contracts[type]
  if not named then return nil end
  local contract = named[ANY] or named[category_of(stream)]
  if not contract then return nil end
  if contract.kinds then
    local path, wanted, found, doubts = misfit(contract.kinds, data or {}, true)
    if path or doubts then
      local place, text = explain(path, wanted, found, doubts, true)
      if place then error(category_of(stream) .. "." .. type .. ": " .. place .. " " .. text, level + 1) end
    end
  end
  return contract.version > 1 and contract.version or nil
end


-- The same for an event that a caller of the host appends: path and text, or nothing.
local function check_appended(category, type, data)
  local contract = find(category, type)
  if not contract or not contract.kinds then return nil end
  if data == nil then data = {} end
  return explain(misfit(contract.kinds, data, false))
end


local function change(contract, version, data, event)
  local ok, changed = host.attempt(contract.steps[version], data, event)
  if not ok then host.rethrow(changed) end
  if changed == nil then
    raise(contract.places[version], "upcast " .. quoted(contract.name) .. " from version " .. version
      .. " returned nothing; end it with: return data")
  end
  return changed
end


-- The data of a recorded event in the current version. It depends on the event alone.
function host.current(event, version)
  local category, type = event.category, event.type
  local contract = find(category, type)
  if version > contract.version then
    error(category .. "." .. type .. " was recorded with version " .. version
      .. " of its data; these scripts know version " .. contract.version, 0)
  end
  local data, kind = event.data, step.kind
  if data == nil then data = {} end
  step.kind = "upcast"
  for from = version, contract.version - 1 do
    local ok, changed = host.attempt(change, contract, from, data, event)
    if not ok then
      step.kind = kind
      host.rethrow(changed)
    end
    data = changed
  end
  step.kind = kind
  local path, text
  if contract.kinds then path, text = explain(misfit(contract.kinds, data, true)) end
  if path then
    raise(contract.places[contract.version - 1], category .. "." .. type .. ": " .. path .. " " .. text
      .. ", after upcast from version " .. version)
  end
  return data
end


-- An event of a processor, with all of its data, becomes as the script is to see it: with the fields that it
-- declares.
function host.renew(event, version, fields, shape)
  local data = host.current(event, version)
  if fields and host.is_table(data) then
    local read = {}
    for _, field in ipairs(fields) do read[field] = data[field] end
    data = host.shape(shape, read)
  end
  event.data = data
end


-- The events of a page for a fold: `old` has { version, event } at the places of those that are old.
function host.renew_page(events, old)
  for place, event in ipairs(events) do
    local recorded = old[place]
    if recorded ~= json.null then event.data = host.current(recorded[2], recorded[1]) end
  end
end


-- The version that a type is recorded with now, nil for the first; for specs.
function host.current_version(category, type)
  local contract = find(category, type)
  return contract and contract.version > 1 and contract.version or nil
end


-- The version of an event that has to be upcast, nil for others; for specs, which have no Swift to ask.
function host.old_version(category, type, version)
  local contract = find(category, type)
  if not contract or not version or version == contract.version then return nil end
  return version
end


-- What follows "handler h listens to order.OrderPlacd" when no contract names it, and it may be a slip.
function host.contract_doubt(category, type)
  local aggregate = host.defined.aggregate[category]
  if category:byte() == 36 then return nil end        -- "$": the host's own
  if type == ANY or find(category, type) or aggregate and aggregate.events[type] then return nil end
  local here, anywhere = {}, {}
  for known, named in pairs(contracts) do
    if named[category] then here[#here + 1] = known end
    if named[ANY] or category == ANY then anywhere[#anywhere + 1] = known end
  end
  if #here > 0 then
    return ", which no contract of " .. category .. " names; " .. host.suggest(type, json.array(here))
  end
  local near = host.nearest(type, json.array(anywhere), 1)
  if near == type then return nil end
  return near and ", which no contract names; did you mean " .. quoted(near) .. "?"
end


-- What events of these patterns may go through before a script sees them, for `fingerprint.lua`.
function host.upcasters(patterns)
  local found = {}
  for type, named in pairs(contracts) do
    for category, contract in pairs(named) do
      for _, pattern in ipairs(patterns) do
        local wanted_category, wanted_type = pattern:match("^(.-)%.(.*)$")
        local matches = (wanted_type == ANY or wanted_type == type)
          and (wanted_category == ANY or category == ANY or wanted_category == category)
        if matches and next(contract.steps) then
          found[contract.name] = {
            steps = contract.steps, kinds = contract.kinds, version = contract.version,
          }
        end
      end
    end
  end
  return found
end


-- For the host: every contract as plain data. The last look at them, when the app is loaded.
function host.contracts()
  local all = json.array({})
  for _, named in pairs(contracts) do
    for category, contract in pairs(named) do
      check_steps(contract)
      all[#all + 1] = {
        type = contract.type, category = category ~= ANY and category or nil, version = contract.version,
        checked = contract.kinds ~= nil,
      }
    end
  end
  return all
end


return { check_appended = check_appended }
