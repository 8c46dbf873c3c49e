local retry = require "retry"

spec("a policy of nothing is the host's default", function()
  expect.equal(retry.exponential {}, { attempts = 5, first = "200ms", factor = 2, max = "30s" })
  expect.equal(retry.waits(retry.exponential {}), { 200, 400, 800, 1600 })
end)

spec("waits grow by the factor up to the longest, and no wait follows the last attempt", function()
  expect.equal(retry.waits(retry.exponential { attempts = 6, first = "1s", factor = 3, max = "20s" }),
    { 1000, 3000, 9000, 20000, 20000 })
  expect.equal(json.encode(retry.waits(retry.never())), "[]")
  expect.equal(retry.waits(retry.exponential { first = "1m" , max = "5s", attempts = 2 }), { 5000 })
  expect.equal(#retry.waits(retry.exponential { attempts = 1000, factor = 100, max = "30d" }), 999)
end)

spec("every unit of a wait is its milliseconds", function()
  for wait, milliseconds in pairs {
    ["5ms"] = 5, ["5s"] = 5000, ["5m"] = 300000, ["5h"] = 18000000, ["5d"] = 432000000,
  } do
    expect.equal(retry.waits(retry.every(wait, 2)), { milliseconds })
  end
  expect.equal(retry.waits(retry.exponential { factor = 1, attempts = 3 }), { 200, 200 })
end)

spec("jitter stays within a fifth, and is drawn anew", function()
  local seen, policy = {}, retry.every("10s", 2)
  for _ = 1, 100 do
    local wait = retry.wait(policy, 1)
    local odd = retry.wait(retry.every("7ms", 2), 1)
    expect.equal({ odd >= 6, odd <= 8 }, { true, true })
    expect.equal({ math.type(wait), wait >= 8000, wait <= 12000 }, { "integer", true, true })
    seen[wait] = true
  end
  local count = 0
  for _ in pairs(seen) do count = count + 1 end
  expect.equal(count > 50, true)
end)

spec("what the host would refuse is refused on the caller's line", function()
  for _, options in ipairs {
    { attempts = 0 }, { attempts = 1001 }, { attempts = 1.5 }, { factor = 0.5 }, { factor = 101 },
    { factor = "2" },
    { first = 200 }, { first = "200" }, { first = "1.5s" }, { max = "31d" }, { max = "1w" }, { tries = 1 },
  } do
    expect.blame(function() local _ = retry.exponential(options) end, "retry.exponential")
  end
  expect.blame(function() local _ = retry.exponential() end, "retry.exponential needs a table")
  expect.blame(function() local _ = retry.every("soon", 3) end, "retry.every needs the wait to be a duration")
  expect.blame(function() local _ = retry.wait(retry.never(), 0) end,
    "retry.wait needs the number of an attempt")
  expect.blame(function() local _ = retry.waits({}) end, "retry.waits needs a policy")
end)
