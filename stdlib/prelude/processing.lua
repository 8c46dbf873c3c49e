-- The steps of processors: handlers, projections, and the queries that read what projections wrote.

local host = ...
local step = host.step

-- Bodies of handlers by their numbers; filled as they are used, which saves two lookups for each event.
local handlers = {}


-- One event through one handler. False when its `where` didn't want it. With a version the event is an old
-- one, which comes with all of its data; `shape` is that of the fields that the handler declares.
local function handle(index, event, time, seed_a, seed_b, version, shape)
  local body = handlers[index]
  if not body then
    body = host.defined.handler[host.handlers[index]]
    handlers[index] = body
  end
  host.begin_touch()
  if version then host.renew(event, version, body.fields, shape) end
  if body.where then
    host.begin_step("predicate", time, seed_a, seed_b)
    if not body.where(event) then return false end
  end
  host.begin_step("handler", time, seed_a, seed_b)
  body.run(event)
  if step.failed then error(step.failed, 0) end
  return true
end


-- Rows come back as plain tables by column name. The host's functions stand here bare, so that an error names
-- the line of the script, and not one of these.
local writer = { exec = host.sql_execute, rows = host.sql_rows, row = host.sql_row }
local reader = { rows = host.sql_rows, row = host.sql_row }


-- One event through one projection; version and shape as for a handler.
local function project(index, event, time, seed_a, seed_b, version, shape)
  local body = host.defined.projection[host.projections[index]]
  if version then host.renew(event, version, body.fields, shape) end
  host.begin_step("projection", time, seed_a, seed_b)
  if body.where and not body.where(event) then return false end
  body.run(event, writer)
  return true
end


-- Brings rows over from an older generation; its tables are `old.name` in SQL.
local function migrate(index, version, position)
  host.begin_step("query")
  local body = host.defined.projection[host.projections[index]]
  body.migrate(writer, { version = version, position = position })
end


local function query(name, params)
  host.begin_step("query")
  return host.defined.query[name].run(reader, params)
end


-- On `host` too: specs run their steps with it.
host.processing = { handle = handle, project = project, migrate = migrate, query = query }

return host.processing
