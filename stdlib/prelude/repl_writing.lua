-- Words of a prompt that write. What they write stays on a fork, in memory, until `commit` sends it to the
-- host; with --write they write at once. No handler reacts on the fork.

local host = ...
local env, json = host.env, host.json


-- true and the events, or false and the refusal: as `command` gives them to a handler.
local function outcome(answer)
  if answer.refused then return false, answer.refused end
  return true, answer.events
end


--- Decides a command, on the fork: true and the events, or false and the refusal `{ code, text }`.
--- `command("order", "42", "place", { total = 5 })`. Nothing reaches the host until `commit()`.
function env.command(aggregate, key, name, args)
  host.check_text("the aggregate", aggregate, 2)
  if math.type(key) == "integer" then key = tostring(key) end
  host.check_text("the key", key, 2)
  host.check_text("the command", name, 2)
  if args ~= nil and type(args) ~= "table" then error("the arguments must be a table", 2) end
  return outcome(host.repl_command({ aggregate = aggregate, key = key, command = name, args = args }))
end


--- Appends an event, on the fork: `append("payment-42", "PaymentReceived", { amount = 5 })`.
--- The last argument may have `tags` and `meta`. Nothing reaches the host until `commit()`.
function env.append(stream, type, data, options)
  host.check_text("the stream", stream, 2)
  host.check_text("the event's type", type, 2)
  host.check_data(data, 2)
  local checked = host.check_options_of("append", options, { tags = "table", meta = "table" })
  return outcome(host.repl_append({
    stream = stream, type = type, data = data, tags = host.list_of(checked.tags), meta = checked.meta,
  }))
end


local function progress(steps, count)
  local rest = count - steps
  return steps .. " of " .. count .. (count == 1 and " step" or " steps") .. " sent; "
    .. (rest == 1 and "1 stays" or rest .. " stay") .. " on the fork"
end


--- Shows what the fork holds, asks, and sends it to the host.
--- Commands are decided by what is live there, each on its stream as it was seen here; events go as they are.
--- `commit({ yes = true })` doesn't ask. Returns what is in the log now. When the host refuses a step: false,
--- the refusal, with the `step` and how many are `left` on the fork, that one among them; and what is in the
--- log of the steps before it. After an error `commit()` again goes on, and does nothing twice.
function env.commit(options)
  local checked = host.check_options_of("commit", options, { yes = "boolean" })
  local pending = host.repl_pending()
  if #pending == 0 then return "nothing to commit" end
  for _, step in ipairs(pending) do
    host.repl_show({ text = step.does })
    for _, e in ipairs(step.events) do host.repl_show({ event = e, aside = true }) end
  end
  if not checked.yes and not host.repl_ask({ question = "send this to the host?" }) then
    return "nothing was sent; the fork holds it still"
  end
  local sent, steps = json.array({}), 0
  repeat
    local ok, answer = host.attempt(host.repl_commit)
    if not ok then
      host.repl_show({ text = progress(steps, #pending) })
      host.rethrow(answer)
    end
    if answer.refused then
      host.repl_show({ text = progress(steps, #pending) })
      local refusal = answer.refused
      return false, {
        code = refusal.code, text = refusal.text, step = pending[steps + 1].does, left = answer.left,
      }, sent
    end
    steps = steps + answer.sent
    for _, e in ipairs(answer.events) do sent[#sent + 1] = e end
  until answer.left == 0
  return sent
end


--- Forgets what the fork holds.
function env.discard()
  local count = host.repl_discard()
  return count == 0 and "there was nothing on the fork" or "the fork is as the log again"
end


return {}
