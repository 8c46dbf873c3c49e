-- `route`: events of one kind, told again in another category by what is in them. It is a handler like any
-- other, exactly once with its mark; here it gets its word and its function.

local host = ...
local env = host.env

local known = { from = true, where = true, to = true, name = true }


local function check(body)
  if type(body) ~= "table" then
    error("route needs a table: route { from = \"payment.*\", to = \"review\" }", 3)
  end
  for field in pairs(body) do
    if not known[field] then
      error("route has no field " .. tostring(field) .. "; " .. host.suggest_key(field, known), 3)
    end
  end
  if type(body.to) ~= "string" or not body.to:find("^[%w_][%w_%.]*$") then
    error("route needs to to be a category, the first part of a stream's name", 3)
  end
  if body.where ~= nil and type(body.where) ~= "function" then
    error("route needs where to be a function", 3)
  end
  local list = type(body.from) == "table" and body.from or { body.from }
  if #list == 0 then error("route needs from to name events: \"payment.*\"", 3) end
  for _, pattern in ipairs(list) do
    local category = tostring(pattern):match("^([^%.]+)%.")
    if category == "*" or category == body.to then
      error("route from " .. pattern .. " to " .. body.to .. " would route what it has routed, for ever", 3)
    end
  end
end


--- Tells events again in another category: `route { from = "payment.*", to = "review" }`.
--- An event of `payment-7` becomes one of `review-7`, with its type, data and tags, exactly once. Optional:
--- `where` (function(e)), and `name`, when there are two routes to one category (it is "route-review").
function env.route(body)
  check(body)
  local to = body.to
  env.handler(body.name or "route-" .. to) {
    on = body.from, where = body.where,
    run = function(e)
      host.emit_to_stream(to .. "-" .. e.key, e.type, e.data, { tags = e.tags })
    end,
  }
end


return {}
