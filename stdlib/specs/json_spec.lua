local data = require "json"

spec("the module has all that the global json has", function()
  for name, value in pairs(json) do expect.equal(data[name] == value, true) end
end)

spec("a list and a table with names are never the same, even when they are empty", function()
  expect.equal(data.equal({}, {}), true)
  expect.equal(data.equal(data.array({}), {}), false)
  expect.equal(data.equal({ 1, 2 }, { 1, 2, 3 }), false)
  expect.equal(data.equal({ a = { b = 1 } }, { a = { b = 2 } }), false)
  expect.equal(data.equal({ 1, data.null }, { 1.0, data.null }), true)
end)

spec("the text for people says the same as the one for machines", function()
  for _, text in ipairs {
    "{}", "[]", "[1,[],{}]", '{"a":{"b":[{"c":null}]},"d":"x"}', '"x"', "null", "1.5",
  } do
    local value = data.decode(text)
    expect.equal(data.encode(data.decode(data.pretty(value))), data.encode(value))
  end
  expect.equal(data.pretty(data.decode("[]")), "[]")
end)

spec("a path leads to what is there, and to nil where nothing is", function()
  local order = { lines = { { sku = "tea", tags = { { "hot" } } } }, total = 5 }
  expect.equal(data.get(order, "total"), 5)
  expect.equal(data.get(order, "lines[1].tags[1][1]"), "hot")
  expect.equal(data.get(order, ""), order)
  expect.equal({ data.get(order, "lines[2].sku"), data.get(order, "total.cents"), data.get(nil, "a") }, {})
  for _, path in ipairs { ".a", "a.", "a..b", "lines[x]", "[1", "a b[", "lines[1]sku" } do
    expect.blame(function() local _ = data.get(order, path) end, "json.get needs a path such as")
  end
end)

-- The examples of RFC 7396, appendix A, that Lua can hold: nil members are absent.
spec("a merge patch does what the RFC says", function()
  local null = data.null
  local cases = {
    { { a = "b" }, { a = "c" }, { a = "c" } },
    { { a = "b" }, { b = "c" }, { a = "b", b = "c" } },
    { { a = "b" }, { a = null }, {} },
    { { a = "b", b = "c" }, { a = null }, { b = "c" } },
    { { a = { "b" } }, { a = "c" }, { a = "c" } },
    { { a = "c" }, { a = { "b" } }, { a = { "b" } } },
    { { a = { b = "c" } }, { a = { b = "d", c = null } }, { a = { b = "d" } } },
    { { a = { { b = "c" } } }, { a = { 1 } }, { a = { 1 } } },
    { { "a", "b" }, { "c", "d" }, { "c", "d" } },
    { { 1, 2 }, { a = "b", c = null }, { a = "b" } },
    { "foo", { a = { bb = { ccc = null } } }, { a = { bb = {} } } },
    { { a = "foo" }, "bar", "bar" },
  }
  for place, case in ipairs(cases) do
    expect.equal({ place, data.merge(case[1], case[2]) }, { place, case[3] })
  end
end)

spec("empty lists stay lists in what is merged", function()
  expect.equal(data.encode(data.merge({ a = data.array({}) }, { b = data.array({}) })), '{"a":[],"b":[]}')
end)

spec("merging changes neither side, and shares nothing with them", function()
  local target, patch = { a = { b = 1 }, l = { 1 } }, { c = { d = 2 } }
  local result = data.merge(target, patch)
  result.a.b, result.c.d, result.l[1] = 9, 9, 9
  expect.equal({ target, patch }, { { a = { b = 1 }, l = { 1 } }, { c = { d = 2 } } })
end)

spec("what differs, merged, makes the second of the first", function()
  local cases = {
    { {}, {} }, { { a = 1 }, {} }, { {}, { a = { b = { 1 } } } },
    { { a = { b = 1, c = 2 } }, { a = { b = 1 } } },
    { { a = { 1, 2 } }, { a = { 1 } } }, { { a = { b = 1 } }, { a = 5 } }, { { a = 1 }, { a = { b = {} } } },
  }
  for _, case in ipairs(cases) do
    expect.equal(data.merge(case[1], data.diff(case[1], case[2])), case[2])
  end
  expect.equal(data.encode(data.diff({ a = { 1 } }, { a = { 1 } })), "{}")
  expect.blame(function() local _ = data.diff({ 1 }, {}) end, "json.diff needs two tables with names")
  expect.blame(function() local _ = data.diff({}, "x") end, "json.diff needs two tables with names")
  expect.blame(function() local _ = data.get({}, 5) end, "json.get needs a path, it got a number")
end)

spec("what goes round in a circle is an error", function()
  local circle = {}
  circle.self = circle
  local other = {}
  other.self = other
  expect.blame(function() local _ = data.equal(circle, other) end, "json.equal got data nested more than 64")
  expect.blame(function() local _ = data.merge(circle, {}) end, "json.merge got data nested more than 64")
  expect.blame(function() local _ = data.merge({}, circle) end, "json.merge got data nested more than 64")
  expect.blame(function() local _ = data.diff(circle, other) end, "json.diff got data nested more than 64")
  expect.blame(function() local _ = data.diff({}, circle) end, "json.diff got data nested more than 64")
  expect.blame(function() local _ = data.pretty(circle) end, "json.pretty: ")
  expect.blame(function() local _ = data.pretty({ 1, a = 2 }) end, "json.pretty: ")
end)

spec("data may be nested 64 levels deep", function()
  local deep = {}
  for _ = 1, 63 do deep = { deep } end
  expect.equal(data.equal(deep, data.merge(deep, deep)), true)
  expect.equal(#data.pretty(deep) > 64, true)
  expect.blame(function() local _ = data.equal({ deep }, { deep }) end, "json.equal got data nested")
end)
