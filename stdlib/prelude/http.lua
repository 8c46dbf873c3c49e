-- http: what a handler asks of the world. No wait is here: `host.call` gives the answer that the step was
-- told before, or ends the step, which runs again from its beginning when there is one (`StepAnswers.swift`).

local host = ...
local env, json, step = host.env, host.json, host.step

-- Milliseconds, `RuntimeLimits.callMillisecondsDefault`.
local TIMEOUT = 30000

local option_names = { headers = true, timeout = true }
local request_names = {
  method = true, url = true, headers = true, body = true, json = true, timeout = true,
}

-- What an answer has; `json` is made when it is asked for.
local answer_names = { status = true, headers = true, body = true, json = true }


-- An error with a code: `pcall` gives a script the table, and its text where a text is wanted.
local Failure = { __tostring = function(failure) return failure.text end }

local function raise(code, text, hint, status)
  error(setmetatable({ code = code, text = text, hint = hint, status = status }, Failure), 0)
end


local function check_place(level)
  if step.kind == "handler" then return end
  if step.kind == "command" then
    error("a command decides on its state alone; call out in a handler of its event", level + 1)
  end
  error("http works in a handler", level + 1)
end


local function check_names(what, given, known, level)
  if type(given) ~= "table" then error(what .. " must be a table, it is a " .. type(given), level + 1) end
  for name in pairs(given) do
    if not known[name] then
      error(what .. " has no field " .. tostring(name) .. "; " .. host.suggest_key(name, known), level + 1)
    end
  end
end


-- The headers as texts.
local function headers_of(given, level)
  local headers = {}
  if given == nil then return headers end
  if type(given) ~= "table" then error("headers must be a table, they are a " .. type(given), level + 1) end
  for name, value in pairs(given) do
    local kind = type(value)
    if type(name) ~= "string" or kind ~= "string" and kind ~= "number" then
      error("headers must map names to texts: headers = { authorization = \"…\" }", level + 1)
    end
    headers[name] = tostring(value)
  end
  return headers
end


local function has_type(headers)
  for name in pairs(headers) do
    if name:lower() == "content-type" then return true end
  end
  return false
end


-- The bytes to send, and the headers that go with them.
local function content_of(body, headers, level)
  if body == nil then return nil end
  if type(body) == "table" then
    if not has_type(headers) then headers["content-type"] = "application/json" end
    return json.encode(body)
  end
  if type(body) ~= "string" then
    error("the body must be a table, which is sent as JSON, or a text; it is a " .. type(body), level + 1)
  end
  if not has_type(headers) then headers["content-type"] = "text/plain; charset=utf-8" end
  return body
end


local function timeout_of(given, level)
  if given == nil then return TIMEOUT end
  local timeout = given
  if type(given) == "string" then timeout = host.duration(given) end
  timeout = math.tointeger(timeout)
  if not timeout then
    error("timeout must be a duration such as \"5s\", or milliseconds; it is " .. tostring(given), level + 1)
  end
  return timeout
end


local function is_json(content_type)
  local kind = content_type and content_type:match("^%s*([^;%s]*)"):lower()
  return kind == "application/json" or kind and kind:find("^application/.*%+json$") ~= nil
end


-- The field `json` is decoded once, and only when it is wanted: whether it can be is the server's doing.
local Answer = {}

function Answer.__index(answer, name)
  if name ~= "json" then
    error("an answer has no field " .. tostring(name) .. "; " .. host.suggest_key(name, answer_names), 2)
  end
  local headers, body = answer.headers, answer.body
  if not is_json(headers["content-type"]) or body == "" then return nil end
  local ok, value = host.attempt(json.decode, body)
  if not ok then
    error("the answer says that it is JSON, and isn't: " .. tostring(value), 2)
  end
  answer.json = value
  return value
end


local function call(method, url, given, body, level)
  if type(url) ~= "string" then error("the URL must be a text, it is a " .. type(url), level + 1) end
  local headers = headers_of(given.headers, level + 1)
  local content = content_of(body, headers, level + 1)
  local timeout = timeout_of(given.timeout, level + 1)
  local status, a, b, c, d = host.call(method, url, json.encode(headers), content, timeout)
  if status then return setmetatable({ status = status, headers = a, body = b }, Answer) end
  if not a then error(b, level + 1) end
  raise(a, b, c, d)
end


local http = {}

--- Asks a server, in a handler: `http.get("https://carrier.example/labels/7").json.id`.
--- Any status is an answer: `answer.status`, `answer.headers["content-type"]` (names in lower case),
--- `answer.body` (a text) and `answer.json` (its data, when it says that it is JSON).
--- Without an answer it raises an error, a table with `code` and `text`: `http-failed`, `http-timeout`,
--- `http-too-large`, `http-not-allowed`, `http-address-refused`; and `http-retry-after`, for a server that
--- answers 429 or 503 and says when to ask again: the next attempt waits so long.
--- `options` may have `headers` (a table) and `timeout` (`"5s"`, or milliseconds; 30 s). The servers that may
--- be asked stand in app.lua: `allow = { "https://carrier.example" }`.
--- The handler's step stops while it waits, and runs again from its beginning with the answer.
function http.get(url, options)
  check_place(2)
  if options ~= nil then check_names("options", options, option_names, 2) end
  return call("GET", url, options or {}, nil, 2)
end

--- Asks a server to delete something; like `http.get`.
function http.delete(url, options)
  check_place(2)
  if options ~= nil then check_names("options", options, option_names, 2) end
  return call("DELETE", url, options or {}, nil, 2)
end

--- Sends a body to a server: a table, which becomes JSON, or a text; otherwise like `http.get`.
--- It carries a header `Idempotency-Key`, the same each time that the same step asks the same.
function http.post(url, body, options)
  check_place(2)
  if options ~= nil then check_names("options", options, option_names, 2) end
  return call("POST", url, options or {}, body, 2)
end

--- Puts a body in a place of a server; like `http.post`.
function http.put(url, body, options)
  check_place(2)
  if options ~= nil then check_names("options", options, option_names, 2) end
  return call("PUT", url, options or {}, body, 2)
end

--- Changes something at a server; like `http.post`.
function http.patch(url, body, options)
  check_place(2)
  if options ~= nil then check_names("options", options, option_names, 2) end
  return call("PATCH", url, options or {}, body, 2)
end

--- Any request: `http.request { method = "POST", url = …, json = { … } }`, with `headers`, `timeout`, and
--- `json` (any data) or `body` (a table or a text).
function http.request(request)
  check_place(2)
  check_names("a request", request, request_names, 2)
  if request.json ~= nil and request.body ~= nil then error("a request has body or json, not both", 2) end
  local method = request.method or "GET"
  if type(method) ~= "string" then error("the method must be a text, it is a " .. type(method), 2) end
  local headers, body = headers_of(request.headers, 2), request.body
  if request.json ~= nil then
    body = json.encode(request.json)
    if not has_type(headers) then headers["content-type"] = "application/json" end
  end
  return call(method, request.url, { headers = headers, timeout = request.timeout }, body, 2)
end

env.http = http


--- @word allow = { "https://carrier.example", … }
--- Whom the steps of an app may ask with `http`, a list in app.lua.
--- An entry is an origin (scheme, host, port), with a beginning of the path if it is to be narrower. Its
--- name may lead to places on the Internet; `{ "http://stock.internal", private = true }` to private networks
--- too. The machine itself is listed as `"http://localhost:9000"` or `"http://127.0.0.1:9000"`.
-- What `app.lua` assigned to it, in one shape for the host; or what is wrong with it, as a text: there is
-- no line to blame, the list may have been put together anywhere.
function host.allowed()
  local given, list = env.allow, json.array({})
  if given == nil then return list end
  if type(given) ~= "table" then
    return "allow must be a list of origins: allow = { \"https://carrier.example\" }; it is a " .. type(given)
  end
  for place, entry in pairs(given) do
    if math.type(place) ~= "integer" then
      return "allow is a list: allow = { \"https://carrier.example\" }; it has the name " .. tostring(place)
    end
    if type(entry) == "string" then entry = { entry } end
    local where = "allow[" .. place .. "] "
    if type(entry) ~= "table" or type(entry[1]) ~= "string" then
      return where .. "must be an origin, or { \"http://stock.internal\", private = true }"
    end
    for name in pairs(entry) do
      if name ~= 1 and name ~= "private" then
        return where .. "has no field " .. tostring(name) .. "; there is private"
      end
    end
    list[#list + 1] = { url = entry[1], private = entry.private == true }
  end
  return list
end


return {}
