-- Words of a prompt that run rules on what is recorded, without consequences.

local host = ...
local env = host.env


--- Runs a handler on an event, and shows what it would ask for: `try("reserve-stock", 1234)`.
--- The event is a position, or one that you write: `{ stream = "order-1", type = "Placed", data = {…} }`.
--- The handler sees the log as it was at that event. The answer has `outcome`, `events` with their places in
--- the scripts, `changes` (states before and after), `instructions`, `bytes` and `milliseconds`; of a
--- failure, its whole text. With --app it runs what the folder holds now: edit, save, and try again.
function env.try(handler, event)
  host.check_text("the handler", handler, 2)
  if math.type(event) == "integer" then return host.repl_try({ handler = handler, position = event }) end
  if type(event) ~= "table" then error("try takes a handler and a position, or an event as a table", 2) end
  if math.type(event.position) == "integer" then
    return host.repl_try({ handler = handler, position = event.position })
  end
  host.check_text("the event's stream", event.stream, 2)
  host.check_text("the event's type", event.type, 2)
  return host.repl_try({ handler = handler, event = event })
end


--- Loads the app's scripts anew: those of the folder of --app, or those that are live.
--- `try`, `state` and `command` look by themselves whether the scripts have changed.
function env.reload() return host.repl_reload() end


--- What a folder's scripts would decide on what is recorded: `diff("scripts/orders", { since = "1h" })`.
--- Options: `from` (a position), `since`.
function env.diff(folder, options)
  host.check_text("the folder", folder, 2)
  local checked = host.check_options_of("diff", options, { from = "integer", since = "string" })
  checked.folder = folder
  return host.repl_diff(checked)
end


return {}
