--- Policies for trying again: what a handler's `retry` takes, and waits that a rule can compute with.
--- A policy is `{ attempts, first, factor, max }`; the waits between its attempts grow from `first` to `max`.

local retry = {}

local UNITS = { ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 }

-- The bounds of the host's own check, so that a policy that is made here can be used there.
local ATTEMPTS_MAX, FACTOR_MAX, WAIT_MAX = 1000, 100, 30 * UNITS.d
-- Jitter goes up to a fifth either way: enough to part those that failed together.
local JITTER = 5

-- Guards stand one level below the function that they guard: level 3 is the line that called it.
local function milliseconds(name, what, text)
  local count, unit = tostring(text):match("^(%d+)(%l+)$")
  local wait = UNITS[unit] and math.tointeger(count * UNITS[unit])
  if type(text) ~= "string" or not wait or wait < 0 or wait > WAIT_MAX then
    error(name .. " needs " .. what .. " to be a duration of at most 30 days such as \"200ms\", it is "
      .. tostring(text), 3)
  end
  return wait
end

local function check_attempts(name, attempts)
  if math.type(attempts) ~= "integer" or attempts < 1 or attempts > ATTEMPTS_MAX then
    error(name .. " needs attempts to be an integer from 1 to 1000, it is " .. tostring(attempts), 3)
  end
end

--- A policy whose waits grow by a factor, 5 attempts from 200ms by 2 up to 30s where nothing else is said.
--- Example:
--- > retry.exponential { attempts = 3, first = "1s" }
--- { attempts = 3, first = "1s", factor = 2, max = "30s" }
--- > retry.exponential { tries = 3 }
--- error: retry.exponential has no field tries
function retry.exponential(options)
  if type(options) ~= "table" then error("retry.exponential needs a table such as { attempts = 5 }", 2) end
  local policy = { attempts = 5, first = "200ms", factor = 2, max = "30s" }
  for name, value in pairs(options) do
    if policy[name] == nil then
      error("retry.exponential has no field " .. tostring(name)
        .. "; it may have attempts, first, factor, max", 2)
    end
    policy[name] = value
  end
  check_attempts("retry.exponential", policy.attempts)
  local factor = policy.factor
  if type(factor) ~= "number" or not (factor >= 1 and factor <= FACTOR_MAX) then
    error("retry.exponential needs factor to be a number from 1 to 100, it is " .. tostring(factor), 2)
  end
  milliseconds("retry.exponential", "first", policy.first)
  milliseconds("retry.exponential", "max", policy.max)
  return policy
end

--- A policy that waits equally long each time.
--- Example:
--- > retry.every("1m", 3)
--- { attempts = 3, first = "1m", factor = 1, max = "1m" }
function retry.every(wait, attempts)
  milliseconds("retry.every", "the wait", wait)
  check_attempts("retry.every", attempts)
  return { attempts = attempts, first = wait, factor = 1, max = wait }
end

--- A policy of one attempt: who fails is parked at once.
--- Example:
--- > retry.never()
--- { attempts = 1, first = "0ms", factor = 1, max = "0ms" }
function retry.never()
  return { attempts = 1, first = "0ms", factor = 1, max = "0ms" }
end

-- In floats as the host does it, so that both come to the same millisecond.
local function waits_of(name, policy)
  if type(policy) ~= "table" or type(policy.factor) ~= "number" then
    error(name .. " needs a policy, such as retry.exponential makes", 3)
  end
  check_attempts(name, policy.attempts)
  local waits, longest = {}, milliseconds(name, "max", policy.max)
  local wait = milliseconds(name, "first", policy.first)
  for place = 1, policy.attempts - 1 do
    waits[place] = math.floor(math.min(wait, longest))
    wait = math.min(wait * policy.factor, longest)
  end
  return json.array(waits)
end

--- The waits of a policy in milliseconds, without jitter: one fewer than it has attempts.
--- Example:
--- > retry.waits(retry.exponential { first = "10s" })
--- { 10000, 20000, 30000, 30000 }
function retry.waits(policy)
  local waits = waits_of("retry.waits", policy)
  return waits
end

--- Milliseconds to wait after the n-th attempt failed; nil when there is no further one.
--- The jitter, up to a fifth either way, is drawn by the step's `random`.
--- Example:
--- > retry.wait(retry.every("10s", 3), 3)
--- nil
function retry.wait(policy, attempt)
  local waits = waits_of("retry.wait", policy)
  if math.type(attempt) ~= "integer" or attempt < 1 then
    error("retry.wait needs the number of an attempt, from 1, it got " .. tostring(attempt), 2)
  end
  local wait = waits[attempt]
  if not wait then return nil end
  return random(wait - wait // JITTER, wait + wait // JITTER)
end

return retry
