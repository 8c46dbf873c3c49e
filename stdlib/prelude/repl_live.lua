-- Words of a prompt that ask the running host, or watch it.

local host = ...
local env = host.env

local followed = {
  category = "string", type = "string table", tag = "string table", from = "integer", since = "string",
  where = "function", last_per_key = "boolean", count = "integer",
}

-- Events that are caught up with at once.
local PAGE = 1000

-- Seconds between two looks: a day.
local PAUSE_MAX = 86400


-- Calls `see` for each event up to where the log ends now, until it gives false; returns that end, or nil.
local function catch_up(selection, see)
  local head = host.repl_head()
  selection.to, selection.limit = head, PAGE
  while true do
    local page = host.repl_events(selection)
    for _, e in ipairs(page) do
      if not see(e) then return nil end
    end
    if #page < PAGE then return head end
    selection.from, selection.since = page[#page].position + 1, nil
  end
end


--- Prints events as they come, until Ctrl-C: `tail("order.*", { since = "1h" })`.
--- Options: `from` (a position) or `since` to catch up first, `category`, `type`, `tag`,
--- `where = function(e) … end`, `last_per_key = true` (of what is caught up with, the newest of each stream
--- alone), `count = 10` (ends after so many).
function env.tail(pattern, options)
  local selection, where = host.selection("tail", pattern, options, followed)
  local per_key, count = selection.last_per_key, selection.count
  selection.last_per_key, selection.count = nil, nil
  local shown = 0
  local function show(e)
    host.repl_show({ event = e })
    shown = shown + 1
    return not count or shown < count
  end
  local head
  if selection.from or selection.since then
    local order, newest = {}, {}
    head = catch_up(selection, function(e)
      if where and not where(e) then return true end
      if not per_key then return show(e) end
      if not newest[e.stream] then order[#order + 1] = e.stream end
      newest[e.stream] = e
      return true
    end)
    table.sort(order, function(a, b) return newest[a].position < newest[b].position end)
    for _, stream in ipairs(order) do
      if not show(newest[stream]) then return end
    end
    if not head then return end
    selection.from, selection.since, selection.to, selection.limit = nil, nil, nil, nil
  end
  selection.after = head
  local is_any = selection.pattern and selection.pattern:sub(1, 1) == "*"     -- not the host's own events
  host.repl_follow(selection)
  while true do
    local e = host.repl_next()
    if not e then return end
    local is_meant = not is_any or e.category:sub(1, 1) ~= "$"
    if is_meant and (not where or where(e)) and not show(e) then return end
  end
end


--- Shows what a function gives every so many seconds, until Ctrl-C: `watch(2, parked)`.
--- `watch(2, function() return query("stock-level", { sku = "pear" }) end, { count = 3 })` ends after three
--- times.
function env.watch(seconds, f, options)
  if type(seconds) ~= "number" or not (seconds > 0 and seconds <= PAUSE_MAX) then
    error("watch takes seconds, up to a day, and a function", 2)
  end
  if type(f) ~= "function" then error("watch takes a function behind the seconds", 2) end
  local checked = host.check_options_of("watch", options, { count = "integer" })
  local times = 0
  repeat
    host.repl_refresh()
    local result = f()
    host.repl_show({ value = result })
    times = times + 1
  until times == checked.count or not host.repl_pause({ seconds = seconds })
end


--- Asks a query of the app: `query("order-summary", { order = "42" })`.
--- Now it answers from the rows of the host. After `at(…)`, on a fork, and in a data folder it answers from
--- rows as of there, which are folded from the log when they are first asked for, by the scripts of there or
--- those of --app; up to a million events at a time.
function env.query(name, params)
  host.check_text("the query", name, 2)
  if params ~= nil and type(params) ~= "table" then error("the parameters must be a table", 2) end
  return host.repl_query({ name = name, params = params })
end


--- The processors of the running host, with their state and what they are behind.
function env.processors() return host.repl_processors() end


--- The parked events of the running host, with their failures.
function env.parked() return host.repl_parked() end


return {}
