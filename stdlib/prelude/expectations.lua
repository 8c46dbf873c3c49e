-- `expect`: what a spec holds the newest `when` to, or a value.
--
-- Data is compared as the script that wrote it would: an empty table is an empty list too, and 1 is 1.0.

local host = ...
local env, json = host.env, host.json

-- As deep as JSON may be nested.
local DEPTH_MAX = 64


local function shown(value)
  if type(value) == "table" then
    local ok, text = host.pcall(json.encode, value)
    return ok and text or "a table that isn't JSON"
  end
  return type(value) == "string" and string.format("%q", value) or tostring(value)
end


-- The first place where two values differ, as a sentence; nil when they don't.
local function difference(got, wanted, path, depth)
  if type(got) ~= "table" or type(wanted) ~= "table" then
    if got == wanted or got ~= got and wanted ~= wanted then return nil end
    local place = path == "" and "it" or path
    return place .. " is " .. shown(got) .. ", it should be " .. shown(wanted)
  end
  if depth > DEPTH_MAX then error("expect got data nested more than 64 levels deep", 0) end
  local names = {}
  for name in pairs(wanted) do names[name] = true end
  for name in pairs(got) do names[name] = true end
  for name in pairs(names) do
    local part = type(name) == "number" and "[" .. name .. "]" or (path == "" and "" or ".") .. tostring(name)
    local found = difference(got[name], wanted[name], path .. part, depth + 1)
    if found then return found end
  end
  return nil
end


host.difference = difference


local function events_text(events)
  if #events == 0 then return "nothing" end
  local parts = {}
  for place, event in ipairs(events) do parts[place] = event.type .. " " .. event.text end
  return table.concat(parts, ", ")
end


local expect = {}

--- @word expect(stream, ...)
--- Expects that the newest `when` appended exactly these events to a stream, in this order.
--- `expect("order-1", { "OrderPaid", { amount = 5 } })`; an event that is written without data may have any.
local function expect_events(_, stream, ...)
  host.check_stream("expect", stream)
  local got = host.outcome("expect").events[stream] or {}
  local wanted = {}
  for index = 1, select("#", ...) do
    local event = (select(index, ...))
    wanted[index] = host.written("expect", event, 2)
    wanted[index].any = event[2] == nil
  end
  local found = #got ~= #wanted
  for place = 1, #wanted do found = found or got[place].type ~= wanted[place].type end
  if found then
    for _, event in ipairs(wanted) do
      if event.any then event.text = "…" end
    end
    error(stream .. " got " .. events_text(got) .. "; it should get " .. events_text(wanted), 2)
  end
  for place, event in ipairs(wanted) do
    local differs = not event.any
      and difference(json.decode(got[place].text), json.decode(event.text), event.type, 1)
    if differs then error(stream .. ": " .. differs, 2) end
    local tags = json.decode(got[place].tags or "[]")
    differs = event.tags and difference(tags, json.decode(event.tags), event.type .. " tags", 1)
    if differs then error(stream .. ": " .. differs, 2) end
  end
end


--- Expects that the newest `when` asked for nothing: no event, no command sent, no call, no refusal.
function expect.nothing()
  local outcome = host.outcome("expect.nothing")
  local first = outcome.order[1]
  if first then error("expect.nothing: " .. first.stream .. " got " .. events_text { first.event }, 2) end
  local sent = outcome.sent[1]
  if sent then error("expect.nothing: " .. sent.name .. " was sent to " .. sent.stream, 2) end
  local call = outcome.calls[1]
  if call then error("expect.nothing: " .. call.name .. " was called", 2) end
end


--- Expects that a command was refused with a code: the one of `when`, or one that a handler gave.
function expect.refused(code)
  if type(code) ~= "string" then error("expect.refused needs the refusal's code", 2) end
  local refusals, codes = host.outcome("expect.refused").refusals, {}
  for place, refusal in ipairs(refusals) do
    codes[place] = refusal.code
    if refusal.code == code then return host.refusal_was_expected() end
  end
  local got = #codes == 0 and "nothing was refused" or "it was refused with " .. table.concat(codes, ", ")
  error("expect.refused: " .. got .. ", and not with " .. code, 2)
end


--- Expects that a command was sent: `expect.sent("payment-1", "refund", { amount = 5 })`.
--- Without arguments, any will do. A fourth argument is the time it is due, in milliseconds since 1970.
function expect.sent(stream, command, args, at)
  host.check_stream("expect.sent", stream)
  local closest = "nothing was sent"
  for _, sent in ipairs(host.outcome("expect.sent").sent) do
    local here = sent.stream == stream and sent.name == command
    local differs = here and args ~= nil and difference(json.decode(sent.args), args, command, 1)
    if here and not differs and at ~= nil and sent.at ~= at then
      differs = command .. " is due " .. (sent.at and "at " .. sent.at or "at once")
    end
    if here and not differs then return end
    closest = differs or sent.name .. " was sent to " .. sent.stream
  end
  error("expect.sent: " .. closest .. ", and not " .. tostring(command) .. " to " .. stream, 2)
end


--- Expects that a handler ended its step with `abort`; with this reason, if one is given.
function expect.aborted(reason)
  local aborted = host.outcome("expect.aborted").aborted
  if aborted and (reason == nil or aborted == reason) then return end
  local got = aborted and "it was aborted with " .. shown(aborted) or "nothing was aborted"
  error("expect.aborted: " .. got .. (reason and ", and not with " .. shown(reason) or ""), 2)
end


--- Expects fields of an aggregate's state, folded from all that was given and decided.
--- Fields that aren't named may be anything.
function expect.state(stream, fields)
  host.check_stream("expect.state", stream)
  local at = stream:find("-", 1, true)
  local aggregate, key = stream:sub(1, at - 1), stream:sub(at + 1)
  local known = host.defined.aggregate
  if not known[aggregate] then host.unknown("aggregate", aggregate, known, 2) end
  if type(fields) ~= "table" then error("expect.state needs a table of fields", 2) end
  local state = host.state(aggregate, key)
  for name, wanted in pairs(fields) do
    local differs = difference(state[name], wanted, tostring(name), 1)
    if differs then error("expect.state: " .. stream .. ": " .. differs, 2) end
  end
end


--- Expects that two values are the same data, all the way down.
function expect.equal(got, wanted)
  local differs = difference(got, wanted, "", 1)
  if differs then error("expect.equal: " .. differs, 2) end
end


-- The text of the error that a function raises.
local function raised(word, run, text)
  if type(run) ~= "function" or type(text) ~= "string" then
    error(word .. " needs a function and a text", 3)
  end
  local ok, problem = host.attempt(run)
  if ok then error(word .. ": no error was raised; it should contain " .. text, 3) end
  local said = type(problem) == "table" and tostring(problem.text) or tostring(problem)
  if not said:find(text, 1, true) then
    error(word .. ": it is " .. said .. "; it should contain " .. text, 3)
  end
  return said
end


--- Expects that a function raises an error that contains a text.
function expect.error(run, text)
  raised("expect.error", run, text)
end


--- Expects an error like `expect.error`, one that blames a line of the function itself.
--- A function of a module should tell its callers about their own line: `error(text, 2)`.
function expect.blame(run, text)
  local said = raised("expect.blame", run, text)
  local file = host.place(run):match("^(.*):%d+: $")
  if said:sub(1, #file + 1) ~= file .. ":" then
    error("expect.blame: it doesn't blame " .. file .. ": " .. said, 2)
  end
end

env.expect = setmetatable(expect, { __call = expect_events })


return {}
