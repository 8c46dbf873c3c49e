--- Checks of data against a shape. A shape is made once, at load; `validate.problems` looks at a value.

local validate = {}

local NO_FIELD = "absent: the shape has no such field"

-- A shape is a table with a function `look(value, path, problems)`, which adds what it finds.
local function shape(look) return { look = look } end

local function is_shape(value) return type(value) == "table" and type(value.look) == "function" end

local function add(problems, path, text, value)
  local shown = type(value)
  if shown == "string" then
    shown = #value > 40 and "a text of " .. #value .. " bytes" or string.format("%q", value)
  elseif shown == "number" or shown == "boolean" then shown = tostring(value)
  elseif value == nil then shown = "absent"
  elseif value == json.null then shown = "null"
  else shown = "a " .. shown end
  problems[#problems + 1] = { path = path, text = "must be " .. text .. ", it is " .. shown }
end

-- Raises at the line that made a shape: 3 levels up, behind this and the function that was called.
local function check_options(name, options, known)
  if type(options) ~= "table" then error(name .. " needs options, it got a " .. type(options), 3) end
  for option, value in pairs(options) do
    local wanted = known[option]
    if not wanted then error(name .. " has no option " .. tostring(option), 3) end
    if type(value) ~= wanted then error(name .. " needs " .. option .. " to be a " .. wanted, 3) end
  end
end

local function bounds(what, options, unit)
  local text = what
  if options.min then text = text .. " of at least " .. options.min .. unit end
  if options.max then
    text = text .. (options.min and " and" or " of") .. " at most " .. options.max .. unit
  end
  return text
end

local function within(number, options)
  return number >= (options.min or number) and number <= (options.max or number)
end

--- A text; `min` and `max` are characters, `pattern` is one of Lua's.
--- Example:
--- > validate.problems("", validate.text { min = 1 })
--- { { path = "", text = "must be a text of at least 1 characters, it is \"\"" } }
function validate.text(options)
  options = options or {}
  check_options("validate.text", options, { min = "number", max = "number", pattern = "string" })
  local wanted = bounds("a text", options, " characters")
  if options.pattern then wanted = wanted .. " that matches " .. options.pattern end
  return shape(function(value, path, problems)
    local length = type(value) == "string" and utf8.len(value)
    local good = length and within(length, options) and (not options.pattern or value:find(options.pattern))
    if not good then add(problems, path, wanted, value) end
  end)
end

local function numeric(wanted, options, is_kind)
  return shape(function(value, path, problems)
    if not is_kind(value) or not within(value, options) then
      add(problems, path, bounds(wanted, options, ""), value)
    end
  end)
end

--- An integer from `min` to `max`.
--- Example:
--- > validate.problems(1.5, validate.integer())[1].text
--- "must be an integer, it is 1.5"
function validate.integer(options)
  options = options or {}
  check_options("validate.integer", options, { min = "number", max = "number" })
  return numeric("an integer", options, function(value)
    return math.type(value) == "integer"
  end)
end

--- A number from `min` to `max`, an integer or not, but not NaN.
--- Example:
--- > #validate.problems(0.5, validate.number { min = 0, max = 1 })
--- 0
function validate.number(options)
  options = options or {}
  check_options("validate.number", options, { min = "number", max = "number" })
  return numeric("a number", options, function(value)
    return type(value) == "number" and value == value
  end)
end

--- True or false.
--- Example:
--- > #validate.problems("yes", validate.boolean())
--- 1
function validate.boolean()
  return shape(function(value, path, problems)
    if type(value) ~= "boolean" then add(problems, path, "true or false", value) end
  end)
end

--- One of the values of a list, texts or numbers.
--- Example:
--- > validate.problems("cheque", validate.one_of { "card", "cash" })[1].text
--- "must be one of card, cash, it is \"cheque\""
function validate.one_of(values)
  if type(values) ~= "table" or #values == 0 then error("validate.one_of needs a list of values", 2) end
  local known, names = {}, {}
  for place, value in ipairs(values) do known[value], names[place] = true, tostring(value) end
  return shape(function(value, path, problems)
    if value == nil or not known[value] then
      add(problems, path, "one of " .. table.concat(names, ", "), value)
    end
  end)
end

--- A list of elements of one shape; `min` and `max` are numbers of elements.
--- Example:
--- > validate.problems({ 1, "x" }, validate.list(validate.integer()))[1].path
--- "[2]"
function validate.list(element, options)
  options = options or {}
  if not is_shape(element) then error("validate.list needs the shape of its elements", 2) end
  check_options("validate.list", options, { min = "number", max = "number" })
  return shape(function(value, path, problems)
    local is_list = type(value) == "table" and (rawlen(value) > 0 or next(value) == nil)
    if not is_list or not within(#value, options) then
      return add(problems, path, bounds("a list", options, " elements"), value)
    end
    for place = 1, #value do element.look(value[place], path .. "[" .. place .. "]", problems) end
  end)
end

--- A table with exactly these fields, each of its shape; a field that isn't named is a problem.
--- Example:
--- > validate.problems({ id = "a", x = 1 }, validate.table { id = validate.text() })[1]
--- { path = "x", text = "must be absent: the shape has no such field, it is 1" }
function validate.table(fields)
  if type(fields) ~= "table" then error("validate.table needs a table of shapes", 2) end
  for name, field in pairs(fields) do
    if type(name) ~= "string" or not is_shape(field) then
      error("validate.table needs a shape for " .. tostring(name), 2)
    end
  end
  return shape(function(value, path, problems)
    if type(value) ~= "table" then return add(problems, path, "a table", value) end
    local prefix = path == "" and "" or path .. "."
    for name, field in pairs(fields) do
      field.look(value[name], prefix .. name, problems)
    end
    for name, extra in pairs(value) do
      if not fields[name] then
        add(problems, prefix .. tostring(name), NO_FIELD, extra)
      end
    end
  end)
end

--- A field that may be absent; where it is there, it has this shape.
--- Example:
--- > #validate.problems({}, validate.table { note = validate.optional(validate.text()) })
--- 0
function validate.optional(field)
  if not is_shape(field) then error("validate.optional needs a shape", 2) end
  return shape(function(value, path, problems)
    if value ~= nil then field.look(value, path, problems) end
  end)
end

--- All that is wrong with a value, a list of `{ path, text }`; it is empty when nothing is.
--- Example:
--- > validate.problems({ lines = { { n = 0 } } }, validate.table {
--- >   lines = validate.list(validate.table { n = validate.integer { min = 1 } }) })
--- { { path = "lines[1].n", text = "must be an integer of at least 1, it is 0" } }
function validate.problems(value, wanted)
  if not is_shape(wanted) then error("validate.problems needs a shape", 2) end
  local problems = {}
  wanted.look(value, "", problems)
  return json.array(problems)
end

--- The value itself when nothing is wrong with it; else an error about the first problem.
--- Example:
--- > validate.check({ n = "x" }, validate.table { n = validate.integer() })
--- error: validate.check: n must be an integer, it is "x"
function validate.check(value, wanted)
  if not is_shape(wanted) then error("validate.check needs a shape", 2) end
  local problem = validate.problems(value, wanted)[1]
  if not problem then return value end
  error("validate.check: " .. (problem.path == "" and "the value" or problem.path) .. " " .. problem.text, 2)
end

return validate
