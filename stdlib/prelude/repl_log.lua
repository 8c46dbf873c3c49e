-- Words of a prompt that look at the log: as it is now, or as it was where `at` has moved the session to.

local host = ...
local env = host.env

local filters = {
  category = "string", type = "string table", tag = "string table", from = "integer", to = "integer",
  since = "string", last = "integer", limit = "integer", where = "function",
}


-- "order.*" and options, as what the host takes.
function host.selection(word, pattern, options, known)
  if type(pattern) == "table" and options == nil then pattern, options = nil, pattern end
  local checked = host.check_options_of(word, options, known)
  if pattern ~= nil then
    if type(pattern) ~= "string" or not pattern:find("^[^%.]+%.[^%.]+$") then
      error(word .. " takes \"category.Type\", with \"*\" in either place", 3)
    end
    checked.pattern = pattern
  end
  -- The host's own events are there for who names them.
  if not pattern and not checked.category then checked.pattern = "*.*" end
  checked.types, checked.tags = host.list_of(checked.type), host.list_of(checked.tag)
  checked.type, checked.tag = nil, nil
  local where = checked.where
  checked.where = nil
  return checked, where
end


--- Events, oldest first: `events("order.*", { since = "1h", tag = "vip" })`.
--- Without `from` (a position) or `since` (a duration or a time) the newest 20, or as many as `last` says;
--- else up to `limit` (1000). Also `to`, `category`, `type`, `tag`, and `where = function(e) … end`, which
--- picks among what was read. `e.time` is milliseconds since 1970, as in handlers. Those of the host itself
--- are there for who names them: `events({ category = "$command" })`.
function env.events(pattern, options)
  local selection, where = host.selection("events", pattern, options, filters)
  local found = host.repl_events(selection)
  if not where then return found end
  local picked = {}
  for _, e in ipairs(found) do
    if where(e) then picked[#picked + 1] = e end
  end
  return host.json.array(picked)
end


--- The events of one stream, oldest first: `stream("order-42")`, `stream("order-42", { last = 3 })`.
--- Options: `from` (a revision), `last`, `limit`.
function env.stream(name, options)
  host.check_text("the stream", name, 2)
  local checked = host.check_options_of("stream", options, {
    from = "integer", last = "integer", limit = "integer",
  })
  checked.stream = name
  return host.repl_stream(checked)
end


--- The streams that moved last, the newest first: `streams("order")`; without a category, the app's own.
--- It looks at the newest 10,000 events.
function env.streams(category)
  if category ~= nil then host.check_text("the category", category, 2) end
  return host.repl_streams({ category = category })
end


--- The state of an aggregate, folded now: `state("order", "42")`; then its revision.
--- `state("order", "42", { at = 1234 })`: as it was at that position. The app's scripts fold it, or those of
--- the folder that was given with --app.
function env.state(aggregate, key, options)
  host.check_text("the aggregate", aggregate, 2)
  if math.type(key) == "integer" then key = tostring(key) end
  host.check_text("the key", key, 2)
  local checked = host.check_options_of("state", options, { at = "integer" })
  local answer = host.repl_state({ aggregate = aggregate, key = key, at = checked.at })
  return answer.state, answer.revision
end


--- Why an event is in the log, back to the command: `why(1234)`, `why("order-42", 0)`.
function env.why(event, revision)
  if math.type(event) == "integer" then return host.repl_why({ position = event }) end
  host.check_text("the stream", event, 2)
  if math.type(revision) ~= "integer" then error("why takes a position, or a stream and a revision", 2) end
  return host.repl_why({ stream = event, revision = revision })
end


--- Moves the session to a position: `at(1234)`; `at()` goes back to now.
--- Until then states, events, streams, queries and commands are those of that position.
function env.at(position)
  if position ~= nil and math.type(position) ~= "integer" then error("at takes a position: at(1234)", 2) end
  return host.repl_at({ position = position })
end


return {}
