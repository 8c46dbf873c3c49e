-- What an app declares: aggregates, handlers, projections, queries. The words collect and check; the host
-- reads the result once, as `definitions()`. Everything here runs while the app loads, and never again.

local host = ...
local env = host.env

local defined = { aggregate = {}, handler = {}, projection = {}, query = {}, schedule = {}, event = {} }
local order = { handler = {}, projection = {}, schedule = {} }
local taken = {}            -- name of a processor -> its kind
host.defined = defined


-- Raises at the line of the script that used the word: 3 levels up, behind `define` and the word itself.
local function complain(kind, name, text)
  error(kind .. " " .. string.format("%q", tostring(name)) .. " " .. text, 4)
end


-- A hint for a name that isn't among a table's keys.
function host.suggest_key(name, known)
  local names = {}
  for candidate in pairs(known) do names[#names + 1] = candidate end
  return host.suggest(tostring(name), host.json.array(names))
end


local function check(kind, name, body, fields)
  if type(body) ~= "table" then complain(kind, name, "needs a table: " .. kind .. " \"name\" { ... }") end
  if kind == "projection" and body.from ~= nil then
    complain(kind, name, "has from, but its rows need every event: a projection begins at the beginning")
  end
  for field in pairs(body) do
    if fields[field] == nil then
      complain(kind, name, "has no field " .. tostring(field) .. "; " .. host.suggest_key(field, fields))
    end
  end
  for field, kinds in pairs(fields) do
    local optional = kinds:sub(-1) == "?"
    local wanted = optional and kinds:sub(1, -2) or kinds
    local found = type(body[field])
    if not (optional and found == "nil") and not wanted:find(found, 1, true) then
      complain(kind, name, "needs " .. field .. " to be a " .. wanted .. ", it is " .. found)
    end
  end
end


-- A word such as `handler`: `handler "name" { ... }`.
local function word(kind, fields, finish)
  env[kind] = function(name)
    if type(name) ~= "string" or not name:find("^[%w_][%w_%-%.]*$") then
      error(kind .. " needs a name of letters, digits, \"-\", \"_\" and \".\"", 2)
    end
    return function(body)
      if defined[kind][name] then complain(kind, name, "is declared twice") end
      local other = order[kind] and taken[name]
      if other then complain(kind, name, "is declared twice: there is a " .. other .. " of this name") end
      check(kind, name, body, fields)
      if finish then finish(name, body) end
      defined[kind][name] = body
      if order[kind] then
        taken[name] = kind
        order[kind][#order[kind] + 1] = name
        body.index = #order[kind]
      end
    end
  end
end


host.word, host.complain = word, complain        -- for the words of other files


local function each_function(kind, name, field, functions)
  for key, value in pairs(functions) do
    if type(key) ~= "string" or type(value) ~= "function" then
      complain(kind, name, "needs " .. field .. " to map names to functions")
    end
  end
end


-- `on` as a list of patterns "category.Type".
local function patterns(kind, name, on)
  local list = type(on) == "table" and on or { on }
  if #list == 0 then complain(kind, name, "needs on to name events: \"order.OrderPlaced\"") end
  for _, pattern in ipairs(list) do
    local category, event = tostring(pattern):match("^([^%.%-]+)%.([^%.]+)$")
    local is_part = function(part) return part == "*" or part and not part:find("*", 1, true) end
    if not is_part(category) or not is_part(event) then
      local shape = "; write \"category.Type\", with \"*\" alone in either place"
      complain(kind, name, "has on = " .. tostring(pattern) .. shape)
    end
  end
  return list
end


-- The labels that a processor's events must have, as a list of texts; nil for none.
local function labels(kind, name, tags)
  if tags == nil then return end
  local list = type(tags) == "table" and tags or { tags }
  local found = {}
  for key, tag in pairs(list) do
    if math.type(key) ~= "integer" or type(tag) ~= "string" or tag == "" then
      complain(kind, name, "needs tags to be a list of texts: tags = { \"course:9\" }")
    end
    found[#found + 1] = tag
  end
  if #found == 0 then complain(kind, name, "needs tags to name at least one") end
  return found
end


-- The members of an event's data that a processor reads, as a list of texts; nil for all.
local function check_fields(kind, name, fields)
  if fields == nil then return end
  local seen = {}
  for key, field in pairs(fields) do
    if math.type(key) ~= "integer" or type(field) ~= "string" or seen[field] then
      complain(kind, name, "needs fields to be a list of different names: fields = { \"order\", \"amount\" }")
    end
    seen[field] = true
  end
end


--- Declares what folds one stream into a state and decides the commands on it.
--- `initial` is a table, `commands` maps names to `function(state, args)`, and `events` maps types to
--- `function(state, e)`.
word("aggregate", { initial = "table?", commands = "table?", events = "table?" }, function(name, body)
  if name:find("-", 1, true) then
    complain("aggregate", name, "is a category, and a category has no \"-\"")
  end
  body.commands, body.events = body.commands or {}, body.events or {}
  each_function("aggregate", name, "commands", body.commands)
  each_function("aggregate", name, "events", body.events)
  body.blank = host.json.encode(body.initial or {})
end)

local deliveries = { ["exactly-once"] = true, ["at-least-once"] = true, ["at-most-once"] = true }


-- What is wrong with when the mark of a handler's step commits; nil when nothing is.
local function delivery_fault(body)
  local delivery = body.delivery
  if not deliveries[delivery] then
    return "has delivery = " .. delivery .. "; " .. host.suggest_key(delivery, deliveries)
  end
  if delivery ~= "at-most-once" then return nil end
  -- Its mark is past the event when the step fails: nothing comes back to it but a person.
  local once = ", and delivery = at-most-once tries an event once, then parks it"
  return body.retry and "has retry" .. once or body.on_failure == "stop" and "has on_failure = stop" .. once
end


--- Declares what is done about events: `on` names them, `run` is `function(e)`.
--- Optional: `tags` (labels that the events must have, all of them; then `on` may be absent), `where`
--- (function(e)), `fields` (the members of the data that it reads), `retry`, `on_failure` ("park" or "stop"),
--- `delivery` ("exactly-once", "at-least-once" or "at-most-once"), `from` (where its first start begins:
--- "beginning", "now", a position, or a time such as "2026-08-01T00:00:00Z").
word("handler", {
  on = "string table?", tags = "string table?", where = "function?", fields = "table?", delivery = "string?",
  retry = "table?", on_failure = "string?", from = "string number?", run = "function",
}, function(name, body)
  body.tags = labels("handler", name, body.tags)
  body.on = patterns("handler", name, body.on or body.tags and "*.*")
  check_fields("handler", name, body.fields)
  body.delivery = body.delivery or "exactly-once"
  body.on_failure = body.on_failure or "park"
  local fault = delivery_fault(body)
  if fault then complain("handler", name, fault) end
  if body.on_failure ~= "park" and body.on_failure ~= "stop" then
    complain("handler", name, "has on_failure = " .. body.on_failure .. "; it is \"park\" or \"stop\"")
  end
end)

--- Declares SQL tables that are kept from events: `on`, `tables` and `run`, a `function(e, db)`.
--- Optional: `where` (function(e)), `fields` (the members of the data that it reads), `retry`. For edits:
--- `changed = "keep"` lets the rows stay, and `migrate`, a `function(db, from)`, fills the new tables from
--- those of before, which SQL names `old.TABLE`.
word("projection", {
  on = "string table", tables = "table", where = "function?", fields = "table?", retry = "table?",
  run = "function", changed = "string?", migrate = "function?",
}, function(name, body)
  if body.changed and body.changed ~= "keep" and body.changed ~= "rebuild" then
    complain("projection", name, "has changed = " .. body.changed .. "; it is \"rebuild\" or \"keep\"")
  end
  if body.changed == "keep" and body.migrate then
    complain("projection", name, "has changed = \"keep\" and migrate: rows are kept, or brought over")
  end
  body.on = patterns("projection", name, body.on)
  check_fields("projection", name, body.fields)
  for table_name, columns in pairs(body.tables) do
    if type(table_name) ~= "string" or type(columns) ~= "string" then
      complain("projection", name, "needs tables to map names to columns: { t = [[ id text primary key ]] }")
    end
  end
end)

--- Declares a question to the tables of projections, which `run`, a `function(db, p)`, answers.
--- `params` maps names to "string", "integer", "number" or "boolean"; "string?" may be absent.
word("query", { params = "table?", run = "function" })


-- Words of the design that this version doesn't have: said at load, not met at three in the morning.
for _, name in ipairs { "workflow" } do
  env[name] = function() error(name .. " is not available in this version", 2) end
end


local function list(values) return values and host.json.array(values) end


local function names(functions)
  local list = {}
  for name in pairs(functions) do list[#list + 1] = name end
  return host.json.array(list)
end


-- The host's own processor: delivers what `send` recorded. Its mark and the command's events are one frame.
local function sender()
  order.handler[#order.handler + 1] = "$sender"
  defined.handler["$sender"] = {
    index = #order.handler, on = { "$sent.CommandSent" }, delivery = "exactly-once", on_failure = "park",
    run = function(e) host.command(e.data.aggregate, e.data.key, e.data.command, e.data.args) end,
  }
end


-- Event types that look like a slip: the aggregate folds one of nearly the same name. It may be meant, so it
-- is a warning.
local function doubts()
  local found = {}
  for _, kind in ipairs { "handler", "projection" } do
    for _, name in ipairs(order[kind]) do
      for _, pattern in ipairs(defined[kind][name].on) do
        local category, event = pattern:match("^(.-)%.(.*)$")
        local near = event ~= "*" and host.near_event(category, event)
        if near then
          found[#found + 1] = kind .. " " .. name .. " listens to " .. pattern
            .. ", which the aggregate doesn't fold; did you mean " .. category .. "." .. near .. "?"
        else
          local doubt = host.contract_doubt(category, event)
          if doubt then found[#found + 1] = kind .. " " .. name .. " listens to " .. pattern .. doubt end
        end
      end
    end
  end
  return host.json.array(found)
end


-- Everything declared, for the host: plain data, no functions.
local function definitions()
  local schedules = host.schedules(order, defined)
  sender()
  local all = {
    aggregates = {}, handlers = {}, projections = {}, queries = {}, schedules = schedules,
    contracts = host.contracts(), allow = host.allowed(),
  }
  for name, body in pairs(defined.aggregate) do
    all.aggregates[name] = {
      commands = names(body.commands), events = names(body.events), fold = host.fold_fingerprint(name, body),
    }
  end
  for index, name in ipairs(order.handler) do
    local body = defined.handler[name]
    all.handlers[index] = {
      name = name, on = host.json.array(body.on), delivery = body.delivery, on_failure = body.on_failure,
      retry = body.retry or {}, fields = list(body.fields), from = body.from,
      tags = list(body.tags),
    }
  end
  for index, name in ipairs(order.projection) do
    local body = defined.projection[name]
    all.projections[index] = {
      name = name, on = host.json.array(body.on), tables = body.tables, retry = body.retry or {},
      fields = list(body.fields), code = host.fingerprint(body),
      keeps = body.changed == "keep", migrates = body.migrate ~= nil,
    }
  end
  for name, body in pairs(defined.query) do all.queries[name] = { params = body.params or {} } end
  host.json.array(all.handlers)
  host.json.array(all.projections)
  all.doubts = doubts()
  all.codes = host.fingerprints(defined)
  host.handlers, host.projections = order.handler, order.projection
  return all
end


return { definitions = definitions }
