-- Aggregates: fold a stream into state, decide commands on it.
--
-- Invariant of the cache: a state that isn't marked with a batch is the fold of a committed prefix of its
-- stream. A state that holds events of a frame not yet committed is marked with that frame's batch; only that
-- batch may use it. When the frame fails, the state is dropped, and the next use folds it from the log.

local host = ...
local env, step = host.env, host.step
local json, states = host.json, host.states

-- Kinds of record; `EffectsReader.swift` reads them.
local EMIT, DECIDED, SEEN = 1, 2, 3

-- What a fold sees of an event that comes from the script itself, and not from the log.
local folded_shape = host.folded_shape()

local batches = {}          -- batch -> { stream -> entry } of the states that it changed
local batch                 -- the batch that the running step belongs to
local seen                  -- streams whose revision is a condition of this batch already
local touched = {}          -- streams that the running step opened: dropped when it fails
local decision              -- the command being decided, nil in between


-- A command or a fold that went wrong, not to be confused with a refusal. Part of it may be recorded, and a
-- state half changed, so the step can't go on: a script that catches the error only puts it off to the step's
-- end.
local function fail(problem)
  if problem == nil or problem == false then problem = "an error was raised without a value" end
  step.failed = step.failed or problem
  host.rethrow(problem)
end


local function fold(body, entry, stream, key, event)
  local apply = body.events[event.type]
  if apply then
    local kind = step.kind
    step.kind = "fold"
    event.stream, event.key = stream, key
    local ok, problem = host.attempt(apply, entry.state, event)
    step.kind = kind
    if not ok then fail(problem) end
  end
  entry.revision = entry.revision + 1
end


-- Folds what the log holds behind the entry's revision.
local function catch_up(body, entry, stream, key)
  while true do
    local read, events, old = host.attempt(host.read, stream, entry.revision)
    if not read then return fail(events) end
    if not events then return end
    if old then
      local renewed, problem = host.attempt(host.renew_page, events, old)
      if not renewed then return fail(problem) end
    end
    for _, event in ipairs(events) do fold(body, entry, stream, key, event) end
  end
end


-- The state of a stream that a batch has changed, when it was let go meanwhile: its events aren't in the log.
local function changed(stream)
  for _, entries in pairs(batches) do
    local entry = entries[stream]
    if entry and entry.batch then return entry end
  end
end


-- The state of a stream for this step, folded to the newest revision, which becomes a condition of the frame.
local function open(body, stream, key)
  local entry = states.lookup(stream) or changed(stream)
  if entry and entry.batch then
    if entry.batch ~= batch then host.abort("stream-in-flight", stream) end
  else
    local is_fresh = not entry
    if is_fresh then
      entry = states.beginning(body, stream, math.maxinteger)
      states.keep(stream, entry)
    end
    touched[stream] = true
    if is_fresh or not seen[stream] then
      catch_up(body, entry, stream, key)
      states.measure(entry, stream)
      if not seen[stream] then host.record(SEEN, stream, entry.revision) end
      seen[stream] = true
    end
  end
  touched[stream] = true
  return entry
end


-- The type that an aggregate folds and that is nearly the given one, which it doesn't fold; nil otherwise.
function host.near_event(category, type)
  local body = host.defined.aggregate[category]
  if not body or body.events[type] then return nil end
  local types = {}
  for known in pairs(body.events) do types[#types + 1] = known end
  return host.nearest(type, json.array(types), 1)
end


-- Says once, for a type, that it is probably misspelt.
local doubted = {}
local function doubt(stream, type)
  if doubted[type] then return end
  doubted[type] = true
  local near = host.near_event(stream:match("^[^-]*"), type)
  if near then
    host.log("warning", type .. " in " .. stream .. " changes no state; did you mean " .. near .. "?")
  end
end


-- Applies an event that this step emits, exactly as it will be read back: through its JSON.
local function fold_own(body, entry, stream, key, emitted)
  host.record(EMIT, stream, emitted.type, emitted.text, emitted.tags, emitted.meta, emitted.version)
  if not body.events[emitted.type] then doubt(stream, emitted.type) end
  entry.batch = batch
  batches[batch][stream] = entry
  states.grow(stream, entry, #emitted.text)
  local tags = emitted.tags and json.decode(emitted.tags)
  if tags and #tags == 0 then tags = nil end
  fold(body, entry, stream, key, host.shape(folded_shape, {
    type = emitted.type, data = json.decode(emitted.text), tags = tags, revision = entry.revision + 1,
  }))
end


-- What is emitted, as it will be recorded: encoded where it is emitted, so that what can't be is an error
-- there, and nothing can go wrong any more when it is recorded.
local function encoded(type, data, tags, meta, version)
  return {
    type = type, version = version, text = json.encode(data or {}),
    tags = tags and json.encode(tags), meta = meta and json.encode(meta),
  }
end


local aggregates, find, sub = host.defined.aggregate, string.find, string.sub

-- A handler's emit into an aggregate's stream keeps the live state right; false when no aggregate folds it.
function host.fold_emitted(stream, type, data, tags, meta, version)
  local at = find(stream, "-", 1, true)
  local body = aggregates[at and sub(stream, 1, at - 1) or stream]
  if not body then return false end
  local key = at and sub(stream, at + 1) or ""
  fold_own(body, open(body, stream, key), stream, key, encoded(type, data, tags, meta, version))
  return true
end


local Refusal = {}

--- Ends a command as refused: `code` is for programs, `text` for people.
function env.reject(code, text)
  if not decision then error("reject works in an aggregate's command", 2) end
  host.check_text("the refusal's code", code, 2)
  error(setmetatable({ code = code, text = text and tostring(text) or code }, Refusal), 0)
end


function host.emit_own(type, data, options)
  host.check_text("the event's type", type, 3)
  if data ~= nil and not host.is_table(data) then error("in a command it is emit(type, data, options)", 3) end
  local tags, meta = host.check_options(options, 3)
  local version = host.check_emitted(decision.category, type, data, 3)
  decision[#decision + 1] = encoded(type, data, tags, meta, version)
end


function host.check_command(aggregate, key, name, args, level)
  host.check_text("the aggregate", aggregate, level + 1)
  local body = host.defined.aggregate[aggregate]
  if not body then host.unknown("aggregate", aggregate, host.defined.aggregate, level + 1) end
  if type(key) ~= "string" and math.type(key) ~= "integer" or key == "" then
    error("the key must be a text or an integer, it is " .. (key == "" and "empty" or type(key)), level + 1)
  end
  host.check_text("the command", name, level + 1)
  if not body.commands[name] then host.unknown("command of " .. aggregate, name, body.commands, level + 1) end
  if args ~= nil and type(args) ~= "table" then
    error("the arguments must be a table, they are a " .. type(args), level + 1)
  end
  return body
end


function host.unknown(what, name, known, level)
  error("there is no " .. what .. " " .. tostring(name) .. "; " .. host.suggest_key(name, known), level + 1)
end


-- Decides a command on an open state: true, or false and the refusal. What it emits is folded in and
-- recorded.
local function decide(aggregate, key, name, args, level)
  local body = host.check_command(aggregate, key, name, args, level + 1)
  key = tostring(key)
  local stream = aggregate .. "-" .. key
  local entry = open(body, stream, key)
  local kind = step.kind
  local before = host.digest(entry.state)
  local asked = json.encode(args or {})       -- as it was asked, whatever the command does to it
  decision, step.kind = { category = aggregate }, "command"
  local ok, refusal = host.attempt(body.commands[name], entry.state, args or {})
  local emitted = decision
  decision, step.kind = nil, kind
  if not ok and getmetatable(refusal) ~= Refusal then return fail(refusal) end
  if host.digest(entry.state) ~= before then
    local text = aggregate .. "." .. name .. " changed the state that it was given; only `events` may"
    return fail(host.place(body.commands[name]) .. text)
  end
  if not ok then
    -- A script can catch a refusal, and change it.
    if type(refusal.code) ~= "string" or type(refusal.text) ~= "string" then
      return fail("a refusal was changed on its way")
    end
    host.record(DECIDED, aggregate, key, name, asked, false, refusal.code, refusal.text, step.time)
    return false, { code = refusal.code, text = refusal.text }
  end
  host.record(DECIDED, aggregate, key, name, asked, true, nil, nil, step.time)
  for _, event in ipairs(emitted) do
    fold_own(body, entry, stream, key, event)
  end
  return true
end


function host.command(aggregate, key, name, args)
  return decide(aggregate, key, name, args, 3)
end


--- Decides a command at once, as a part of the handler's step: true, or false and `{ code, text }`.
function env.command(aggregate, key, name, args)
  if step.kind == "command" then
    error("a command decides on one aggregate; use a handler to go on from its event", 2)
  end
  if step.kind ~= "handler" then error("command works in a handler", 2) end
  return decide(aggregate, key, name, args, 2)
end


-- Starts a frame; the steps that follow join it until the host settles or starts another.
local function begin_batch(id)
  batch, seen, touched = id, {}, {}
  batches[id] = {}
end


function host.begin_touch()
  if next(touched) ~= nil then touched = {} end
end


-- A failed step leaves no trace: what it folded, and what it may have half changed, is folded anew. When
-- memory ran out, every state goes: each can be folded again, and the next step needs room. True when the
-- batch lost a state that holds its events, so that no further step may join it.
local function undo_step(out_of_memory)
  decision, step.kind = nil, "load"
  if out_of_memory then
    states.forget_all()
    batches[batch] = {}
    return true
  end
  local is_lost, own = false, batches[batch]
  for stream in pairs(touched) do
    if own[stream] then is_lost = true end
    own[stream] = nil         -- else others would wait for a batch that may have nothing of this stream
    states.drop(stream)
    seen[stream] = nil        -- its condition may be gone with the step, so the next one looks anew
  end
  touched = {}
  return is_lost
end


-- The frame of a batch was committed, or it was not.
local function settle(id, committed)
  for stream, entry in pairs(batches[id] or {}) do
    if entry.batch == id then
      entry.batch = nil
      if not committed and states.lookup(stream) == entry then states.drop(stream) end
    end
  end
  batches[id] = nil
end


-- One command from outside, a batch of its own.
local function execute(time, seed_a, seed_b, aggregate, key, name, args)
  host.begin_step("load", time, seed_a, seed_b)
  host.begin_touch()
  decide(aggregate, key, name, args, 1)
end


-- The state of a stream as it was at a position, folded aside from the cache.
local function state_at(aggregate, key, position)
  local body = host.defined.aggregate[aggregate]
  local stream = aggregate .. "-" .. key
  host.begin_step("load")
  local entry = states.beginning(body, stream, position)
  while true do
    local events, old = host.history(stream, entry.revision, position)
    if not events then return entry.state, entry.revision end
    if old then host.renew_page(events, old) end
    for _, event in ipairs(events) do fold(body, entry, stream, key, event) end
  end
end


-- On `host` too: specs run their steps with them, and replays look at live states.
host.aggregates = {
  begin_batch = begin_batch, undo_step = undo_step, settle = settle, execute = execute, state_at = state_at,
  open = open,
}

return host.aggregates
