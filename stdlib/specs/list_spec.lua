local list = require "list"

local function double(n) return n * 2 end

spec("no function of list changes what it is given", function()
  local items, nested = { 3, 1, 2 }, { { 3 }, { 1 } }
  local calls = {
    function() return list.map(items, double) end,
    function() return list.filter(items, function(n) return n > 1 end) end,
    function() return list.sort_by(items) end,
    function() return list.unique(items) end,
    function() return list.reverse(items) end,
    function() return list.slice(items, 1) end,
    function() return list.zip(items, items) end,
    function() return list.flatten(nested) end,
  }
  for _, call in ipairs(calls) do
    local result = call()
    result[1] = "changed"
    expect.equal(items, { 3, 1, 2 })
    expect.equal(nested, { { 3 }, { 1 } })
  end
end)

spec("an empty list stays a list as JSON", function()
  local none = function() return false end
  local empties = {
    list.map({}, double), list.filter({ 1 }, none), list.sort_by({}), list.unique({}), list.flatten({}),
    list.zip({}, { 1 }), list.slice({ 1 }, 2), list.reverse({}), list.values({}),
  }
  for _, empty in ipairs(empties) do expect.equal(json.encode(empty), "[]") end
end)

spec("a function that makes nil leaves no hole", function()
  expect.equal(json.encode(list.group_by({}, double)), "{}")
  local result = list.map({ 1, 2, 3 }, function(n) return n ~= 2 and n or nil end)
  expect.equal(json.encode(result), "[1,null,3]")
end)

spec("functions get the place behind the element", function()
  expect.equal(list.map({ "a", "b" }, function(item, place) return item .. place end), { "a1", "b2" })
end)

spec("sorting keeps the order of equal elements, either way", function()
  local items = { { k = 1, id = "a" }, { k = 0, id = "b" }, { k = 1, id = "c" }, { k = 0, id = "d" } }
  local function ids(sorted)
    return list.reduce(sorted, function(text, item) return text .. item.id end, "")
  end
  local key = function(item) return item.k end
  expect.equal(ids(list.sort_by(items, key)), "bdac")
  expect.equal(ids(list.sort_by(items, key, "descending")), "acbd")
end)

spec("nothing is compared that has no order", function()
  expect.blame(function() local _ = list.sort_by({ 1, "a" }) end, "list.sort_by compares numbers, or texts")
  expect.blame(function() local _ = list.min({ 1, 0 / 0 }) end, "element 2 gave a NaN")
  expect.blame(function() local _ = list.max({ {} }) end, "element 1 gave a table")
end)

spec("the first among equals is the least and the greatest", function()
  local items = { { k = 1, id = "a" }, { k = 1, id = "b" } }
  local key = function(item) return item.k end
  expect.equal({ list.min(items, key).id, list.max(items, key).id }, { "a", "a" })
  expect.equal({ list.min({}), list.max({}) }, {})
end)

spec("a sum of integers that doesn't fit is an error, and floats add", function()
  expect.equal(list.sum({}), 0)
  expect.equal(list.sum({ 0, 5, 0, -7 }), -2)
  expect.equal(list.sum({ math.maxinteger, -1, 1 }), math.maxinteger)
  expect.blame(function() local _ = list.sum({ math.maxinteger, 1 }) end, "more than an integer can hold")
  expect.blame(function() local _ = list.sum({ math.mininteger, -1 }) end, "more than an integer can hold")
  expect.equal(list.sum({ 0.5, 1 }), 1.5)
end)

spec("what is in a list is found once, and what isn't is not", function()
  expect.equal({ list.contains({ 1, 2 }, 3), list.contains({ 1, 1 }, 1) }, { false, true })
  expect.equal({ list.all({ 5, 6 }, function(n) return n > 4 end), list.all({}, double) }, { true, true })
  expect.equal({ list.any({ 1 }, function() return false end), list.any({}, double) }, { false, false })
  expect.equal({ list.find({ 7, 8 }, function(n) return n > 6 end) }, { 7, 1 })
  local first = { k = 1, n = 1 }
  expect.equal(list.unique({ first, { k = 1, n = 2 } }, function(item) return item.k end), { first })
  expect.equal(list.filter({ 1, 2 }, function(n) return n < 2 end), { 1 })
end)

spec("the place in a fold is that of the element", function()
  expect.equal(list.reduce({ 5, 6 }, function(sum, item, place) return sum + item * place end, 0), 17)
end)

spec("a slice beyond the ends is cut to what is there", function()
  expect.equal(list.slice({ 1, 2, 3 }, -5, 9), { 1, 2, 3 })
  expect.equal({ list.slice({ 1, 2, 3 }, 2), list.slice({ 1, 2, 3 }, -2), list.slice({ 1, 2, 3 }, 0, 1) },
    { { 2, 3 }, { 2, 3 }, { 1 } })
  expect.equal(list.slice({ 1, 2, 3 }, 3, 2), {})
  expect.equal(list.slice({ 1, 2, 3 }, 0, 0), {})
  expect.equal(list.slice({ 1, 2, 3 }, math.mininteger, math.maxinteger), { 1, 2, 3 })
end)

spec("what is no list is refused on the caller's line", function()
  expect.blame(function() local _ = list.map(nil, double) end, "list.map needs a list, it got a nil")
  expect.blame(function() local _ = list.map({ a = 1 }, double) end, "list.values makes a list of one")
  expect.blame(function() local _ = list.filter({ 1 }, "x") end,
    "list.filter needs a function, it got a string")
  expect.blame(function() local _ = list.flatten({ 1 }) end, "list.flatten needs a list, it got a number")
  expect.blame(function() local _ = list.group_by({ 1 }, function() end) end, "list.group_by needs a text")
  expect.blame(function() local _ = list.sort_by({}, nil, "up") end, "list.sort_by goes")
  expect.blame(function() local _ = list.unique({ 1, 0 / 0 }) end, "list.unique can't compare element 2")
  expect.blame(function() local _ = list.unique({ 1 }, function() end) end, "can't compare element 1")
  expect.blame(function() local _ = list.sort_by({ 1 }, 5) end, "list.sort_by needs a function")
  expect.blame(function() local _ = list.sum({ "1" }) end, "list.sum adds numbers; element 1 gave a string")
  expect.blame(function() local _ = list.values("a") end, "list.values needs a table, it got a string")
  expect.blame(function() local _ = list.slice({ 1 }, "a") end, "list.slice needs integers")
end)
