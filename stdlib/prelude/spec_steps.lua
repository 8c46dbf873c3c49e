-- The steps of a spec: commands and handlers run through the code that the host runs them with. What changes
-- is that what is recorded is looked at, and that each step is a frame of its own.
--
-- With `deliver_twice` each step is run as a crash can make the host run it: see `run_step` and `deliver`.

local host = ...
local json, step, past = host.json, host.step, host.past
local aggregates, processing = host.aggregates, host.processing

-- Kinds of record; `EffectsReader.swift` reads them.
local EMIT, DECIDED, SEND, READ = 1, 2, 4, 5

local steps, batch = 0, 0
local outcome               -- what the newest `when` came to: events by stream, sends, refusals, calls
local unexpected            -- a refusal that no `expect` has named yet, with its place
local twice                 -- whether each step is delivered twice
local asked                 -- what the running step has asked for, a line each
local second = json.array({})       -- what second deliveries of handlers have asked for, a sentence each

-- What the steps asked for and nobody has done yet, in order: events that handlers may want, commands to
-- deliver. `cause` is the one of these that is being done.
local flow = { pending = {}, timers = {} }
host.flow = flow


local function as_text(value)
  if type(value) == "table" then return json.encode(value) end
  return value
end


-- Chance differs from step to step, and is the same in every run.
local function seeds()
  steps = steps + 1
  return past.time, steps, ~steps
end


-- Between two steps a spec has its time, and chance.
function host.rest() host.begin_step("spec", seeds()) end


local function emitted(stream, kind, data, tags, meta)
  local event = { type = kind, text = as_text(data) or "{}", tags = as_text(tags), meta = as_text(meta) }
  host.check_event(stream, kind, event.text, event.tags or "[]")
  local events = outcome.events[stream] or {}
  outcome.events[stream] = events
  events[#events + 1] = event
  outcome.order[#outcome.order + 1] = { stream = stream, event = event }
  local tags, meta = event.tags and " with tags " .. event.tags, event.meta and " with meta " .. event.meta
  asked[#asked + 1] = kind .. " " .. event.text .. " in " .. stream .. (tags or "") .. (meta or "")
end


-- The host refuses a read of what the step itself has asked for before.
local function check_read(place, stream, category, types, tags)
  for _, each in ipairs(outcome.order) do
    if not each.event.position and past.matches(each.stream, each.event, stream, category,
        types and json.encode(types), tags and json.encode(tags)) then
      error(place .. ": read would have to give " .. each.event.type .. " in " .. each.stream
        .. ", which this step asked for before it", 0)
    end
  end
end


local record = host.record

-- Whatever a step asks for goes by here. The host's own check of an event is made at once.
function host.record(kind, ...)
  record(kind, ...)
  local a, b, c, d, e, f, g = ...
  if kind == EMIT then
    emitted(a, b, c, d, e)
  elseif kind == READ then
    check_read(a, c, d, e, f)
  elseif kind == SEND then
    outcome.sent[#outcome.sent + 1] = { stream = a .. "-" .. b, name = c, args = as_text(d), at = e }
    local due = e and ", due at " .. e or ""
    asked[#asked + 1] = c .. " " .. as_text(d) .. " sent to " .. a .. "-" .. b .. due
  elseif kind == DECIDED then
    local refusals = outcome.refusals
    if not e then refusals[#refusals + 1] = { command = a .. "." .. c, code = f, text = g } end
    asked[#asked + 1] = a .. "-" .. b .. "." .. c .. " " .. as_text(d) .. (e and "" or ", refused with " .. f)
  end
end


-- A step that ends itself: raised past whatever the script catches, by looking at `aborting` behind it.
local aborting

function host.abort_step(reason)
  aborting = reason
  error("aborted: " .. reason, 0)
end


local function cut(list, count)
  for place = #list, count + 1, -1 do list[place] = nil end
end


local function mark()
  return {
    events = #outcome.order, sent = #outcome.sent, refusals = #outcome.refusals, calls = #outcome.calls,
    answers = host.answers_taken(),
  }
end


-- Forgets what a step had asked for, which isn't to become true.
local function forget(before)
  for place = #outcome.order, before.events + 1, -1 do
    local stream = table.remove(outcome.order, place).stream
    table.remove(outcome.events[stream])
    if #outcome.events[stream] == 0 then outcome.events[stream] = nil end
  end
  cut(outcome.sent, before.sent)
  cut(outcome.refusals, before.refusals)
end


-- Runs a step up to where it would be committed: true when it would, false when it ended itself, nil and the
-- error when it failed.
local function attempt(run)
  batch = batch + 1
  aggregates.begin_batch(batch)
  aborting, asked = nil, {}
  local ok, problem = host.attempt(run)
  if aborting then
    asked[#asked + 1] = "an end by abort, " .. aborting
    return false
  end
  if ok then return true end
  return nil, problem
end


local function take_back(before)
  forget(before)
  aggregates.undo_step(false)
  aggregates.settle(batch, false)
end


-- What the same step asked for when it ran again, and wouldn't have to: a sentence, nil when it is the same.
local function changed(first, ended, problem)
  if ended == nil then
    return "failed with " .. (type(problem) == "table" and tostring(problem.text) or tostring(problem))
  end
  for place = 1, math.max(#first, #asked) do
    if first[place] ~= asked[place] then
      return "asked for " .. (asked[place] or "nothing more") .. ", and not for "
        .. (first[place] or "nothing more")
    end
  end
end


-- One step as a frame of its own: true with all that it asked for, or an error and nothing. `who` runs it,
-- `what` it runs on; `place` is where its function stands.
--
-- Delivered twice, it runs once as if its frame had been lost: nothing of it is true, its calls get the
-- answers that they got, and it runs again on the same. In the product no second run has effects (of a
-- handler that is at-least-once see `deliver`), so it has to ask for the same, byte for byte.
local function run_step(run, who, what, place)
  local before = mark()
  local ended, problem = attempt(run)
  if twice and ended ~= nil then
    local first = asked
    take_back(before)
    cut(outcome.calls, before.calls)
    host.take_answers_again(before.answers)
    ended, problem = attempt(run)
    local difference = changed(first, ended, problem)
    if difference then
      take_back(before)
      outcome = nil
      host.rest()
      error(place .. who .. " ran twice on " .. what .. ", on the same state, and the second time it "
        .. difference, 0)
    end
  end
  if ended == false then
    outcome.aborted = aborting
    take_back(before)
    return host.rest()
  end
  if ended == nil then
    take_back(before)
    host.rest()
    outcome = nil           -- nothing of it became true; a spec that caught the error has nothing to look at
    host.rethrow(problem)
  end
  aggregates.settle(batch, true)
  host.rest()
  return before
end


-- What a step asked for becomes true: its events are in the history, and what follows from them, and from
-- what it sent, is to be done. `origin` is what the host notes in their meta.
local function commit(before, who, origin)
  for place = before.events + 1, #outcome.order do
    local each = outcome.order[place]
    local meta = each.event.meta and json.decode(each.event.meta) or {}
    for name, value in pairs(origin) do meta[name] = value end
    each.event.meta = json.encode(meta)
    past.append(each.stream, each.event)
    flow.pending[#flow.pending + 1] = { event = each.event, by = who, cause = flow.cause }
  end
  for place = before.sent + 1, #outcome.sent do
    local sent = outcome.sent[place]
    local list = sent.at and flow.timers or flow.pending
    list[#list + 1] = { sent = sent, due = sent.at, by = who, cause = flow.cause }
  end
end


-- Decides a command of a spec; its refusal has to be expected.
function flow.decide(stream, name, args)
  local category, key = past.split(stream)
  host.check_command(category, key, name, args, 3)
  local file, line = host.where(3)
  local now, a, b = seeds()
  local given = json.encode(args or {})
  local function run() aggregates.execute(now, a, b, category, key, name, json.decode(given)) end
  local who, id = category .. "." .. name, string.format("00000000-0000-4000-9000-%012x", steps)
  local place = host.place(host.defined.aggregate[category].commands[name])
  local done = run_step(run, who, "the command", place)
  if done then commit(done, who, { by = who, causation = id, correlation = id }) end
  unexpected = outcome.refusals[1]
  if unexpected then unexpected.place = file .. ":" .. line .. ": " end
end


-- The data as a handler gets it: all of it, or the fields that it declares.
local function data_for(index, event, is_old)
  local data, fields = json.decode(event.text), host.defined.handler[host.handlers[index]].fields
  if not fields or is_old then return data end
  local read = {}
  for _, field in ipairs(fields) do read[field] = data[field] end
  return host.shape(host.fields_shape(index), read)
end


-- Where the function stands that a handler runs: of a schedule the script's own, of the host's own nowhere.
local function place_of(name, body)
  if name:byte() == 36 then return "" end
  local schedule = host.defined.schedule[name]
  return host.place(schedule and schedule.run or body.run)
end


-- One event through one handler. Delivered twice, a handler that is at-least-once really gets it a second
-- time, behind its own effects; the answers to its calls are those that it had, since it asks under the same
-- idempotency keys.
local function deliver(event, index)
  local name = host.handlers[index]
  local body, old, _, a, b = host.defined.handler[name], past.old(event), seeds()
  local shape = body.fields and host.fields_shape(index)
  local function run()
    local given = past.envelope(event, data_for(index, event, old))
    processing.handle(index, given, event.time, a, b, old, shape)
  end
  local what = past.split(event.stream) .. "." .. event.type .. " of " .. event.stream
  local id, correlation = past.id(event), event.meta and json.decode(event.meta).correlation
  local origin = { by = name, causation = id, correlation = correlation or id }
  local place, answers = place_of(name, body), host.answers_taken()
  local done = run_step(run, name, what, place)
  if done then commit(done, name, origin) end
  if not twice or body.delivery ~= "at-least-once" then return end
  local counted = steps
  host.take_answers_again(answers)
  done = run_step(run, name, what, place)
  if #asked > 0 then
    second[#second + 1] = name .. " (at-least-once) got " .. what .. " twice; the second time it asked for "
      .. table.concat(asked, ", ")
  end
  if done then commit(done, name, origin) end
  steps = counted - 1       -- chance goes on as if there had been no second time
  host.rest()
end


-- Runs every handler that wants an event; false when none does.
function flow.deliver(event)
  local indexes = host.handlers_of(past.split(event.stream), event.type, event.tags or "[]")
  for _, index in ipairs(indexes) do deliver(event, index) end
  return #indexes > 0
end


function flow.check_refusals()
  if unexpected then
    error(unexpected.place .. unexpected.command .. " was refused: " .. unexpected.code .. ", "
      .. unexpected.text, 0)
  end
end


-- Begins what a `when` comes to.
function flow.begin()
  flow.check_refusals()
  outcome = { events = {}, order = {}, sent = {}, refusals = {}, calls = {} }
end


-- Goes on with what the newest `when` came to, if there is one.
function flow.go_on()
  flow.check_refusals()
  if not outcome then flow.begin() end
end


-- For `expect`, in `expectations.lua`: what the newest `when` came to.
function host.outcome(word)
  if not outcome then error(word .. " needs a when before it", 3) end
  return outcome
end

function host.refusal_was_expected() unexpected = nil end


function flow.deliver_twice() twice = true end


-- Whether any step ran, and what the second deliveries asked for.
function flow.told() return batch > 0, second end


return {}
