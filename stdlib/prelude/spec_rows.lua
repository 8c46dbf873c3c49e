-- What the projections of an app make of a spec's events, and what its queries answer. The host has the
-- tables: the events go through the same code and into the same SQLite as those of a log
-- (`SpecReadModels.swift`).

local host = ...
local env, json, past = host.env, host.json, host.past

local expect = env.expect

local shown = 0             -- how many of the spec's events the host has


-- Hands the host the events that it doesn't have, as the log would have them.
local function show_events()
  for place = shown + 1, #past.order do
    local event = past.order[place]
    local meta = event.meta and json.decode(event.meta) or {}
    meta.schema = event.version or host.current_version(past.split(event.stream), event.type)
    host.read_model_event(event.stream, event.type, event.text, event.tags or "[]", json.encode(meta),
      event.time)
  end
  shown = #past.order
end


local function text_of(value) return value == nil and "nothing" or json.encode(value) end


-- Whether a value is as wanted; a column that is NULL is absent, on both sides.
local function is_same(got, wanted) return not host.difference(got, wanted, "", 1) end


--- @word expect.query(name, params, answer)
--- Expects that a query answers so, from the tables that the projections keep of all the spec's events.
--- `expect.query("balance", { account = "ada" }, { account = "ada", balance = 5 })`. With `nil` it answers
--- nothing; without a third argument anything will do. It gives the answer back.
function expect.query(name, params, ...)
  if type(name) ~= "string" then error("expect.query needs the name of a query", 2) end
  if not host.defined.query[name] then host.unknown("query", name, host.defined.query, 2) end
  if params ~= nil and type(params) ~= "table" then error("expect.query needs a table of parameters", 2) end
  show_events()
  local answer = host.read_model_answer(name, json.encode(params or {}))
  if select("#", ...) == 0 then return answer end
  local wanted = ...
  if (answer == nil or wanted == nil) and answer ~= wanted then
    error("expect.query: " .. name .. " answers " .. text_of(answer) .. "; it should answer "
      .. text_of(wanted), 2)
  end
  local differs = host.difference(answer, wanted, "", 1)
  if differs then
    error("expect.query: " .. name .. ": " .. differs .. "; it answers " .. text_of(answer), 2)
  end
  return answer
end


local function known_tables()
  local tables = {}
  for _, projection in pairs(host.defined.projection) do
    for name in pairs(projection.tables) do tables[name] = true end
  end
  return tables
end


local function rows_text(rows)
  if #rows == 0 then return "no row" end
  local parts = {}
  for place, row in ipairs(rows) do parts[place] = json.encode(row) end
  return table.concat(parts, ", ")
end


-- The rows of a list that have no partner in the other one.
local function without_partner(rows, others)
  local taken, left = {}, {}
  for _, row in ipairs(rows) do
    local found
    for place, other in ipairs(others) do
      if not found and not taken[place] and is_same(row, other) then found = place end
    end
    if found then taken[found] = true else left[#left + 1] = row end
  end
  return left
end


--- Expects that a table of a projection has exactly these rows, in any order.
--- `expect.rows("balances", { account = "ada", balance = 5 }, …)`. A row has all columns but those that are
--- NULL.
function expect.rows(name, ...)
  if type(name) ~= "string" then error("expect.rows needs the name of a table", 2) end
  local known = known_tables()
  if not known[name] then host.unknown("table", name, known, 2) end
  local wanted = { ... }
  for place = 1, select("#", ...) do
    if type(wanted[place]) ~= "table" then
      error("expect.rows needs rows such as { account = \"ada\", balance = 5 }", 2)
    end
  end
  show_events()
  local got = host.read_model_rows(name)
  local missing, extra = without_partner(wanted, got), without_partner(got, wanted)
  if #missing == 0 and #extra == 0 then return end
  if #missing == 1 and #extra == 1 then
    error("expect.rows: a row of " .. name .. " is " .. json.encode(extra[1]) .. "; it should be "
      .. json.encode(missing[1]) .. ": " .. host.difference(extra[1], missing[1], "", 1), 2)
  end
  error("expect.rows: " .. name .. " has " .. rows_text(extra) .. "; it should have " .. rows_text(missing)
    .. (#extra < #got and " beside the other rows" or ""), 2)
end


return {}
