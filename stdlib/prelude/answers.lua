-- What the world says in a spec: it is asked nothing, and its answers are given.

local host = ...
local env, json = host.env, host.json

local given, expect = env.given, env.expect

local answer_names = { status = true, headers = true, body = true, json = true, error = true }

local queues = {}           -- "POST https://…" -> its answers, in order, and how many were taken


-- "POST https://…" of what a spec writes; a URL alone is a GET.
local function request_name(word, request, level)
  if type(request) == "string" then
    if request:find("^%u+ %S+$") then return request end
    if request:find("^%S+$") then return "GET " .. request end
  end
  error(word .. " needs a request such as \"POST https://carrier.example/labels\"", level + 1)
end


local function check_answer(answer, level)
  if type(answer) ~= "table" then
    error("given.http needs an answer such as { status = 200, json = { id = 7 } }", level + 1)
  end
  for name in pairs(answer) do
    if not answer_names[name] then
      error("given.http: an answer has no field " .. tostring(name) .. "; "
        .. host.suggest_key(name, answer_names), level + 1)
    end
  end
end


--- Says what a server answers to the next call of a handler.
--- `given.http("POST https://carrier.example/labels", { status = 201, json = { id = 7 } })`. An answer may
--- have `status` (200), `headers`, `body` or `json`; `{ error = "http-timeout" }` is a call that fails so.
--- Several for one request are answered in their order.
function given.http(request, answer)
  local name = request_name("given.http", request, 2)
  check_answer(answer, 2)
  local queue = queues[name] or { taken = 0 }
  queues[name] = queue
  queue[#queue + 1] = answer
end


-- How many answers to each request were taken, to be taken again from there: a step that runs again asks
-- under the same idempotency keys.
function host.answers_taken()
  local taken = {}
  for name, queue in pairs(queues) do taken[name] = queue.taken end
  return taken
end

function host.take_answers_again(taken)
  for name, queue in pairs(queues) do queue.taken = taken[name] or 0 end
end


local function take(name)
  local queue = queues[name]
  if not queue or not queue[queue.taken + 1] then return nil end
  queue.taken = queue.taken + 1
  return queue[queue.taken]
end


local function parts(answer)
  local headers, body = {}, answer.body or ""
  for name, value in pairs(answer.headers or {}) do headers[name:lower()] = tostring(value) end
  if answer.json ~= nil then
    body = json.encode(answer.json)
    headers["content-type"] = headers["content-type"] or "application/json"
  end
  return answer.status or 200, headers, body
end


-- In place of the host's: the request is checked as the host would, the answer is the spec's.
function host.call(method, url, headers, body, timeout)
  local checked, code, text, hint = host.check_call(method, url, headers, body, timeout)
  if not checked then return nil, code, text, hint end
  local name, outcome = method .. " " .. url, host.outcome("http")
  outcome.calls[#outcome.calls + 1] = { name = name, body = body }
  local answer = take(name)
  if not answer then
    return nil, nil, "the spec gives no answer to " .. name .. "; write given.http(\"" .. name .. "\", { … })"
  end
  if answer.error then return nil, answer.error, name .. " fails, as the spec says", "a spec said so" end
  return parts(answer)
end


--- Expects a call of the newest `when`, such as `"POST https://carrier.example/labels"`, with its body.
--- A table is the data that was sent as JSON, a text the bytes; without one, anything will do.
function expect.called(request, body)
  local name = request_name("expect.called", request, 2)
  local closest, is_same = "nothing was called", false
  for _, call in ipairs(host.outcome("expect.called").calls) do
    local here = call.name == name
    local differs = not here and call.name .. " was called"
    if not differs and type(body) == "table" then
      local ok, sent = host.attempt(json.decode, call.body or "")
      differs = not ok and "no JSON was sent" or host.difference(sent, body, name, 1)
    elseif not differs and body ~= nil and call.body ~= body then
      differs = name .. " was sent " .. tostring(call.body)
    end
    if not differs then return end
    -- The same request with another body says more than another request.
    if here or not is_same then closest, is_same = differs, here end
  end
  error("expect.called: " .. closest .. ", and not " .. name, 2)
end


return {}
