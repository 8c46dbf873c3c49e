-- One step: what is being processed, and the words that mean the same in every step. What a script may know
-- of time and chance comes from here, and so from the log: the same history gives the same decisions.

local host = ...
local env = host.env
local kind_of, byte = type, string.byte

-- Kinds of record; `EffectsReader.swift` reads them.
local EMIT, SEND = 1, 4

-- kind: what runs ("load", "command", "handler", "projection", "query", "fold", "upcast"); time: milliseconds
-- since 1970; seed_a, seed_b: what chance is drawn from; seeded: whether it has been; failed: the error that
-- the step can't outlive, caught or not.
local step = { kind = "load" }
host.step = step


function host.begin_step(kind, time, seed_a, seed_b)
  step.kind, step.time, step.seed_a, step.seed_b, step.seeded = kind, time, seed_a, seed_b, false
  step.failed = nil
end


-- A fold is replayed at any time, so it may depend on the event alone.
local function check_time()
  if step.kind == "fold" then
    error("a fold has no time and no chance; decide them, and put them into the event", 4)
  end
  if step.kind == "upcast" then
    error("an upcaster has no time and no chance; it has the event's, e.time", 4)
  end
  if not step.time then
    error("there is no time and no chance here; only commands and processors have them", 4)
  end
end


local function chance()
  check_time()
  if not step.seeded then
    host.reseed(step.seed_a, step.seed_b)
    step.seeded = true
  end
end


local function now()
  check_time()
  return step.time
end


--- The time of the event or the command that is processed, in milliseconds since 1970.
function env.now() return (now()) end


--- Chance that comes from what is processed: a float in [0, 1), or an integer up to `n`, or from `m` to `n`.
--- `random()`, `random(n)`, `random(m, n)`.
function env.random(...)
  chance()
  return host.random(...)
end


--- A UUID that comes from what is processed: the same history gives the same one.
function env.uuid()
  chance()
  local high, low = host.random(0), host.random(0)
  high = high & 0xFFFFFFFFFFFF0FFF | 0x4000
  low = low & 0x3FFFFFFFFFFFFFFF | (1 << 63)
  local text = string.format("%016x%016x", high, low)
  local parts = { text:sub(1, 8), text:sub(9, 12), text:sub(13, 16), text:sub(17, 20), text:sub(21) }
  return table.concat(parts, "-")
end


--- @word log.info(...)
--- Writes to the host's log, with the context of the step; at once, also when the step fails.
--- `log.debug`, `log.warning`, `log.error` are the other levels, and `print` is `log.info`.
local function logger(level)
  return function(...)
    local parts = {}
    for index = 1, select("#", ...) do parts[index] = tostring((select(index, ...))) end
    host.log(level, table.concat(parts, " "))
  end
end

env.log = {}
for _, level in ipairs { "debug", "info", "warning", "error" } do env.log[level] = logger(level) end
env.print = env.log.info


local function check_text(what, value, level)
  if type(value) ~= "string" or value == "" then
    local found = value == "" and "empty" or type(value)
    error(what .. " must be a text that isn't empty, it is " .. found, level + 1)
  end
end
host.check_text = check_text


function host.is_table(value) return type(value) == "table" end


function host.check_data(value, level)
  if value ~= nil and type(value) ~= "table" then
    error("an event's data must be a table, it is a " .. type(value), level + 1)
  end
end


local option_names = { tags = true, meta = true }

function host.check_options(options, level)
  if options == nil then return nil, nil end
  if type(options) ~= "table" then error("options must be a table: { tags = ..., meta = ... }", level + 1) end
  local found = {}          -- what was checked: a metatable can't put something else in its place
  for name, value in pairs(options) do
    if not option_names[name] then
      error("there is no option " .. tostring(name) .. "; there are tags and meta", level + 1)
    end
    if type(value) ~= "table" then
      error("the option " .. name .. " must be a table, it is a " .. type(value), level + 1)
    end
    if name == "meta" and rawlen(value) > 0 then
      error("the option meta must have names, it is a list", level + 1)
    end
    found[name] = value
  end
  return found.tags and host.json.array(found.tags), found.meta
end


-- emit(stream, type, data, options): everywhere but in an aggregate's command, which has its own
-- (aggregates.lua).
--
-- On the path of every event, so what is right is seen in one expression, and the checks with their texts are
-- called for what isn't.
function host.emit_to_stream(stream, type, data, options)
  local is_right = kind_of(stream) == "string" and kind_of(type) == "string" and stream ~= "" and type ~= ""
    and (data == nil or kind_of(data) == "table")
  if not is_right then
    if host.is_table(type) then error("in a handler it is emit(stream, type, data, options)", 3) end
    check_text("the stream", stream, 3)
    check_text("the event's type", type, 3)
    host.check_data(data, 3)
  end
  if byte(stream) == 36 then error("streams that start with \"$\" belong to the host", 3) end
  local tags, meta, version
  if options ~= nil then tags, meta = host.check_options(options, 3) end
  if host.contracts_of_types[type] then version = host.check_emitted(stream, type, data, 3) end
  if host.fold_emitted(stream, type, data, tags, meta, version) then return end
  host.record(EMIT, stream, type, data, tags, meta, version)
end


--- @word emit(...)
--- Asks for an event, which becomes true with all else that the step asks for.
--- In an aggregate's command: `emit(type, data, options)`, to its own stream; in a handler:
--- `emit(stream, type, data, options)`. `options` may have `tags` (a list of texts) and `meta` (a table).
function env.emit(stream, type, data, options)
  local kind = step.kind
  if kind == "handler" then return host.emit_to_stream(stream, type, data, options) end
  if kind == "command" then return host.emit_own(stream, type, data) end
  error("emit works in an aggregate's command and in a handler", 2)
end


--- Sends a command, which is decided later, durably and once; in a handler.
--- `options` may have `at` (milliseconds since 1970) or `after` (`"15m"`, or milliseconds): when it is due.
function env.send(aggregate, key, name, args, options)
  if step.kind ~= "handler" then error("send works in a handler", 2) end
  host.check_command(aggregate, key, name, args, 2)
  host.record(SEND, aggregate, tostring(key), name, args or {}, host.due(options, 2))
end


local abort_options = { record = true }

--- Ends a handler's step as if it had asked for nothing; its event is dealt with, and isn't tried again.
--- `abort("reason")` says why in the host's log; with `{ record = true }` behind it the reason is kept, as an
--- event `StepAborted` in `$aborted-<handler>`. A command ends with `reject`.
function env.abort(reason, options)
  if step.kind == "command" then error("a command ends with reject(code, text)", 2) end
  if step.kind ~= "handler" then error("abort works in a handler", 2) end
  if reason ~= nil then check_text("the reason", reason, 2) end
  if options == nil then options = {} end
  if type(options) ~= "table" then error("options must be a table: { record = true }", 2) end
  for name in pairs(options) do
    if not abort_options[name] then
      error("abort has no option " .. tostring(name) .. "; there is record", 2)
    end
  end
  local is_recorded = options.record
  if is_recorded and not reason then error("abort needs a reason to record", 2) end
  -- A command that went wrong is a failure, whatever the script makes of it.
  if step.failed then error(step.failed, 0) end
  host.abort_step(reason or "", is_recorded and true or false)
end


return {}
