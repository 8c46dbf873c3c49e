local validate = require "validate"

local order = validate.table {
  id = validate.text { min = 1, max = 40 },
  lines = validate.list(validate.table {
    sku = validate.text { pattern = "^%l+$" },
    quantity = validate.integer { min = 1 },
  }, { min = 1 }),
  express = validate.optional(validate.boolean()),
  pay = validate.one_of { "card", "cash" },
}

local function good() return { id = "o1", lines = { { sku = "tea", quantity = 2 } }, pay = "card" } end

local function paths(value, shape)
  local found = {}
  for place, problem in ipairs(validate.problems(value, shape)) do found[place] = problem.path end
  return found
end

spec("data that fits has no problems", function()
  expect.equal(json.encode(validate.problems(good(), order)), "[]")
  local value = good()
  value.express = true
  expect.equal(validate.check(value, order) == value, true)
end)

spec("every problem is named by its path", function()
  local value = { id = "", lines = { { sku = "Tea", quantity = 0 }, "x" }, express = 1, colour = "red" }
  expect.equal(paths(value, order),
    { "express", "id", "lines[1].quantity", "lines[1].sku", "lines[2]", "pay", "colour" })
end)

spec("the first problem is raised on the caller's line", function()
  local value = good()
  value.lines[1].quantity = 1.5
  expect.blame(function() local _ = validate.check(value, order) end,
    "validate.check: lines[1].quantity must be an integer of at least 1, it is 1.5")
  expect.blame(function() local _ = validate.check(nil, order) end, "the value must be a table, it is absent")
end)

spec("bounds are part of what is wanted, and both ends belong to it", function()
  local shape = validate.number { min = 0, max = 1 }
  for _, value in ipairs { 0, 0.5, 1 } do expect.equal(paths(value, shape), {}) end
  for _, value in ipairs { -0.1, 1.1, 0 / 0, "1", json.null } do expect.equal(paths(value, shape), { "" }) end
  expect.equal(validate.problems(2, shape)[1].text, "must be a number of at least 0 and at most 1, it is 2")
end)

spec("what was found is shown, and shortened where it is long", function()
  local function shown(value) return validate.problems(value, validate.boolean())[1].text end
  expect.equal(shown(json.null), "must be true or false, it is null")
  expect.equal(shown(nil), "must be true or false, it is absent")
  expect.equal(shown({}), "must be true or false, it is a table")
  expect.equal(shown(("x"):rep(40)), 'must be true or false, it is "' .. ("x"):rep(40) .. '"')
  expect.equal(shown(("x"):rep(41)), "must be true or false, it is a text of 41 bytes")
end)

spec("a field that is not optional must be there", function()
  expect.equal(paths({}, validate.table { a = validate.boolean() }), { "a" })
  expect.equal(paths({}, validate.table { a = validate.optional(validate.boolean()) }), {})
end)

spec("texts are counted in characters, and must be valid", function()
  local shape = validate.text { max = 2 }
  expect.equal({ paths("éé", shape), paths("abc", shape), paths("\xFF", shape) }, { {}, { "" }, { "" } })
end)

spec("a list is no table with names, and an empty one is both", function()
  local shape = validate.list(validate.integer())
  expect.equal({ paths({}, shape), paths({ a = 1 }, shape), paths({ 1, 2.5 }, shape) }, { {}, { "" },
    { "[2]" } })
end)

spec("a shape that can't be made is refused on the line that makes it", function()
  expect.blame(function() local _ = validate.text { least = 1 } end, "validate.text has no option least")
  expect.blame(function() local _ = validate.text(5) end, "validate.text needs options, it got a number")
  expect.blame(function() local _ = validate.table("text") end, "validate.table needs a table of shapes")
  expect.blame(function() local _ = validate.text { min = "1" } end, "validate.text needs min to be a number")
  expect.blame(function() local _ = validate.list("text") end,
    "validate.list needs the shape of its elements")
  expect.blame(function() local _ = validate.table { id = "text" } end, "validate.table needs a shape for id")
  expect.blame(function() local _ = validate.one_of {} end, "validate.one_of needs a list of values")
  expect.blame(function() local _ = validate.optional(nil) end, "validate.optional needs a shape")
  expect.blame(function() local _ = validate.problems(1, {}) end, "validate.problems needs a shape")
  expect.blame(function() local _ = validate.check(1, {}) end, "validate.check needs a shape")
end)
